"""Administrators are told of what was given up: at once, then at most once an hour, summed up."""

from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.composition import Resources
from nexus.mongo import Document
from nexus.parking import EventParked, event_parked_in
from nexus.settings import Settings
from services.notifications.channels import Undeliverable
from services.notifications.compose import compose
from services.notifications.contracts import SendResult
from services.notifications.domain.parking import PAUSE
from services.notifications.postman import Postman
from services.notifications.service import Notifications
from tests.integration.test_staff_notices import knows, mails, service
from tests.support.clock import Clock

__all__ = ["service"]

SOON = timedelta(minutes=3)  # longer than events of one cause take to be given up


@pytest.fixture
def staffed(service: Notifications) -> Notifications:
    for person, role, sector in (
        ("anne", "admin", "tic"),
        ("dora", "admin", "aero"),
        ("lea", "editor", "tic"),
    ):
        knows(service, person, role, sector)
    return service


def parked(clock: Clock, number: int, *sectors: str, handler: str = "search.index_programs") -> EventParked:
    return event_parked_in(handler.partition(".")[0])(
        id=f"{handler}:{number}", handler=handler, code="internal_error", at=clock(), sectors=sectors
    )


def told(service: Notifications, clock: Clock, after: timedelta) -> dict[str, str]:
    """The latest mail of each who has one, once that time has gone by."""
    clock.now += after
    service.tell_of_parked()
    return mails(service)


def messages(service: Notifications) -> Any:
    return service._store.database["messages"]


def count(service: Notifications) -> int:
    return int(messages(service).count_documents({"kind": "events_parked"}))


def test_fifty_events_given_up_at_once_are_one_mail_to_the_administrators_of_their_sector(
    staffed: Notifications, clock: Clock
) -> None:
    for number in range(50):
        staffed.note_parked(parked(clock, number, "tic"))
    staffed.note_parked(parked(clock, 0, "tic"))  # the same news again
    assert told(staffed, clock, timedelta()) == {}  # more of the same cause may come
    found = told(staffed, clock, SOON)
    assert set(found) == {"anne@exemple.ca"}
    assert "Recherche\xa0: 50 événements" in found["anne@exemple.ca"]
    assert "search.index_programs, internal_error" in found["anne@exemple.ca"]
    assert "https://tic.example.org/fr/admin/parked" in found["anne@exemple.ca"]


def test_what_comes_within_the_hour_is_told_in_one_mail_when_it_is_over(
    staffed: Notifications, clock: Clock
) -> None:
    staffed.note_parked(parked(clock, 1, "tic"))
    told(staffed, clock, SOON)
    for number in (2, 3):
        clock.now += timedelta(minutes=10)
        staffed.note_parked(parked(clock, number, "tic"))
    told(staffed, clock, timedelta(minutes=30))
    assert count(staffed) == 1
    told(staffed, clock, PAUSE)
    assert count(staffed) == 2
    told(staffed, clock, PAUSE)
    assert count(staffed) == 2  # nothing more came


def test_what_is_of_all_sectors_is_told_to_each(staffed: Notifications, clock: Clock) -> None:
    staffed.note_parked(parked(clock, 1))
    told(staffed, clock, SOON)
    assert set(messages(staffed).distinct("person")) == {"anne", "dora"}


def test_different_causes_stand_apart_the_most_first(staffed: Notifications, clock: Clock) -> None:
    staffed.note_parked(parked(clock, 1, "tic", handler="people.erase"))
    for number in range(3):
        staffed.note_parked(parked(clock, number, "tic"))
    text = told(staffed, clock, SOON)["anne@exemple.ca"]
    assert text.index("search.index_programs") < text.index("people.erase")


def test_mails_that_could_not_be_sent_are_told_but_not_codes_nor_this_mail_itself(
    database: Database[Document], tmp_path: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Postman, "wake", lambda _: None)
    service: Any = compose(Resources(Settings(data=tmp_path), database, embedded=True, clock=clock)).service
    knows(service, "anne", "admin")
    monkeypatch.setattr(service._postman, "_writing", lambda: refuse)
    result = {"to": "a@exemple.ca", "language": "fr", "link": "https://tic.example.org/fr/trouver?size=1"}
    service._say(SendResult.read(result), "tic", "lost")
    service.send_due()
    clock.now += SOON
    service.tell_of_parked()
    clock.now += SOON
    service.tell_of_parked()
    service.send_due()  # refused as well
    assert database["messages"].count_documents({"kind": "events_parked", "state": "parked"}) == 1
    for _ in range(3):
        told(service, clock, PAUSE)
    assert count(service) == 1


def refuse(_: object) -> Any:
    raise Undeliverable("550 no such mailbox", permanent=True)
