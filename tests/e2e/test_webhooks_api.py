"""A system with a key looks after the webhooks of its sector, and sees nothing of another's."""

from collections.abc import Iterator
from time import monotonic, sleep
from uuid import uuid4

import httpx2
import pytest

from nexus.caller import Caller, Role, Scope
from services.people.contracts.keys import MakeKey
from tests.e2e.test_office_api import client, seen
from tests.e2e.test_webhooks import published, waited
from tests.support.hooks import verified
from tests.support.platforms import RunningPlatform
from tests.support.web import serving

NOBODY = "0" * 32


def system_of(running: RunningPlatform, sector: str, scope: Scope = Scope.WEBHOOKS_WRITE) -> httpx2.Client:
    admin = Caller(sector=sector, person="root", roles=frozenset({Role.ADMIN}))
    return client(running, running.ask(MakeKey(name="CRM", scopes=frozenset({scope})), admin).secret, sector)


@pytest.fixture
def system(running: RunningPlatform) -> Iterator[httpx2.Client]:
    with system_of(running, "tic") as made:
        yield made


def test_a_system_makes_a_webhook_follows_its_deliveries_and_removes_it(
    running: RunningPlatform, system: httpx2.Client
) -> None:
    with serving(hook=204) as receiver:
        wish = {"name": "CRM", "url": receiver.url("/hook"), "events": ["post.published"]}
        once = {"Idempotency-Key": uuid4().hex}
        made = system.post("/webhooks", json=wish, headers=once)
        assert made.status_code == 201, made.text
        assert system.post("/webhooks", json=wish, headers=once).json() == made.json()
        other = system.post("/webhooks", json=wish | {"name": "X"}, headers=once)
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        hook, secret = made.json()["webhook"], made.json()["secret"]
        path = f"/webhooks/{hook['id']}"
        assert hook["created_by"].startswith("key:")
        assert secret not in system.get("/webhooks").text + system.get(path).text
        assert hook["id"] in {one["id"] for one in system.get("/webhooks").json()["items"]}

        post = published(running)
        assert verified(secret, waited(receiver, 1))["subject"] == post
        sent = delivered(system, path, post)
        assert (sent["status"], sent["attempts"]) == (204, 1)
        assert system.post(f"/webhook-deliveries/{sent['id']}/send").status_code == 202
        assert waited(receiver, 2).headers["webhook-id"] == sent["id"]

        paused = system.post(f"{path}/pause")
        assert paused.json()["disabled"] == "by_person"
        assert system.post(f"{path}/test").status_code == 202
        rotated = system.post(f"{path}/rotate", headers=once)
        assert system.post(f"{path}/rotate", headers=once).json() == rotated.json()
        assert verified(secret, waited(receiver, 3))["type"] == "ca.emploinexus.webhook.test.v1"
        assert system.post(f"{path}/resume").json()["disabled"] is None
        assert system.get(path, params={"lang": "fr"}).status_code == 400

    before = seen(system.get(path))
    changed = system.put(path, json=wish | {"events": ["meeting.booked"]}, headers=before)
    assert changed.json()["events"] == ["meeting.booked"]
    assert system.put(path, json=wish, headers=before).status_code == 412
    first = system.get(f"{path}/deliveries", params={"limit": 1}).json()
    rest = system.get(f"{path}/deliveries", params={"after": first["next"]}).json()
    assert [one["event"] for one in first["items"] + rest["items"]] == ["webhook.test", "post.published"]

    with system_of(running, "aero") as aero:
        assert hook["id"] not in aero.get("/webhooks").text
        for ask in (
            aero.get(path), aero.get(f"{path}/deliveries"), aero.delete(path), aero.post(f"{path}/rotate"),
            aero.post(f"{path}/test"), aero.put(path, json=wish, headers=seen(changed)),
            aero.post(f"/webhook-deliveries/{sent['id']}/send"),
        ):  # fmt: skip
            assert ask.status_code == 404, ask.text
    assert system.delete(path).status_code == 204
    assert system.get(path).json()["code"] == "webhook_not_found"


def delivered(system: httpx2.Client, path: str, subject: str) -> dict[str, object]:
    deadline = monotonic() + 20
    while monotonic() < deadline:
        page = system.get(f"{path}/deliveries", params={"state": "sent"}).json()
        if found := [one for one in page["items"] if one["subject"] == subject]:
            return dict(found[0])
        sleep(0.1)
    raise AssertionError(system.get(f"{path}/deliveries").text)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/webhooks/x", None, 400, "invalid_input"),
        ("GET", f"/webhooks/{NOBODY}", None, 404, "webhook_not_found"),
        ("DELETE", f"/webhooks/{NOBODY}", None, 404, "webhook_not_found"),
        ("GET", f"/webhooks/{NOBODY}/deliveries?state=lost", None, 400, "invalid_input"),
        ("GET", f"/webhooks/{NOBODY}/deliveries?after=x", None, 400, "invalid_input"),
        ("POST", "/webhook-deliveries/msg_1/send", None, 404, "webhook_delivery_not_found"),
        ("POST", "/webhooks", {}, 400, "invalid_input"),
        ("POST", "/webhooks", {"url": "http://example.org/"}, 400, "webhook_url_not_https"),
        ("POST", "/webhooks", {"url": "https://10.0.0.1/"}, 400, "webhook_url_not_public"),
        ("POST", "/webhooks", {"url": "https://a:b@example.org/"}, 400, "webhook_url_credentials"),
        ("POST", "/webhooks", {"url": "https://exa mple.org/"}, 400, "webhook_url_invalid"),
        ("POST", "/webhooks", {"url": "https://example.org/", "events": []}, 400, "invalid_input"),
        ("POST", "/webhooks", {"url": "https://example.org/", "name": "a\nb"}, 400, "invalid_input"),
        ("POST", "/webhooks", {"url": "https://example.org/", "secret": "x"}, 400, "invalid_input"),
    ],
)
def test_what_cannot_be_done_is_a_refusal_with_a_code(
    system: httpx2.Client, method: str, path: str, body: dict[str, object] | None, status: int, code: str
) -> None:
    whole = {"name": "CRM", "events": ["post.published"], **body} if body else body
    reply = system.request(method, path, json=whole)
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text


def test_a_key_of_something_else_has_no_hand_in_them(running: RunningPlatform) -> None:
    with system_of(running, "tic", Scope.GOAL_READ) as other:
        assert other.get("/webhooks").json()["code"] == "scope_required"
