"""What each service does of a request for personal data, and what goes by itself when its time is over."""

from datetime import date
from typing import Any

import orjson
import pytest

from nexus.errors import NotFound
from nexus.personal import PERSONAL_DATA
from nexus.seal import Seal
from services.meetings.contracts.cases import GetCase, NoteConversation
from services.meetings.contracts.companies import GetCompany, ListCompanies, MergeCompanies, UndoMerger
from services.meetings.contracts.feeds import AskCalendar
from services.meetings.contracts.goal import OpenGoal
from services.meetings.contracts.meetings import Booked, GetMeeting, RecordOutcome, State
from services.meetings.contracts.waiting import AskEarlier
from services.people.contracts.privacy import PersonalDataAsked
from tests.integration.test_meeting_documents import PDF, bring
from tests.support.meetings_service import (
    ANNE,
    LEAD,
    SECRET,
    VISITOR,
    MeetingsOnDatabase,
    contact,
)

EVE = {"name": "Ève Tremblay", "company": "Usine Tremblay inc.", "email": "eve@usine-tremblay.ca"}


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    made = MeetingsOnDatabase(database)
    made.advisor()
    return made


def asked(kind: str, email: str = EVE["email"], number: str = "1", person: str | None = None) -> Any:
    sealed = Seal(SECRET, PERSONAL_DATA).close({"email": email})
    return PersonalDataAsked(
        id=number, sector="tic", kind=kind, language="fr", person=person, sealed=sealed, sealed_for_content=""
    )


def answer(
    meetings: MeetingsOnDatabase, number: str = "1"
) -> tuple[dict[str, tuple[int, int]], dict[str, Any]]:
    """What was found and removed by kind, and what was handed over."""
    (entry,) = meetings.database["data_answers"].find_one({"_id": number})["outbox"]
    told = orjson.loads(entry["body"])["data"]
    held = {one["kind"]: (one["found"], one["removed"]) for one in told["held"]}
    sealed = told["sealed"]
    return held, orjson.loads(Seal(SECRET, PERSONAL_DATA).open(sealed)["data"]) if sealed else {}


def everything(meetings: MeetingsOnDatabase) -> str:
    """All that stands in the database, but for what has only to be sent."""
    shown = []
    for name in meetings.database.list_collection_names():
        shown += [repr({**one, "outbox": None}) for one in meetings.database[name].find()]
    return "\n".join(shown).lower()


def held(meetings: MeetingsOnDatabase, start: str, **who: Any) -> Booked:
    """A meeting that took place."""
    kind = meetings.a_type(notice_hours=0)
    booked = meetings.book(kind, start, contact=contact(**{**EVE, **who}))
    meetings.service.take_in_meetings()
    return booked


def let_pass(meetings: MeetingsOnDatabase, booked: Booked, **span: float) -> None:
    meetings.later(**span)
    meeting = meetings.service.get_meeting(GetMeeting(id=booked.meeting.id), LEAD)
    command = RecordOutcome(id=meeting.id, revision=meeting.revision, outcome="held")
    meetings.service.record_outcome(command, LEAD)


def test_who_asks_is_handed_their_meetings_with_documents_and_no_note_of_others(meetings) -> None:
    booked = held(meetings, "2026-11-25T09:00")
    bring(meetings, booked.token, PDF)
    case = meetings.service.get_meeting(GetMeeting(id=booked.meeting.id), LEAD).case
    file = meetings.service.get_case(GetCase(id=case), LEAD).case
    note = NoteConversation(id=case, revision=file.revision, shared="Une note de conseil")
    meetings.service.note_conversation(note, LEAD)
    held(meetings, "2026-11-25T10:00", name="Paul Roy", email="paul@usine-tremblay.ca")
    meetings.service.answer_person(asked("export"))
    counts, data = answer(meetings)
    assert counts == {
        "meetings": (1, 0),
        "companies": (1, 0),
        "cases": (1, 0),
        "documents": (1, 0),
        "notes": (1, 0),
    }
    (meeting,) = data["meetings"]
    assert (meeting["contact"]["email"], meeting["documents"][0]["name"]) == (EVE["email"], "offre.pdf")
    assert [one["email"] for one in data["companies"][0]["contacts"]] == [EVE["email"]]
    assert "Une note de conseil" not in orjson.dumps(data).decode()


