"""The page "find what fits us": the answers that an address holds, and what they show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from urllib.parse import quote, urlencode

from gateway import words
from gateway.links import FIND, PROGRAMS, RECEIVE
from gateway.questions import BY_CRITERION, BY_PARAMETER, QUESTIONS, Question, names_of
from gateway.sectors import Language
from gateway.views import Shown, shown
from gateway.words import N_
from services.content.contracts import (
    Answers,
    Fitting,
    FittingPrograms,
    Reason,
    ReasonCode,
    Verdict,
)

_GROUPS: dict[Verdict, tuple[str, str]] = {
    Verdict.FITS: (N_("Fits"), N_("All that we know of the conditions matches your answers.")),
    Verdict.CHECK: (N_("To check"), N_("Something is not known yet, or depends on your case.")),
    Verdict.DOES_NOT_FIT: (N_("Does not fit"), N_("At least one condition does not match your answers.")),
}
_REASONS = {
    ReasonCode.MATCHES: N_("Matches: %(answers)s."),
    ReasonCode.NOT_ANSWERED: N_("You did not answer. It is for: %(fits)s."),
    ReasonCode.DEPENDS: N_("Depends on your case: %(answers)s."),
    ReasonCode.EXCLUDED: N_("It is for: %(fits)s."),
    ReasonCode.IN_WORDS: N_("Check this condition:"),
    ReasonCode.NOTHING_KNOWN: N_("We know of none. Ask before you count on it."),
}
_OPEN = N_("You did not answer. It depends on your case for: %(depends)s.")
BETWEEN = N_("; ")  # names have commas
_MOST_OPEN = 3  # questions proposed to go on with
_MOST_MAILED = 12  # titles; mail programs cut addresses of more than about 2,000 characters


@dataclass(frozen=True)
class Option:
    """A possible answer."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Asked:
    """A question as it is shown; `answer` says in words what was answered, or nothing."""

    parameter: str
    legend: str
    label: str
    many: bool
    options: tuple[Option, ...]
    answer: str
    wrong: bool


@dataclass(frozen=True)
class Why:
    """How one criterion stands, in words."""

    verdict: str
    label: str
    text: str
    words: Shown | None


@dataclass(frozen=True)
class Open:
    """A question without an answer, and how many of the programs to check wait for one."""

    question: Asked
    waiting: int


@dataclass(frozen=True)
class Found:
    """A program in a group."""

    path: str
    title: Shown
    promise: Shown | None
    kind: str
    provider: Shown | None
    reasons: tuple[Why, ...]


@dataclass(frozen=True)
class Group:
    """The programs with one verdict."""

    verdict: str
    title: str
    lead: str
    items: tuple[Found, ...]


@dataclass(frozen=True)
class FindView:
    """The page: the questions and, where anything was asked, the groups."""

    questions: tuple[Asked, ...]
    answered: tuple[Asked, ...]
    wrong: tuple[Asked, ...]
    groups: tuple[Group, ...]
    open: tuple[Open, ...]
    left_out: int
    address: str
    start: str
    mail: str
    receive: str
    handed_along: str


@dataclass(frozen=True)
class Given:
    """What an address says: the answers, its known part, and the parameters with a value nobody knows."""

    answers: Answers
    query: str
    wrong: frozenset[str]
    asked: bool


def read(parameters: Sequence[tuple[str, str]]) -> Given:
    """The answers in an address. Empty values are "I don't know yet"; unknown ones are named, not obeyed."""
    kept: dict[str, tuple[str, ...]] = {}
    wrong = set()
    for question in QUESTIONS:
        values = list(
            dict.fromkeys(value for name, value in parameters if name == question.parameter and value)
        )
        known = [value for value in values if value in question.names]
        chosen = known if question.many else known[:1]
        if len(chosen) < len(values):
            wrong.add(question.parameter)
        kept[question.parameter] = tuple(chosen)
    answers = Answers.model_validate({one.field: kept[one.parameter] for one in QUESTIONS})
    pairs = [(name, value) for name, values in kept.items() for value in values]
    asked = any(name in BY_PARAMETER or name == "show" for name, _ in parameters)
    query = f"?{urlencode(pairs)}" if pairs else "?show=all" if asked else ""
    return Given(answers, query, frozenset(wrong), asked)


