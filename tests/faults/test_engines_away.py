"""An engine goes away in the middle of an import and comes back: nothing is lost, and every process says so."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.test_kill import (
    assert_nothing_was_lost,
    end,
    import_again_until_unchanged,
    import_all,
    wait_for_first_results,
)
from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform, Reply, fetch
from tests.support.severed import Severable

_AWAY = 3.0  # seconds
_DATABASE_PATIENCE = 6.0  # seconds after which a service says that its database is away, and a little more
_CHECKED_AS = {"rabbitmq": "broker", "mongodb": "database", "elasticsearch": "search_engine"}


@pytest.fixture
def ways(broker: Broker, mongodb_url: str, elasticsearch_url: str) -> Iterator[dict[str, Severable]]:
    urls = {"rabbitmq": broker.make_vhost(), "elasticsearch": elasticsearch_url}
    urls["mongodb"] = f"{mongodb_url.rstrip('/')}/?directConnection=true"  # or the driver finds its own way
    made = {name: Severable(url) for name, url in urls.items()}
    yield made
    for way in made.values():
        way.cut()


@pytest.fixture
def platform(tmp_path: Path, ways: dict[str, Severable]) -> Iterator[DistributedPlatform]:
    running = DistributedPlatform(
        tmp_path, ways["rabbitmq"].url, ways["mongodb"].url, ways["elasticsearch"].url
    )
    running.start()
    yield running
    running.stop()


def wait_until_search_is_not_ready(platform: DistributedPlatform, because_of: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        told = fetch(platform.url("search", "/readyz"))
        if told.status == 503 and told.json["engines"][because_of]:
            return
        assert time.monotonic() < deadline, f"{told.status}: {told.text}"
        time.sleep(0.1)


@pytest.mark.parametrize("engine", _CHECKED_AS)
def test_an_engine_that_was_away_for_a_while_has_lost_nothing(
    platform: DistributedPlatform, ways: dict[str, Severable], real_programs: Path, engine: str
) -> None:
    importing = import_all(platform, real_programs)
    wait_for_first_results(platform, importing)
    ways[engine].cut()
    wait_until_search_is_not_ready(platform, because_of=_CHECKED_AS[engine])
    time.sleep(_AWAY)
    ways[engine].mend()
    end(importing)
    platform.wait_ready(*(platform.url(name, "/readyz") for name in ("content", "search", "tic")))
    import_again_until_unchanged(platform, real_programs)
    assert_nothing_was_lost(platform)


def test_a_service_whose_answer_finds_no_broker_goes_on(
    platform: DistributedPlatform, ways: dict[str, Severable]
) -> None:
    ways["mongodb"].cut()  # the service waits for its database, and answers some seconds later
    with ThreadPoolExecutor() as pool:
        # The first answer is taken by the dead connection, the second one meets its end.
        for sector in ("tic", "svts", "aero"):
            pool.submit(fetch, platform.url(sector, "/api/v1/programs"))
            time.sleep(0.5)
        ways["rabbitmq"].cut()
    time.sleep(_DATABASE_PATIENCE)
    for engine in ("mongodb", "rabbitmq"):
        ways[engine].mend()
    platform.wait_ready(*(platform.url(name, "/readyz") for name in ("content", "search", "tic")))
    assert fetch(platform.url("tic", "/api/v1/programs")).status == 200


def test_the_site_serves_what_it_has_while_an_engine_is_away(
    platform: DistributedPlatform, ways: dict[str, Severable]
) -> None:
    platform.import_samples()
    unseen = {
        "elasticsearch": "/fr/recherche?q=mentorat",
        "mongodb": "/fr/programmes/priime?seen=never",
        "rabbitmq": "/fr/programmes/priime?seen=not+yet",
    }
    for engine, path in unseen.items():
        seen = shown(platform)
        ways[engine].cut()
        time.sleep(_AWAY)
        assert shown(platform) == seen
        told = page(platform, path)
        assert (told.status, told.headers.get("retry-after")) == (503, "5")
        assert "<h1>" in told.text
        ways[engine].mend()
        platform.wait_ready(*(platform.url(name, "/readyz") for name in ("content", "search", "tic")))
        assert page(platform, path).status == 200


def shown(platform: DistributedPlatform) -> dict[str, tuple[int, int]]:
    """The status of some pages, and how many programs they show."""
    pages = {one: page(platform, one) for one in ("/fr/", "/fr/recherche?q=salaire", "/en/programs/priime")}
    return {one: (told.status, told.text.count("card-title")) for one, told in pages.items()}


def page(platform: DistributedPlatform, path: str) -> Reply:
    return fetch(platform.url("tic", path), Accept="text/html")
