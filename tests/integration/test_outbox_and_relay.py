"""Events wait in the document that they describe, until they are published."""

import pytest
from pymongo.database import Database

from nexus.delivery.outbox import FIELD, Outbox, WaitingEvent, outbox_entries
from nexus.delivery.relay import Relay
from nexus.errors import Unavailable
from nexus.mongo import Document
from services.content.contracts import LineText, ProgramRetired


def retired(subject: str, revision: int = 1) -> ProgramRetired:
    return ProgramRetired(id=subject, revision=revision, title=LineText(fr="Titre"))


@pytest.fixture
def outbox(database: Database[Document]) -> Outbox:
    outbox = Outbox(database["things"])
    outbox.prepare()
    return outbox


def put(database: Database[Document], subject: str, *revisions: int) -> None:
    entries = outbox_entries(*(retired(subject, revision) for revision in revisions))
    database["things"].insert_one({"_id": subject, FIELD: entries})


def test_a_published_event_leaves_the_outbox_and_the_document_stays(database, outbox):
    put(database, "a", 1)
    published: list[WaitingEvent] = []
    assert Relay("things", [outbox], published.extend).run_once() == 1
    assert published[0].envelope.data["id"] == "a"
    assert outbox.waiting() == []
    assert database["things"].count_documents({}) == 1


def test_events_of_a_document_are_published_in_the_order_they_were_written(database, outbox):
    put(database, "a", 1, 2, 3)
    published: list[WaitingEvent] = []
    Relay("things", [outbox], published.extend).run_once()
    assert [event.envelope.data["revision"] for event in published] == [1, 2, 3]


def test_what_could_not_be_published_waits_on(database, outbox):
    put(database, "a", 1)

    def refuse(events: object) -> None:
        raise Unavailable("broker_unavailable")

    with pytest.raises(Unavailable):
        Relay("things", [outbox], refuse).run_once()
    assert len(outbox.waiting()) == 1


def test_an_event_written_while_another_is_published_is_not_forgotten(database, outbox):
    put(database, "a", 1)

    def publish(events: object) -> None:
        entry = outbox_entries(retired("a", 2))[0]
        database["things"].update_one({"_id": "a"}, {"$push": {FIELD: entry}})

    Relay("things", [outbox], publish).run_once()
    assert [event.envelope.data["revision"] for event in outbox.waiting()] == [2]


def test_the_index_serves_the_search_for_waiting_events(database, outbox):
    put(database, "a", 1)
    plan = str(database["things"].find({f"{FIELD}.id": {"$gt": ""}}).explain())
    assert "IXSCAN" in plan
