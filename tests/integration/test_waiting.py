"""Who waits for an earlier time is offered what gets free: one after the other, and nobody twice."""

from datetime import date, datetime

import orjson
import pytest

from nexus.errors import Conflict, InvalidInput, NexusError
from nexus.seal import Seal
from services.meetings.contracts.availability import SaveAvailability
from services.meetings.contracts.meetings import Booked, CancelOwnMeeting, OpenOwnMeeting, State
from services.meetings.contracts.types import MeetingType
from services.meetings.contracts.waiting import (
    AcceptOffer,
    AskEarlier,
    AskForTime,
    DeclineOffer,
    FindOwnWish,
    LeaveWaiting,
    OpenWish,
    Wish,
)
from tests.support.meetings_service import ANNE, SECRET, VISITOR, MeetingsOnDatabase, at, contact, mornings

SITE = "https://tic.example.org"
FRIDAY = date(2026, 11, 27)
WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    return MeetingsOnDatabase(database)


@pytest.fixture
def kind(meetings) -> MeetingType:
    """A meeting of an hour; an advisor has one each morning."""
    meetings.advisor(ANNE, mornings(closes="10:00"))
    return meetings.a_type()


def refused(do, *arguments) -> str:
    with pytest.raises(NexusError) as error:
        do(*arguments)
    return error.value.code


def waits(meetings: MeetingsOnDatabase, booked: Booked, until: date = FRIDAY) -> str:
    """The secret of a new place on the list."""
    asked = AskEarlier(token=booked.token, until=until, base_url=SITE)
    return meetings.service.ask_earlier(asked, VISITOR).token


def wish(meetings: MeetingsOnDatabase, token: str) -> Wish:
    return meetings.service.open_wish(OpenWish(token=token), VISITOR)


def cancel(meetings: MeetingsOnDatabase, booked: Booked) -> None:
    meetings.service.cancel_own_meeting(CancelOwnMeeting(token=booked.token), VISITOR)


def told(meetings: MeetingsOnDatabase) -> list[dict]:
    found = meetings.database["waiting"].find({}, {"outbox": 1})
    bodies = [orjson.loads(entry["body"]) for one in found for entry in one.get("outbox", ())]
    opened = [body["data"] | Seal(SECRET, "mail").open(body["data"]["sealed"]) for body in bodies]
    return sorted(opened, key=lambda one: (one["expires_at"], one["to"]))


def three(meetings: MeetingsOnDatabase, kind: MeetingType) -> tuple[Booked, Booked, Booked]:
    """Wednesday, Thursday and Friday, which are all there is that week."""
    return tuple(meetings.book(kind, f"2026-11-{25 + n}T09:00", contact=contact(n)) for n in range(3))  # type: ignore[return-value]


def test_a_time_that_gets_free_is_kept_for_who_waits_and_moves_their_meeting(meetings, kind) -> None:
    first, _, last = three(meetings, kind)
    token = waits(meetings, last)
    meetings.service.offer_freed_times()
    assert (wish(meetings, token).state, told(meetings)) == ("waiting", [])
    cancel(meetings, first)
    assert meetings.starts(kind, since=WEDNESDAY) == ["09:00"]
    meetings.service.offer_freed_times()
    offer = wish(meetings, token).offer
    assert offer is not None
    assert (offer.start, offer.expires_at) == (at("2026-11-25T09:00"), at("2026-11-23T12:00"))
    assert meetings.starts(kind, since=WEDNESDAY) == []  # nobody else is offered it meanwhile
    assert refused(meetings.book, kind, "2026-11-25T09:00") == "slot_taken"
    (mail,) = told(meetings)
    assert mail["to"] == "paul2@example.org"
    assert mail["link"] == f"{SITE}/fr/attente/{token}"
    assert datetime.fromisoformat(mail["before"]) == at("2026-11-27T09:00")
    moved = meetings.service.accept_offer(AcceptOffer(token=token), VISITOR)
    assert (moved.meeting.id, moved.meeting.start) == (last.meeting.id, at("2026-11-25T09:00"))
    assert meetings.service.open_own_meeting(OpenOwnMeeting(token=last.token), VISITOR) == moved.meeting
    assert wish(meetings, token).state == "taken"
    assert meetings.starts(kind, since=FRIDAY) == ["09:00"]