def view(
    given: Given,
    found: FittingPrograms | None,
    language: Language,
    catalogue: NullTranslations,
    base_url: str,
) -> FindView:
    """The page for a reader of `language`; `found` None: nothing was asked yet."""
    questions = tuple(_asked(question, given, catalogue) for question in QUESTIONS)
    start = f"/{language}/{FIND[language]}"
    groups = _groups(found, language, catalogue) if found else ()
    address = base_url + start + given.query
    return FindView(
        questions=questions,
        answered=tuple(one for one in questions if one.answer),
        wrong=tuple(one for one in questions if one.wrong),
        groups=groups,
        open=_open(found, questions) if found else (),
        left_out=found.left_out if found else 0,
        address=address,
        start=start,
        mail=_mail(groups, address, catalogue),
        receive=f"{start}/{RECEIVE[language]}{given.query}",
        handed_along="" if given.query == "?show=all" else given.query,
    )


def _asked(question: Question, given: Given, catalogue: NullTranslations) -> Asked:
    chosen = [str(value) for value in getattr(given.answers, question.field)]
    return Asked(
        parameter=question.parameter,
        legend=catalogue.gettext(question.legend),
        label=catalogue.gettext(question.label),
        many=question.many,
        options=tuple(
            Option(value, words.named(dict(question.names), value, catalogue), value in chosen)
            for value in question.names
        ),
        answer=catalogue.gettext(BETWEEN).join(names_of(question, chosen, catalogue)),
        wrong=question.parameter in given.wrong,
    )


def _open(found: FittingPrograms, questions: Sequence[Asked]) -> tuple[Open, ...]:
    """The questions whose answer would settle most."""
    waiting = Counter(
        BY_CRITERION[reason.criterion].parameter
        for one in found.items
        if one.verdict is Verdict.CHECK
        for reason in one.reasons
        if reason.code is ReasonCode.NOT_ANSWERED
    )
    unanswered = [Open(one, waiting[one.parameter]) for one in questions if waiting[one.parameter]]
    return tuple(sorted(unanswered, key=lambda one: -one.waiting)[:_MOST_OPEN])


def _groups(found: FittingPrograms, language: Language, catalogue: NullTranslations) -> tuple[Group, ...]:
    groups = []
    for verdict, (title, lead) in _GROUPS.items():
        items = tuple(_found(one, language, catalogue) for one in found.items if one.verdict is verdict)
        groups.append(Group(verdict.value, catalogue.gettext(title), catalogue.gettext(lead), items))
    return tuple(groups)


def _found(one: Fitting, language: Language, catalogue: NullTranslations) -> Found:
    title = shown(one.title, language)
    assert title is not None  # noqa: S101 - a program has a title in one language
    return Found(
        path=f"/{language}/{PROGRAMS[language]}/{getattr(one.slug, language)}",
        title=title,
        promise=shown(one.promise, language),
        kind=one.kind.value,
        provider=shown(one.provider, language),
        reasons=tuple(why(reason, language, catalogue) for reason in one.reasons),
    )


def why(reason: Reason, language: Language, catalogue: NullTranslations) -> Why:
    """A reason in words for a reader of `language`."""
    question = BY_CRITERION.get(reason.criterion)
    text = _OPEN if reason.code is ReasonCode.NOT_ANSWERED and not reason.fits else _REASONS[reason.code]
    values = {
        name: catalogue.gettext(BETWEEN).join(names_of(question, getattr(reason, name), catalogue))
        if question
        else ""
        for name in ("answers", "fits", "depends")
    }
    return Why(
        verdict=reason.verdict.value,
        label=catalogue.gettext(question.label if question else _label(reason)),
        text=catalogue.gettext(text) % values,
        words=shown(reason.words, language),
    )


def _label(reason: Reason) -> str:
    return N_("Conditions") if reason.code is ReasonCode.NOTHING_KNOWN else N_("Other conditions")


def _mail(groups: Sequence[Group], address: str, catalogue: NullTranslations) -> str:
    """A message that the visitor's own mail program sends: the address of the answer, and what fits."""
    lines = [catalogue.gettext(N_("What the programs are for us:")), address]
    for group in groups[:2]:
        lines += ["", f"{group.title} ({len(group.items)})"]
        lines += [f"- {one.title.text}" for one in group.items[:_MOST_MAILED]]
    subject = catalogue.gettext(N_("Programs that fit us"))
    return f"mailto:?subject={quote(subject)}&body={quote(chr(13) + chr(10)).join(map(quote, lines))}"
