"""Messages are stored first and sent afterwards, whatever fails, by any number of processes; secrets do not stay."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from pymongo.database import Database
from pymongo.errors import AutoReconnect

from nexus.caller import Caller, Role, anonymous, operator, system
from nexus.composition import Composed, Resources
from nexus.errors import Forbidden, InvalidInput, NotFound, Unavailable
from nexus.host import ServiceHost
from nexus.mongo import Document
from nexus.operations import DiscardParkedEvent, ListParkedEvents, ResendParkedEvent
from nexus.seal import Seal
from nexus.settings import Settings
from services.notifications.channels import Send, Undeliverable
from services.notifications.contracts import ListLocalMails, SendCode
from services.notifications.directory import Directory
from services.notifications.domain.messages import LEASE, MAX_ATTEMPTS, Letter, Message
from services.notifications.meetings import MeetingNotices
from services.notifications.postman import Postman
from services.notifications.service import Notifications
from services.notifications.store import MessageStore
from services.people.contracts.people import PersonInvited
from services.people.contracts.signin import CodeIssued
from tests.support.consent import consent_of
from tests.support.hooks import desk_of
from tests.support.mails import CODE, LINK, NOW, code, invitation, message, verification, written

PEOPLE = system("people", "tic")
SEAL = Seal("a-secret-of-the-tests-0123456789-abcdef", "mail")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, **time: float) -> None:
        self.now += timedelta(**time)


class Outgoing:
    """A channel that keeps letters; `fails` says what happens to the next ones."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.fails: Callable[[Letter], Exception | None] = lambda _: None
        self.away = False
        self.opened = 0

    @contextmanager
    def open(self) -> Iterator[Send]:
        self.opened += 1
        self.check()
        yield self._send

    def check(self) -> None:
        if self.away:
            raise Unavailable("mail_unavailable", reason="ConnectionRefusedError")

    def _send(self, letter: Letter) -> str:
        if error := self.fails(letter):
            raise error
        self.letters.append(letter)
        return f"250 OK queued as {len(self.letters)}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channel() -> Outgoing:
    return Outgoing()


@pytest.fixture
def store(database: Database[Document]) -> MessageStore:
    store = MessageStore(database, SEAL)
    store.prepare()
    return store


class Quiet(Postman):
    """Sends when a test says so."""

    def wake(self) -> None:
        pass


def postman_of(store: MessageStore, channel: Outgoing, clock: Clock, kind: type[Postman] = Quiet) -> Postman:
    return kind(store, lambda: write_plainly, channel, clock, first_pause=2)


def write_plainly(told: Message) -> Letter:
    return written(told.notice, id=told.id, created_at=told.created_at)


@pytest.fixture
def postman(store: MessageStore, channel: Outgoing, clock: Clock) -> Postman:
    return postman_of(store, channel, clock)


@pytest.fixture
def service(store: MessageStore, postman: Postman, clock: Clock) -> Notifications:
    return service_of(store, postman, clock)


def service_of(store: MessageStore, postman: Postman, clock: Clock) -> Notifications:
    meetings = MeetingNotices(SEAL, lambda _: (48, 2))
    directory = Directory(store.database, SEAL)
    senders = {"tic": 1, "aero": 2}
    consent, digests = consent_of(store, clock, postman)
    return Notifications(
        store,
        postman,
        senders,
        None,
        clock,
        SEAL,
        directory,
        meetings,
        webhooks=desk_of(store.database, clock),
        templates=None,  # type: ignore[arg-type]
        mailed=None,  # type: ignore[arg-type]
        consent=consent,
        digests=digests,
        mornings=None,  # type: ignore[arg-type]
        editors=None,  # type: ignore[arg-type]
        parked=None,  # type: ignore[arg-type]
        activities=None,  # type: ignore[arg-type]
    )


def state(database: Database[Document], **wanted: str) -> Any:
    found = database["messages"].find_one(wanted)
    assert found
    return found


def test_a_command_is_stored_and_goes_out_with_the_next_round(service: Notifications, channel: Outgoing):
    service.send_code(code(), PEOPLE)
    service.send_invitation(invitation("en"), PEOPLE)
    service.send_verification_due(verification(), PEOPLE)
    assert channel.letters == []
    service.send_due()
    assert sorted(one.subject[:10] for one in channel.letters) == [
        "2\xa0textes à",
        "Votre code",
        "Zoé Roy in",
    ]
    service.send_due()
    assert len(channel.letters) == 3