def test_who_declines_or_does_not_answer_leaves_it_to_the_next_and_is_not_asked_again(meetings, kind) -> None:
    first, second, last = three(meetings, kind)
    tokens = [waits(meetings, booked) for booked in (second, last)]
    cancel(meetings, first)
    meetings.later(minutes=1)
    meetings.service.offer_freed_times()
    assert [wish(meetings, one).state for one in tokens] == ["offered", "waiting"]
    declined = meetings.service.decline_offer(DeclineOffer(token=tokens[0]), VISITOR)
    assert (declined.state, declined.offer) == ("waiting", None)
    meetings.service.offer_freed_times()
    assert [wish(meetings, one).state for one in tokens] == ["waiting", "offered"]
    meetings.later(hours=2)
    assert refused(meetings.service.accept_offer, AcceptOffer(token=tokens[1]), VISITOR) == "offer_expired"
    assert meetings.starts(kind, since=WEDNESDAY) == ["09:00"]  # an offer that is over keeps nothing
    meetings.service.offer_freed_times()
    meetings.service.offer_freed_times()
    assert [wish(meetings, one).state for one in tokens] == ["waiting", "waiting"]
    assert len(told(meetings)) == 2


def test_nobody_is_offered_what_was_free_when_they_asked_what_is_too_late_or_at_night(meetings, kind) -> None:
    first, second, last = three(meetings, kind)
    cancel(meetings, first)
    token = waits(meetings, last)
    meetings.service.offer_freed_times()
    assert wish(meetings, token).state == "waiting"
    early = waits(meetings, second, until=date(2026, 11, 24))
    meetings.now = at("2026-11-23T20:30")
    again = meetings.book(kind, "2026-11-25T09:00", contact=contact(7))
    meetings.service.offer_freed_times()
    cancel(meetings, again)
    meetings.service.offer_freed_times()
    assert [wish(meetings, one).state for one in (token, early)] == ["waiting", "waiting"]
    meetings.now = at("2026-11-24T08:00")  # but the notice of a day ends before an answer could come
    meetings.service.offer_freed_times()
    assert wish(meetings, token).state == "waiting"


def test_new_hours_of_an_advisor_are_news_and_an_offer_can_book_what_was_not_booked(meetings, kind) -> None:
    three(meetings, kind)
    asked = AskForTime(
        type=kind.id, place="video", until=FRIDAY, contact=contact(9), consent=True, base_url=SITE
    )
    token = meetings.service.ask_for_time(asked, VISITOR).token
    meetings.service.offer_freed_times()
    assert wish(meetings, token).state == "waiting"
    meetings.service.save_availability(SaveAvailability(revision=1, content=mornings(closes="11:00")), ANNE)
    meetings.service.offer_freed_times()
    booked = meetings.service.accept_offer(AcceptOffer(token=token), VISITOR)
    assert (booked.meeting.state, booked.meeting.start) == (State.CONFIRMED, at("2026-11-25T10:00"))
    assert booked.meeting.contact == contact(9)
    assert wish(meetings, token).state == "taken"
    kept = meetings.database["waiting"].find_one({})
    assert "paul9" not in str({name: value for name, value in kept.items() if name != "outbox"})
    assert "paul9" not in str(kept)  # what waits to be mailed is sealed


