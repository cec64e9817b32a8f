"""Webhooks are told of what they asked for, once, by any number of processes; who fails is tried again, then left."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import standardwebhooks
from pymongo.database import Database

from nexus.caller import Caller, Role, Scope, anonymous, operator
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from nexus.mongo import Document
from services.meetings.contracts.meetings import MeetingBooked
from services.notifications.contracts.webhooks import (
    ChangeWebhook,
    GetWebhook,
    ListWebhookDeliveries,
    MadeWebhook,
    MakeWebhook,
    RotateWebhookSecret,
    TurnWebhook,
    WebhookDelivery,
    WhyDisabled,
)
from services.notifications.domain.webhooks import KEPT, LEASE, MOST_WEBHOOKS, Answer
from services.notifications.webhooks.desk import WebhookDesk
from services.notifications.webhooks.store import Due
from tests.support.clock import Clock
from tests.support.contents import NOON
from tests.support.hooks import Receivers, accepting, desk_of

LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))
SYSTEM = Caller(sector="tic", person="key:crm", scopes=frozenset({Scope.WEBHOOKS_WRITE}))
OTHERS = Caller(sector="aero", person="al", roles=frozenset({Role.ADMIN}))
URL = "https://example.org/hook?token=abc"


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
def stopped() -> list[tuple[Due, WhyDisabled]]:
    return []


@pytest.fixture
def desk(database: Database[Document], clock: Clock, receivers: Receivers, stopped: Any) -> WebhookDesk:
    return desk_of(database, clock, receivers, stopped)


def made(desk: WebhookDesk, url: str = URL, caller: Caller = LEAD, *events: Any) -> MadeWebhook:
    events = events or ("meeting.booked",)
    return desk.make(MakeWebhook(name="Chambre de commerce", url=url, events=frozenset(events)), caller)


def rotate(desk: WebhookDesk, hook: MadeWebhook, caller: Caller, key: str | None = None) -> MadeWebhook:
    return desk.rotate(RotateWebhookSecret(id=hook.webhook.id, key=key), caller)


def booked(number: int = 1, sector: str = "tic", revision: int = 1) -> MeetingBooked:
    facts: dict[str, Any] = {
        "id": f"m{number}", "revision": revision, "sector": sector, "meeting_type": "t", "place": "video",
        "advisors": ("adv",), "start": NOON, "end": NOON, "zone": "America/Toronto", "language": "fr", "by": "x",
        "title": {"fr": "Rencontre", "en": "Meeting"},
    }  # fmt: skip
    return MeetingBooked(**facts)


def deliveries(desk: WebhookDesk, hook: MadeWebhook) -> list[WebhookDelivery]:
    return list(desk.deliveries(ListWebhookDeliveries(id=hook.webhook.id), LEAD).items)


def answering(**answer: Any) -> Callable[[dict[str, Any]], Answer]:
    return lambda request: Answer(request["id"], **answer)


REFUSES = answering(status=500, trouble="refused", excerpt="Oops")


def test_who_wants_an_event_of_its_sector_is_told_once(desk: WebhookDesk, receivers: Receivers) -> None:
    hook = made(desk)
    made(desk, URL, LEAD, "meeting.moved")
    made(desk, URL, OTHERS)
    desk.tell(booked())
    desk.tell(booked())  # the same news again
    desk.sender.send_due()
    desk.sender.send_due()
    assert len(receivers.asked) == 1
    request = receivers.asked[0]
    told = standardwebhooks.Webhook(hook.secret)
    with pytest.raises(standardwebhooks.WebhookVerificationError, match=r"too (old|new)"):
        told.verify(request["body"], request["headers"])  # the clock of the test stands still
    assert request["headers"]["content-type"] == "application/cloudevents+json; charset=utf-8"
    event = json.loads(request["body"])
    assert (event["type"], event["subject"]) == ("ca.emploinexus.meeting.booked.v1", "m1")
    assert event["data"]["sector"] == "tic"
    (delivery,) = deliveries(desk, hook)
    assert (delivery.state, delivery.status, delivery.attempts) == ("sent", 204, 1)
    assert desk.get(hook.webhook.id, LEAD).accepted_at == NOON


def test_what_fails_is_tried_again_as_the_same_message(
    desk: WebhookDesk, receivers: Receivers, clock: Clock
) -> None:
    hook = made(desk)
    desk.tell(booked())
    receivers.answers = REFUSES
    desk.sender.send_due()
    (delivery,) = deliveries(desk, hook)
    assert (delivery.state, delivery.status, delivery.answer) == ("queued", 500, "Oops")
    assert delivery.next_attempt
    assert 5 <= (delivery.next_attempt - NOON).total_seconds() <= 5.5
    desk.sender.send_due()
    assert len(receivers.asked) == 1
    clock.now = delivery.next_attempt
    receivers.answers = accepting
    desk.sender.send_due()
    first, second = receivers.asked
    assert first["body"] == second["body"]
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"] == delivery.id
    assert first["headers"]["webhook-timestamp"] != second["headers"]["webhook-timestamp"]


def test_after_three_days_without_any_success_it_is_given_up_and_the_owner_told(
    desk: WebhookDesk, receivers: Receivers, clock: Clock, stopped: Any
) -> None:
    hook = made(desk)
    desk.tell(booked())
    receivers.answers = REFUSES
    while (delivery := deliveries(desk, hook)[0]).next_attempt:
        clock.now = delivery.next_attempt
        if delivery.attempts == 4:
            desk.tell(booked(2))
        desk.sender.send_due()
    assert delivery.state == "failed"
    assert [(due.webhook, due.owner, why) for due, why in stopped] == [(hook.webhook.id, "lea", "failing")]
    assert desk.get(hook.webhook.id, LEAD).disabled == "failing"
    assert {one.trouble for one in deliveries(desk, hook)} == {"refused", "disabled"}
    desk.tell(booked(3))
    assert len(deliveries(desk, hook)) == 2


def test_one_event_that_is_never_accepted_disables_nothing_while_others_are(
    desk: WebhookDesk, receivers: Receivers, clock: Clock, stopped: Any
) -> None:
    hook = made(desk)
    desk.tell(booked(1))
    receivers.answers = lambda one: REFUSES(one) if '"m1"' in one["body"] else accepting(one)
    desk.sender.send_due()
    desk.tell(booked(2))
    while (bad := next(one for one in deliveries(desk, hook) if one.subject == "m1")).next_attempt:
        clock.now = bad.next_attempt
        desk.sender.send_due()
    assert bad.state == "failed"
    assert (stopped, desk.get(hook.webhook.id, LEAD).disabled) == ([], None)


def test_who_is_gone_is_disabled_at_once_and_told_again_when_enabled(
    desk: WebhookDesk, receivers: Receivers, clock: Clock, stopped: Any
) -> None:
    hook = made(desk)
    desk.tell(booked(1))
    receivers.answers = answering(status=410, trouble="refused")
    desk.sender.send_due()
    assert desk.get(hook.webhook.id, LEAD).disabled == "gone"
    assert [why for _, why in stopped] == ["gone"]
    receivers.answers = accepting
    desk.test(hook.webhook.id, LEAD)  # also while it is disabled
    desk.sender.send_due()
    clock.now += timedelta(seconds=1)
    desk.test(hook.webhook.id, LEAD)
    desk.sender.send_due()
    types = [json.loads(request["body"])["type"] for request in receivers.asked]
    assert types[1:] == ["ca.emploinexus.webhook.test.v1"] * 2
    desk.turn(TurnWebhook(id=hook.webhook.id, active=True), LEAD)
    desk.send_again(next(one.id for one in deliveries(desk, hook) if one.event == "meeting.booked"), LEAD)
    desk.sender.send_due()
    assert {one.state for one in deliveries(desk, hook)} == {"sent"}


def test_a_receiver_that_asks_for_a_pause_is_told_nothing_until_it_is_over(
    desk: WebhookDesk, receivers: Receivers, clock: Clock
) -> None:
    hook = made(desk)
    desk.tell(booked(1))
    desk.sender.send_due()
    receivers.answers = answering(status=429, trouble="refused", wait="600")
    desk.tell(booked(2))
    desk.sender.send_due()
    desk.tell(booked(3))
    receivers.answers = accepting
    clock.now += timedelta(seconds=599)
    desk.sender.send_due()
    assert len(receivers.asked) == 2
    clock.now += timedelta(seconds=2)
    desk.sender.send_due()
    assert [one.state for one in deliveries(desk, hook)] == ["sent"] * 3


def test_for_a_day_after_a_rotation_both_secrets_verify(
    desk: WebhookDesk, receivers: Receivers, clock: Clock
) -> None:
    hook = made(desk)
    rotated = rotate(desk, hook, LEAD)
    assert rotated.webhook.old_secret_until == NOON + timedelta(days=1)
    for wait, count in ((timedelta(hours=23), 2), (timedelta(hours=2), 1)):
        clock.now += wait
        desk.tell(booked(count))
        desk.sender.send_due()
        headers = receivers.asked[-1]["headers"]
        assert len(headers["webhook-signature"].split(" ")) == count
    signs = standardwebhooks.Webhook(rotated.secret).sign
    assert headers["webhook-signature"] == signs(
        headers["webhook-id"], clock.now, receivers.asked[-1]["body"]
    )


def test_two_processes_tell_each_event_once(
    database: Database[Document], clock: Clock, receivers: Receivers
) -> None:
    desks = [desk_of(database, clock, receivers) for _ in range(4)]
    for _ in range(3):
        made(desks[0])
    for number in range(20):
        desks[0].tell(booked(number))
    rounds = [threading.Thread(target=desk.sender.send_due) for desk in desks]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    ids = [request["id"] for request in receivers.asked]
    assert (len(ids), len(set(ids))) == (60, 60)


def test_what_a_killed_process_took_is_told_when_its_lease_ends(
    database: Database[Document], clock: Clock, receivers: Receivers
) -> None:
    killed, other = desk_of(database, clock, receivers), desk_of(database, clock, receivers)
    made(killed)
    killed.tell(booked())
    (taken,) = killed.store.take_due(clock.now, ())
    other.sender.send_due()
    assert receivers.asked == []
    clock.now += LEASE
    other.sender.send_due()
    assert [request["id"] for request in receivers.asked] == [taken.id]


def test_a_slow_receiver_holds_no_other_up(desk: WebhookDesk, receivers: Receivers) -> None:
    slow, quick = made(desk, "https://slow.example.org/"), made(desk, "https://quick.example.org/")
    entered, leave = threading.Event(), threading.Event()

    def answers(request: dict[str, Any]) -> Answer:
        if "slow" in request["url"]:
            entered.set()
            assert leave.wait(20)
        return accepting(request)

    desk.store.turn(quick.webhook.id, "by_person", NOON)
    for number in range(110):  # more than one look takes in
        desk.tell(booked(number))
    desk.store.turn(quick.webhook.id, None, NOON)
    receivers.answers = answers
    held = threading.Thread(target=desk.sender.send_due)
    held.start()
    assert entered.wait(20)
    desk.tell(booked(1_000))
    desk.sender.send_due()  # another round, while the slow one has not answered
    assert [one.state for one in deliveries(desk, quick)] == ["sent"]
    leave.set()
    held.join(60)
    assert {one.state for one in deliveries(desk, slow)} == {"sent"}


def test_who_is_done_waits_for_no_slow_one_of_the_same_round(
    database: Database[Document], clock: Clock, receivers: Receivers
) -> None:
    entered, leave = threading.Event(), threading.Event()
    desk = desk_of(
        database, clock, lambda asked, tell: receivers(sorted(asked, key=lambda one: one["url"]), tell)
    )
    quick, slow = made(desk, "https://quick.example.org/"), made(desk, "https://slow.example.org/")
    desk.tell(booked(1))

    def answers(request: dict[str, Any]) -> Answer:
        if "slow" in request["url"]:
            entered.set()
            assert leave.wait(20)
        return accepting(request)

    receivers.answers = answers
    held = threading.Thread(target=desk.sender.send_due)
    held.start()
    assert entered.wait(20)
    desk.tell(booked(2))
    desk.sender.send_due()
    assert [one.state for one in deliveries(desk, quick)] == ["sent", "sent"]
    assert {one.state for one in deliveries(desk, slow)} == {"sending", "queued"}
    leave.set()
    held.join(60)


def test_what_a_run_had_no_time_for_counts_as_no_attempt(
    desk: WebhookDesk, receivers: Receivers, clock: Clock
):
    hook = made(desk)
    desk.tell(booked())
    receivers.answers = lambda _: None
    desk.sender.send_due()
    (delivery,) = deliveries(desk, hook)
    assert (delivery.state, delivery.attempts) == ("queued", 0)
    clock.now += timedelta(seconds=15)
    receivers.answers = accepting
    desk.sender.send_due()
    assert deliveries(desk, hook)[0].state == "sent"


def test_what_a_system_repeats_with_a_key_is_answered_as_the_first_time_for_a_day(
    desk: WebhookDesk, clock: Clock
) -> None:
    wish: Any = {"name": "CRM", "url": URL, "events": {"post.published"}, "key": "a-key-of-ours"}
    first = desk.make(MakeWebhook(**wish), SYSTEM)
    assert desk.make(MakeWebhook(**wish), SYSTEM) == first
    assert desk.make(MakeWebhook(**wish), LEAD).webhook.id != first.webhook.id  # whose key is another one
    with pytest.raises(Conflict, match="key_reused"):
        desk.make(MakeWebhook(**wish | {"name": "Autre"}), SYSTEM)
    second = rotate(desk, first, SYSTEM, "another-key")
    assert rotate(desk, first, SYSTEM, "another-key") == second
    assert second.secret != first.secret
    with pytest.raises(Conflict, match="key_reused"):  # its secret is another one by now
        desk.make(MakeWebhook(**wish), SYSTEM)
    clock.now += timedelta(days=1, seconds=1)
    assert rotate(desk, first, SYSTEM, "another-key").secret != second.secret


def test_repetitions_at_once_make_one(database: Database[Document], clock: Clock) -> None:
    told: list[MadeWebhook] = []

    def make() -> None:
        wish: Any = {"name": "CRM", "url": URL, "events": {"post.published"}, "key": "a-key-of-ours"}
        told.append(desk_of(database, clock).make(MakeWebhook(**wish), SYSTEM))

    makers = [threading.Thread(target=make) for _ in range(4)]
    for one in makers:
        one.start()
    for one in makers:
        one.join()
    assert len(told) == 4
    assert len({(one.webhook.id, one.secret) for one in told}) == 1


def test_deliveries_are_found_by_what_became_of_them(desk: WebhookDesk, receivers: Receivers) -> None:
    hook = made(desk)
    receivers.answers = lambda one: REFUSES(one) if '"m1"' in one["body"] else accepting(one)
    for number in range(1, 4):
        desk.tell(booked(number))
    desk.sender.send_due()
    desk.tell(booked(4))
    desk.store.take_due(NOON, ())
    desk.tell(booked(5))

    def found(state: Any) -> set[str]:
        page = desk.deliveries(ListWebhookDeliveries(id=hook.webhook.id, state=state), LEAD)
        return {one.subject for one in page.items if one.state == (state or one.state)}

    assert [found(state) for state in ("queued", "sending", "sent", "failed")] == [
        {"m1", "m5"}, {"m4"}, {"m2", "m3"}, set()
    ]  # fmt: skip
    desk.turn(TurnWebhook(id=hook.webhook.id, active=False), LEAD)
    assert found("failed") == {"m1", "m4", "m5"}


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.ADVISOR, Role.EDITOR, Role.SYSTEM])
def test_nobody_else_has_a_hand_in_them(desk: WebhookDesk, role: Role | None) -> None:
    hook = made(desk)
    caller = Caller(sector="tic", roles=frozenset({role})) if role else anonymous("tic")
    for ask in (
        lambda: made(desk, URL, caller),
        lambda: desk.of_sector(caller),
        lambda: rotate(desk, hook, caller),
        lambda: desk.test(hook.webhook.id, caller),
        lambda: desk.deliveries(ListWebhookDeliveries(id=hook.webhook.id), caller),
        lambda: desk.of_sector(operator("root")),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_those_of_another_sector_are_not_there(desk: WebhookDesk) -> None:
    hook = made(desk)
    desk.tell(booked())
    (delivery,) = deliveries(desk, hook)
    for ask in (
        lambda: desk.get(hook.webhook.id, OTHERS),
        lambda: rotate(desk, hook, OTHERS),
        lambda: desk.turn(TurnWebhook(id=hook.webhook.id, active=False), OTHERS),
        lambda: desk.remove(hook.webhook.id, OTHERS),
        lambda: desk.test(hook.webhook.id, OTHERS),
        lambda: desk.deliveries(ListWebhookDeliveries(id=hook.webhook.id), OTHERS),
        lambda: desk.send_again(delivery.id, OTHERS),
    ):
        with pytest.raises(NotFound):
            ask()
    assert desk.of_sector(OTHERS).items == ()


def test_a_change_names_the_revision_that_it_saw(desk: WebhookDesk) -> None:
    hook = made(desk).webhook
    wish = {"id": hook.id, "name": "Autre", "url": "https://example.org/2", "events": {"post.published"}}
    after = desk.change(ChangeWebhook(revision=1, **wish), LEAD)  # type: ignore[arg-type]
    assert (after.name, after.events, after.revision) == ("Autre", {"post.published"}, 2)
    with pytest.raises(StaleRevision):
        desk.change(ChangeWebhook(revision=1, **wish), LEAD)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        desk.change(ChangeWebhook(revision=2, **wish | {"url": "https://10.0.0.1/"}), LEAD)  # type: ignore[arg-type]


def test_a_sector_has_so_many_at_most(desk: WebhookDesk) -> None:
    for _ in range(MOST_WEBHOOKS):
        made(desk)
    with pytest.raises(Conflict):
        made(desk)
    made(desk, URL, OTHERS)


def test_secrets_lie_sealed_and_are_told_once(desk: WebhookDesk, database: Database[Document]) -> None:
    hook = made(desk)
    rotate(desk, hook, LEAD)
    assert hook.secret not in str(list(database["webhooks"].find()))
    assert hook.secret not in repr(hook)
    assert "secret" not in desk.get(hook.webhook.id, LEAD).model_dump_json().replace("old_secret_until", "")


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(
    desk: WebhookDesk, receivers: Receivers, clock: Clock
) -> None:
    hook = made(desk)
    desk.tell(booked(1))
    desk.sender.send_due()
    desk.turn(TurnWebhook(id=hook.webhook.id, active=True), LEAD)
    clock.now += KEPT
    desk.tell(booked(2))
    desk.purge()
    assert len(deliveries(desk, hook)) == 2
    clock.now += timedelta(seconds=1)
    desk.purge()
    assert [one.subject for one in deliveries(desk, hook)] == ["m2"]


def test_its_deliveries_go_with_it(
    desk: WebhookDesk, database: Database[Document], receivers: Receivers
) -> None:
    hook = made(desk)
    desk.tell(booked())
    desk.remove(hook.webhook.id, LEAD)
    assert database["webhook_deliveries"].count_documents({}) == 0
    with pytest.raises(NotFound):
        desk.get(GetWebhook(id=hook.webhook.id).id, LEAD)
    desk.sender.send_due()
    assert receivers.asked == []
