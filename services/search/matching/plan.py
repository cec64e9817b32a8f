"""What a query asks of the index, in terms that every engine has: terms, phrases, weights."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.search.analysis.words import STOP_WORDS, fold, is_stop, stem, stems, surfaces, words
from services.search.contracts import LANGUAGES, Language
from services.search.matching import weights
from services.search.matching.synonyms import Match, Member, matches

SHORTEST_MISTYPED = 4  # letters; shorter words are near to everything

_QUOTED = re.compile(r'["“«„]([^"“”«»„]*)["”»“]')
_TEXT_FIELDS = tuple(weights.FIELDS.items())
_SYNONYM_FIELDS = tuple((name, weight) for name, weight in _TEXT_FIELDS if name != "provider")
# Phrases cost most: those that nobody typed are looked for in two places, `all` standing for lead and body.
_PHRASE_FIELDS = (("title", weights.FIELDS["title"]), ("all", weights.FIELDS["body"]))


class Clause(NamedTuple):
    """Stems that must stand together in a field; its BM25 score is multiplied by `weight`."""

    field: str
    stems: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Concept:
    """One word or phrase of the query: `scored` by its best clause; found by `own` or `others`, unscored.

    The stems of `scored` are those of `own` and `others`."""

    scored: tuple[Clause, ...]
    own: tuple[Clause, ...]
    others: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`required` must all match; of `optional` at least `least`. `everything`: nothing was asked for.

    `marks` are the stems, in sequences, to highlight in texts of a language; `spelled` the words (folded)
    whose spelling may be looked into; `start` the field of whole titles, and how those begin that are meant
    most likely."""

    required: tuple[Concept, ...] = ()
    optional: tuple[Concept, ...] = ()
    least: int = 1
    everything: bool = False
    marks: Mapping[Language, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    spelled: tuple[str, ...] = ()
    start: tuple[str, str] | None = None

    @property
    def plain(self) -> bool:
        """Whether whatever scores matches, so that an engine need not ask both."""
        return self.least == 1 and bool(self.optional) and not self.required


def plan(q: str, language: Language, near: Mapping[str, Sequence[str]] | None = None) -> Plan:
    """What `q`, typed by somebody who reads `language`, asks for.

    `near` gives, for a folded word that the index doesn't know, the known ones that may have been meant."""
    if not q.strip():
        return Plan(everything=True)
    phrases, rest = _split(q)
    asked = _subject(words(rest, language), language, alone=not phrases)
    required = tuple(_phrase(phrase, language) for phrase in phrases)
    mentioned = [match for each in LANGUAGES for match in matches(asked, each)]
    optional = tuple(_concepts(asked, mentioned, language, near or {}))
    return Plan(
        required=required,
        optional=optional,
        least=0 if required else 1,
        marks=_marks((*required, *optional), mentioned),
        spelled=_uncertain(asked, matches(asked, language)),
        start=None if phrases else _start(rest, language, near or {}),
    )


def _start(typed: str, language: Language, near: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    meant = [near.get(word, [word])[0] for word in surfaces(typed, language)]
    return (f"start_{language}", " ".join(meant)) if meant else None


def _uncertain(asked: list[str], mentioned: list[Match]) -> tuple[str, ...]:
    """The words, folded, that may be mistyped: long enough, and not known from the synonyms."""
    known = {position for match in mentioned for position in range(match.start, match.end)}
    return tuple(
        fold(word)
        for position, word in enumerate(asked)
        if position not in known and len(word) >= SHORTEST_MISTYPED and word.isalpha()
    )


def similar_plan(texts: Iterable[tuple[Language, str]]) -> Plan:
    """What finds entries that use the words of `texts`, the telling ones first."""
    asked: dict[tuple[Language, str], None] = {}
    for language, text in texts:
        for word in words(text, language):
            if not is_stop(word, STOP_WORDS[language]) and not word.isdigit():
                asked[language, stem(word, language)] = None
    chosen = list(asked)[: weights.SIMILAR_WORDS]
    optional = tuple(_bare(language, found) for language, found in chosen)
    return Plan(optional=optional, least=min(2, len(optional)))


def _bare(language: Language, found: str) -> Concept:
    scored = tuple(Clause(f"{name}_{language}", (found,), weights.FIELDS[name]) for name in ("title", "lead"))
    return Concept(scored, own=())


def _split(q: str) -> tuple[list[list[str]], str]:
    """The quoted phrases and the rest; a quote without its partner is no quote."""
    phrases = [text for text in _QUOTED.findall(q) if words(text, "fr")]
    return [[text] for text in phrases], _QUOTED.sub(" ", q)


def _subject(typed: list[str], language: Language, *, alone: bool) -> list[str]:
    telling = [word for word in typed if not is_stop(word, STOP_WORDS[language])]
    chosen = telling or (typed if alone else [])
    return list({fold(word): word for word in chosen}.values())[: weights.MOST_WORDS]


def _factor(of: Language, language: Language) -> float:
    return 1.0 if of == language else weights.OTHER_LANGUAGE


def _phrase(texts: list[str], language: Language) -> Concept:
    scored, own = [], []
    for each in LANGUAGES:
        found = tuple(stems(texts[0], each))
        scored += _clauses(_PHRASE_FIELDS, Member(each, found), _factor(each, language))
        own.append(Clause(f"all_{each}", found, 1.0))
    return Concept(tuple(scored), tuple(own))


def _concepts(
    asked: list[str], mentioned: list[Match], language: Language, near: Mapping[str, Sequence[str]]
) -> list[Concept]:
    others: list[dict[Member, float]] = [{} for _ in asked]
    for match in mentioned:
        for position in range(match.start, match.end):
            for each in LANGUAGES:
                others[position][Member(each, (match.sign,))] = weights.SYNONYM * _factor(each, language)
    for position, word in enumerate(asked):
        for meant in near.get(fold(word), ()):
            for each in LANGUAGES:
                others[position][Member(each, (stem(meant, each),))] = weights.TYPO
    return [_concept(word, language, rest) for word, rest in zip(asked, others, strict=True)]


def _concept(word: str, language: Language, others: Mapping[Member, float]) -> Concept:
    own = [
        Member(each, (stem(word, each),))
        for each in LANGUAGES
        if each == language or not is_stop(word, STOP_WORDS[each])
    ]
    scored: list[Clause] = []
    for member in own:
        scored += _clauses(_TEXT_FIELDS, member, _factor(member.language, language))
    rest = {member: weight for member, weight in others.items() if member not in own}
    for member, weight in rest.items():
        scored += _clauses(_SYNONYM_FIELDS if len(member.stems) == 1 else _PHRASE_FIELDS, member, weight)
    return Concept(tuple(scored), _anywhere(own), _anywhere(rest))


def _clauses(fields: tuple[tuple[str, float], ...], member: Member, factor: float) -> list[Clause]:
    return [Clause(f"{name}_{member.language}", member.stems, weight * factor) for name, weight in fields]


def _anywhere(members: Iterable[Member]) -> tuple[Clause, ...]:
    return tuple(Clause(f"all_{member.language}", member.stems, 1.0) for member in members)


def _marks(
    concepts: Iterable[Concept], mentioned: Iterable[Match]
) -> dict[Language, frozenset[tuple[str, ...]]]:
    found: dict[Language, set[tuple[str, ...]]] = {"fr": set(), "en": set()}
    for match in mentioned:
        for member in match.members:
            found[member.language].add(member.stems)
    for concept in concepts:
        for clause in (*concept.own, *concept.others):
            found["fr" if clause.field == "all_fr" else "en"].add(clause.stems)
    return {language: frozenset(marks) for language, marks in found.items()}
