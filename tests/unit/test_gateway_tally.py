"""What visitors open is counted, and nothing is known of them."""

import asyncio
from typing import Any

import pytest

from gateway.tally import Tally
from nexus.errors import DeadlineExceeded, Unavailable
from services.content.contracts.openings import CountOpenings
from services.search.contracts import CountSearches

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SHA = "a" * 64


class Bus:
    """Hears what is counted; `failure` is raised once, before."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.callers: list[Any] = []
        self.failure: Exception | None = None

    async def call(self, message: Any, caller: Any, **_: Any) -> None:
        failure, self.failure = self.failure, None
        if failure:
            raise failure
        self.heard.append(type(message).read(message.model_dump(mode="json")))
        self.callers.append(caller)


@pytest.fixture
def bus() -> Bus:
    return Bus()


async def ask(tally: Tally, address: str, method: str = "GET", **headers: str) -> None:
    path, _, query = address.partition("?")
    given = {"user_agent": FIREFOX} | headers
    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }

    async def nothing(*_: Any) -> Any:
        return None

    await tally(scope, nothing, nothing)


def counted(
    bus: Bus, *asked: Any, status: int = 200
) -> tuple[dict[Any, int], dict[str, int], dict[str, int]]:
    """Views, downloads and searches after `asked`: addresses, or pairs of one and its headers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def all_of_it() -> None:
        tally = Tally(app, "tic", bus, pause=60)  # type: ignore[arg-type]
        for one in asked:
            address, headers = one if isinstance(one, tuple) else (one, {})
            await ask(tally, address, **headers)
        await tally.flush()
        await tally.flush()

    asyncio.run(all_of_it())
    views, downloads, searches = {}, {}, {}
    for message in bus.heard:
        if isinstance(message, CountSearches):
            searches |= {one.q: one.count for one in message.items}
        elif isinstance(message, CountOpenings):
            views |= {(one.kind.value, one.ref, one.language): one.count for one in message.views}
            downloads |= {one.sha256: one.count for one in message.downloads}
    return views, downloads, searches


def test_pages_of_each_kind_and_language_are_counted_and_lists_are_not(bus: Bus):
    views, _, _ = counted(
        bus,
        *("/fr/programmes/priime", "/fr/programmes/priime", "/en/programs/priime", "/fr/blogue/un-billet"),
        *("/en/activities/fair", "/fr/boite-a-outils/guide", "/fr/pages/a-propos", "/fr/", "/fr/programmes"),
        *("/fr/boite-a-outils/guide/ouvrir", "/fr/blogue/", "/fr/blogue/%C3%A9", "/api/v1/programs/priime"),
    )
    assert views == {
        ("program", "priime", "fr"): 2,
        ("program", "priime", "en"): 1,
        ("post", "un-billet", "fr"): 1,
        ("activity", "fair", "en"): 1,
        ("document", "guide", "fr"): 1,
        ("page", "a-propos", "fr"): 1,
    }
    assert bus.callers[0].person == "anonymous"
    assert bus.callers[0].origin is None


def test_a_file_is_counted_once_however_a_viewer_reads_it_and_its_picture_is_not(bus: Bus):
    file = f"/files/{SHA}/guide.pdf"
    _, downloads, _ = counted(
        bus,
        file,
        (file, {"range": "bytes=0-"}),
        (file, {"range": "bytes=65536-131071"}),
        f"/files/{'b' * 64}/thumbnail.png",
        f"/files/{'c' * 64}",
    )
    assert downloads == {SHA: 2}


def test_words_that_are_searched_for_are_counted_before_they_are_filtered(bus: Bus):
    _, _, searches = counted(
        bus,
        "/fr/recherche?q=francisation%20%C3%A9t%C3%A9",
        "/fr/recherche?q=x&kind=grant",
        "/fr/recherche?q=",
    )
    assert searches == {"francisation été": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user_agent": "curl/8.5"},
        {"user_agent": ""},
        {"dnt": "1"},
        {"sec_gpc": "1"},
        {"sec_purpose": "prefetch;prerender"},
        {"method": "HEAD"},
    ],
)
def test_who_is_no_visitor_or_does_not_want_to_be_counted_is_not(bus: Bus, headers: dict[str, str]):
    assert counted(bus, ("/fr/programmes/priime", headers)) == ({}, {}, {})


@pytest.mark.parametrize("status", [301, 404, 410, 416, 500, 503])
def test_what_was_not_opened_is_not_counted(bus: Bus, status: int):
    assert counted(bus, "/fr/programmes/priime", status=status) == ({}, {}, {})


def test_who_has_the_page_already_opened_it_again(bus: Bus):
    assert counted(bus, "/fr/programmes/priime", status=304)[0] == {("program", "priime", "fr"): 1}


def test_counts_wait_for_a_service_that_is_away_and_none_is_told_twice(bus: Bus):
    bus.failure = Unavailable("service_away")
    assert counted(bus, "/fr/programmes/priime")[0] == {("program", "priime", "fr"): 1}
    bus.heard.clear()
    bus.failure = DeadlineExceeded()
    assert counted(bus, "/fr/programmes/priime")[0] == {}


def test_counts_are_told_a_moment_later_and_at_the_end(bus: Bus):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def shutdown() -> Any:
        return {"type": "lifespan.shutdown"}

    async def told() -> None:
        tally = Tally(app, "tic", bus, pause=0.01)  # type: ignore[arg-type]
        await ask(tally, "/fr/programmes/un")
        await asyncio.sleep(0.1)
        assert len(bus.heard) == 1
        late = Tally(app, "tic", bus, pause=60)  # type: ignore[arg-type]
        await ask(late, "/fr/programmes/deux")
        await late({"type": "lifespan"}, shutdown, shutdown)  # type: ignore[arg-type]
        assert len(bus.heard) == 2

    asyncio.run(told())
