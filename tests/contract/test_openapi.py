"""The API keeps what its OpenAPI description promises, whatever is asked, without a key and with one."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from nexus.caller import Caller, Role, Scope
from services.people.contracts.keys import MakeKey
from tests.support.platforms import EmbeddedPlatform, RunningPlatform, fetch

READS = (
    "/api/v1/search",
    "/api/v1/suggest",
    "/api/v1/fitting",
    "/api/v1/documents",
    "/api/v1/documents/{ref}",
    "/api/v1/programs",
    "/api/v1/programs/{ref}",
    "/api/v1/meeting-types",
    "/api/v1/meeting-slots",
    "/api/v1/meetings/{token}",
    "/api/v1/meetings/{token}/waiting",
    "/api/v1/meetings/{token}/documents",
    "/api/v1/meetings/{token}/documents/{document}",
    "/api/v1/waiting/{token}",
    "/api/v1/open-data/programs.json",
    "/api/v1/open-data/programs.csv",
    "/api/v1/open-data/hsds/services.json",
)
POSTED = (
    "/api/v1/meetings",
    "/api/v1/meetings/{token}/move",
    "/api/v1/meetings/{token}/cancel",
    "/api/v1/meetings/{token}/waiting",
    "/api/v1/meetings/{token}/calendar",
    "/api/v1/waiting",
    "/api/v1/waiting/{token}/accept",
    "/api/v1/waiting/{token}/decline",
    "/api/v1/waiting/{token}/leave",
    "/api/v1/calendars/{token}/renew",
)
WITHOUT_PARAMETERS = (
    "/api/v1/meeting-types",
    "/api/v1/open-data/programs.json",
    "/api/v1/open-data/programs.csv",
)
WRITES = [
    (method, f"/api/v1/{plural}{path}")
    for plural in ("programs", "documents", "posts")
    for method, path in (
        ("POST", ""),
        ("PUT", "/{ref}"),
        ("POST", "/{ref}/publish"),
        ("POST", "/{ref}/retire"),
    )
]
OFFICE_READS = [
    ("GET", f"/api/v1/{path}")
    for path in (
        "agenda",
        "agenda/{id}",
        "agenda/{id}/documents",
        "agenda/{id}/documents/{document}",
        "advisors",
        "advisors/{id}/availability",
        "advisors/{id}/busy-calendar",
        "meeting-types/{id}",
        "companies",
        "companies/{id}",
        "cases",
        "cases/{id}",
        "referrals",
        "webhooks",
        "webhooks/{id}",
        "webhooks/{id}/deliveries",
        "goal",
        "goal/companies",
        "goal/meetings",
        "goal/cases",
    )
]
OFFICE_WRITES = [
    (method, f"/api/v1/{path}")
    for method, path in (
        ("POST", "agenda/{id}/move"),
        ("POST", "agenda/{id}/cancel"),
        ("POST", "agenda/{id}/outcome"),
        ("PUT", "advisors/{id}/availability"),
        ("POST", "advisors/{id}/availability/preview"),
        ("PUT", "advisors/{id}/busy-calendar"),
        ("POST", "meeting-types"),
        ("PUT", "meeting-types/{id}"),
        ("POST", "meeting-types/{id}/archive"),
        ("PUT", "companies/{id}"),
        ("POST", "companies/{id}/merge"),
        ("POST", "companies/{id}/part"),
        ("PUT", "cases/{id}/need"),
        ("POST", "cases/{id}/conversation"),
        ("PUT", "cases/{id}/plan"),
        ("POST", "cases/{id}/plan/send"),
        ("POST", "cases/{id}/plan/{entry}"),
        ("POST", "cases/{id}/tasks"),
        ("POST", "cases/{id}/tasks/{task}"),
        ("POST", "cases/{id}/assign"),
        ("POST", "cases/{id}/close"),
        ("POST", "cases/{id}/reopen"),
        ("POST", "cases/{id}/referrals"),
        ("POST", "referrals/{id}/answer"),
        ("POST", "webhooks"),
        ("PUT", "webhooks/{id}"),
        ("DELETE", "webhooks/{id}"),
        ("POST", "webhooks/{id}/pause"),
        ("POST", "webhooks/{id}/resume"),
        ("POST", "webhooks/{id}/rotate"),
        ("POST", "webhooks/{id}/test"),
        ("POST", "webhook-deliveries/{id}/send"),
    )
]
NOT_POSTED = [  # bytes, or nothing but an address
    ("POST", "/api/v1/meetings/{token}/documents"),
    ("DELETE", "/api/v1/meetings/{token}/documents/{document}"),
]
KEYED = [
    *WRITES,
    *OFFICE_READS,
    *OFFICE_WRITES,
    *(("GET", f"/api/v1/{plural}/{{ref}}") for plural in ("programs", "documents", "posts")),
]
RULED = (  # with rules that no schema says: one moment before the other, recurrences of RFC 5545, two that
    # differ, an address that is public
    "/api/v1/agenda",
    "/api/v1/advisors/{id}/availability",
    "/api/v1/advisors/{id}/availability/preview",
    "/api/v1/companies/{id}/merge",
    "/api/v1/webhooks",
    "/api/v1/webhooks/{id}",
)
FILES = ("POST", "/api/v1/files")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """One for these tests alone: what they publish would stand on pages that others look at."""
    running = EmbeddedPlatform(tmp_path_factory.mktemp("described"))
    running.start()
    running.import_samples()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def schema(platform: RunningPlatform):
    loaded = schemathesis.openapi.from_url(platform.url("tic", "/openapi.json"))
    acceptance = loaded.config.checks.positive_data_acceptance
    acceptance.expected_statuses = [
        *acceptance.expected_statuses,
        "412",
    ]  # no ETag that is made up is current
    return loaded


@pytest.fixture(scope="session")
def key(platform: RunningPlatform) -> dict[str, str]:
    admin = Caller(sector="tic", person="contract", roles=frozenset({Role.ADMIN}))
    made = platform.ask(MakeKey(name="Contract", scopes=frozenset(Scope)), admin)
    return {"Authorization": f"Bearer {made.secret}"}


ASKED = [
    (path, method, mode)
    for path, method in (*((path, "GET") for path in READS), *((path, "POST") for path in POSTED))
    for mode in MODES
    if mode is GenerationMode.POSITIVE or path not in WITHOUT_PARAMETERS  # nothing can be wrong in those
]


def ask(operation: Any, mode: GenerationMode, examples: int, **options: Any) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )  # the same cases in each run: a defect that chance finds belongs to who looks for it, not to the next change
    def asked(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = uuid4().hex  # one that comes with another body is refused
        case.call_and_validate(**options)

    asked()


@pytest.mark.parametrize(("path", "method", "mode"), ASKED)
def test_every_answer_is_described(schema, path: str, method: str, mode: GenerationMode):
    ask(schema[path][method], mode, 60)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        (method, path, mode)
        for method, path in KEYED
        for mode in MODES
        if mode is GenerationMode.NEGATIVE or path not in RULED
    ],
)
def test_every_answer_to_a_key_is_described(schema, key: dict[str, str], method: str, path: str, mode):
    ask(schema[path][method], mode, 15, headers=key)


@pytest.mark.parametrize(("method", "path"), NOT_POSTED)
def test_every_answer_about_a_document_of_a_meeting_is_described(schema, method: str, path: str):
    ask(schema[path][method], GenerationMode.POSITIVE, 15)


@pytest.mark.parametrize(("method", "path"), [*WRITES, *OFFICE_WRITES, FILES])
def test_nothing_is_written_without_a_key(schema, method: str, path: str):
    @given(case=schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def asked(case: Any) -> None:
        reply = case.call(headers={"Authorization": "Bearer nexus_tic_nobody"})
        assert reply.status_code == 401
        case.validate_response(reply)

    asked()


def test_whatever_file_is_sent_is_answered_as_described(schema, key: dict[str, str]):
    ask(schema[FILES[1]][FILES[0]], GenerationMode.POSITIVE, 15, headers=key)


def test_the_description_is_openapi_3_1_with_examples(platform: RunningPlatform):
    description = fetch(platform.url("tic", "/openapi.json")).json
    assert description["openapi"].startswith("3.1")
    told = {(method.upper(), path) for path, one in description["paths"].items() for method in one}
    assert told == {
        *(("GET", path) for path in READS),
        *(("POST", path) for path in POSTED),
        *KEYED,
        *NOT_POSTED,
        FILES,
    }
    assert description["components"]["schemas"]["SearchAnswer"]["examples"]
    for path in description["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["400"]["content"]
