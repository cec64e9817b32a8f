"""The API's writes: what they ask of the services, and how they refuse."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.managed import MANAGED
from gateway.sectors import load_sectors
from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller, Scope
from nexus.errors import Conflict, Forbidden, NexusError, StaleRevision
from nexus.messages import Request
from services.content.contracts import SlugText, Status
from services.content.contracts.editing import Item, ItemKind, OpenItem, SaveItem, TurnItem
from services.content.contracts.files import LARGEST_FILE, PART, FinishUpload, KeepPart, StoredFile
from services.people.contracts.keys import FindKey, Key
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import BASE, whole_program

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SECRET = "nexus_tic_abc"
KEYED = {"Authorization": f"Bearer {SECRET}", "Accept-Language": "en"}
JSON = {**KEYED, "Content-Type": "application/json"}
BYTES = {**KEYED, "Content-Type": "application/octet-stream"}
PROGRAM = {"title": {"fr": "Aide", "en": None}, "kind": "grant"}


class KeyedBus(FakeBus):
    """Knows one key; a `refusal` answers whatever comes with it."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__(whole_program())
        self.scopes = frozenset(scopes or Scope)
        self.refusal: NexusError | None = None
        self.parts: list[bytes] = []

    async def call(
        self,
        message: Request[Any],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> Any:
        match message:
            case FindKey():
                return self._key(message.secret)
            case SaveItem() | TurnItem() | OpenItem():
                self.asked.append((message, caller))
                if self.refusal:
                    raise self.refusal
                return _item(message)
            case KeepPart():
                self.asked.append((message, caller))
                self.parts.append(message.data)
            case FinishUpload():
                size = sum(map(len, self.parts))
                return StoredFile(sha256="0" * 64, size=size, media_type="text/plain", reading="read")
            case _:
                return await super().call(message, caller, service=service, deadline=deadline)
        return None

    def _key(self, secret: str) -> Key:
        if secret != SECRET:
            raise Forbidden("key_invalid")
        return Key(
            id="k1", sector="tic", name="x", scopes=self.scopes, ends="abcd", created_at=NOW, created_by="anne"
        )  # fmt: skip


def _item(message: SaveItem | TurnItem | OpenItem) -> Item:
    return Item(
        id="p1",
        kind=message.kind,
        revision=3,
        status=message.to if isinstance(message, TurnItem) else Status.DRAFT,
        slug=SlugText(fr="aide", en="help"),
        content=message.content if isinstance(message, SaveItem) else PROGRAM,
        updated_at=NOW,
    )


@pytest.fixture
def bus() -> KeyedBus:
    return KeyedBus()


@pytest.fixture
def client(bus: KeyedBus) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def test_a_new_program_is_asked_for_in_the_name_of_the_key(client: TestClient, bus: KeyedBus) -> None:
    reply = client.post("/api/v1/programs", json=PROGRAM, headers={**KEYED, "Idempotency-Key": '"a-1"'})
    assert (reply.status_code, reply.headers["etag"], reply.headers["cache-control"]) == (
        201,
        '"3"',
        "no-store",
    )
    assert reply.headers["location"] == f"{BASE}/api/v1/programs/p1"
    assert reply.json()["url"]["en"] == f"{BASE}/en/programs/help"
    asked, caller = bus.asked[-1]
    assert asked == SaveItem(kind=ItemKind.PROGRAM, content=PROGRAM, once="a-1")
    assert (caller.sector, caller.person, caller.roles) == ("tic", "key:k1", frozenset())
    assert caller.scopes == frozenset(Scope)


@pytest.mark.parametrize("kind", MANAGED, ids=lambda kind: kind.plural)
def test_each_kind_can_be_made_with_what_the_description_shows(
    client: TestClient, bus: KeyedBus, kind: Any
) -> None:
    reply = client.post(f"/api/v1/{kind.plural}", json=kind.example, headers=KEYED)
    assert reply.status_code == 201, reply.text
    kind.answer.model_validate_json(reply.content)
    assert bus.asked[-1][0].kind is kind.item  # type: ignore[attr-defined]


def test_a_change_names_the_revision_that_was_seen(client: TestClient, bus: KeyedBus) -> None:
    for etag, revision in (('"3"', 3), ('W/"3"', 3), ('"what else"', 0), (f'"{"9" * 40}"', 0)):
        reply = client.put("/api/v1/programs/p1", json=PROGRAM, headers={**KEYED, "If-Match": etag})
        assert reply.status_code == (200 if " " not in etag else 400)
        if reply.status_code == 200:
            assert bus.asked[-1][0] == SaveItem(
                kind=ItemKind.PROGRAM, id="p1", revision=revision, content=PROGRAM
            )


@pytest.mark.parametrize("headers", [{}, {"If-Match": "3"}, {"If-Match": "*"}, {"If-Match": '"3", "4"'}])
def test_a_change_without_a_revision_is_refused(
    client: TestClient, bus: KeyedBus, headers: dict[str, str]
) -> None:
    reply = client.put("/api/v1/programs/p1", json=PROGRAM, headers=KEYED | headers)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "If-Match")
    assert bus.asked == []


