"""A handler that always fails parks its event where `nexus doctor` lists it, and the others go on."""

import re
import time
from collections import Counter
from pathlib import Path

import pika
import pytest

from nexus.caller import Role
from nexus.composition import declaration, service_names
from nexus.delivery.topology import events_exchange
from nexus.messages import CloudEvent
from services.content.contracts import ProgramPublished
from tests.e2e.test_personal_data import mailed
from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform, EmbeddedPlatform, RunningPlatform
from tests.support.surfer import Surfer

ADMIN = "admin-of-tic@example.org"


def poison() -> CloudEvent:
    """An event that no handler can read."""
    return CloudEvent(
        source="/content",
        type=ProgramPublished.type,
        subject="poisoned",
        sectors="tic",
        data={"program": {"id": "poisoned"}},
    )


def wait_until_parked(platform: RunningPlatform) -> str:
    deadline = time.monotonic() + 60
    while True:
        report = platform.nexus("doctor", "--json", check=False)
        if key := re.search(r'"key": "(search\.index_programs:\w+)"', report.stdout):
            assert report.returncode == 1
            return key.group(1)
        assert time.monotonic() < deadline, report.stdout
        time.sleep(0.5)


def all_parked(platform: RunningPlatform) -> list[str]:
    """The keys of the event at every handler that hears of it: each fails for itself."""
    names = {
        f"{name}.{one.method}"
        for name in service_names()
        for one in declaration(name).subscriptions
        if one.event is ProgramPublished
    }
    deadline = time.monotonic() + 60
    while True:
        told = platform.nexus("doctor", "--json", check=False).stdout
        keys = re.findall(r'"key": "(\w+\.\w+:\w+)"', told)
        if {key.partition(":")[0] for key in keys} == names:
            return keys
        assert time.monotonic() < deadline, told
        time.sleep(0.5)


def assert_an_administrator_is_told(platform: RunningPlatform) -> None:
    deadline = time.monotonic() + 60
    while not (text := mailed(platform, ADMIN, "attend")):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert "search.index_programs, invalid_message" in text
    assert platform.url("tic", "/fr/admin/parked") in text


def mails_of_parking(platform: RunningPlatform) -> set[int]:
    """How many each administrator was sent, or is to be, of all that was given up within the hour."""
    with platform.documents() as client:
        messages = client[platform.database("notifications")]["messages"]
        return set(Counter(one["person"] for one in messages.find({"kind": "events_parked"})).values())


def assert_others_go_on_and_a_person_can_decide(platform: RunningPlatform) -> None:
    platform.import_samples()
    key = wait_until_parked(platform)
    assert_an_administrator_is_told(platform)
    assert "poisoned" in platform.nexus("events", "list").stdout
    assert_an_administrator_sends_it_again_in_the_back_office(platform)
    platform.nexus("events", "resend", key)
    assert wait_until_parked(platform) == key
    keys = all_parked(platform)
    assert {key.partition(".")[0] for key in keys} >= {"search", "notifications"}  # which hears of itself too
    assert mails_of_parking(platform) == {1}
    for one in keys:
        platform.nexus("events", "discard", one, "--yes")
    assert platform.nexus("doctor", check=False).returncode == 0


def assert_an_administrator_sends_it_again_in_the_back_office(platform: RunningPlatform) -> None:
    admin = Surfer(platform).sign_in_as(ADMIN, Role.ADMIN)
    key = wait_until_parked(platform)
    other = Surfer(platform, sector="aero").sign_in_as("admin-of-aero@example.org", Role.ADMIN)
    assert key not in other.get("/fr/admin/parked").text
    for do in ("resend", "discard"):
        assert other.post("/fr/admin/parked", "/fr/compte", key=key, do=do).status_code == 404
    other.client.close()
    assert key in admin.get("/fr/admin/parked").text
    assert "Nouvel essai" in admin.post("/fr/admin/parked", "/fr/admin/parked", key=key, do="resend").text
    wait_until_parked(platform)
    refused = admin.post("/fr/admin/parked", "/fr/admin/parked", key="search.nothing:x", do="discard")
    assert refused.status_code == 404
    assert "Événement en attente renvoyé" in admin.get("/fr/admin/audit").text
    admin.client.close()


def test_embedded(tmp_path: Path):
    platform = EmbeddedPlatform(tmp_path)
    platform.environment["NEXUS_RETRY_PAUSE"] = "0.01"
    platform.start()
    try:
        Surfer(platform).sign_in_as(ADMIN, Role.ADMIN).client.close()
        put_into_the_outbox(platform, poison())
        assert_others_go_on_and_a_person_can_decide(platform)
    finally:
        platform.stop()


def put_into_the_outbox(platform: EmbeddedPlatform, event: CloudEvent) -> None:
    """As a service would have written it."""
    with platform.documents() as client:
        entry = {"id": event.id, "body": event.model_dump_json()}
        client["nexus_content"]["programs"].insert_one({"_id": "poisoned", "outbox": [entry]})


def test_distributed(tmp_path: Path, broker: Broker, mongodb_url: str, elasticsearch_url: str):
    url = broker.make_vhost()
    platform = DistributedPlatform(tmp_path, url, mongodb_url, elasticsearch_url)
    platform.environment["NEXUS_RETRY_PAUSE"] = "0.01"
    platform.start()
    try:
        Surfer(platform).sign_in_as(ADMIN, Role.ADMIN).client.close()
        publish(url, poison())
        assert_others_go_on_and_a_person_can_decide(platform)
    finally:
        platform.stop()


def publish(url: str, event: CloudEvent) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    properties = pika.BasicProperties(content_type="application/cloudevents+json", content_encoding="utf-8")
    body = event.model_dump_json().encode()
    connection.channel().basic_publish(events_exchange("content"), event.type, body, properties)
    connection.close()


@pytest.mark.parametrize("garbage", [b"{", b"[]", b'{"specversion": "1.0"}'])
def test_what_is_no_event_at_all_does_not_stop_the_queue(distributed: RunningPlatform, garbage: bytes):
    url = distributed.environment["NEXUS_RABBITMQ_URL"]
    connection = pika.BlockingConnection(pika.URLParameters(url))
    properties = pika.BasicProperties(content_type="application/cloudevents+json", content_encoding="utf-8")
    connection.channel().basic_publish(events_exchange("content"), ProgramPublished.type, garbage, properties)
    connection.close()
    deadline = time.monotonic() + 60
    while "reindex_running" in (again := distributed.nexus("reindex", check=False)).stderr:
        assert time.monotonic() < deadline  # the one that search begins by itself when it starts
        time.sleep(0.5)
    assert "Rebuilt" in again.stdout
