"""Who books may ask for a text message, and by the link of the meeting take that back or ask for it later."""

from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import anonymous
from nexus.mongo import Document
from nexus.seal import Seal
from services.meetings.contracts.meetings import (
    CancelOwnMeeting,
    ChooseTextReminder,
    ConfirmMeeting,
    HoldMeeting,
    MoveOwnMeeting,
)
from tests.support.meetings_service import SECRET, VISITOR, MeetingsOnDatabase, at, contact, refused

PHONE, NUMBER = "514 555-0123", "+15145550123"
WORDS = "Remind me by text message."
SEAL = Seal(SECRET, "mail")


@pytest.fixture
def meetings(database: Database[Document]) -> MeetingsOnDatabase:
    meetings = MeetingsOnDatabase(database, texts=True)
    meetings.advisor()
    return meetings


def book(meetings: MeetingsOnDatabase, phone: str | None = PHONE, **more: Any) -> Any:
    kind = meetings.a_type()
    return meetings.book(
        kind, "2026-11-25T09:00", contact=contact(phone=phone), base_url="https://tic.example.org", **more
    )


def last(meetings: MeetingsOnDatabase) -> tuple[str, str | None]:
    """What was told last, and which number goes along."""
    told = meetings.events()[-1]
    return told["type"].split(".")[-2], SEAL.open(told["data"]["sealed"])["text_to"]


def test_who_asks_for_a_text_is_kept_with_the_number_the_words_and_the_moment(
    meetings: MeetingsOnDatabase,
) -> None:
    booked = book(meetings, text_consent=WORDS).meeting
    assert booked.texts.model_dump() == {"number": NUMBER, "wording": WORDS, "at": meetings.now}
    assert booked.contact.phone == PHONE
    assert last(meetings) == ("meeting_booked", NUMBER)


def test_it_is_asked_for_in_the_form_as_well(meetings: MeetingsOnDatabase) -> None:
    held = meetings.service.hold_meeting(
        HoldMeeting(type=meetings.a_type().id, place="video", start=at("2026-11-25T09:00")), VISITOR
    )
    fields = {
        "token": held.token,
        "consent": True,
        "text_consent": WORDS,
        "base_url": "https://tic.example.org",
    }
    none = ConfirmMeeting(contact=contact(), **fields)
    assert refused(meetings.service.confirm_meeting, none, VISITOR).details["field"] == "phone"
    done = meetings.service.confirm_meeting(ConfirmMeeting(contact=contact(phone=PHONE), **fields), VISITOR)
    assert done.texts is not None
    assert last(meetings) == ("meeting_booked", NUMBER)


def test_without_it_no_number_leaves_the_service(meetings: MeetingsOnDatabase) -> None:
    assert book(meetings).meeting.texts is None
    assert last(meetings) == ("meeting_booked", None)


@pytest.mark.parametrize("phone", [None, "1 800 463-5229", "+33 6 12 34 56 78", "514 555-0123 poste 4"])
def test_a_number_that_cannot_be_texted_is_refused_and_nothing_is_booked(
    meetings: MeetingsOnDatabase, phone: str | None
) -> None:
    error = refused(book, meetings, phone, text_consent=WORDS)
    assert (error.code, error.details["field"]) == ("phone_unusable", "phone")
    assert meetings.events() == []
    assert book(meetings, phone).meeting.state == "confirmed"  # for a call it is good enough


def test_by_the_link_it_is_taken_back_and_asked_for_again(meetings: MeetingsOnDatabase) -> None:
    token, choose = book(meetings, text_consent=WORDS).token, meetings.service.choose_text_reminder
    off = ChooseTextReminder(token=token, text_consent=None)
    stopped = choose(off, VISITOR)
    assert (stopped.texts, stopped.revision) == (None, 2)
    assert last(meetings) == ("text_reminder_chosen", None)
    assert choose(off, VISITOR).revision == 2  # nothing changes
    again = choose(ChooseTextReminder(token=token, text_consent=WORDS, phone="438 555-0199"), VISITOR)
    assert again.texts is not None
    assert (again.texts.number, again.sequence) == ("+14385550199", 0)
    assert last(meetings) == ("text_reminder_chosen", "+14385550199")
    meetings.service.move_own_meeting(MoveOwnMeeting(token=token, start=at("2026-11-26T09:00")), VISITOR)
    assert last(meetings) == ("meeting_moved", "+14385550199")


def test_nobody_but_who_has_the_link_chooses_and_only_while_the_meeting_is_ahead(
    meetings: MeetingsOnDatabase,
) -> None:
    token, choose = book(meetings).token, meetings.service.choose_text_reminder
    wanted = ChooseTextReminder(token=token, text_consent=WORDS, phone=PHONE)
    assert refused(choose, wanted, anonymous("aero")).code == "meeting_not_found"
    forged = wanted.model_copy(update={"token": token[:-1] + ("0" if token[-1] != "0" else "1")})
    assert refused(choose, forged, VISITOR).code == "meeting_not_found"
    assert refused(choose, wanted.model_copy(update={"phone": None}), VISITOR).code == "phone_unusable"
    meetings.service.cancel_own_meeting(CancelOwnMeeting(token=token), VISITOR)
    assert refused(choose, wanted, VISITOR).code == "meeting_over"


def test_where_no_texts_are_sent_nobody_can_ask_for_one_but_still_take_it_back(
    meetings: MeetingsOnDatabase, database: Database[Document]
) -> None:
    token = book(meetings, text_consent=WORDS).token
    without = MeetingsOnDatabase(database)
    assert refused(book, without, text_consent=WORDS).code == "texts_not_offered"
    off = without.service.choose_text_reminder(ChooseTextReminder(token=token, text_consent=None), VISITOR)
    assert off.texts is None