def test_nothing_of_an_erased_address_is_left_and_the_goal_counts_as_before(meetings) -> None:
    booked = held(meetings, "2026-11-25T09:00")
    bring(meetings, booked.token, PDF)
    let_pass(meetings, booked, days=3)
    ahead = held(meetings, "2026-12-01T09:00")
    meetings.service.ask_calendar(AskCalendar(token=ahead.token, base_url="https://a.example.org"), VISITOR)
    wish = AskEarlier(token=ahead.token, until=date(2026, 11, 30), base_url="https://a.example.org")
    meetings.service.ask_earlier(wish, VISITOR)
    bring(meetings, ahead.token, PDF)
    before = meetings.service.open_goal(OpenGoal(), LEAD)
    assert (before.met.all, "usine" in everything(meetings)) == (1, True)
    meetings.service.answer_person(asked("erasure"))
    counts, _ = answer(meetings)
    assert counts == {
        "meetings": (2, 2), "documents": (2, 2), "waiting": (1, 1), "companies": (1, 1), "company_feeds": (1, 1)
    }  # fmt: skip
    left = everything(meetings)
    assert [word for word in ("tremblay", "eve@", "ève", "usine") if word in left] == []
    assert meetings.database["bytes.chunks"].count_documents({}) == 0
    after = meetings.service.open_goal(OpenGoal(), LEAD)
    assert after.met == before.met
    assert (after.sectors, after.sizes, after.themes) == (before.sectors, before.sizes, before.themes)
    states = [
        meetings.service.get_meeting(GetMeeting(id=one.meeting.id), LEAD).state for one in (booked, ahead)
    ]
    assert states == [State.HELD, State.CANCELLED_BY_COMPANY]
    cancelled = [one for one in meetings.events() if one["type"].endswith("meeting_cancelled.v1")]
    assert [one["subject"] for one in cancelled] == [ahead.meeting.id]


def test_an_event_that_comes_again_is_answered_once(meetings) -> None:
    held(meetings, "2026-11-25T09:00")
    for _ in range(2):
        meetings.service.answer_person(asked("erasure"))
    counts, _ = answer(meetings)
    assert counts["meetings"] == (1, 1)


def test_a_company_with_others_keeps_them_and_its_name(meetings) -> None:
    held(meetings, "2026-11-25T09:00")
    other = held(meetings, "2026-11-25T10:00", name="Paul Roy", email="paul@usine-tremblay.ca")
    meetings.service.answer_person(asked("erasure"))
    (found,) = meetings.service.list_companies(ListCompanies(), LEAD).items
    assert (found.company.name, [one.email for one in found.company.contacts]) == (
        EVE["company"],
        ["paul@usine-tremblay.ca"],
    )
    meeting = meetings.service.get_meeting(GetMeeting(id=other.meeting.id), LEAD)
    assert (meeting.state, meeting.contact.email) == (State.CONFIRMED, "paul@usine-tremblay.ca")
    assert "eve@usine" not in everything(meetings)


def test_a_merger_with_the_company_of_who_was_erased_leaves_nothing_of_them(meetings) -> None:
    """Not even in what would be needed to undo it."""
    held(meetings, "2026-11-25T09:00")
    held(meetings, "2026-11-25T10:00", name="Paul Roy", email="paul@atelier.ca", company="Atelier Roy")
    roy, usine = sorted(
        (one.company for one in meetings.service.list_companies(ListCompanies(), LEAD).items),
        key=lambda company: company.name,
    )
    command = MergeCompanies(
        keep=roy.id, keep_revision=roy.revision, other=usine.id, other_revision=usine.revision
    )
    meetings.service.merge_companies(command, LEAD)
    meetings.service.answer_person(asked("erasure"))
    assert "eve@usine" not in everything(meetings)
    file = meetings.service.get_company(GetCompany(id=roy.id), LEAD)
    assert [one.email for one in file.company.contacts] == ["paul@atelier.ca"]
    undoing = UndoMerger(
        keep=roy.id,
        keep_revision=file.company.revision,
        other=usine.id,
        other_revision=file.merged[0].revision,
    )
    with pytest.raises(NotFound, match="merger_not_found"):
        meetings.service.undo_merger(undoing, LEAD)