def test_a_stale_change_is_told_both_versions(client: TestClient, bus: KeyedBus) -> None:
    bus.refusal = StaleRevision(yours={"revision": 3, "content": PROGRAM}, current={"revision": 4})
    reply = client.put("/api/v1/programs/p1", json=PROGRAM, headers={**KEYED, "If-Match": '"3"'})
    told = reply.json()
    assert (reply.status_code, told["code"]) == (412, "stale_revision")
    assert (told["yours"]["content"], told["current"]) == (PROGRAM, {"revision": 4})


@pytest.mark.parametrize(("verb", "to"), [("publish", Status.PUBLISHED), ("retire", Status.RETIRED)])
def test_publishing_and_retiring_need_no_body(
    client: TestClient, bus: KeyedBus, verb: str, to: Status
) -> None:
    reply = client.post(f"/api/v1/posts/p1/{verb}", headers={**KEYED, "Idempotency-Key": "x"})
    assert (reply.status_code, reply.json()["status"]) == (200, to)
    assert bus.asked[-1][0] == TurnItem(kind=ItemKind.POST, id="p1", to=to, once="x")
    client.post(f"/api/v1/posts/p1/{verb}", headers={**KEYED, "If-Match": '"2"'})
    assert bus.asked[-1][0] == TurnItem(kind=ItemKind.POST, id="p1", revision=2, to=to)


def test_with_a_key_a_draft_is_shown_and_kept_by_nobody(client: TestClient, bus: KeyedBus) -> None:
    public = client.get("/api/v1/programs/aide-embauche")
    keyed = client.get("/api/v1/programs/aide-embauche", headers=KEYED)
    assert "status" not in public.json()
    assert (keyed.json()["status"], keyed.headers["etag"]) == ("draft", '"3"')
    assert client.get("/api/v1/programs/aide-embauche").json() == public.json()
    assert client.get("/api/v1/documents/x", headers=KEYED).json()["status"] == "draft"
    assert client.get("/api/v1/posts/x", headers=KEYED).json()["status"] == "draft"


@pytest.mark.parametrize(
    ("authorization", "code", "challenge"),
    [
        (None, "key_missing", "Bearer"),
        ("Basic YTpi", "key_missing", "Bearer"),
        ("Bearer ", "key_missing", "Bearer"),
        ("Bearer nexus_tic_other", "key_invalid", 'Bearer error="invalid_token"'),
        ("bearer a b", "key_invalid", 'Bearer error="invalid_token"'),
        ("Bearer " + "x" * 5_000, "key_invalid", 'Bearer error="invalid_token"'),
        ("Bearer ümläut", "key_invalid", 'Bearer error="invalid_token"'),
    ],
)
def test_who_has_no_good_key_is_refused_before_anything_is_read(
    client: TestClient, bus: KeyedBus, authorization: str | None, code: str, challenge: str
) -> None:
    headers = {"Authorization": authorization.encode("latin-1")} if authorization else {}
    for method, path in (
        ("POST", "/api/v1/programs"),
        ("POST", "/api/v1/files"),
        ("POST", "/api/v1/posts/p1/publish"),
        ("GET", "/api/v1/posts/p1"),
    ):
        reply = client.request(method, path, content=b"not json", headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (401, code)
        assert reply.headers["www-authenticate"] == challenge
    assert bus.asked == []


@pytest.mark.parametrize(
    ("scope", "path"),
    [(Scope.POSTS_WRITE, "programs"), (Scope.PROGRAMS_WRITE, "documents"), (Scope.DOCUMENTS_WRITE, "posts")],
)
def test_a_key_for_other_things_is_told_which_scope_it_lacks(scope: Scope, path: str) -> None:
    bus = KeyedBus(scope)
    client = TestClient(create_app(load_sectors()["tic"], bus, BASE), base_url=BASE)
    reply = client.post(f"/api/v1/{path}", content=b"", headers=KEYED)
    assert (reply.status_code, reply.json()["code"]) == (403, "scope_required")
    assert reply.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{path}:write"'
    assert bus.asked == []


def test_a_key_for_programs_uploads_no_file() -> None:
    client = TestClient(
        create_app(load_sectors()["tic"], KeyedBus(Scope.PROGRAMS_WRITE), BASE), base_url=BASE
    )
    assert client.post("/api/v1/files", content=b"x", headers=BYTES).json()["code"] == "scope_required"


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b"", "", "This is not JSON."),
        (b"\xff", "", "This is not JSON."),
        (b"[" * 100_000, "", "This is not JSON."),
        (b"[]", "", "This value is not right."),
        (b'{"title": {"fr": "a"}}', "kind", "It is needed."),
        (b'{"title": {}, "kind": "grant"}', "title", "Give a title in French or in English."),
        (
            b'{"title": {"fr": "a\\u0000"}, "kind": "grant"}',
            "title.fr",
            "Control characters are not allowed.",
        ),
        (b'{"title": {"fr": "a"}, "kind": "grant", "colour": 1}', "colour", "There is no such field."),
        (
            b'{"title": {"fr": "a"}, "kind": "grant", "source_url": "ftp://x"}',
            "source_url",
            "Give a web address that begins with https:// or http://.",
        ),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong_with_it(
    client: TestClient, bus: KeyedBus, body: bytes, field: str, reason: str
) -> None:
    reply = client.post("/api/v1/programs", content=body, headers=JSON)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input")
    assert reply.json()["errors"] == [{"field": field, "reason": reason}]
    assert bus.asked == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_type_of_body_is_refused(client: TestClient, kind: str) -> None:
    for path in ("programs", "files"):
        reply = client.post(f"/api/v1/{path}", content=b"{}", headers={**KEYED, "Content-Type": kind})
        assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "headers",
    [
        {"Idempotency-Key": ""},
        {"Idempotency-Key": "a b"},
        {"Idempotency-Key": '"'},
        {"Idempotency-Key": "x" * 256},
    ],
)
def test_an_idempotency_key_has_a_form(client: TestClient, headers: dict[str, str]) -> None:
    reply = client.post("/api/v1/programs", json=PROGRAM, headers=KEYED | headers)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("code", "status", "retry"),
    [("idempotency_key_reused", 422, None), ("idempotency_in_progress", 409, "1"), ("slug_taken", 409, None)],
)
def test_refusals_of_the_service_have_their_status(
    client: TestClient, bus: KeyedBus, code: str, status: int, retry: str | None
) -> None:
    bus.refusal = Conflict(code)
    reply = client.post("/api/v1/programs", json=PROGRAM, headers={**KEYED, "Idempotency-Key": "x"})
    assert (reply.status_code, reply.json()["code"], reply.headers.get("retry-after")) == (
        status,
        code,
        retry,
    )