def test_who_waits_may_leave_and_who_cancelled_waits_no_more(meetings, kind) -> None:
    first, second, last = three(meetings, kind)
    own = FindOwnWish(token=last.token)
    assert meetings.service.find_own_wish(own, VISITOR).found is None
    tokens = [waits(meetings, booked) for booked in (last, second)]
    found = meetings.service.find_own_wish(own, VISITOR).found
    assert found is not None
    assert found.token == tokens[0]
    assert meetings.service.leave_waiting(LeaveWaiting(token=tokens[0]), VISITOR).state == "left"
    assert meetings.service.find_own_wish(own, VISITOR).found is None
    cancel(meetings, second)
    meetings.service.offer_freed_times()
    assert wish(meetings, tokens[1]).state == "over"
    cancel(meetings, first)
    meetings.service.offer_freed_times()
    assert told(meetings) == []
    assert waits(meetings, last) == tokens[0]  # to ask again is the same place
    assert wish(meetings, tokens[0]).state == "waiting"


def test_who_asks_again_keeps_the_place_and_another_day(meetings, kind) -> None:
    _, _, last = three(meetings, kind)
    token = waits(meetings, last)
    meetings.later(minutes=5)
    assert waits(meetings, last, until=WEDNESDAY) == token
    found = wish(meetings, token)
    assert (found.created_at, found.until) == (at("2026-11-23T10:00"), at("2026-11-26T00:00"))


def test_what_cannot_be_is_refused_with_a_code(meetings, kind) -> None:
    first, _, last = three(meetings, kind)
    ask = meetings.service.ask_earlier
    for day in (date(2026, 11, 22), date(2030, 1, 1), date.max):
        asked = AskEarlier(token=last.token, until=day, base_url=SITE)
        assert refused(ask, asked, VISITOR) == "date_out_of_range"
    cancel(meetings, first)
    over = AskEarlier(token=first.token, until=FRIDAY, base_url=SITE)
    assert refused(ask, over, VISITOR) == "meeting_over"
    token = waits(meetings, last)
    other = VISITOR.model_copy(update={"sector": "aero"})
    assert refused(meetings.service.open_wish, OpenWish(token=token), other) == "wish_not_found"
    assert refused(meetings.service.open_wish, OpenWish(token=last.token), VISITOR) == "wish_not_found"
    wanted = {"type": kind.id, "until": FRIDAY, "contact": contact(9), "consent": True, "base_url": SITE}
    by_phone = AskForTime(**wanted, place="phone")
    assert refused(meetings.service.ask_for_time, by_phone, VISITOR) == "phone_missing"
    for _ in range(3):
        meetings.service.ask_for_time(AskForTime(**wanted, place="video"), VISITOR)
    fourth = AskForTime(**wanted, place="video")
    assert refused(meetings.service.ask_for_time, fourth, VISITOR) == "too_many_wishes"


def test_two_processes_offer_a_time_once(meetings, kind) -> None:
    first, second, last = three(meetings, kind)
    tokens = [waits(meetings, booked) for booked in (second, last)]
    cancel(meetings, first)
    other = meetings.process()
    looking = other.waiting.waiting
    assert looking.take_turn(meetings.now)  # the other one is at it, and dies
    meetings.service.offer_freed_times()
    assert {wish(meetings, one).state for one in tokens} == {"waiting"}
    meetings.later(minutes=3)
    meetings.service.offer_freed_times()
    other.offer_freed_times()
    assert sorted(wish(meetings, one).state for one in tokens) == ["offered", "waiting"]


def test_an_advisor_who_takes_the_time_back_makes_the_offer_void(meetings, kind) -> None:
    first, _, last = three(meetings, kind)
    token = waits(meetings, last)
    cancel(meetings, first)
    meetings.service.offer_freed_times()
    meetings.service.save_availability(SaveAvailability(revision=1, content=mornings(accepting=False)), ANNE)
    with pytest.raises((Conflict, InvalidInput)):
        meetings.service.accept_offer(AcceptOffer(token=token), VISITOR)
    own = meetings.service.open_own_meeting(OpenOwnMeeting(token=last.token), VISITOR)
    assert own.start == at("2026-11-27T09:00")
