"""The API of a sector: what it answers, and how it refuses."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from gateway import problems
from gateway.app import create_app
from gateway.edge import LARGEST_BODY, Edge
from gateway.refusals import REFUSALS
from gateway.sectors import load_sectors
from nexus.errors import Conflict, DeadlineExceeded, Forbidden, InvalidInput, Unavailable
from services.content.contracts import GetProgram, ListPrograms
from services.search.contracts import Search
from tests.support.contents import program
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import BASE, found, hit, whole_program


def api(bus: FakeBus | None = None) -> TestClient:
    app = create_app(load_sectors()["tic"], bus or FakeBus(), BASE)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def test_a_search_is_answered_with_addresses_of_pages():
    bus = FakeBus(found=found(hit(slug="aide", title="Aide")))
    told = api(bus).get("/api/v1/search?q=%20aide%20&theme=hiring&theme=training&lang=en&per_page=5").json()
    assert (told["total"], told["page"], told["suggestion"]) == (1, 1, None)
    assert told["items"][0]["url"] == f"{BASE}/en/programs/aide"
    query = Search(q="aide", lang="en", theme=("hiring", "training"), per_page=5)
    assert bus.asked[0][0] == query
    assert (bus.asked[0][1].sector, bus.asked[0][1].language) == ("tic", "en")


def test_programs_come_a_part_at_a_time():
    bus = FakeBus(*(program(f"p{n}") for n in range(3)))
    first = api(bus).get("/api/v1/programs?limit=2").json()
    rest = api(bus).get(f"/api/v1/programs?limit=2&after={first['next']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == ["p0", "p1", "p2"]
    assert rest["next"] is None
    assert bus.asked[-1][0] == ListPrograms(after="p1", limit=2)


@pytest.mark.parametrize("slug", ["aide-embauche", "hiring-help"])
def test_a_program_is_found_by_its_slug_in_either_language(slug: str):
    told = api(FakeBus(whole_program())).get(f"/api/v1/programs/{slug}").json()
    assert told["url"] == {
        "fr": f"{BASE}/fr/programmes/aide-embauche",
        "en": f"{BASE}/en/programs/hiring-help",
    }
    assert told["content"]["amount"] == {"fr": "70 %", "en": "70%"}


def test_another_name_of_a_program_leads_to_the_current_one_and_is_asked_again_each_time():
    reply = api(FakeBus(whole_program())).get("/api/v1/programs/p1")
    assert (reply.status_code, reply.headers["location"]) == (308, f"{BASE}/api/v1/programs/aide-embauche")
    assert reply.headers["cache-control"] == "no-cache", "a slug may be given back to what had it before"


def test_who_has_an_answer_is_not_sent_it_again():
    client = api(FakeBus(whole_program()))
    first = client.get("/api/v1/programs/hiring-help")
    again = client.get("/api/v1/programs/hiring-help", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.parametrize(
    ("path", "field", "reason"),
    [
        ("/search?colour=red", "colour", "There is no such parameter."),
        ("/search?lang=de", "lang", "One of these is expected: 'fr', 'en'."),
        ("/search?page=many", "page", "A whole number is expected."),
        ("/search?page=0", "page", "It must be 1 or more."),
        ("/search?per_page=101", "per_page", "It must be 100 or less."),
        ("/search?q=a%00b", "q", "Control characters are not allowed."),
        ("/search?q=%0Ca", "q", "Control characters are not allowed."),
        ("/search?q=" + "a" * 501, "q", "At most 500 characters."),
        ("/search?q=" + "%20" * 501, "q", "At most 500 characters."),
        ("/search?kind=", "kind.0", "It must not be empty."),
        ("/search?" + "&".join(["kind=grant"] * 51), "kind", "At most 50 values."),
        ("/suggest?limit=21", "limit", "It must be 20 or less."),
        ("/programs?limit=0", "limit", "It must be 1 or more."),
        ("/programs/priime?sort=date", "sort", "There is no such parameter."),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_wrong(path: str, field: str, reason: str):
    reply = api().get(f"/api/v1{path}", headers={"Accept-Language": "en"})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input")
    assert reply.json()["errors"] == [{"field": field, "reason": reason}]


def test_refusals_are_in_the_language_of_the_request_down_to_the_fields():
    told = api().get("/api/v1/search?lang=fr&page=0", headers={"Accept-Language": "en"}).json()
    assert told["title"] == "La requête n’est pas correcte"
    assert told["errors"][0]["reason"] == "La valeur doit être d’au moins 1."


@pytest.mark.parametrize(
    ("failure", "status", "code", "told"),
    [
        (InvalidInput("invalid_message", errors=[{"field": "q", "reason": "x"}]), 400, "invalid_message", ""),
        (Forbidden("sector_not_proven"), 403, "sector_not_proven", "forbidden"),
        (Conflict("slug_taken"), 409, "slug_taken", "conflict"),
        (Unavailable("search_unavailable"), 503, "search_unavailable", "unavailable"),
        (DeadlineExceeded(), 504, "deadline_exceeded", ""),
    ],
)  # fmt: skip
def test_a_refusal_of_a_service_keeps_its_code_and_is_explained(failure, status: int, code: str, told: str):
    bus = FakeBus()
    bus.failure = failure
    reply = api(bus).get("/api/v1/search")
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.json()["type"] == f"{BASE}/problems/{told or code}"
    assert ("retry-after" in reply.headers) is (status >= 503)


@pytest.mark.parametrize("path", ["/api/v1/search", "/fr/recherche"])
def test_a_defect_is_answered_logged_and_not_told(path: str):
    bus = FakeBus()
    bus.failure = RuntimeError("secret")
    with capture_logs() as logged:
        reply = api(bus).get(path, headers={"Accept": "text/html"})
    assert reply.status_code == 500
    assert "internal_error" in reply.text
    assert "secret" not in reply.text
    assert "content-security-policy" in reply.headers
    assert logged[0]["event"] == "request_failed"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_refused_with_the_right_one(method: str):
    reply = api().request(method, "/api/v1/search")
    assert (reply.status_code, reply.json()["code"], reply.headers["allow"]) == (
        405,
        "method_not_allowed",
        "GET",
    )


def test_a_body_that_is_too_long_is_refused_by_its_length():
    reply = api().post("/api/v1/search", content=b"x" * (LARGEST_BODY + 1), headers={"Accept-Language": "fr"})
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    assert reply.json()["title"] == "La requête est trop volumineuse"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_body_of_unknown_length_is_refused_while_it_comes():
    app = FastAPI(max_body_size=LARGEST_BODY)

    @app.post("/api/v1/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    problems.install(app, BASE, lambda *_: pytest.fail("a page"))
    client = TestClient(Edge(app, "tic", BASE))
    assert client.post("/api/v1/echo", content=parts(10)).json() == 100_000
    reply = client.post("/api/v1/echo", content=parts(1_000))
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


def parts(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield b"x" * 10_000


@pytest.fixture(scope="module")
def one_api() -> TestClient:
    """For tests that ask it hundreds of things: each start takes a third of a second."""
    return api()


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize(("language", "path"), [("fr", "/fr/problemes"), ("en", "/en/problems")])
def test_each_code_is_explained_in_both_languages(one_api: TestClient, code: str, language: str, path: str):
    client = one_api
    reply = client.get(f"/problems/{code}", headers={"Accept-Language": language})
    assert (reply.status_code, reply.headers["location"]) == (302, f"{path}/{code}")
    page = client.get(reply.headers["location"])
    assert page.status_code == 200
    assert f"<code>{code}</code>" in page.text


def test_a_code_that_there_is_not_has_no_page():
    assert api().get("/problems/nonsense").status_code == 404
    assert api().get("/en/problems/nonsense").status_code == 404


def test_the_description_is_openapi_3_1_with_problems_and_examples():
    told = api().get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    operations: list[dict[str, Any]] = [one for path in told["paths"].values() for one in path.values()]
    assert len(operations) == 95
    for operation in operations:
        assert set(operation["responses"]) >= {"400", "503", "504"}
        assert {"200", "201", "202", "204"} & set(operation["responses"])
        assert "HTTPValidationError" not in str(operation)
        for status, response in operation["responses"].items():
            if status >= "400":
                model = "StaleProblem" if status == "412" else "Problem"
                assert response["content"] == {
                    "application/problem+json": {"schema": {"$ref": f"#/components/schemas/{model}"}}
                }
    assert told["components"]["schemas"]["Problem"]["examples"]
    assert "HTTPValidationError" not in told["components"]["schemas"]


def test_a_program_is_asked_for_by_what_stands_in_the_address():
    bus = FakeBus()
    assert api(bus).get("/api/v1/programs/a%00b").status_code == 404
    assert bus.asked[0][0] == GetProgram(ref="a\x00b")
