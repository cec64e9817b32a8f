"""Booking on a real database: nobody is booked twice, nobody waits for a form that is never sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import orjson
import pytest

from nexus.caller import Role, anonymous
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from nexus.seal import Seal
from services.meetings.contracts.availability import (
    GetAvailability,
    PreviewSlots,
    RenewFeed,
    SaveAvailability,
)
from services.meetings.contracts.feeds import AskCalendar, ReadCompanyFeed, RenewCompanyFeed
from services.meetings.contracts.meetings import (
    CancelMeeting,
    CancelOwnMeeting,
    ConfirmMeeting,
    FindOwnMoves,
    GetMeeting,
    HoldMeeting,
    ListMeetings,
    ListWithoutOutcome,
    MoveMeeting,
    MoveOwnMeeting,
    Need,
    OpenOwnMeeting,
    ReadFeed,
    RecordOutcome,
    State,
)
from services.meetings.contracts.types import ArchiveMeetingType, ListMeetingTypes, Question, SaveMeetingType
from services.meetings.contracts.words import BothLines
from tests.support.meetings_service import (
    ANNE,
    LEAD,
    SECRET,
    VISITOR,
    MeetingsOnDatabase,
    a_type,
    at,
    contact,
    mornings,
    refused,
    staff,
)

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    return MeetingsOnDatabase(database)


def test_what_is_booked_is_offered_no_more_and_comes_back_once_it_is_cancelled(meetings) -> None:
    kind = meetings.a_type(after=15)
    meetings.advisor()
    assert meetings.starts(kind, since=WEDNESDAY) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    booked = meetings.book(kind, "2026-11-25T10:00")
    assert (booked.meeting.state, booked.meeting.advisors[0].name) == (State.CONFIRMED, "Anne")
    assert meetings.starts(kind, since=WEDNESDAY) == []  # an hour and a quarter fits neither before nor after
    meetings.service.cancel_own_meeting(CancelOwnMeeting(token=booked.token), VISITOR)
    assert len(meetings.starts(kind, since=WEDNESDAY)) == 5


def test_a_second_booking_of_a_time_is_refused_and_told_the_nearest_others(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    meetings.book(kind, "2026-11-25T10:00")
    error = refused(meetings.book, kind, "2026-11-25T10:00", contact=contact(1))
    assert (type(error), error.code) == (Conflict, "slot_taken")
    assert error.details["nearest"] == [
        "2026-11-25T14:00:00Z",
        "2026-11-25T16:00:00Z",
        "2026-11-24T16:00:00Z",
    ]


def test_a_time_that_was_never_offered_is_refused_as_such(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    for start in (
        "2026-11-25T08:00",
        "2026-11-25T10:10",
        "2026-11-23T11:00",
        "2026-11-20T10:00",
        "2027-11-25T10:00",
        "1970-01-01T00:00",
        "9999-12-31T18:55",
    ):
        error = refused(meetings.book, kind, start)
        assert (type(error), error.code) == (InvalidInput, "slot_not_offered"), start
    assert refused(meetings.book, kind, "2026-11-25T10:00:01").code == "slot_not_offered"
    assert (
        refused(meetings.book, kind, "2026-11-25T10:00", place="company_premises").code == "place_not_offered"
    )


def test_a_move_or_a_preview_at_the_end_of_time_is_refused(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    booked = meetings.book(kind, "2026-11-25T10:00")
    for far in (at("9999-12-31T18:55"), at("1970-01-01T00:00")):
        move = MoveOwnMeeting(token=booked.token, start=far)
        assert refused(meetings.service.move_own_meeting, move, VISITOR).code == "slot_not_offered"
    for day in (date.min, date.max):
        preview = PreviewSlots(content=mornings(), type=kind.id, since=day)
        assert refused(meetings.service.preview_slots, preview, ANNE).code == "date_out_of_range"


def test_a_hold_keeps_a_time_for_ten_minutes_and_no_longer(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    hold = HoldMeeting(type=kind.id, place="video", start=at("2026-11-25T09:00"))
    held = meetings.service.hold_meeting(hold, VISITOR)
    assert meetings.starts(kind, since=WEDNESDAY) == ["10:00", "10:30", "11:00"]
    assert refused(meetings.service.hold_meeting, hold, VISITOR).code == "slot_taken"
    meetings.later(minutes=10)
    assert "09:00" in meetings.starts(kind, since=WEDNESDAY)
    another = meetings.service.hold_meeting(hold, VISITOR)  # before any tick has let go of the first
    late = ConfirmMeeting(token=held.token, contact=contact(), consent=True)
    assert refused(meetings.service.confirm_meeting, late, VISITOR).code == "hold_expired"
    meetings.service.release_expired_holds()
    done = meetings.service.confirm_meeting(
        ConfirmMeeting(token=another.token, contact=contact(), consent=True), VISITOR
    )
    assert (done.state, done.revision, done.consent is not None) == (State.CONFIRMED, 2, True)
    meetings.later(minutes=20)
    meetings.service.release_expired_holds()
    assert meetings.service.open_own_meeting(OpenOwnMeeting(token=another.token), VISITOR) == done


def test_an_address_holds_five_times_at_once_and_no_more(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor(content=mornings(closes="17:00"))
    greedy = VISITOR.model_copy(update={"origin": "192.0.2.1"})

    def hold(hour: int, caller=greedy):
        command = HoldMeeting(type=kind.id, place="video", start=at(f"2026-11-25T{hour:02}:00"))
        return meetings.service.hold_meeting(command, caller)

    for hour in range(9, 14):
        hold(hour)
    assert refused(hold, 14).code == "too_many_holds"
    assert hold(14, VISITOR)


def test_a_joint_meeting_takes_all_its_advisors_or_none(meetings) -> None:
    joint, single = meetings.a_type(advisors=2), meetings.a_type()
    for name in ("anne", "bruno"):
        meetings.advisor(staff(name))
    booked = meetings.book(joint, "2026-11-25T10:00")
    assert {one.name for one in booked.meeting.advisors} == {"Anne", "Bruno"}
    assert meetings.starts(single, since=WEDNESDAY) == ["09:00", "11:00"]
    meetings.book(single, "2026-11-25T11:00", contact=contact(1))
    assert meetings.starts(joint, since=WEDNESDAY) == ["09:00"]
    assert refused(meetings.book, joint, "2026-11-25T11:00", contact=contact(2)).code == "slot_taken"


def test_who_knows_the_matter_is_chosen_then_who_has_least_ahead_then_who_waited_longest(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor(staff("anne"))
    meetings.advisor(staff("bruno"), mornings("Bruno", expertise=("immigration",)))
    meetings.advisor(staff("chloe"), mornings("Chloe", languages=("fr", "en")))

    def chosen(start: str, n: int, **need) -> str:
        booked = meetings.book(kind, start, need=Need(**need), contact=contact(n))
        return booked.meeting.advisors[0].name

    assert chosen("2026-11-25T09:00", 1, themes=("immigration",)) == "Bruno"
    assert chosen("2026-11-26T09:00", 2, language="en") == "Chloe"
    assert chosen("2026-11-27T09:00", 3) == "Anne"
    assert chosen("2026-11-27T09:00", 4) == "Bruno"  # one each; Chloe and Bruno never met anybody: by id
    assert chosen("2026-11-27T09:00", 5) == "Chloe"
    assert refused(chosen, "2026-11-27T09:00", 6).code == "slot_taken"


def test_the_last_place_of_a_day_is_given_once_however_many_ask_at_once(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor(content=mornings(closes="17:00", daily_maximum=2))

    def book(n: int) -> str:
        try:
            meetings.book(kind, f"2026-11-25T{9 + n % 8:02}:00", contact=contact(n))
        except Conflict as error:
            return error.code
        return "booked"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(book, range(16)))
    assert (told.count("booked"), told.count("slot_taken")) == (2, 14)


def test_forty_times_are_booked_forty_times_by_five_hundred_at_once(meetings) -> None:
    kind = meetings.a_type(minutes=30)
    meetings.advisor(content=mornings(closes="17:00"))
    days = ("2026-11-25", "2026-11-26", "2026-11-27")
    times = [f"{day}T{9 + n // 2:02}:{n % 2 * 30:02}" for day in days for n in range(16)][:40]

    def book(n: int):
        try:
            return meetings.book(kind, times[n % 40], contact=contact(n)).meeting.start
        except Conflict as error:
            return error

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(book, range(500)))
    errors = [one for one in told if isinstance(one, Conflict)]
    assert sorted(one for one in told if not isinstance(one, Conflict)) == sorted(map(at, times))
    assert {one.code for one in errors} == {"slot_taken"}
    assert len(errors) == 460
    assert all(len(one.details["nearest"]) == 3 for one in errors)


def test_a_key_books_once_however_often_it_is_sent(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    first = meetings.book(kind, "2026-11-25T09:00", key="a-key-of-mine")
    assert meetings.book(kind, "2026-11-25T09:00", key="a-key-of-mine") == first
    other = refused(meetings.book, kind, "2026-11-25T11:00", key="a-key-of-mine")
    assert other.code == "key_reused"
    with ThreadPoolExecutor(8) as pool:
        again = list(
            pool.map(lambda _: meetings.book(kind, "2026-11-26T09:00", key="another-key").token, range(8))
        )
    assert len(set(again)) == 1


def test_a_company_moves_and_cancels_within_limits_and_every_step_is_kept_and_told(meetings) -> None:
    kind = meetings.a_type(cancel_hours=4, move_hours=48)
    meetings.advisor()
    booked = meetings.book(kind, "2026-11-26T09:00")
    free = meetings.service.find_own_moves(
        FindOwnMoves(token=booked.token, since=date(2026, 11, 26), days=1), VISITOR
    )
    assert at("2026-11-26T09:30") in free.days[0].starts  # its own time is in nobody's way
    move = MoveOwnMeeting(token=booked.token, start=at("2026-11-26T09:30"))
    moved = meetings.service.move_own_meeting(move, VISITOR)
    assert (moved.start, moved.revision) == (at("2026-11-26T09:30"), 2)
    assert meetings.starts(kind, since=date(2026, 11, 26)) == ["10:30", "11:00"]
    meetings.now = at("2026-11-25T10:00")
    assert refused(meetings.service.move_own_meeting, move, VISITOR).code == "too_late"
    meetings.now = at("2026-11-26T08:00")
    cancel = CancelOwnMeeting(token=booked.token)
    assert refused(meetings.service.cancel_own_meeting, cancel, VISITOR).code == "too_late"
    meetings.now = at("2026-11-25T12:00")
    meetings.service.cancel_own_meeting(cancel, VISITOR)
    assert refused(meetings.service.cancel_own_meeting, cancel, VISITOR).code == "meeting_over"
    steps = meetings.service.open_own_meeting(OpenOwnMeeting(token=booked.token), VISITOR).steps
    assert [one.what for one in steps] == ["requested", "confirmed", "moved", "cancelled"]
    told = [(body["type"].split(".")[-2], body["data"]["revision"]) for body in meetings.events()]
    assert told == [("meeting_booked", 1), ("meeting_moved", 2), ("meeting_cancelled", 3)]
    assert "paul0@example.org" not in str(meetings.events())


def test_a_move_to_what_somebody_else_has_leaves_both_where_they_are(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    first = meetings.book(kind, "2026-11-25T09:00")
    meetings.book(kind, "2026-11-25T11:00", contact=contact(1))
    move = MoveOwnMeeting(token=first.token, start=at("2026-11-25T11:00"))
    assert refused(meetings.service.move_own_meeting, move, VISITOR).code == "slot_taken"
    assert meetings.starts(kind, since=WEDNESDAY) == ["10:00"]


def test_an_advisor_sees_moves_and_closes_own_meetings_and_no_others(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    meeting = meetings.book(kind, "2026-11-25T09:00").meeting
    other, elsewhere = staff("bruno"), staff("anne", sector="aero")
    day = {"since": at("2026-11-25T00:00"), "until": at("2026-11-26T00:00")}
    service = meetings.service
    assert [one.id for one in service.list_meetings(ListMeetings(**day), ANNE).items] == [meeting.id]
    assert service.list_meetings(ListMeetings(**day), other).items == ()
    assert [one.id for one in service.list_meetings(ListMeetings(**day, every=True), LEAD).items] == [
        meeting.id
    ]
    assert isinstance(refused(service.list_meetings, ListMeetings(**day, every=True), other), Forbidden)
    for caller in (other, elsewhere):
        assert isinstance(refused(service.get_meeting, GetMeeting(id=meeting.id), caller), NotFound)
    assert isinstance(refused(service.get_meeting, GetMeeting(id=meeting.id), VISITOR), Forbidden)
    early = RecordOutcome(id=meeting.id, revision=1, outcome="held")
    assert refused(service.record_outcome, early, ANNE).code == "not_begun"
    moved = service.move_meeting(MoveMeeting(id=meeting.id, revision=1, start=at("2026-11-25T10:00")), ANNE)
    stale = CancelMeeting(id=meeting.id, revision=1, why="Grippe")
    assert isinstance(refused(service.cancel_meeting, stale, ANNE), StaleRevision)
    meetings.now = at("2026-11-25T12:00")
    assert [one.id for one in service.list_without_outcome(ListWithoutOutcome(), ANNE).items] == [meeting.id]
    held = RecordOutcome(id=meeting.id, revision=moved.revision, outcome="held")
    assert service.record_outcome(held, ANNE).state is State.HELD
    assert service.list_without_outcome(ListWithoutOutcome(), ANNE).items == ()
    assert [body["type"].split(".")[-2] for body in meetings.events()][-1] == "meeting_held"


def test_what_a_type_asks_must_be_answered_and_a_phone_meeting_needs_a_number(meetings) -> None:
    question = Question(text=BothLines(fr="Quels postes\xa0?", en="Which jobs?"), required=True)
    kind = meetings.a_type(questions=(question,))
    meetings.advisor()
    error = refused(meetings.book, kind, "2026-11-25T09:00")
    assert (error.code, error.details["field"]) == ("answer_missing", "answers.0")
    assert (
        refused(meetings.book, kind, "2026-11-25T09:00", place="phone", answers=("Soudeur",)).code
        == "phone_missing"
    )
    long = contact(email="a" * 65 + "@example.org")
    error = refused(meetings.book, kind, "2026-11-25T09:00", answers=("Soudeur",), contact=long)
    assert error.code == "email_unusable"
    assert meetings.book(kind, "2026-11-25T09:00", answers=("Soudeur",)).meeting.answers == ("Soudeur",)


def test_a_used_type_is_archived_and_what_is_booked_keeps_its_length(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    booked = meetings.book(kind, "2026-11-26T09:00")
    longer = SaveMeetingType(id=kind.id, revision=1, content=a_type(minutes=120))
    meetings.service.save_meeting_type(longer, LEAD)
    moved = meetings.service.move_own_meeting(
        MoveOwnMeeting(token=booked.token, start=at("2026-11-26T11:00")), VISITOR
    )
    assert moved.end == at("2026-11-26T12:00")
    meetings.service.archive_meeting_type(ArchiveMeetingType(id=kind.id, revision=2), LEAD)
    assert meetings.service.list_meeting_types(ListMeetingTypes(), VISITOR).items == ()
    assert (
        refused(meetings.book, kind, "2026-11-27T09:00", contact=contact(1)).code == "meeting_type_not_found"
    )
    assert isinstance(refused(meetings.service.save_meeting_type, longer, LEAD), StaleRevision)
    assert isinstance(refused(meetings.service.save_meeting_type, longer, ANNE), Forbidden)


def test_types_for_staff_are_not_for_visitors_and_staff_need_no_notice(meetings) -> None:
    kind = meetings.a_type(audience="staff", notice_hours=48)
    meetings.advisor(content=mornings(closes="17:00"))
    assert refused(meetings.book, kind, "2026-11-26T09:00").code == "meeting_type_not_found"
    booked = meetings.book(kind, "2026-11-23T11:00", ANNE)
    assert booked.meeting.steps[-1].by == "anne"


def test_a_mail_address_has_three_meetings_ahead_at_most(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    for hour in (9, 10, 11):
        meetings.book(kind, f"2026-11-25T{hour:02}:00")
    assert refused(meetings.book, kind, "2026-11-26T09:00").code == "too_many_meetings"
    assert meetings.book(kind, "2026-11-26T09:00", contact=contact(1))


def test_an_availability_is_the_advisors_own_and_shows_what_it_makes_before_it_is_saved(meetings) -> None:
    kind = meetings.a_type()
    assert meetings.service.get_availability(GetAvailability(), ANNE).revision == 0
    preview = PreviewSlots(content=mornings(), type=kind.id, since=WEDNESDAY, days=1)
    (day,) = meetings.service.preview_slots(preview, ANNE)
    assert day.starts[0] == at("2026-11-25T09:00")
    meetings.advisor()
    with pytest.raises(StaleRevision):
        meetings.advisor()
    for caller in (staff("bruno"), VISITOR, staff("x", Role.EDITOR)):
        command = SaveAvailability(content=mornings(), revision=1, advisor="anne")
        assert isinstance(refused(meetings.service.save_availability, command, caller), Forbidden)
    elsewhere = staff("zoe", Role.ADMIN, sector="aero")
    assert isinstance(refused(meetings.service.save_availability, command, elsewhere), NotFound)
    away = command.model_copy(update={"content": mornings(accepting=False)})
    meetings.service.save_availability(away, LEAD)
    assert meetings.starts(kind, since=WEDNESDAY) == []


def test_a_link_opens_one_meeting_on_its_own_sectors_site_and_a_forged_one_nothing(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    token = meetings.book(kind, "2026-11-25T09:00").token
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    for wrong, caller in ((forged, VISITOR), ("x", VISITOR), (".", VISITOR), (token, anonymous("aero"))):
        error = refused(meetings.service.open_own_meeting, OpenOwnMeeting(token=wrong), caller)
        assert error.code == "meeting_not_found"


def test_a_calendar_feed_has_what_was_cancelled_too_and_an_old_secret_opens_nothing(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    booked = meetings.book(kind, "2026-11-25T09:00")
    meetings.service.cancel_own_meeting(CancelOwnMeeting(token=booked.token), VISITOR)
    renewed = meetings.service.renew_feed(RenewFeed(), ANNE)
    feed = meetings.service.read_feed(ReadFeed(token=renewed.token), VISITOR)
    assert [(one.id, one.state, one.revision) for one in feed.items] == [
        (booked.meeting.id, State.CANCELLED_BY_COMPANY, 2)
    ]
    meetings.service.renew_feed(RenewFeed(), ANNE)
    assert (
        refused(meetings.service.read_feed, ReadFeed(token=renewed.token), VISITOR).code == "feed_not_found"
    )
    assert refused(meetings.service.read_feed, ReadFeed(token=booked.token), VISITOR).code == "feed_not_found"


def test_a_company_is_mailed_the_calendar_of_all_its_meetings_and_may_renew_its_address(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    first = meetings.book(kind, "2026-11-25T09:00", contact=contact(1))
    second = meetings.book(kind, "2026-11-25T10:00", contact=contact(1))
    meetings.book(kind, "2026-11-25T11:00", contact=contact(2))
    meetings.service.cancel_own_meeting(CancelOwnMeeting(token=first.token), VISITOR)
    ask = AskCalendar(token=second.token, base_url="https://tic.example.org")
    for _ in range(2):  # a second mail within ten minutes is none
        meetings.service.ask_calendar(ask, VISITOR)
    (document,) = meetings.database["company_feeds"].find()
    (told,) = [orjson.loads(entry["body"])["data"] for entry in document["outbox"]]
    mail = Seal(SECRET, "mail").open(told["sealed"])
    assert mail["to"] == "paul1@example.org"
    token = str(mail["link"]).removeprefix("https://tic.example.org/fr/calendrier/")
    read = meetings.service.read_company_feed(ReadCompanyFeed(token=token), VISITOR)
    assert [(one.meeting.id, one.token) for one in read.items] == [
        (first.meeting.id, first.token),
        (second.meeting.id, second.token),
    ]
    renewed = meetings.service.renew_company_feed(RenewCompanyFeed(token=token), VISITOR).token
    for caller, wrong in ((VISITOR, token), (anonymous("aero"), renewed), (VISITOR, second.token)):
        query = ReadCompanyFeed(token=wrong)
        assert refused(meetings.service.read_company_feed, query, caller).code == "feed_not_found"
    assert len(meetings.service.read_company_feed(ReadCompanyFeed(token=renewed), VISITOR).items) == 2
