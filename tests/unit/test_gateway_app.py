"""What a gateway does around its pages: it forgets, says how it is, and guards what it sends."""

import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from gateway.app import create_app
from gateway.sectors import load_sectors
from nexus.messages import Event
from services.content.contracts import LineText, ProgramPublished, ProgramRetired
from services.search.contracts import IndexChanged
from tests.support.contents import program
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import BASE, found, hit, page, site, whole_program

NEWS: list[Event | None] = [
    ProgramPublished(program=program()),
    ProgramRetired(id="p1", revision=2, title=LineText(fr="Aide")),
    IndexChanged(generation=2),
    None,
]


@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
def test_a_page_is_kept_until_something_changes_or_news_may_have_been_missed(news: Event | None):
    bus = FakeBus(whole_program())
    client = site(bus)
    for _ in range(3):
        client.get("/fr/programmes/aide-embauche")
    assert len(bus.asked) == 2  # the program, and what is near it
    bus.say(news)
    client.get("/fr/programmes/aide-embauche")
    assert len(bus.asked) == 4


def test_a_program_that_there_is_not_is_asked_for_once():
    bus = FakeBus()
    client = site(bus)
    assert [client.get("/fr/programmes/rien").status_code for _ in range(3)] == [404] * 3
    assert len(bus.asked) == 1


@pytest.mark.parametrize("path", ["/fr/", "/fr/programmes/aide-embauche"])
def test_a_page_that_lacks_something_for_now_is_not_kept(path: str):
    bus = FakeBus(whole_program(), found=found(hit(title="Une autre aide")))
    bus.similar = (hit(title="Une autre aide"),)
    bus.away.add("search")
    client = site(bus)
    lacking = client.get(path)
    assert (lacking.status_code, lacking.headers["cache-control"]) == (200, "no-store")
    bus.away.clear()
    assert "Une autre aide" in client.get(path).text


def test_a_page_or_a_problem_is_what_was_asked_for():
    client = site(FakeBus())
    kinds = [
        client.get("/fr/nulle-part", headers={"Accept": accept}).headers["content-type"]
        for accept in ("text/html", "application/json", "text/html", "*/*")
    ]
    assert [kind.split(";")[0] for kind in kinds] == [
        "text/html", "application/problem+json", "text/html", "text/html"
    ]  # fmt: skip


def test_a_page_that_cannot_be_made_now_says_when_to_come_back():
    bus = FakeBus()
    bus.away.add("search")
    reply = site(bus).get("/fr/recherche")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
    assert '<a class="button" href="">Réessayer</a>' in reply.text
    assert "Réessayer" not in page(bus, "/fr/programmes/rien", 404)


def test_whole_pages_serve_while_everything_is_away():
    bus = FakeBus(whole_program(), found=found(hit(title="Une aide")))
    client, paths = site(bus), ("/fr/", "/fr/recherche?q=aide", "/fr/programmes/aide-embauche")
    whole = [client.get(path).text for path in paths]
    bus.away |= {"search", "content"}
    bus.say(None)
    assert [client.get(path).text for path in paths] == whole


def test_three_sectors_in_one_process_keep_their_own_answers():
    bus = FakeBus()
    clients = {
        name: TestClient(
            create_app(sector, bus, f"https://{name}.example.org"), headers={"Accept": "text/html"}
        )
        for name, sector in load_sectors().items()
    }
    for name, client in clients.items():
        assert f'href="https://{name}.example.org/fr/"' in client.get("/fr/").text
        style = re.search(r'rel="stylesheet" href="([^"]+)"', client.get("/fr/nulle-part").text)
        assert style is not None
        reply = client.get(style[1])
        assert load_sectors()[name].colours.accent in reply.text
        assert "immutable" in reply.headers["cache-control"]
        assert "no-cache" not in reply.headers["cache-control"]
    assert list(dict.fromkeys(caller.sector for _, caller in bus.asked)) == list(clients)


def test_alive_and_ready_are_different_things():
    bus = FakeBus()
    client = site(bus)
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    bus.away.add("search")
    assert client.get("/healthz").status_code == 200
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["search"]) == (503, {"service": "service_away"})


def test_the_metrics_count_requests_by_route_and_answers_by_source():
    client = site(FakeBus(whole_program()))
    before = counted(client)
    for _ in range(3):
        client.get("/fr/programmes/aide-embauche")
    grown = counted(client) - before
    assert grown[("nexus_cache_answers_total", "tic", "cache")] == 2
    assert grown[("nexus_cache_answers_total", "tic", "made")] == 1
    assert grown[("nexus_http_request_seconds_count", "tic", "/fr/programmes/{slug}")] == 1


def counted(client: TestClient) -> Counter[tuple[str, str, str]]:
    """The samples of this gateway, added up by name, sector, and source or route."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = sample.labels
            if "sector" in labels and "le" not in labels:
                key = labels.get("source") or labels.get("route", "")
                counts[sample.name, labels["sector"], key] += int(sample.value)
    return counts


@pytest.mark.parametrize(
    "path", ["/fr/", "/fr/nulle-part", "/api/v1/search", "/healthz", "/static/site/site.css"]
)
def test_every_answer_guards_itself(path: str):
    headers = site(FakeBus()).get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize(("base_url", "promised"), [(BASE, True), ("http://127.0.0.1:8001", False)])
def test_only_a_site_on_https_promises_to_stay_there(base_url: str, promised: bool):
    client = TestClient(create_app(load_sectors()["tic"], FakeBus(), base_url))
    assert ("strict-transport-security" in client.get("/healthz").headers) is promised


@pytest.mark.parametrize(
    ("wanted", "home"), [("en-CA,en;q=0.9,fr;q=0.8", "/en/"), ("fr", "/fr/"), ("de", "/fr/"), ("", "/fr/")]
)
def test_the_root_leads_to_the_home_page_in_the_language_of_the_browser(wanted: str, home: str):
    reply = site(FakeBus()).get("/", headers={"Accept-Language": wanted})
    assert (reply.status_code, reply.headers["location"]) == (302, home)
    assert reply.headers["vary"] == "Accept-Language"


def test_search_engines_find_every_program_in_both_languages():
    many = [program(f"p{n}") for n in range(450)]
    client = site(FakeBus(whole_program().model_copy(update={"id": "whole"}), *many))
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text
    tree: Any = ElementTree.fromstring(client.get("/sitemap.xml").text)  # noqa: S314 - our own
    addresses = [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    programs = [one for one in addresses if one and ("/programmes/" in one or "/programs/" in one)]
    assert len(addresses) == len(set(addresses))
    assert len(programs) == 2 * 451
    assert f"{BASE}/en/programs/hiring-help" in addresses


@pytest.mark.parametrize("parent", ["00-" + "a" * 32 + "-" + "b" * 16 + "-01", "nonsense", "é", ""])
def test_any_trace_header_is_survived(parent: str):
    reply = site(FakeBus()).get("/healthz", headers=[("traceparent", parent.encode("latin-1"))])  # type: ignore[arg-type]
    assert reply.status_code == 200


def test_the_page_of_a_code_is_well_formed_and_in_its_language():
    text = page(FakeBus(), "/fr/problemes/program_retired")
    assert re.search(r"<h1>Ce programme n’est plus offert</h1>", text)
    assert f'hreflang="en-CA" href="{BASE}/en/problems/program_retired"' in text
