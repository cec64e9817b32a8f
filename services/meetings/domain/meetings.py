"""What may become of a meeting, and what it occupies."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from nexus.errors import Conflict, InvalidInput, StaleRevision
from services.meetings.contracts.meetings import (
    REPLIES,
    Consent,
    Contact,
    Meeting,
    State,
    Step,
    TextReminder,
)
from services.meetings.contracts.types import TypeContent
from services.meetings.contracts.words import BothLines, Place
from services.meetings.domain.slots import Agenda
from services.meetings.domain.times import MINUTES, Span, day_of, tick, week_of

HOLD = timedelta(minutes=10)
MOST_HOLDS = 5  # of one network address at once
_LONGEST_LOCAL = 64  # octets before the @: RFC 5321, 4.5.3.1.1
MOST_REPLIES = 20  # to the invitations of one meeting
MOST_AHEAD = 3  # meetings of one mail address
OCCUPYING = (State.REQUESTED, State.CONFIRMED, State.HELD, State.NO_SHOW)  # a no-show took its time
_ENDED = (State.CANCELLED_BY_COMPANY, State.CANCELLED_BY_US)


def occupied(meeting: Meeting) -> Span:
    """The ticks that a meeting takes of each advisor, with what is kept free around it."""
    begin, end = tick(meeting.start), tick(meeting.end)
    return begin - meeting.type.before // MINUTES, end + meeting.type.after // MINUTES


def keys(meeting: Meeting) -> list[str]:
    """One for each tick and advisor: under a unique index two meetings cannot have the same."""
    begin, end = occupied(meeting)
    stamps = [f"{datetime.fromtimestamp(at * MINUTES * 60, UTC):%Y-%m-%dT%H:%MZ}" for at in range(begin, end)]
    return [f"advisor:{advisor.id}:{stamp}" for advisor in meeting.advisors for stamp in stamps]


def places_of(agenda: Agenda, start: int, used: Iterable[str]) -> list[str]:
    """A place among those that the advisor has for meetings on that day and in that week, where they have set a
    maximum. `used` are those of other meetings: so two at once cannot both be the last one."""
    day = day_of(start, agenda.zone)
    limits = {
        f"advisor:{agenda.id}:day:{day}": agenda.content.daily_maximum,
        f"advisor:{agenda.id}:week:{week_of(day)}": agenda.content.weekly_maximum,
    }
    taken = set(used)
    return [_first_free(name, most, taken) for name, most in limits.items() if most is not None]


def _first_free(name: str, most: int, taken: set[str]) -> str:
    return next((key for n in range(most) if (key := f"{name}:{n}") not in taken), f"{name}:{most - 1}")


def confirmed(
    meeting: Meeting,
    contact: Contact,
    answers: Sequence[str],
    by: str,
    now: datetime,
    message: str | None = None,
    site: str | None = None,
) -> Meeting:
    """Raises Conflict(`hold_expired`), InvalidInput(`email_unusable`, `phone_missing`)."""
    if meeting.state is not State.REQUESTED or meeting.expires_at is None or meeting.expires_at <= now:
        raise Conflict("hold_expired")
    check_contact(contact, meeting.place)
    return _changed(
        meeting,
        Step(at=now, by=by, what="confirmed"),
        state=State.CONFIRMED,
        contact=contact,
        consent=Consent(at=now),
        answers=tuple(answers),
        need=meeting.need.model_copy(update={"message": message}) if message else meeting.need,
        expires_at=None,
        site=site,
    )


def check_contact(contact: Contact, place: Place) -> None:
    """Raises InvalidInput(`email_unusable`, `phone_missing`)."""
    if len(contact.email.partition("@")[0]) > _LONGEST_LOCAL:
        raise InvalidInput("email_unusable", field="email")
    if place == "phone" and contact.phone is None:
        raise InvalidInput("phone_missing", field="phone")


def checked_answers(content: TypeContent, given: Sequence[str]) -> tuple[str, ...]:
    """One answer a question. Raises InvalidInput(`answer_missing`) for the first that is needed and empty."""
    answers = tuple(given[n] if n < len(given) else "" for n in range(len(content.questions)))
    for n, (question, answer) in enumerate(zip(content.questions, answers, strict=True)):
        if question.required and not answer:
            raise InvalidInput("answer_missing", field=f"answers.{n}")
    return answers


def questions_of(content: TypeContent) -> tuple[BothLines, ...]:
    """Their words, as a meeting keeps them."""
    return tuple(question.text for question in content.questions)


def moved(meeting: Meeting, start: datetime, by: str, why: str | None, now: datetime) -> Meeting:
    """Raises Conflict(`meeting_over`)."""
    _require_ahead(meeting, now)
    return _changed(
        meeting,
        Step(at=now, by=by, what="moved", why=why, start=meeting.start),
        start=start,
        end=start + (meeting.end - meeting.start),
    )


def with_texts(meeting: Meeting, texts: TextReminder | None, now: datetime) -> Meeting:
    """With another choice of whether a text message comes. Raises Conflict(`meeting_over`)."""
    _require_ahead(meeting, now)
    return meeting.model_copy(update={"texts": texts, "revision": meeting.revision + 1})


def cancelled(meeting: Meeting, by: str, why: str | None, now: datetime, *, by_company: bool) -> Meeting:
    """Raises Conflict(`meeting_over`)."""
    _require_ahead(meeting, now)
    state = State.CANCELLED_BY_COMPANY if by_company else State.CANCELLED_BY_US
    return _changed(meeting, Step(at=now, by=by, what="cancelled", why=why), state=state)


def replied(
    meeting: Meeting,
    answer: Literal["accepted", "declined", "tentative"],
    by: str,
    why: str | None,
    now: datetime,
) -> Meeting:
    """Raises InvalidInput(`reply_too_often`): no calendar changes its mind so often."""
    if sum(step.what in REPLIES for step in meeting.steps) >= MOST_REPLIES:
        raise InvalidInput("reply_too_often")
    return _changed(meeting, Step(at=now, by=by, what=answer, why=why))


def with_outcome(
    meeting: Meeting, outcome: Literal["held", "no_show"], by: str, why: str | None, now: datetime
) -> Meeting:
    """Raises Conflict(`meeting_over`, `not_begun`)."""
    if meeting.state not in (State.CONFIRMED, State.HELD, State.NO_SHOW):
        raise Conflict("meeting_over")
    if now < meeting.start:
        raise Conflict("not_begun")
    return _changed(meeting, Step(at=now, by=by, what=outcome, why=why), state=State(outcome))


def require_in_time(meeting: Meeting, hours: int, now: datetime) -> None:
    """Raise Conflict(`too_late`) when fewer than `hours` remain before it."""
    if meeting.start - now < timedelta(hours=hours):
        raise Conflict("too_late", hours=hours)


def require_revision(meeting: Meeting, revision: int) -> None:
    """Raise StaleRevision unless `revision` is the current one."""
    if meeting.revision != revision:
        raise StaleRevision(id=meeting.id, yours=revision, current=meeting.revision)


def is_ended(meeting: Meeting) -> bool:
    """Whether it was cancelled: it occupies nothing any more."""
    return meeting.state in _ENDED


def _require_ahead(meeting: Meeting, now: datetime) -> None:
    if meeting.state is not State.CONFIRMED or meeting.start <= now:
        raise Conflict("meeting_over")


def _changed(meeting: Meeting, step: Step, **fields: Any) -> Meeting:
    update = {**fields, "steps": (*meeting.steps, step), "revision": meeting.revision + 1}
    return meeting.model_copy(update=update)
