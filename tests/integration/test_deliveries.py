"""What became of each message can be seen by who leads the sector, and what failed sent again."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Conflict, Forbidden, NotFound
from nexus.mongo import Document
from services.notifications.channels import Undeliverable
from services.notifications.contracts.deliveries import Delivery, ListDeliveries, ListNotices, SendAgain
from services.notifications.service import Notifications
from tests.integration.test_mail_queue import (
    Clock,
    Outgoing,
    channel,
    clock,
    postman,
    service,
    store,
)
from tests.support.mails import code, invitation, message

__all__ = ["channel", "clock", "postman", "service", "store"]  # fixtures

LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))


def listed(service: Notifications, caller: Caller = LEAD, **query: Any) -> list[Delivery]:
    return list(service.list_deliveries(ListDeliveries(**query), caller).items)


def test_each_state_is_told_with_its_reason_and_nothing_of_what_was_said(
    service: Notifications, channel: Outgoing, clock: Clock
) -> None:
    service._store.add(message(code(to="sent@exemple.ca"), id="a"))
    service.send_due()
    channel.fails = lambda one: Undeliverable(f"550 no mailbox {one.to}", permanent=True)
    service._store.add(message(invitation(), id="b"))
    service.send_due()
    channel.fails = lambda _: Undeliverable("451 later", permanent=False)
    service._store.add(message(invitation(), id="c"))
    service.send_due()
    service._store.add(message(invitation(), id="d", due=clock.now + timedelta(days=1)))
    service._store.add(message(code(minutes=1), id="e"))
    service._store.take_due(clock.now)
    found = {one.id: one for one in listed(service)}
    assert {one.id: one.state for one in found.values()} == {
        "a": "sent", "b": "parked", "c": "queued", "d": "queued", "e": "sending"
    }  # fmt: skip
    assert (found["a"].answer, found["a"].ended_at) == ("250 OK queued as 1", clock.now)
    assert found["b"].answer == "550 no mailbox …"
    assert (found["c"].attempts, found["c"].answer) == (1, "451 later")
    assert found["d"].next_attempt == clock.now + timedelta(days=1)
    told = json.dumps([one.model_dump(mode="json") for one in found.values()])
    assert not any(secret in told for secret in ("exemple.ca", "802513", "jeton"))


def test_messages_are_found_by_state_kind_and_address(service: Notifications, channel: Outgoing) -> None:
    for number in range(3):
        service._store.add(message(code(to=f"a{number}@exemple.ca"), id=f"a{number}"))
    service.send_due()
    service._store.add(message(invitation(to="A1@exemple.ca"), id="b"))
    assert [one.id for one in listed(service, address="a1@EXEMPLE.ca")] == ["b", "a1"]
    assert [one.id for one in listed(service, state="queued")] == ["b"]
    assert [one.id for one in listed(service, kind="code", state="sent")] == ["a2", "a1", "a0"]


def test_pages_follow_each_other_without_a_gap_though_many_came_at_once(service: Notifications) -> None:
    for number in range(25):
        service._store.add(message(id=f"a{number:02}"))
    seen, after = [], None
    while True:
        page = service.list_deliveries(ListDeliveries(limit=7, after=after), LEAD)
        seen += [one.id for one in page.items]
        if not (after := page.next):
            break
    assert seen == [f"a{number:02}" for number in reversed(range(25))]


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.ADVISOR, Role.EDITOR, Role.SYSTEM])
def test_nobody_else_sees_or_sends_them(service: Notifications, role: Role | None) -> None:
    caller = Caller(sector="tic", roles=frozenset({role})) if role else anonymous("tic")
    for ask in (
        lambda: service.list_deliveries(ListDeliveries(), caller),
        lambda: service.send_again(SendAgain(id="a1"), caller),
        lambda: service.list_notices(ListNotices(), caller),
    ):
        with pytest.raises(Forbidden, match="role_required"):
            ask()


def test_those_of_another_sector_are_not_there(service: Notifications, channel: Outgoing) -> None:
    channel.fails = lambda _: Undeliverable("550 no", permanent=True)
    service._store.add(message(invitation(), sector="aero"))
    service.send_due()
    assert listed(service) == []
    with pytest.raises(NotFound, match="delivery_not_found"):
        service.send_again(SendAgain(id="a1"), LEAD)
    assert [one.id for one in listed(service, operator("root"))] == ["a1"]


def test_what_failed_is_sent_again_at_once_and_what_has_ended_is_not(
    service: Notifications, channel: Outgoing, database: Database[Document], clock: Clock
) -> None:
    channel.fails = lambda one: Undeliverable("550 no", permanent=one.id == "a")
    service._store.add(message(invitation(), id="a"))
    service._store.add(message(invitation(), id="b"))
    service.send_due()
    assert {one.id: one.state for one in listed(service)} == {"a": "parked", "b": "queued"}
    channel.fails = lambda _: None
    for message_id in "ab":
        service.send_again(SendAgain(id=message_id), LEAD)
    service.send_due()
    assert sorted(one.id for one in channel.letters) == ["a", "b"]
    with pytest.raises(Conflict, match="delivery_over"):
        service.send_again(SendAgain(id="a"), LEAD)
    service._store.add(message(invitation(), id="c", due=clock.now + timedelta(days=1)))
    with pytest.raises(Conflict, match="delivery_over"):  # nothing failed: it goes out in its time
        service.send_again(SendAgain(id="c"), LEAD)


def test_the_table_has_a_row_for_all_that_is_listened_to_and_a_template_for_each_row(
    service: Notifications,
) -> None:
    service._meetings = replace(service._meetings, texts=True)
    rules = service.list_notices(ListNotices(), LEAD)
    # say nothing to people: what is remembered, and what is told to systems
    silent = {
        "change_sender",
        "remember_person",
        "tell_webhooks",
        "answer_person",
        "drop_program",
        "drop_activity",
    }
    gathered = {"note_program": "content_published", "note_activity": "content_published"}
    heard = {
        gathered.get(one.method, one.event.type.split(".")[-2])
        for one in Notifications.subscriptions
        if one.method not in silent
    }
    # found out by this service itself; a command of a visitor; what an event says beside a plan
    heard |= {"webhook_disabled", "mail_parked", "subscription_asked", "company_asked"}
    assert {rule.event for rule in rules} == heard
    assert [(rule.event, rule.hours) for rule in rules if rule.hours and rule.channel == "mail"] == [
        (event, hours)
        for event in ("meeting_booked", "meeting_moved", "activity_joined", "place_gained", "activity_moved")
        for hours in (48, 2)
    ]
