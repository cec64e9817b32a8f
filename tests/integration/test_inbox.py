"""Each event has its effects once in each handler, whatever fails."""

import threading
from collections.abc import Sequence

import pytest
from pymongo.database import Database

from nexus.delivery.inbox import MAX_ATTEMPTS, Inbox
from nexus.errors import InvalidInput, NotFound, Unavailable
from nexus.messages import CloudEvent
from nexus.mongo import Document
from nexus.parking import EventParked, event_parked_in
from services.content.contracts import LineText, ProgramRetired


def event(subject: str = "a", sectors: tuple[str, ...] | None = ()) -> CloudEvent:
    return CloudEvent.of(ProgramRetired(id=subject, revision=1, title=LineText(fr="Titre"), sectors=sectors))


class Recorder:
    """A handler that keeps what it got and fails for the subjects named."""

    def __init__(self, *failing: str, error: Exception | None = None) -> None:
        self.failing = set(failing)
        self.error = error or ValueError("cannot do this one")
        self.got: list[str] = []

    def __call__(self, events: Sequence[CloudEvent]) -> None:
        if self.failing & {one.subject for one in events}:
            raise self.error
        self.got += [one.subject for one in events]


@pytest.fixture
def inbox(database: Database[Document]) -> Inbox:
    inbox = Inbox(database["inbox"], first_pause=0.0)
    inbox.prepare()
    return inbox


def test_an_event_that_comes_twice_is_handled_once(inbox):
    handler, one = Recorder(), event()
    inbox.deliver("h", handler, [one])
    inbox.deliver("h", handler, [one])
    assert handler.got == ["a"]


def test_two_handlers_each_handle_the_same_event(inbox):
    first, second, one = Recorder(), Recorder(), event()
    inbox.deliver("first", first, [one])
    inbox.deliver("second", second, [one])
    assert (first.got, second.got) == (["a"], ["a"])


def test_one_failing_event_does_not_keep_the_others_of_its_batch_waiting(inbox):
    handler = Recorder("bad")
    inbox.deliver("h", handler, [event("a"), event("bad"), event("b")])
    assert handler.got == ["a", "b"]


def test_a_failed_event_is_tried_again_from_the_inbox(inbox):
    handler = Recorder("bad")
    inbox.deliver("h", handler, [event("bad")])
    handler.failing = set()
    assert inbox.retry_due({"h": handler}) == 1
    assert handler.got == ["bad"]
    assert inbox.retry_due({"h": handler}) == 0


def park(inbox: Inbox, handler: Recorder) -> str:
    inbox.deliver("h", handler, [event("bad")])
    for _ in range(MAX_ATTEMPTS - 1):
        inbox.retry_due({"h": handler})
    (parked,) = inbox.parked(None)
    return parked.key


def test_an_event_that_always_fails_is_parked_with_its_error(inbox):
    key = park(inbox, Recorder("bad"))
    (parked,) = inbox.parked(None)
    assert (parked.key, parked.attempts, parked.error) == (
        key,
        MAX_ATTEMPTS,
        "ValueError: cannot do this one",
    )
    assert parked.event.subject == "bad"
    assert inbox.retry_due({"h": Recorder()}) == 0


def news(inbox: Inbox) -> list[EventParked]:
    entries = [one for record in inbox._collection.find() for one in record.get("outbox", [])]
    bodies = [CloudEvent.model_validate_json(one["body"]) for one in entries]
    return [event_parked_in("search").read(one.data) for one in bodies]


def give_up(inbox: Inbox, given: CloudEvent) -> None:
    """Let `search.index` fail for it as often as it may."""
    handler = Recorder(str(given.subject), error=InvalidInput("field_unknown"))
    inbox.deliver("search.index", handler, [given])
    assert news(inbox) == []
    for _ in range(MAX_ATTEMPTS - 1):
        inbox.retry_due({"search.index": handler})


def test_that_an_event_is_parked_is_told_by_the_same_write_without_what_it_said(inbox):
    given = event("bad", ("tic", "aero"))
    give_up(inbox, given)
    (told,) = news(inbox)
    assert (told.id, told.handler, told.code) == (
        f"search.index:{given.id}",
        "search.index",
        "field_unknown",
    )
    assert set(told.sectors) == {"tic", "aero"}
    assert "Titre" not in told.model_dump_json()


def test_an_event_of_nobody_and_one_that_tells_of_parking_are_not_told(inbox):
    give_up(inbox, event("bad", None))
    give_up(inbox, event("bad", ("tic",)))
    (told,) = news(inbox)
    inbox._collection.delete_many({})
    give_up(inbox, CloudEvent.of(told))
    assert inbox.parked(None)
    assert news(inbox) == []


def test_a_parked_event_can_be_sent_again(inbox):
    handler = Recorder("bad")
    key = park(inbox, handler)
    handler.failing = set()
    inbox.resend(key, None)
    assert inbox.retry_due({"h": handler}) == 1
    assert (handler.got, inbox.parked(None)) == (["bad"], [])


def test_a_parked_event_can_be_discarded_and_does_not_come_back(inbox):
    key = park(inbox, Recorder("bad"))
    inbox.discard(key, None)
    assert inbox.parked(None) == []
    with pytest.raises(NotFound):
        inbox.discard(key, None)


@pytest.mark.parametrize(
    ("sectors", "seen_by"),
    [
        (("tic",), {"tic", None}),
        (("aero", "tic"), {"tic", "aero", None}),
        ((), {"tic", "aero", None}),
        (None, {None}),
    ],
)
def test_a_parked_event_is_seen_and_settled_by_the_sectors_whose_it_is(inbox, sectors, seen_by):
    inbox.deliver("h", Recorder("bad"), [event("bad", sectors)])
    for _ in range(MAX_ATTEMPTS - 1):
        inbox.retry_due({"h": Recorder("bad")})
    (parked,) = inbox.parked(None)
    for sector in ("tic", "aero"):
        assert bool(inbox.parked(sector)) == (sector in seen_by)
        if sector not in seen_by:
            with pytest.raises(NotFound):
                inbox.resend(parked.key, sector)
            with pytest.raises(NotFound):
                inbox.discard(parked.key, sector)
    inbox.discard(parked.key, "tic" if "tic" in seen_by else None)
    assert inbox.parked(None) == []


def test_an_engine_that_is_away_is_not_counted_against_the_event(inbox):
    away = Recorder("a", error=Unavailable("search_unavailable"))
    one = event("a")
    with pytest.raises(Unavailable):
        inbox.deliver("h", away, [one])
    away.failing = set()
    inbox.deliver("h", away, [one])
    assert away.got == ["a"]


def test_a_retry_while_an_engine_is_away_costs_no_attempt(inbox, database):
    inbox.deliver("h", Recorder("bad"), [event("bad")])
    assert inbox.retry_due({"h": Recorder("bad", error=Unavailable("search_unavailable"))}) == 0
    assert database["inbox"].find_one({"handler": "h"})["attempts"] == 1


def test_two_processes_do_not_retry_the_same_event_at_once(inbox):
    inbox.deliver("h", Recorder("bad"), [event("bad")])
    handler, start = Recorder(), threading.Barrier(4)

    def retry() -> None:
        start.wait()
        inbox.retry_due({"h": handler})

    threads = [threading.Thread(target=retry) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert handler.got == ["bad"]
