"""A request for personal data, from a link in a mail to what every service did."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Conflict, Forbidden, NotFound
from nexus.personal import PERSONAL_DATA, Held
from nexus.seal import Seal
from services.content.contracts.privacy import ContentAnswered
from services.meetings.contracts.privacy import MeetingsAnswered, MeetingsPurged
from services.notifications.contracts.privacy import NotificationsAnswered
from services.people.contracts.people import ListPeople
from services.people.contracts.privacy import (
    AskOwnData,
    AskPersonalData,
    ConfirmOwnRequest,
    DataRequest,
    GetDataRequest,
    ListDataRequests,
    ListRetention,
    OpenOwnRequest,
    PersonalDataAsked,
    ReadOwnExport,
    RecordDataRequest,
)
from tests.support.people_service import LINKS, SECRET, SITE, PeopleOnDatabase, as_caller

VISITOR = anonymous("tic")
LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))
EVE = "eve@usine.ca"


@pytest.fixture
def people(database) -> PeopleOnDatabase:
    return PeopleOnDatabase(database)


def told(people: PeopleOnDatabase, name: str) -> list[dict[str, Any]]:
    """The events of requests that wait to be published, oldest first."""
    found = people.database["data_requests"].find().sort("asked_at", 1)
    bodies = [orjson.loads(entry["body"]) for one in found for entry in one["outbox"]]
    return [body["data"] for body in bodies if name in body["type"]]


def mails(people: PeopleOnDatabase) -> list[dict[str, Any]]:
    """With what is sealed in them."""
    return [one | Seal(SECRET, "mail").open(one["sealed"]) for one in told(people, "personal_data_mailed")]


def ask(people: PeopleOnDatabase, kind: str = "export", email: str = EVE, caller: Caller = VISITOR) -> str:
    """The token of the link that is mailed."""
    people.service.ask_personal_data(AskPersonalData(email=email, kind=kind, base_url=SITE), caller)
    return mails(people)[-1]["link"].rpartition("/")[2]


def answered(people: PeopleOnDatabase, data: str = '{"meetings": []}', *, but: type | None = None) -> None:
    """Every service does its part in the latest request."""
    event = PersonalDataAsked.read(told(people, "personal_data_asked")[-1])
    people.service.do_own_part(event)
    held = (Held(kind="meetings", found=1, removed=1, why="counts"),)
    for kind, secret in (
        (ContentAnswered, LINKS),
        (MeetingsAnswered, SECRET),
        (NotificationsAnswered, SECRET),
    ):
        sealed = Seal(secret, PERSONAL_DATA).close({"data": data}) if event.kind == "export" else None
        if kind is not but:
            people.service.gather_answer(kind(id=event.id, sector="tic", held=held, sealed=sealed))


def test_a_request_begins_with_its_link_and_ends_with_the_last_service(people) -> None:
    token = ask(people)
    assert people.service.open_own_request(OpenOwnRequest(token=token), VISITOR).state == "asked"
    assert told(people, "personal_data_asked") == []
    begun = people.service.confirm_own_request(ConfirmOwnRequest(token=token), VISITOR)
    assert (begun.state, begun.due_at) == ("open", people.now + timedelta(days=30))
    people.service.confirm_own_request(ConfirmOwnRequest(token=token), VISITOR)
    assert len(told(people, "personal_data_asked")) == 1
    answered(people, but=MeetingsAnswered)
    waiting = people.service.get_data_request(GetDataRequest(id=begun.id), LEAD)
    assert (waiting.state, waiting.awaited) == ("open", ("meetings",))
    answered(people)
    done = people.service.open_own_request(OpenOwnRequest(token=token), VISITOR)
    assert (done.state, done.awaited, done.answers["meetings"].held[0].found) == ("done", (), 1)
    assert [one["what"] for one in mails(people)] == ["confirm", "done"]
    answered(people)
    assert len(mails(people)) == 2


def test_an_export_is_read_with_its_link_for_a_week_and_then_gone(people) -> None:
    token = ask(people)
    people.service.confirm_own_request(ConfirmOwnRequest(token=token), VISITOR)
    with pytest.raises(Conflict, match="export_not_ready"):
        people.service.read_own_export(ReadOwnExport(token=token), VISITOR)
    answered(people, '{"meetings": ["one"]}')
    export = people.service.read_own_export(ReadOwnExport(token=token), VISITOR)
    assert (sorted(export.data), export.data["meetings"]) == (
        ["content", "meetings", "notifications", "people"],
        '{"meetings": ["one"]}',
    )
    people.database["data_requests"].update_many({}, {"$set": {"outbox": []}})
    people.later(days=7, minutes=1)
    with pytest.raises(NotFound, match="data_request_not_found"):
        people.service.read_own_export(ReadOwnExport(token=token), VISITOR)
    people.service.purge_people()
    (left,) = people.database["data_requests"].find()
    assert (left["data"], left.get("sealed")) == ({}, None)


def test_nothing_of_an_erased_account_is_left_but_its_id(people) -> None:
    signed = people.sign_in(EVE, VISITOR)
    people.ask(EVE, VISITOR)
    other = people.sign_in("paul@usine.ca", VISITOR)
    people.service.confirm_own_request(ConfirmOwnRequest(token=ask(people, "erasure")), VISITOR)
    answered(people)
    left = [
        repr(one) for name in people.database.list_collection_names() for one in people.database[name].find()
    ]
    assert [one for one in left if EVE in one] == []
    bare = people.database["people"].find_one({"_id": signed.person.id})
    assert (bare["email"], bare["roles"]) == (f"#{signed.person.id[:8]}", [])
    assert people.database["people"].find_one({"_id": other.person.id})["email"] == "paul@usine.ca"
    assert people.database["sessions"].count_documents({"person": signed.person.id}) == 0
    again = people.sign_in(EVE, VISITOR)
    assert again.person.id != signed.person.id


def test_who_is_signed_in_is_mailed_the_link_to_their_own_address(people) -> None:
    signed = people.sign_in(EVE, VISITOR)
    people.service.ask_own_data(AskOwnData(kind="erasure", base_url=SITE), as_caller(signed))
    assert [(one["to"], one["what"], one["kind"]) for one in mails(people)] == [(EVE, "confirm", "erasure")]
    with pytest.raises(Forbidden, match="sign_in_required"):
        people.service.ask_own_data(AskOwnData(kind="erasure", base_url=SITE), VISITOR)


def test_after_three_links_within_an_hour_no_more_are_mailed_and_nobody_can_tell(people) -> None:
    for _ in range(5):
        ask(people)
    assert len(mails(people)) == 3
    people.later(hours=1, minutes=1)
    ask(people)
    assert len(mails(people)) == 4


def test_a_link_that_nobody_follows_ends_after_a_day(people) -> None:
    token = ask(people)
    people.later(hours=24, minutes=1)
    with pytest.raises(NotFound):
        people.service.confirm_own_request(ConfirmOwnRequest(token=token), VISITOR)


def test_the_link_of_a_sector_opens_nothing_in_another_one(people) -> None:
    with pytest.raises(NotFound):
        people.service.open_own_request(OpenOwnRequest(token=ask(people)), anonymous("svts"))


def record(people: PeopleOnDatabase, email: str = EVE, caller: Caller = LEAD, **more: Any) -> DataRequest:
    fields = {
        "reason": f"Demandé par {email} au téléphone",
        "verified": "Rappel au numéro du dossier",
        **more,
    }
    command = RecordDataRequest(email=email, base_url=SITE, **{"kind": "erasure", **fields})
    return people.service.record_data_request(command, caller)


def test_a_coordinator_records_a_request_that_was_made_by_phone(people) -> None:
    made = record(people)
    assert (made.state, made.recorded_by, made.shown) == ("open", "lea", "e…@u…")
    assert made.reason == "Demandé par … au téléphone"
    assert [one.id for one in people.service.list_data_requests(ListDataRequests(), LEAD).items] == [made.id]
    svts = LEAD.model_copy(update={"sector": "svts"})
    assert people.service.list_data_requests(ListDataRequests(), svts).items == ()
    with pytest.raises(NotFound):
        people.service.get_data_request(GetDataRequest(id=made.id), svts)
    with pytest.raises(Forbidden):
        record(people, caller=VISITOR)


def test_the_last_administrator_of_a_sector_is_not_erased(people) -> None:
    invited = people.invite("chef@partenaire.org", operator("root"), Role.ADMIN, sector="tic")
    people.follow(invited.link or "", VISITOR)
    with pytest.raises(Conflict, match="last_admin"):
        record(people, "chef@partenaire.org")
    assert people.service.list_data_requests(ListDataRequests(), LEAD).items == ()
    token = ask(people, "erasure", "chef@partenaire.org")
    with pytest.raises(Conflict, match="last_admin"):
        people.service.confirm_own_request(ConfirmOwnRequest(token=token), VISITOR)


def test_members_who_have_not_been_here_for_three_years_are_erased(people) -> None:
    people.sign_in(EVE, VISITOR)
    invited = people.invite("chef@partenaire.org", operator("root"), Role.ADMIN, sector="tic")
    chief = people.follow(invited.link or "", VISITOR)
    people.later(days=1_096)
    people.service.purge_people()
    found = people.service.list_people(ListPeople(), as_caller(chief)).items
    assert [one.email for one in found] == ["chef@partenaire.org"]


def test_the_table_of_retention_has_the_counts_of_the_last_night(people) -> None:
    night = MeetingsPurged(id="2026-11-23", at=people.now, counts={"documents": 4})
    people.service.remember_purge(night)
    rows = {one.kind: one for one in people.service.list_retention(ListRetention(), LEAD)}
    assert (rows["documents"].days, rows["documents"].purged, rows["documents"].purged_at) == (
        180,
        4,
        people.now,
    )
    assert rows["waiting"].purged is None
    with pytest.raises(Forbidden):
        people.service.list_retention(ListRetention(), VISITOR)
