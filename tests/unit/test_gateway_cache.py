"""Public answers are kept until something changes, and never longer."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway import cache as module
from gateway.cache import ABOUT, Cache


class Site:
    """An application that counts how often it is asked, and can be made to wait."""

    def __init__(self, status: int = 200, body: bytes = b"hello") -> None:
        self.status, self.body, self.asked = status, body, 0
        self.go = asyncio.Event()
        self.go.set()
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        body = self.body
        await self.go.wait()
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        headers += self.headers
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def ask(
    cache: Cache, path: str = "/fr/", method: str = "GET", **headers: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    await cache(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_a_second_asker_is_answered_from_the_cache():
    site = Site()
    cache = Cache(site, "tic")

    async def twice() -> None:
        assert await ask(cache) == await ask(cache)

    run(twice())
    assert site.asked == 1


def test_after_a_change_the_answer_is_made_anew():
    site = Site()
    cache = Cache(site, "tic")

    async def change() -> None:
        await ask(cache)
        site.body = b"changed"
        cache.clear()
        assert (await ask(cache))[2] == b"changed"

    run(change())


def test_what_is_about_something_that_changed_is_made_anew_and_the_rest_is_kept():
    site = Site()
    cache = Cache(site, "tic")

    async def change() -> None:
        await ask(cache, "/fr/other")
        site.headers = [(ABOUT.encode(), b"activity a1")]
        headers = (await ask(cache))[1]
        assert ABOUT.encode() not in headers
        site.body = b"changed"
        cache.forget("activity a2")
        assert (await ask(cache))[2] == b"hello"
        cache.forget("activity a1")
        assert (await ask(cache))[2] == b"changed"
        assert (await ask(cache, "/fr/other"))[2] == b"hello"
        assert site.asked == 3
        site.body = b"again"
        cache.forget("activity a1")
        cache.clear()
        assert (await ask(cache))[2] == b"again"
        assert (await ask(cache))[2] == b"again"
        assert site.asked == 4

    run(change())


def test_what_was_being_made_when_its_subject_changed_is_not_kept():
    async def change() -> None:
        site = Site()
        site.headers = [(ABOUT.encode(), b"activity a1")]
        cache = Cache(site, "tic")
        site.go.clear()
        early = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        cache.forget("activity a1")
        site.body = b"changed"
        late = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        site.go.set()
        assert [(await one)[2] for one in (early, late)] == [b"hello", b"changed"]
        assert (await ask(cache))[2] == b"changed"

    run(change())


@pytest.mark.parametrize("status", [200, 503])
def test_while_a_service_is_away_the_last_whole_answer_serves(status: int):
    async def away() -> None:
        site = Site()
        cache = Cache(site, "tic")
        await ask(cache)
        cache.clear()
        site.status, site.body = status, b"lacking"
        site.headers = [(b"retry-after", b"5"), (b"cache-control", b"no-store")]
        assert (await ask(cache))[::2] == (200, b"hello")
        assert (await ask(cache, "/fr/never-asked"))[::2] == (status, b"lacking")
        site.status, site.body, site.headers = 200, b"changed", []
        assert (await ask(cache))[2] == b"changed"

    run(away())


def test_an_answer_of_the_day_before_yesterday_serves_no_more(monkeypatch: pytest.MonkeyPatch):
    async def away() -> None:
        site, today = Site(), module._day()
        cache = Cache(site, "tic")
        await ask(cache)
        site.status, site.headers = 503, [(b"retry-after", b"5")]
        monkeypatch.setattr(module, "_day", lambda: today + 1)
        assert (await ask(cache))[0] == 200
        monkeypatch.setattr(module, "_day", lambda: today + 2)
        assert (await ask(cache))[0] == 503

    run(away())


@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_refusal_or_a_fault_is_told_as_it_is(status: int):
    async def refused() -> None:
        site = Site()
        cache = Cache(site, "tic")
        await ask(cache)
        cache.clear()
        site.status, site.headers = status, [(b"retry-after", b"5")]
        assert (await ask(cache))[0] == status

    run(refused())


def test_an_answer_that_was_being_made_when_something_changed_is_not_kept():
    async def change() -> None:
        site = Site()
        cache = Cache(site, "tic")
        site.go.clear()
        asking = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        cache.clear()
        site.body = b"changed"
        site.go.set()
        assert (await asking)[2] == b"hello"
        assert (await ask(cache))[2] == b"changed"

    run(change())


def test_who_has_the_answer_already_is_told_so_without_a_body():
    async def again() -> None:
        cache = Cache(Site(), "tic")
        _, headers, _ = await ask(cache)
        status, _, body = await ask(cache, if_none_match=headers[b"etag"].decode())
        assert (status, body) == (304, b"")
        status, _, body = await ask(cache, if_none_match='"other"')
        assert (status, body) == (200, b"hello")

    run(again())


def test_head_has_the_headers_and_no_body():
    async def head() -> None:
        cache = Cache(Site(), "tic")
        status, headers, body = await ask(cache, method="HEAD")
        assert (status, headers[b"content-length"], body) == (200, b"5", b"")

    run(head())


@pytest.mark.parametrize("status", [404, 410])
def test_that_there_is_nothing_is_kept_too(status: int):
    site = Site(status)
    cache = Cache(site, "tic")
    run(ask(cache))
    run(ask(cache))
    assert site.asked == 1


@pytest.mark.parametrize(
    "header", [(b"cache-control", b"no-store"), (b"cache-control", b"private"), (b"set-cookie", b"a=b")]
)
def test_what_is_for_somebody_in_particular_is_neither_kept_nor_shared(header: tuple[bytes, bytes]):
    async def at_once() -> None:
        site = Site()
        site.headers.append(header)
        cache = Cache(site, "tic")
        site.go.clear()
        asking = [asyncio.create_task(ask(cache)) for _ in range(3)]
        await asyncio.sleep(0)
        site.go.set()
        replies = await asyncio.gather(*asking)
        assert site.asked == 3
        assert all(headers[header[0]] == header[1] for _, headers, _ in replies)

    run(at_once())


@pytest.mark.parametrize("status", [200, 503])
def test_those_who_ask_at_once_share_one_answer(status: int):
    async def at_once() -> None:
        site = Site(status)
        cache = Cache(site, "tic")
        site.go.clear()
        asking = [asyncio.create_task(ask(cache)) for _ in range(5)]
        await asyncio.sleep(0)
        site.go.set()
        assert {reply[0] for reply in await asyncio.gather(*asking)} == {status}
        assert site.asked == 1

    run(at_once())


def test_who_asks_after_a_change_does_not_get_the_answer_begun_before():
    async def change() -> None:
        site = Site()
        cache = Cache(site, "tic")
        site.go.clear()
        before = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        cache.clear()
        site.body = b"changed"
        after = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        site.go.set()
        assert [(await one)[2] for one in (before, after)] == [b"hello", b"changed"]

    run(change())


def test_when_the_first_asker_gives_up_the_others_still_get_an_answer():
    async def give_up() -> None:
        site = Site()
        cache = Cache(site, "tic")
        site.go.clear()
        first, second = (asyncio.create_task(ask(cache)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        site.go.set()
        assert (await second)[2] == b"hello"

    run(give_up())


def test_when_another_asker_gives_up_the_first_is_not_disturbed():
    async def give_up() -> None:
        site = Site()
        cache = Cache(site, "tic")
        site.go.clear()
        first, second = (asyncio.create_task(ask(cache)) for _ in range(2))
        await asyncio.sleep(0)
        second.cancel()
        site.go.set()
        assert (await first)[2] == b"hello"
        assert (await ask(cache))[2] == b"hello"
        assert site.asked == 1

    run(give_up())


def test_the_order_of_parameters_makes_no_other_answer_but_that_of_their_values_does():
    site = Site()
    cache = Cache(site, "tic")
    for query in ("q=a&lang=fr", "lang=fr&q=a", "kind=a&kind=b", "kind=b&kind=a"):
        run(ask(cache, f"/api/v1/search?{query}"))
    assert site.asked == 3


@pytest.mark.parametrize("status", [400, 500, 503])
def test_refusals_are_not_kept(status: int):
    site = Site(status)
    cache = Cache(site, "tic")
    run(ask(cache))
    run(ask(cache))
    assert site.asked == 2


def test_what_is_posted_and_how_the_process_is_are_never_kept():
    site = Site()
    cache = Cache(site, "tic")
    for path, method in (("/fr/", "POST"), ("/readyz", "GET"), ("/metrics", "GET")):
        run(ask(cache, path, method))
        run(ask(cache, path, method))
    assert site.asked == 6


def test_the_language_header_matters_where_the_address_names_no_language():
    site = Site()
    cache = Cache(site, "tic")

    async def both() -> None:
        await ask(cache, "/", accept_language="fr")
        await ask(cache, "/", accept_language="en")
        await ask(cache, "/fr/", accept_language="fr")
        await ask(cache, "/fr/", accept_language="en")

    run(both())
    assert site.asked == 3


def test_the_next_day_is_asked_anew(monkeypatch: pytest.MonkeyPatch):
    site = Site()
    cache = Cache(site, "tic")
    run(ask(cache))
    tomorrow = datetime.now(UTC).toordinal() + 2
    monkeypatch.setattr(module, "_day", lambda: tomorrow)
    run(ask(cache))
    assert site.asked == 2


def test_the_least_used_answers_leave_when_there_is_no_room():
    site = Site(body=b"x" * 1_000)
    cache = Cache(site, "tic", limit=5_000)

    async def fill() -> None:
        for number in range(4):
            await ask(cache, f"/fr/{number}")
            await ask(cache, "/fr/0")

    run(fill())
    assert site.asked == 4
    run(ask(cache, "/fr/1"))
    assert site.asked == 5


def test_a_very_long_answer_is_passed_on_as_it_comes():
    class Stream:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(30):
                await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    status, _, body = run(ask(Cache(Stream(), "tic")))
    assert (status, len(body)) == (200, 3_000_000)