def test_a_stored_message_wakes_the_postman(store: MessageStore, channel: Outgoing, clock: Clock):
    arrived = threading.Event()
    channel.fails = lambda _: arrived.set()
    service = service_of(store, postman_of(store, channel, clock, Postman), clock)
    service.send_code(code(), PEOPLE)
    assert arrived.wait(10)
    for (
        thread
    ) in threading.enumerate():  # it looks for more before it ends, and the database goes with the test
        if thread.name == "nexus-mail":
            thread.join(10)


def test_once_it_is_sent_nothing_of_what_it_said_stays(
    service: Notifications, channel: Outgoing, database: Database[Document], clock: Clock
):
    service.send_code(code(), PEOPLE)
    service.send_due()
    kept = state(database)
    assert (kept["state"], kept["kind"], kept["sector"], kept["ended_at"]) == ("sent", "code", "tic", NOW)
    told = json.dumps(kept, default=str)
    assert not any(secret in told for secret in (CODE, LINK, "anne", "exemple.ca"))
    assert len(kept["recipient"]) == 64


@pytest.mark.parametrize(
    "caller",
    [
        Caller(),
        anonymous("tic"),
        operator("anne"),
        Caller(sector="tic", roles=frozenset(set(Role) - {Role.SYSTEM})),
        Caller(roles=frozenset({Role.SYSTEM})),
        system("people", "nowhere"),
        system("people", "../tic"),
    ],
)
def test_only_a_service_may_have_mail_sent_and_only_in_the_name_of_a_sector(
    service: Notifications, database: Database[Document], caller: Caller
):
    with pytest.raises(Forbidden):
        service.send_code(code(), caller)
    assert database["messages"].count_documents({}) == 0


def test_mail_that_does_not_stay_here_cannot_be_looked_at(service: Notifications):
    with pytest.raises(NotFound, match="local_mail_off"):
        service.list_local_mails(ListLocalMails(), anonymous("tic"))


def test_what_the_people_service_issues_is_mailed_once_however_often_it_is_told(
    service: Notifications, channel: Outgoing
):
    opened = {"to": "anne@exemple.ca", "code": CODE, "link": LINK}
    event = CodeIssued(id="c1", sector="tic", language="fr", minutes=15, sealed=SEAL.close(opened))
    without = event.model_copy(update={"id": "c2", "sealed": SEAL.close(opened | {"code": None})})
    invited = PersonInvited(
        id="i1", sector="tic", language="en", inviter=None, organisation="ACME", days=7,
        roles=frozenset({Role.EDITOR, Role.ADMIN}), sealed=SEAL.close({"to": "bo@exemple.ca", "link": LINK}),
    )  # fmt: skip
    for _ in range(2):
        service.mail_code(event)
        service.mail_code(without)
        service.mail_invitation(invited)
        service.send_due()
    assert {one.id: CODE in one.text for one in channel.letters} == {"c1": True, "c2": False, "i1": False}
    assert len(channel.letters) == 3
    assert "Your role: administrator, editor." in next(one.text for one in channel.letters if one.id == "i1")


def test_an_event_that_cannot_be_mailed_does_not_repeat_what_was_sealed(service: Notifications):
    sealed = SEAL.close({"to": "nobody", "code": CODE, "link": LINK})
    event = CodeIssued(id="c1", sector="tic", language="fr", minutes=15, sealed=sealed)
    with pytest.raises(InvalidInput) as refused:
        service.mail_code(event)
    assert not any(secret in repr(refused.value.details) for secret in (CODE, LINK, "nobody"))


def test_a_letter_that_is_not_taken_is_tried_again_later_and_the_others_go_on(
    service: Notifications, channel: Outgoing, clock: Clock, database: Database[Document]
):
    channel.fails = lambda one: Undeliverable("451 later", permanent=False) if "Zoé" in one.subject else None
    service.send_invitation(invitation(), PEOPLE)
    service.send_code(code(), PEOPLE)
    service.send_due()
    assert len(channel.letters) == 1
    assert (state(database, kind="invitation")["attempts"], state(database, kind="invitation")["error"]) == (
        1, "451 later"
    )  # fmt: skip
    channel.fails = lambda _: None
    service.send_due()
    assert len(channel.letters) == 1  # not yet
    clock.go(seconds=2.5)
    service.send_due()
    assert len(channel.letters) == 2


