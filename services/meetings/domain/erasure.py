"""What stays of a meeting, a company and a case when nobody may be known by them any more: what counts.

A meeting keeps when it was, what became of it and its themes; a company its size and activity and, in place of its
NEQ, mail domains and names, digests that tell which other company is the same one, and nothing else; a case its
closing, and the numbers that were answered (decision 43)."""

import hmac
import re
from datetime import datetime
from typing import Any

from services.meetings.contracts.cases import Ask, Case, CaseNeed, CaseStep
from services.meetings.contracts.companies import Company, Traces
from services.meetings.contracts.meetings import Meeting
from services.meetings.domain.companies import folded
from services.meetings.domain.goal import Known

_DIGEST = 32  # hexadecimal digits: 128 bits


def pseudonym(key: str) -> str:
    """What stands in place of a name."""
    return f"#{key[:8]}"


def is_anonymous(company: Company) -> bool:
    """Whether nobody can be known by it any more."""
    return company.name == pseudonym(company.id)


def digest(key: bytes, mark: str) -> str:
    """Tells two marks apart for who holds `key`, and nobody what they are."""
    return hmac.digest(key, mark.encode(), "sha256").hex()[:_DIGEST]


def compared(known: Known, traces: Traces, key: bytes) -> Known:
    """Its marks as digests: those that an anonymous company left, or those that its own make."""
    if traces.names:
        return Known(known.id, traces.neq, traces.domains, traces.names)
    return Known(
        known.id,
        digest(key, f"neq:{known.neq}") if known.neq else None,
        tuple(digest(key, f"domain:{one}") for one in known.domains),
        tuple(digest(key, f"name:{one}") for one in known.names),
    )


def anonymous_meeting(meeting: Meeting) -> Meeting:
    """Without who came and what they wrote; of what was asked the themes and answers to choose from stay."""
    return meeting.model_copy(
        update={
            "contact": None,
            "texts": None,
            "need": meeting.need.model_copy(update={"message": None}),
            "answers": (),
            "steps": tuple(one.model_copy(update={"why": None}) for one in meeting.steps),
            "revision": meeting.revision + 1,
        }
    )


def without_contact(company: Company, email: str) -> Company:
    """Without one of its people. A merger of it cannot be undone any more: that would need to know who was whose."""
    left = tuple(one for one in company.contacts if one.email != email)
    return company.model_copy(update={"contacts": left, "merged_at": None, "revision": company.revision + 1})


def anonymous_company(company: Company, key: bytes) -> Company:
    """Without names, NEQ, domains and people."""
    names = dict.fromkeys(folded(name) for name in (company.name, *company.aliases))
    known = Known(company.id, company.neq, company.domains, tuple(names))
    marks = compared(known, company.traces, key)
    return company.model_copy(
        update={
            "name": pseudonym(company.id),
            "aliases": (),
            "neq": None,
            "domains": (),
            "contacts": (),
            "merged_at": None,
            "traces": Traces(neq=marks.neq, domains=marks.domains, names=marks.names),
            "revision": company.revision + 1,
        }
    )


def anonymous_case(case: Case, now: datetime) -> Case:
    """Without what was written; questions that were to be put are not put any more."""
    need = CaseNeed(themes=case.need.themes, answers=case.need.answers, positions=case.need.positions)
    erased = CaseStep(at=now, by="system", what="erased")
    return case.model_copy(
        update={
            "need": need,
            "notes": (),
            "recommendations": tuple(one.model_copy(update={"reason": None}) for one in case.recommendations),
            "plan": (),
            "tasks": (),
            "asks": tuple(without_words(one) for one in case.asks if one.asked_at),
            "steps": (*(one.model_copy(update={"why": None}) for one in case.steps), erased),
            "revision": case.revision + 1,
        }
    )


def without_words(ask: Ask) -> Ask:
    """Its numbers alone."""
    return ask.model_copy(update={"missing": None, "programs": None})


def without_answers(case: Case, before: datetime) -> Case:
    """Without the words of what was answered before then."""
    asks = tuple(
        without_words(one) if one.answered_at and one.answered_at <= before else one for one in case.asks
    )
    return case.model_copy(update={"asks": asks, "revision": case.revision + 1})


def without_private_notes(case: Case, by: str | None = None) -> Case:
    """Without the private notes of somebody (None: of anybody)."""
    left = tuple(one for one in case.notes if not one.private or by not in (None, one.by))
    return case.model_copy(update={"notes": left, "revision": case.revision + 1})


def scrubbed(case: Case, words: tuple[str, ...]) -> Case:
    """Without mention of somebody in its texts: the case goes on, with others of the company."""
    wanted = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    if not wanted:
        return case
    pattern = re.compile("|".join(wanted), re.IGNORECASE)
    told = case.model_dump(mode="json")
    for field in ("need", "notes", "recommendations", "plan", "tasks", "asks", "steps"):
        told[field] = _without(told[field], pattern)
    after = Case.read(told)
    return case if after == case else after.model_copy(update={"revision": case.revision + 1})


def mentions(name: str, email: str, phone: str | None) -> tuple[str, ...]:
    """What is looked for in texts: a first name alone could be anybody's."""
    return (email, *((name,) if " " in name else ()), *((phone,) if phone else ()))


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub("…", value)
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    if isinstance(value, dict):
        return {name: _without(one, pattern) for name, one in value.items()}
    return value