def test_an_unknown_parameter_is_refused(client: TestClient, bus: KeyedBus) -> None:
    assert client.post("/api/v1/programs?publish=yes", json=PROGRAM, headers=KEYED).status_code == 400
    assert bus.asked == []


def test_a_file_is_sent_on_as_it_comes(client: TestClient, bus: KeyedBus) -> None:
    content = bytes(range(256)) * 4_000
    reply = client.post("/api/v1/files", content=pieces(content), headers=BYTES)
    assert (reply.status_code, reply.json()["size"]) == (201, len(content))
    assert b"".join(bus.parts) == content
    assert max(map(len, bus.parts)) <= PART // 4 * 3


def pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 70_000):
        yield content[start : start + 70_000]


def test_a_file_that_is_too_large_is_refused(client: TestClient, bus: KeyedBus) -> None:
    told = client.post("/api/v1/files", content=b"x" * (LARGEST_FILE + 1), headers=BYTES)
    assert (told.status_code, told.json()["code"], bus.parts) == (413, "file_too_large", [])
    untold = client.post("/api/v1/files", content=(bytes(1_000_000) for _ in range(51)), headers=BYTES)
    assert (untold.status_code, untold.json()["code"]) == (413, "file_too_large")


def test_a_content_that_is_too_large_is_refused(client: TestClient, bus: KeyedBus) -> None:
    assert client.post("/api/v1/programs", content=b" " * 1_000_001, headers=JSON).status_code == 413
    assert bus.asked == []


def test_a_key_has_a_limit_of_its_own_from_however_many_addresses(
    bus: KeyedBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In mid-minute, and it stays so: however slow the machine, no call comes after the minute of the first
    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: 1_800_000_030.0))
    app = create_app(load_sectors()["tic"], bus, BASE, rate_limit=3)
    told = [
        TestClient(app, client=(f"203.0.113.{n}", 1), base_url=BASE).get("/api/v1/posts/x", headers=KEYED)
        for n in range(4)
    ]
    assert [reply.status_code for reply in told] == [200, 200, 200, 429]
    assert (
        TestClient(app, client=("203.0.113.9", 1), base_url=BASE).get("/api/v1/programs").status_code == 200
    )


def test_the_description_says_who_needs_a_key(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    assert told["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    post = told["paths"]["/api/v1/programs"]["post"]
    assert post["security"] == [{"key": []}]
    assert post["requestBody"]["content"]["application/json"]["example"]["kind"] == "wage_subsidy"
    assert told["paths"]["/api/v1/programs/{ref}"]["get"]["security"] == [{}, {"key": []}]
    assert "security" not in told["paths"]["/api/v1/search"]["get"]


def test_the_page_for_developers_shows_how_to_write(client: TestClient) -> None:
    for path in ("/fr/developpeurs", "/en/developers"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert "Idempotency-Key" in page
        assert f"{BASE}/api/v1/programs/$ID/publish" in page