def test_after_twelve_attempts_a_message_waits_for_a_person(
    service: Notifications, channel: Outgoing, clock: Clock, store: MessageStore
):
    tries: list[str] = []
    channel.fails = lambda one: tries.append(one.id) or Undeliverable("450 mailbox full", permanent=False)  # type: ignore[func-returns-value]
    service.send_invitation(invitation(), PEOPLE)
    for _ in range(MAX_ATTEMPTS + 3):
        service.send_due()
        clock.go(hours=1.3)
    assert len(tries) == MAX_ATTEMPTS
    (parked,) = store.parked(None)
    assert (parked.type, parked.subject, parked.attempts) == ("invitation", "tic", MAX_ATTEMPTS)
    assert parked.error == "450 mailbox full"


def test_a_refusal_for_good_is_not_tried_again(
    service: Notifications, channel: Outgoing, clock: Clock, store: MessageStore
):
    channel.fails = lambda one: Undeliverable(f"550 no such user {one.to}", permanent=True)
    service.send_invitation(invitation(), PEOPLE)
    for _ in range(3):
        service.send_due()
        clock.go(hours=1)
    (parked,) = store.parked(None)
    assert (parked.attempts, parked.error) == (1, "550 no such user …")


def parked_host(
    service: Notifications, store: MessageStore, database: Database[Document]
) -> tuple[ServiceHost, str]:
    resources = Resources(Settings(), database, embedded=True)
    host = ServiceHost(Composed(service, [], parked=store), resources)
    found = host.call(ListParkedEvents.method, {}, operator("anne"), None).value
    return host, found.items[0].key


def test_a_person_can_have_it_sent_again_or_give_it_up(
    service: Notifications, channel: Outgoing, store: MessageStore, database: Database[Document]
):
    channel.fails = lambda _: Undeliverable("550 no", permanent=True)
    service.send_invitation(invitation(), PEOPLE)
    service.send_due()
    host, key = parked_host(service, store, database)
    host.call(ResendParkedEvent.method, {"key": key}, operator("anne"), None)
    service.send_due()
    assert store.parked(None)[0].attempts == 1
    host.call(DiscardParkedEvent.method, {"key": key}, operator("anne"), None)
    assert (store.count_parked(), state(database)["state"]) == (0, "discarded")
    assert "notice" not in state(database)
    for method in (ResendParkedEvent.method, DiscardParkedEvent.method):
        with pytest.raises(NotFound, match="parked_event_not_found"):
            host.call(method, {"key": key}, operator("anne"), None)
        with pytest.raises(Forbidden):
            host.call(method, {"key": key}, PEOPLE, None)


def test_a_parked_message_is_of_its_sector_alone(
    service: Notifications, channel: Outgoing, store: MessageStore, database: Database[Document]
):
    channel.fails = lambda _: Undeliverable("550 no", permanent=True)
    service.send_invitation(invitation(), PEOPLE)
    service.send_due()
    host, key = parked_host(service, store, database)
    of = {one: Caller(sector=one, person="anne", roles=frozenset({Role.ADMIN})) for one in ("tic", "aero")}
    listed = {one: host.call(ListParkedEvents.method, {}, of[one], None).value.items for one in of}
    assert [one.key for one in listed["tic"]] == [key]
    assert listed["aero"] == ()
    for method in (ResendParkedEvent.method, DiscardParkedEvent.method):
        with pytest.raises(NotFound, match="parked_event_not_found"):
            host.call(method, {"key": key}, of["aero"], None)
    host.call(DiscardParkedEvent.method, {"key": key}, of["tic"], None)
    assert store.count_parked() == 0


@pytest.mark.parametrize("parked", [False, True])
def test_what_is_of_no_use_any_more_is_not_sent_nor_kept(
    service: Notifications, channel: Outgoing, clock: Clock, database: Database[Document], parked: bool
):
    channel.fails = lambda _: Undeliverable("550 no", permanent=True)
    service.send_code(code(minutes=15), PEOPLE)
    if parked:
        service.send_due()
    channel.fails = lambda _: None
    clock.go(minutes=15)
    service.send_due()
    assert channel.letters == []
    assert state(database)["state"] == "expired"
    assert "notice" not in state(database)


def test_a_channel_that_is_away_costs_a_message_no_attempt(
    service: Notifications, channel: Outgoing, clock: Clock, database: Database[Document]
):
    channel.away = True
    service.send_invitation(invitation(), PEOPLE)
    for _ in range(100):
        service.send_due()
        clock.go(seconds=1)
    assert channel.opened == 10  # every ten seconds: five first pauses
    assert (state(database)["state"], state(database)["attempts"]) == ("queued", 0)
    channel.away = False
    clock.go(seconds=10)
    service.send_due()
    assert len(channel.letters) == 1


