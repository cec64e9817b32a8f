"""Whatever is sent, the answer is a 4xx problem with a code; never a 500. In both runtimes."""

import http.client
import json

import pytest

from tests.support.platforms import RunningPlatform

API = [
    "/api/v1/search?lang=de",
    "/api/v1/search?page=0",
    "/api/v1/search?page=many",
    "/api/v1/search?per_page=1000",
    "/api/v1/search?colour=red",
    "/api/v1/search?q=a%00b",
    "/api/v1/search?q=%1b%5b31m",
    "/api/v1/search?sort=price",
    "/api/v1/search?page=600&per_page=20",
    "/api/v1/search?page=90",
    "/api/v1/search?" + "&".join(f"theme=t{n}" for n in range(60)),
    "/api/v1/suggest?limit=0",
    "/api/v1/suggest?lang=FR",
    "/api/v1/programs?limit=-1",
    "/api/v1/programs?after=" + "x" * 300,
    "/api/v1/programs/nothing-like-this",
    "/api/v1/programs/%00",
    "/api/v1/nothing",
]


@pytest.mark.parametrize("path", API)
def test_a_bad_request_is_refused_with_a_code(running: RunningPlatform, path: str):
    reply = send(running, "GET", path)
    assert 400 <= reply.status < 500, (reply.status, reply.body)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["code"]
    assert reply.json["status"] == reply.status


@pytest.mark.parametrize(
    "path", ["/fr/recherche?page=0", "/fr/nulle-part", "/en/programs/nothing", "/fr/recherche?q=%00"]
)
def test_a_bad_page_address_is_refused_with_a_page(running: RunningPlatform, path: str):
    reply = send(running, "GET", path, {"Accept": "text/html"})
    assert 400 <= reply.status < 500
    assert reply.headers["content-type"].startswith("text/html")
    assert "<h1" in reply.text


def test_a_query_of_ten_thousand_characters_is_refused(running: RunningPlatform):
    reply = send(running, "GET", "/api/v1/search?q=" + "a" * 10_000)
    assert (reply.status, reply.json["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_an_unknown_method_is_refused(running: RunningPlatform, method: str):
    reply = send(running, method, "/api/v1/search")
    assert (reply.status, reply.json["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("body", [b"{broken", b"\xff\xfe", b"[" * 10_000])
def test_a_broken_body_is_refused(running: RunningPlatform, body: bytes):
    reply = send(running, "POST", "/api/v1/programs", {"Content-Type": "application/json"}, body)
    assert 400 <= reply.status < 500


def test_a_body_of_ten_megabytes_is_refused_unread(running: RunningPlatform):
    reply = send(running, "POST", "/api/v1/programs", {"Content-Length": "10000000"}, b"x")
    assert (reply.status, reply.json["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "q",
    [
        '"',
        '"a',
        "a AND",
        "(",
        "title:x",
        "*",
        "~",
        "a~9",
        "\\",
        "[1 TO",
        "a^",
        "+-",
        "🙂",
        "a" * 500,
        "é" * 200,
        "_exists_:x",
    ],
)
def test_no_query_is_an_error_of_the_engine(running: RunningPlatform, q: str):
    assert running.search(q)["total"] >= 0


def send(running, method, path, headers=None, body=None):
    """A request as it is, without a library's corrections."""
    from tests.support.platforms import Reply

    connection = http.client.HTTPConnection("127.0.0.1", running.ports["tic"], timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def test_refusals_speak_the_language_asked_for(running: RunningPlatform):
    french = json.loads(send(running, "GET", "/api/v1/search?lang=fr&page=0").body)
    english = json.loads(send(running, "GET", "/api/v1/search?lang=en&page=0").body)
    assert french["title"] != english["title"]
    assert french["code"] == english["code"] == "invalid_input"