def test_a_mention_in_the_case_of_a_company_that_goes_on_is_taken_out(meetings) -> None:
    booked = held(meetings, "2026-11-25T09:00")
    held(meetings, "2026-11-25T10:00", name="Paul Roy", email="paul@usine-tremblay.ca")
    case = meetings.service.get_meeting(GetMeeting(id=booked.meeting.id), LEAD).case
    file = meetings.service.get_case(GetCase(id=case), LEAD).case
    text = f"Écrire à {EVE['email'].upper()}, soit Ève Tremblay, avec Paul Roy"
    meetings.service.note_conversation(NoteConversation(id=case, revision=file.revision, shared=text), LEAD)
    meetings.service.answer_person(asked("erasure"))
    (note,) = meetings.service.get_case(GetCase(id=case), LEAD).case.notes
    assert note.text == "Écrire à …, soit …, avec Paul Roy"


def test_a_company_that_comes_back_after_its_erasure_is_not_counted_again(meetings) -> None:
    neq = "1123456789"
    let_pass(meetings, held(meetings, "2026-11-25T09:00", neq=neq), days=3)
    meetings.service.answer_person(asked("erasure"))
    let_pass(
        meetings, held(meetings, "2026-12-01T09:00", neq=neq, email="new@gmail.com", company="Autre"), days=9
    )
    assert meetings.service.open_goal(OpenGoal(), LEAD).met.all == 1
    let_pass(meetings, held(meetings, "2026-12-08T09:00", email="z@ailleurs.ca", company="Ailleurs"), days=9)
    assert meetings.service.open_goal(OpenGoal(), LEAD).met.all == 2


def test_an_advisor_who_is_erased_keeps_what_they_did_under_a_pseudonym(meetings) -> None:
    booked = held(meetings, "2026-11-25T09:00")
    case = meetings.service.get_meeting(GetMeeting(id=booked.meeting.id), LEAD).case
    file = meetings.service.get_case(GetCase(id=case), ANNE).case
    note = NoteConversation(id=case, revision=file.revision, shared="Vu", private="Entre nous")
    meetings.service.note_conversation(note, ANNE)
    meetings.service.answer_person(asked("erasure", "anne@example.org", person="anne"))
    counts, _ = answer(meetings)
    assert counts == {
        "availability": (1, 1),
        "private_notes": (1, 1),
        "meetings_given": (1, 0),
        "cases_kept": (1, 0),
    }
    meeting = meetings.service.get_meeting(GetMeeting(id=booked.meeting.id), LEAD)
    assert (meeting.advisors[0].name, meeting.contact.email) == ("#anne", EVE["email"])
    assert [one.text for one in meetings.service.get_case(GetCase(id=case), LEAD).case.notes] == ["Vu"]


def test_each_night_what_was_kept_for_long_enough_goes_once_and_the_goal_counts_as_before(meetings) -> None:
    booked = held(meetings, "2026-11-25T09:00")
    bring(meetings, booked.token, PDF)
    let_pass(meetings, booked, days=3)
    meetings.later(days=200)
    meetings.service.purge_meetings()
    meetings.service.purge_meetings()
    (night,) = meetings.database["purges"].find()
    counts = orjson.loads(night["outbox"][0]["body"])["data"]["counts"]
    assert {kind: count for kind, count in counts.items() if count} == {"documents": 1}
    before = meetings.service.open_goal(OpenGoal(), LEAD).met
    meetings.later(days=1_095)
    meetings.service.purge_meetings()
    latest = meetings.database["purges"].find_one({"_id": f"{meetings.now:%Y-%m-%d}"})
    counts = orjson.loads(latest["outbox"][0]["body"])["data"]["counts"]
    assert counts["meeting_contacts"] == 1
    assert "eve@usine" not in repr(list(meetings.database["meetings"].find({}, {"contact": 1})))
    assert meetings.service.open_goal(OpenGoal(), LEAD).met == before