def test_a_channel_that_goes_away_meanwhile_loses_nothing(
    service: Notifications, channel: Outgoing, clock: Clock
):
    def second(_: Letter) -> Exception | None:
        return Unavailable("mail_unavailable") if len(channel.letters) == 1 else None

    for _ in range(3):
        service.send_invitation(invitation(), PEOPLE)
    channel.fails = second
    service.send_due()
    assert len(channel.letters) == 1
    channel.fails = lambda _: None
    clock.go(seconds=10)
    service.send_due()
    assert len({one.id for one in channel.letters}) == len(channel.letters) == 3


def test_a_database_that_is_away_is_said_and_the_next_tick_comes_all_the_same(
    service: Notifications, store: MessageStore, channel: Outgoing, monkeypatch: pytest.MonkeyPatch
):
    service.send_code(code(), PEOPLE)

    def away(_: datetime) -> list[str]:
        raise AutoReconnect("connection closed")

    with structlog.testing.capture_logs() as logs, monkeypatch.context() as patched:
        patched.setattr(store, "expire", away)
        service.send_due()
    assert [one["event"] for one in logs] == ["mail_store_away"]
    service.send_due()
    assert len(channel.letters) == 1


def test_nobody_waits_for_a_connection_when_there_is_nothing_to_send(
    service: Notifications, channel: Outgoing
):
    service.send_due()
    assert channel.opened == 0


def test_what_a_killed_process_had_taken_is_sent_by_another_with_the_same_id(
    store: MessageStore, postman: Postman, channel: Outgoing, clock: Clock
):
    store.add(message(invitation()))
    assert store.take_due(clock.now)[0].id == "a1"  # and then it is killed
    postman.send_due()
    assert channel.letters == []
    clock.go(seconds=LEASE.total_seconds())
    postman.send_due()
    assert [one.id for one in channel.letters] == ["a1"]


def test_a_message_that_is_stored_twice_goes_out_once(
    store: MessageStore, postman: Postman, channel: Outgoing, clock: Clock
):
    for _ in range(3):
        store.add(message())
        postman.send_due()
    assert [one.id for one in channel.letters] == ["a1"]


def test_several_processes_send_each_message_once(store: MessageStore, channel: Outgoing, clock: Clock):
    for number in range(40):
        store.add(message(invitation(), id=f"a{number}"))
    postmen = [postman_of(store, channel, clock) for _ in range(4)]
    threads = [threading.Thread(target=one.send_due) for one in postmen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(one.id for one in channel.letters) == sorted(f"a{number}" for number in range(40))


def test_a_message_that_cannot_be_written_parks_and_the_others_go_on(
    store: MessageStore, channel: Outgoing, clock: Clock
):
    def write_some(told: Any) -> Letter:
        if told.id == "bad":
            raise ValueError(f"cannot write {told.notice.code}")
        return write_plainly(told)

    postman = Quiet(store, lambda: write_some, channel, clock, first_pause=0.01)
    store.add(message(code(minutes=24 * 60), id="bad"))
    store.add(message(id="good"))
    for _ in range(MAX_ATTEMPTS):
        postman.send_due()
        clock.go(minutes=5)
    assert [one.id for one in channel.letters] == ["good"]
    assert store.parked(None)[0].error == "internal_error (ValueError)"


def test_no_log_line_has_what_lets_somebody_in(service: Notifications, channel: Outgoing, clock: Clock):
    channel.fails = lambda one: Undeliverable(f"451 {one.to} {one.text}", permanent=False)
    with structlog.testing.capture_logs() as logs:
        service.send_code(code(), PEOPLE)
        service.send_invitation(invitation(), PEOPLE)
        for _ in range(5):
            service.send_due()
            clock.go(minutes=1)
        channel.fails = lambda one: ValueError(one.text)
        service.send_due()
    assert {one["event"] for one in logs} == {"mail_failed"}
    told = json.dumps(logs, default=str)
    assert not any(secret in told for secret in (CODE, LINK, "ZWxsZQ", "anne@"))


def test_a_refused_command_is_not_repeated_in_the_log(
    service: Notifications, store: MessageStore, database: Database[Document]
):
    host = ServiceHost(Composed(service, []), Resources(Settings(), database, embedded=True))
    with structlog.testing.capture_logs() as logs, pytest.raises(Forbidden):
        host.call(SendCode.method, code().model_dump(), anonymous("tic"), None)
    assert logs == []
