"""Who meets a company: the advisor who follows it, and nobody who has left."""

from datetime import date

import pytest

from nexus.caller import Role
from services.meetings.contracts.availability import (
    GetFeedToken,
    ListAdvisors,
)
from services.meetings.contracts.meetings import (
    ConfirmMeeting,
    HoldMeeting,
    ListWithoutAdvisor,
    MoveMeeting,
    ReadFeed,
)
from services.people.contracts.people import PersonChanged
from tests.support.meetings_service import (
    ANNE,
    LEAD,
    VISITOR,
    MeetingsOnDatabase,
    at,
    contact,
    mornings,
    refused,
    staff,
)

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    return MeetingsOnDatabase(database)


def test_a_company_meets_the_advisor_who_follows_it_already_where_they_are_free(meetings) -> None:
    kind = meetings.a_type()
    for name in ("anne", "bob", "cleo"):
        meetings.advisor(staff(name))
    first = meetings.book(kind, "2026-11-25T09:00", advisor="cleo", contact=contact(1, neq="1140000001"))
    assert first.meeting.advisors[0].id == "cleo"
    by_neq = meetings.book(kind, "2026-11-25T10:00", contact=contact(2, neq="11 4000 0001"))
    by_mail = meetings.book(kind, "2026-11-25T11:00", contact=contact(1))
    assert [one.meeting.advisors[0].id for one in (by_neq, by_mail)] == ["cleo", "cleo"]
    taken = meetings.book(kind, "2026-11-25T10:30", contact=contact(3, neq="1140000001"))
    assert taken.meeting.advisors[0].id == "anne"  # who follows it has no time then
    elsewhere = meetings.book(kind, "2026-11-26T09:00", contact=contact(4))
    assert elsewhere.meeting.advisors[0].id == "bob"  # nobody follows it: who has had least to do


def test_who_comes_is_known_with_the_form_and_then_the_advisor_who_follows_them_takes_part(meetings) -> None:
    kind = meetings.a_type(places=("partner_office",))
    for name in ("anne", "bob"):
        meetings.advisor(staff(name), mornings(name.title(), office=f"Chez {name}", daily_maximum=2))
    meetings.book(kind, "2026-11-24T11:00", advisor="bob", contact=contact(1), place="partner_office")

    def booked(start: str, **more) -> tuple[str, str | None]:
        hold = HoldMeeting(type=kind.id, place="partner_office", start=at(start), **more)
        token = meetings.service.hold_meeting(hold, VISITOR).token
        confirm = ConfirmMeeting(token=token, contact=contact(1), consent=True)
        done = meetings.service.confirm_meeting(confirm, VISITOR)
        assert meetings.events()[-1]["data"]["advisors"] == [done.advisors[0].id]
        return done.advisors[0].id, done.where

    assert booked("2026-11-25T09:00") == ("bob", "Chez bob")
    assert booked("2026-11-25T10:00", advisor="anne") == ("anne", "Chez anne")  # who was asked for
    free = meetings.starts(kind, since=WEDNESDAY, place="partner_office", advisor="anne")
    assert free == ["09:00", "11:00"]  # what was held with somebody else is let go


def test_who_has_no_account_any_more_is_not_met_and_others_take_what_was_booked(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor(staff("anne"), mornings("Anne", office="Chez Anne"))
    booked = meetings.book(kind, "2026-11-25T10:00")
    feed = meetings.service.get_feed_token(GetFeedToken(), ANNE).token
    left = PersonChanged(
        id="anne", sector="tic", roles=frozenset({Role.MEMBER}), revision=3, language="fr", sealed=None
    )
    meetings.service.follow_roles(left)
    assert meetings.service.list_advisors(ListAdvisors(), VISITOR).items == ()
    assert meetings.starts(kind, since=WEDNESDAY) == []
    assert refused(meetings.service.read_feed, ReadFeed(token=feed), VISITOR).code == "feed_not_found"
    assert refused(meetings.service.list_without_advisor, ListWithoutAdvisor(), ANNE).code == "role_required"
    listed = meetings.service.list_without_advisor(ListWithoutAdvisor(), LEAD).items
    assert [one.id for one in listed] == [booked.meeting.id]
    move = MoveMeeting(id=booked.meeting.id, revision=1, start=at("2026-11-25T10:00"))
    assert refused(meetings.service.move_meeting, move, LEAD).code == "slot_not_offered"
    meetings.advisor(staff("bob"))
    moved = meetings.service.move_meeting(move, LEAD)  # at the same time, with somebody who is there
    assert ([one.name for one in moved.advisors], moved.revision) == (["Bob"], 2)
    assert meetings.service.list_without_advisor(ListWithoutAdvisor(), LEAD).items == ()


def test_late_news_of_an_account_does_no_harm_and_who_comes_back_can_be_met(meetings) -> None:
    meetings.advisor()

    def changed(revision: int, *roles: Role) -> list[str]:
        event = PersonChanged(
            id="anne", sector="tic", roles=frozenset(roles), revision=revision, language="fr", sealed=None
        )
        meetings.service.follow_roles(event)
        return [one.id for one in meetings.service.list_advisors(ListAdvisors(), VISITOR).items]

    assert changed(4) == []
    assert changed(3, Role.ADVISOR) == []
    assert changed(5, Role.ADVISOR) == ["anne"]
