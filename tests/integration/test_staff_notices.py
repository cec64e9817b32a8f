"""The staff is told of what concerns its site: administrators of a new key, whoever made a webhook of its end."""

from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.composition import Resources
from nexus.mongo import Document
from nexus.settings import Settings
from services.notifications.compose import compose
from services.notifications.contracts import ListLocalMails, ShowLocalMail
from services.notifications.postman import Postman
from services.notifications.service import Notifications
from services.notifications.webhooks.desk import WebhookDesk
from services.notifications.webhooks.news import news_of
from services.people.contracts.keys import Key, KeyMade
from services.people.contracts.people import PersonChanged
from tests.integration.test_webhooks import LEAD, SYSTEM, answering, booked, made
from tests.support.clock import Clock
from tests.support.contents import NOON


@pytest.fixture
def service(
    database: Database[Document], tmp_path: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Notifications:
    monkeypatch.setattr(Postman, "wake", lambda _: None)  # mail goes out when a test says so
    settings = Settings(data=tmp_path, webhook_loopback=True, sites={"tic": "https://tic.example.org"})
    composed = compose(Resources(settings, database, embedded=True, clock=clock)).service
    assert isinstance(composed, Notifications)
    return composed


def knows(service: Notifications, person: str, role: str, sector: str = "tic", language: str = "fr") -> None:
    sealed = service._seal.close({"to": f"{person}@exemple.ca", "name": person})  # type: ignore[attr-defined]
    told = {
        "id": person,
        "sector": sector,
        "revision": 1,
        "language": language,
        "roles": [role],
        "sealed": sealed,
    }
    service.remember_person(PersonChanged.read(told))


def mails(service: Notifications) -> dict[str, str]:
    service.send_due()
    found = service.list_local_mails(ListLocalMails(), LEAD).items
    return {one.to: service.show_local_mail(ShowLocalMail(id=one.id), LEAD).text for one in found}


def test_administrators_of_a_sector_are_told_of_a_new_key(service: Notifications) -> None:
    knows(service, "anne", "admin")
    knows(service, "bob", "admin", language="en")
    knows(service, "carl", "editor")
    knows(service, "dora", "admin", sector="aero")
    key = Key(
        id="k1", sector="tic", name="Chambre", scopes=frozenset({"posts:write"}), ends="x9Z_", created_at=NOON,
        created_by="anne", expires_at=NOON + timedelta(days=30),
    )  # fmt: skip
    service.mail_new_key(KeyMade(key=key))
    service.mail_new_key(KeyMade(key=key))  # the same news again
    told = mails(service)
    assert set(told) == {"anne@exemple.ca", "bob@exemple.ca"}
    assert "x9Z_" in told["anne@exemple.ca"]
    assert "https://tic.example.org/fr/admin/keys" in told["anne@exemple.ca"]
    assert "It is good until December 23, 2026." in told["bob@exemple.ca"]


def test_of_a_webhook_that_a_system_made_administrators_are_told(service: Notifications) -> None:
    for person, role in (("anne", "admin"), ("bob", "admin"), ("lea", "coordinator")):
        knows(service, person, role)
    hook = made(service._webhooks, caller=SYSTEM).webhook
    service._webhooks.store.tell_one(news_of(booked()), hook.id, "tic", NOON, {})
    (due,) = service._webhooks.store.take_due(NOON, ())
    service._webhooks.sender._note(due, answering(status=410, trouble="refused")({"id": due.id}))
    assert set(mails(service)) == {"anne@exemple.ca", "bob@exemple.ca"}


def test_who_made_a_webhook_is_told_that_it_was_disabled(service: Notifications) -> None:
    knows(service, "lea", "coordinator")
    desk: WebhookDesk = service._webhooks
    hook = made(desk).webhook
    desk.store.tell_one(news_of(booked()), hook.id, "tic", NOON, {})
    (due,) = desk.store.take_due(NOON, ())
    desk.sender._note(due, answering(status=410, trouble="refused")({"id": due.id}))
    told = mails(service)
    assert "(410)" in told["lea@exemple.ca"]
    assert f"https://tic.example.org/fr/admin/webhooks/{hook.id}" in told["lea@exemple.ca"]
