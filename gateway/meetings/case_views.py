"""What the pages of case files show: the need in words, what would fit it, what happened, the plan."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from gateway import fitting, questions
from gateway.i18n import translations
from gateway.links import entry_path
from gateway.people.desk import Signed
from gateway.rendering import hits, if_there
from gateway.sectors import Language
from gateway.views import shown
from gateway.words import CASE_STEPS, MEETING_STEPS, N_, THEMES, named
from nexus.bus import Bus
from nexus.caller import Caller
from nexus.errors import NexusError
from services.content.contracts import Answers, FindFitting, Fitting, GetProgram, ReasonCode, Verdict
from services.content.contracts.documents import GetDocument
from services.meetings.contracts.cases import CaseNeed, CaseStep, PlanEntry, Recommendation
from services.meetings.contracts.meetings import Need
from services.people.contracts.people import NamePeople
from services.search.contracts import Search

_PROGRAMS, _DOCUMENTS = 8, 6  # proposed at most
_MOST_NAMED = 200
_LONGEST_REASON = 500
SYSTEM = "system"


@dataclass(frozen=True)
class Suggestion:
    """A program or document that the advisor may recommend. `reason` is for the company; `check` is what is not
    known yet."""

    kind: str
    id: str
    title: str
    path: str
    reason: str
    check: str
    verdict: str
    ticked: bool

    @property
    def value(self) -> str:
        """Its name in a form."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Told:
    """Something that happened, in words."""

    step: CaseStep
    what: str
    who: str


@dataclass(frozen=True)
class Line:
    """An entry of a plan in the language of the page."""

    entry: PlanEntry
    title: str
    path: str | None


def need_in_words(need: Need | CaseNeed, language: Language) -> list[tuple[str, str]]:
    """The themes, what the questionnaire had, what an advisor understood, the message."""
    words = translations(language)
    told = [
        (
            words.gettext(question.label),
            words.gettext(fitting.BETWEEN).join(
                questions.names_of(question, need.answers[question.parameter], words)
            ),
        )
        for question in questions.QUESTIONS
        if need.answers.get(question.parameter)
    ]
    if need.themes:
        about = ", ".join(named(THEMES, theme, words) for theme in need.themes)
        told.insert(0, (words.gettext("Needs"), about))
    if isinstance(need, CaseNeed):
        own = (
            (N_("Jobs sought"), need.jobs),
            (N_("How many people"), need.positions),
            (N_("What was tried"), need.tried),
            (N_("What stands in the way"), need.blocks),
        )
        told += [(words.gettext(label), str(value)) for label, value in own if value is not None]
    if need.message:
        told.append((words.gettext(N_("Anything the advisor should know")), need.message))
    return told


async def suggestions(
    signed: Signed, need: Need | CaseNeed, ticked: Sequence[Recommendation] = ()
) -> tuple[Suggestion, ...] | None:
    """What was recommended, then programs that fit or may fit, and documents about the need; None while content or
    search are away."""
    programs = if_there(signed.call(FindFitting(answers=_answers(need))))
    about = Search(
        lang=signed.language,
        type=("document",),
        theme=need.themes,
        q="" if need.themes else (need.message or "")[:200],
        per_page=_DOCUMENTS,
    )
    fits, documents = await asyncio.gather(programs, hits(signed.call(about)))
    if fits is None or documents is None:
        return None
    known = [_program(one, signed.language) for one in fits.items if one.verdict is not Verdict.DOES_NOT_FIT]
    known = known[:_PROGRAMS] + [
        Suggestion(
            "document",
            hit.id,
            hit.title,
            entry_path(signed.language, "document", hit.slug),
            "",
            "",
            "",
            False,
        )
        for hit in documents
    ]
    chosen = {(one.kind, one.id): one for one in ticked}
    first = [_ticked(one, signed.language) for one in ticked]
    return (*first, *(one for one in known if (one.kind, one.id) not in chosen))


def _answers(need: Need | CaseNeed) -> Answers:
    """Those that the questions know still."""
    kept = {
        one.field: tuple(value for value in need.answers.get(one.parameter, ()) if value in one.names)
        for one in questions.QUESTIONS
    }
    return Answers.model_validate(kept)


def _program(one: Fitting, language: Language) -> Suggestion:
    words = translations(language)
    title = shown(one.title, language)
    matches = [
        name
        for reason in one.reasons
        if reason.code is ReasonCode.MATCHES
        for name in questions.names_of(questions.BY_CRITERION[reason.criterion], reason.answers, words)
    ]
    checks = [
        fitting.why(reason, language, words).label
        for reason in one.reasons
        if reason.verdict is Verdict.CHECK
    ]
    fits = words.gettext(N_("Fits what you told us: %(what)s")) % {
        "what": words.gettext(fitting.BETWEEN).join(matches)
    }
    return Suggestion(
        kind="program",
        id=one.id,
        title=title.text if title else one.id,
        path=entry_path(language, "program", getattr(one.slug, language)),
        reason=fits[:_LONGEST_REASON] if matches else "",
        check=", ".join(dict.fromkeys(checks)),
        verdict=one.verdict.value,
        ticked=False,
    )


def _ticked(one: Recommendation, language: Language) -> Suggestion:
    path = entry_path(language, one.kind, one.id)
    return Suggestion(one.kind, one.id, one.title, path, one.reason or "", "", "", True)


async def timeline(signed: Signed, steps: Sequence[CaseStep], sectors: Mapping[str, str]) -> list[Told]:
    """What happened, in words. `sectors` has their names."""
    words = translations(signed.language)
    names = await names_of(signed, (step.by for step in steps if step.by not in sectors)) | dict(sectors)
    return [Told(step, _what(step.what, words), names.get(step.by, step.by)) for step in steps]


async def names_of(signed: Signed, people: Iterable[str]) -> dict[str, str]:
    """What those are called who did something."""
    words = translations(signed.language)
    known = {"company": words.gettext(N_("the company")), SYSTEM: words.gettext(N_("the platform"))}
    asked = tuple(one for one in dict.fromkeys(people) if one not in known)[:_MOST_NAMED]
    found = await if_there(signed.call(NamePeople(ids=asked)))
    return known | (found or {})


def _what(step: str, words: NullTranslations) -> str:
    if step.startswith("meeting_"):
        about = named(MEETING_STEPS, step.removeprefix("meeting_"), words)
        return words.gettext(N_("Meeting: %(what)s")) % {"what": about}
    return named(CASE_STEPS, step, words)


async def plan_lines(
    bus: Bus, caller: Caller, entries: Sequence[PlanEntry], language: Language
) -> list[Line]:
    """The entries, with what they are about called as it is called now in the language of the page."""
    return list(await asyncio.gather(*(_line(bus, caller, entry, language) for entry in entries)))


async def _line(bus: Bus, caller: Caller, entry: PlanEntry, language: Language) -> Line:
    """What is away, or withdrawn, keeps the title that it was planned under."""
    if entry.of is None or entry.ref is None:
        return Line(entry, entry.title, None)
    try:
        if entry.of == "program":
            program = await bus.call(GetProgram(ref=entry.ref), caller)
            title, slug = shown(program.content.title, language), program.slug
        else:
            document = (await bus.call(GetDocument(ref=entry.ref), caller)).document
            title, slug = shown(document.content.title, language), document.slug
    except NexusError:
        return Line(entry, entry.title, None)
    return Line(
        entry, title.text if title else entry.title, entry_path(language, entry.of, getattr(slug, language))
    )
