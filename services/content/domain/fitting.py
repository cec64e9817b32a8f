"""Does a program fit a company? Judged from typed criteria; what is only in words is for a person to check."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.content.contracts.fitting import Answers, Criterion, Fitting, Reason, ReasonCode, Verdict
from services.content.contracts.programs import Eligibility, Program
from services.content.contracts.texts import MarkdownText

CRITERIA: dict[Criterion, str] = {  # each question, and the field of Eligibility that it is about
    Criterion.SIZE: "company_sizes",
    Criterion.ACTIVITY: "activity_groups",
    Criterion.ORGANIZATION: "organizations",
    Criterion.REGION: "regions",
    Criterion.STATUS: "candidate_statuses",
    Criterion.FRENCH: "french",
    Criterion.JOB: "jobs",
}
_VERDICTS = {
    ReasonCode.MATCHES: Verdict.FITS,
    ReasonCode.NOT_ANSWERED: Verdict.CHECK,
    ReasonCode.DEPENDS: Verdict.CHECK,
    ReasonCode.IN_WORDS: Verdict.CHECK,
    ReasonCode.NOTHING_KNOWN: Verdict.CHECK,
    ReasonCode.EXCLUDED: Verdict.DOES_NOT_FIT,
}
_NO_WORDS = MarkdownText()
_ORDER = {Verdict.FITS: 0, Verdict.CHECK: 1, Verdict.DOES_NOT_FIT: 2}


def reasons(asked: Eligibility, answers: Answers) -> tuple[Reason, ...]:
    """One for each criterion that restricts something, in the order of the questions.

    Where none is known, one that says so: silence of a source does not make a program fit."""
    typed = [reason for one in CRITERIA if (reason := _judge(one, asked, answers))]
    return (*typed, *_in_words(asked)) or (_told(ReasonCode.NOTHING_KNOWN),)


def verdict_of(told: Sequence[Reason]) -> Verdict:
    """The worst of the reasons: what fits has a criterion that is met, and none that is open."""
    return max((reason.verdict for reason in told), key=_ORDER.__getitem__)


def fitting(program: Program, answers: Answers) -> Fitting:
    """How a program stands to what was answered."""
    content, told = program.content, reasons(program.content.eligibility, answers)
    return Fitting.model_construct(  # of validated parts: judging them again would cost most of the answer
        id=program.id,
        slug=program.slug,
        title=content.title,
        promise=content.promise,
        provider=content.provider,
        kind=content.kind,
        verdict=verdict_of(told),
        confirmed=sum(reason.code is ReasonCode.MATCHES for reason in told),
        reasons=told,
    )


def sort_found(found: Sequence[Fitting], language: str) -> list[Fitting]:
    """Fits, to check, does not fit; in each, those with the most criteria confirmed, then by title."""
    return sorted(found, key=lambda one: (_ORDER[one.verdict], -one.confirmed, _title(one, language), one.id))


def is_expired(program: Program, today: date) -> bool:
    """Past the last day on which it could be asked for."""
    until = program.content.valid_until
    return until is not None and until < today


def _judge(criterion: Criterion, asked: Eligibility, answers: Answers) -> Reason | None:
    field = CRITERIA[criterion]
    fits, depends = _values(getattr(asked, field)), _values(getattr(asked.to_check, field))
    if not fits and not depends:
        return None
    given = _values(getattr(answers, field))
    code = _code(set(given), set(fits), set(depends))
    return Reason.model_construct(
        criterion=criterion, verdict=_VERDICTS[code], code=code, answers=given, fits=fits, depends=depends
    )


def _code(given: set[str], fits: set[str], depends: set[str]) -> ReasonCode:
    """Of several answers, one that fits is enough. What `depends` leaves out of an open list fits."""
    if not given:
        return ReasonCode.NOT_ANSWERED
    if given & fits or (not fits and given - depends):
        return ReasonCode.MATCHES
    return ReasonCode.DEPENDS if given & depends else ReasonCode.EXCLUDED


def _in_words(asked: Eligibility) -> list[Reason]:
    """Conditions without a typed criterion. Words about activities explain the typed ones where there are any."""
    told = []
    if (asked.activities.fr or asked.activities.en) and not (asked.activity_groups or asked.organizations):
        words = MarkdownText(fr=asked.activities.fr, en=asked.activities.en)
        told.append(_told(ReasonCode.IN_WORDS, Criterion.ACTIVITY, words))
    if asked.other.fr or asked.other.en:
        told.append(_told(ReasonCode.IN_WORDS, words=asked.other))
    return told


def _told(
    code: ReasonCode, criterion: Criterion = Criterion.OTHER, words: MarkdownText = _NO_WORDS
) -> Reason:
    return Reason.model_construct(criterion=criterion, verdict=_VERDICTS[code], code=code, words=words)


def _values(given: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in given) if given else ()  # most criteria restrict nothing


def _title(found: Fitting, language: str) -> str:
    own, other = (found.title.fr, found.title.en) if language == "fr" else (found.title.en, found.title.fr)
    return (own or other or "").casefold()
