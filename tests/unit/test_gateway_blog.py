"""Posts, feeds, activities, themes and pages of a sector, on a bus that answers what a test says."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.i18n import clock
from gateway.sectors import load_sectors
from services.content.contracts import Cover, LineText, MarkdownText, Post, Status, Theme
from services.search.contracts import EntryType, Hit, Search, SearchResults
from tests.support.articles import activity, post, site_page
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults

BASE = "https://tic.example.org"


def site(bus: FakeBus) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE)
    return TestClient(app, BASE, follow_redirects=False, headers={"Accept": "text/html"})


def page(bus: FakeBus, path: str, status: int = 200) -> str:
    reply = site(bus).get(path)
    assert reply.status_code == status, reply.text
    assert not html_faults(reply.text)
    return reply.text


def with_posts(*posts: Post) -> FakeBus:
    bus = FakeBus()
    bus.posts = posts
    return bus


def structured(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


def test_a_post_says_who_wrote_it_when_and_what():
    text = page(with_posts(post(date=date(2026, 12, 1))), "/fr/blogue/b1-fr")
    assert "Équipe NEXUS" in text
    assert "1er décembre 2026" in text
    assert "<h2>Un titre</h2>" in text
    assert "<strong>corps</strong>" in text
    assert '<meta property="og:type" content="article">' in text
    told = structured(text)
    assert (told["@type"], told["headline"], told["datePublished"]) == (
        "BlogPosting",
        "Chercher ici d’abord",
        "2026-12-01",
    )


def test_a_cover_is_shown_with_what_it_shows():
    cover = Cover(sha256="a" * 64, alt=LineText(fr="Deux collègues", en="Two colleagues"))
    assert f'src="/files/{"a" * 64}" alt="Two colleagues"' in page(
        with_posts(post(cover=cover)), "/en/blog/b1-en"
    )


def test_an_old_address_of_a_post_leads_to_the_one_it_has_now():
    reply = site(with_posts(post())).get("/fr/blogue/b1-en")
    assert (reply.status_code, reply.headers["location"]) == (301, f"{BASE}/fr/blogue/b1-fr")


@pytest.mark.parametrize("body", ["<script>alert(1)</script>", "[x](javascript:alert(1))"])
def test_a_post_brings_no_code_into_a_page_or_a_feed(body: str):
    bus = with_posts(post(body=MarkdownText(fr=body)))
    for path in ("/fr/blogue/b1-fr", "/fr/blogue/atom.xml"):
        text = site(bus).get(path).text
        assert "<script>alert" not in text
        assert 'href="javascript' not in text


def test_the_list_of_posts_has_pages():
    posts = [post(f"b{n}", fr=f"Billet {n}") for n in range(12)]
    first, second = (page(with_posts(*posts), f"/fr/blogue{more}") for more in ("", "?page=2"))
    assert "12 billets" in first
    assert 'href="/fr/blogue?page=2" rel="next"' in first
    assert "Billet 11" in second
    assert "Billet 11" not in first
    page(with_posts(*posts), "/fr/blogue?page=3", 404)


def test_the_list_of_posts_is_narrowed_by_theme():
    bus = with_posts(post("b1", fr="Francisation", themes=(Theme.FRANCIZATION,)), post("b2", fr="Embauche"))
    text = page(bus, "/fr/blogue?theme=francization")
    assert "/fr/blogue/b1-fr" in text
    assert "/fr/blogue/b2-fr" not in text


@pytest.mark.parametrize(
    "path", ["/fr/blogue?theme=rien", "/fr/blogue?page=0", "/en/blog/atom.xml?tag=a%00b"]
)
def test_a_wrong_parameter_is_refused_in_words(path: str):
    assert site(FakeBus()).get(path).status_code == 400


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
@pytest.mark.parametrize(("language", "folder"), [("fr", "blogue"), ("en", "blog")])
def test_a_feed_is_well_formed_and_tells_every_post(name: str, language: str, folder: str):
    bus = with_posts(
        post("b1", fr="Un & deux"), post("b2", body=MarkdownText(fr="[Lire](/fr/x)", en="[Read](/en/x)"))
    )
    reply = site(bus).get(f"/{language}/{folder}/{name}")
    feed = feedparser.parse(reply.content)
    assert not feed.bozo
    assert feed.version == {"atom.xml": "atom10", "rss.xml": "rss20"}[name]
    assert [entry.link for entry in feed.entries] == [
        f"{BASE}/{language}/{folder}/b{n}-{language}" for n in (1, 2)
    ]
    assert len({entry.id for entry in feed.entries}) == 2
    assert feed.feed.language.lower().startswith(language)
    if language == "fr":
        assert feed.entries[0].title == "Un & deux"
    if name == "atom.xml":
        assert f'href="{BASE}/{language}/x"' in feed.entries[1].content[0].value


def test_a_feed_of_a_theme_tells_its_posts_alone():
    bus = with_posts(post("b1", themes=(Theme.HIRING,)), post("b2"))
    feed = feedparser.parse(site(bus).get("/fr/blogue/atom.xml?theme=hiring").content)
    assert [entry.link for entry in feed.entries] == [f"{BASE}/fr/blogue/b1-fr"]


def test_a_feed_leaves_out_what_is_not_in_its_language():
    feed = feedparser.parse(site(with_posts(post(en=None))).get("/en/blog/rss.xml").content)
    assert not feed.entries


def test_pages_name_the_feed_of_what_they_show():
    text = page(FakeBus(), "/en/blog?theme=training")
    assert 'type="application/atom+xml" title="Atom" href="/en/blog/atom.xml?theme=training"' in text
    assert 'href="/fr/blogue/rss.xml"' in page(FakeBus(), "/fr/")


def test_a_preview_is_shown_to_nobody_else():
    bus = FakeBus()
    bus.previews["jeton"] = post(status=Status.DRAFT)
    reply = site(bus).get("/fr/apercu/jeton")
    assert "Aperçu d’un brouillon" in reply.text
    assert reply.headers["cache-control"] == "no-store"
    assert "noindex" in reply.headers["x-robots-tag"]
    assert '<meta name="robots" content="noindex, nofollow">' in reply.text
    assert "application/ld+json" not in reply.text
    assert "canonical" not in reply.text


def test_a_preview_of_what_is_public_by_now_leads_there():
    bus = FakeBus()
    bus.previews["jeton"] = post()
    assert site(bus).get("/en/preview/jeton").headers["location"] == f"{BASE}/en/blog/b1-en"


def test_a_wrong_preview_is_refused_in_words():
    assert "Ce lien d’aperçu n’est pas valide" in page(FakeBus(), "/fr/apercu/rien", 404)


def test_activities_are_announced_with_day_hour_and_place():
    bus = FakeBus()
    starts = (datetime.now(UTC) + timedelta(days=30)).replace(hour=18, minute=30)
    bus.activities = (
        activity(starts_at=starts, ends_at=starts + timedelta(hours=1), place=LineText(fr="Salle A")),
    )
    assert "Forum de l’emploi" in page(bus, "/fr/activites")
    text = page(bus, "/fr/activites/a1-fr")
    assert "Salle A" in text
    told = structured(text)
    assert (told["@type"], told["location"]) == ("Event", [{"@type": "Place", "name": "Salle A"}])
    assert datetime.fromisoformat(str(told["startDate"])) == starts


def test_a_start_that_carries_microseconds_is_written_to_the_second():
    """HTML takes at most three digits of a second; a program that writes through the API may send six."""
    starts = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=279_292)
    bus = FakeBus()
    bus.activities = (activity(starts_at=starts, ends_at=starts + timedelta(hours=1)),)
    written = re.findall(r'<time datetime="([^"]+)"', page(bus, "/fr/activites"))
    assert [datetime.fromisoformat(one) for one in written] == [starts.replace(microsecond=0)]


def test_without_activities_the_page_says_so_and_whom_to_ask():
    text = page(FakeBus(), "/en/activities")
    assert "No activity is announced for now" in text
    assert "TECHNOCompétences" in text


def test_a_cancelled_activity_says_so_to_people_and_programs():
    bus = FakeBus()
    bus.activities = (activity(cancelled=True, days=4000),)
    text = page(bus, "/fr/activites/a1-fr")
    assert "Cette activité est annulée" in text
    assert structured(text)["eventStatus"] == "https://schema.org/EventCancelled"


def hit(kind: EntryType, n: int) -> Hit:
    told = {"title": f"{kind} {n}", "lead": "", "snippet": "", "score": 1, "text_lang": "fr"}
    return Hit.model_validate({"type": kind, "id": f"{kind}{n}", "slug": f"{kind}-{n}", **told})


def test_the_page_of_a_theme_gathers_what_there_is_by_kind():
    found = tuple(hit(kind, n) for kind in ("post", "program", "activity") for n in range(8))
    bus = FakeBus(found=SearchResults(total=24, page=1, per_page=100, items=found, facets={}))
    text = page(bus, "/fr/besoins/embaucher")
    assert re.findall(r'<h2 id="(\w+)s">', text) == ["program", "post", "activity"]
    assert "/fr/programmes/program-5" in text
    assert "/fr/programmes/program-6" not in text
    assert "/fr/blogue/post-0" in text
    assert "/fr/activites/activity-0" in text
    assert bus.asked[0][0] == Search(theme=("hiring",), per_page=100)


def test_the_page_of_a_theme_stands_without_the_search_service():
    bus = FakeBus()
    bus.away.add("search")
    assert "<h1>Hire</h1>" in page(bus, "/en/needs/hire")
    assert site(bus).get("/en/needs/hire").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("away", [set(), {"search"}])
def test_an_activity_leads_to_what_is_near_it_and_stands_without_the_search_service(away: set[str]):
    bus = FakeBus()
    bus.activities, bus.similar, bus.away = (activity(),), (hit("document", 1),), away
    assert ("/fr/boite-a-outils/document-1" in page(bus, "/fr/activites/a1-fr")) == (not away)


@pytest.mark.parametrize(
    ("hour", "minute", "fr", "en"),
    [(9, 0, "9\xa0h", "9:00\u202fa.m."), (14, 30, "14\xa0h\xa030", "2:30\u202fp.m.")],
)
def test_hours_are_written_as_each_language_writes_them(hour: int, minute: int, fr: str, en: str):
    moment = datetime(2026, 12, 10, hour, minute, tzinfo=UTC)
    assert (clock(moment, "fr"), clock(moment, "en")) == (fr, en)


def test_the_home_page_stands_without_the_content_service():
    bus = FakeBus()
    bus.away.add("content")
    reply = site(bus).get("/fr/")
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert "Aucune activité" not in reply.text


def test_the_home_page_shows_the_latest_posts_and_the_next_activities():
    bus = with_posts(post())
    bus.activities = (activity(days=4000),)
    text = page(bus, "/fr/")
    assert "/fr/blogue/b1-fr" in text
    assert "/fr/activites/a1-fr" in text


def test_pages_that_editors_write_are_shown():
    bus = FakeBus()
    bus.pages = (site_page("about", "À propos", "About"),)
    assert "<h2>Good</h2>" in page(bus, "/en/pages/about-en")
    assert "Cette page n’existe pas" in page(bus, "/fr/pages/rien", 404)


def test_partners_are_named_with_their_part():
    assert "TECHNOCompétences" in page(FakeBus(), "/fr/partenaires")


def test_what_was_withdrawn_is_gone():
    bus = with_posts(post(status=Status.RETIRED))
    assert "Ce billet a été retiré" in page(bus, "/fr/blogue/b1-fr", 410)


def test_every_page_is_in_the_sitemap_in_both_languages():
    bus = with_posts(post())
    bus.activities, bus.pages = (activity(days=4000),), (site_page("about", "À propos", "About"),)
    text = site(bus).get("/sitemap.xml").text
    for path in (
        "/fr/blogue",
        "/fr/blogue/b1-fr",
        "/en/blog/b1-en",
        "/en/activities/a1-en",
        "/en/pages/about-en",
        "/fr/besoins/franciser",
        "/en/partners",
    ):
        assert f"<loc>{BASE}{path}</loc>" in text
