"""The toolbox on the sites, on a bus that answers what a test says."""

import json
import re
from datetime import date

import pytest

from services.content.contracts.documents import DocumentVersion, FileFacts, Files, NamedFile
from services.search.contracts import FacetCount, Search
from tests.support.documents import ENGLISH, FRENCH, PICTURE, document, stored
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_api import api
from tests.unit.test_gateway_pages import BASE, found, hit, page, site


def bus(**fields: object) -> FakeBus:
    made = FakeBus()
    made.documents = (document(**fields),)  # type: ignore[arg-type]
    return made


def test_the_page_of_a_document_tells_what_it_is_and_how_to_have_it():
    text = page(bus(), "/fr/boite-a-outils/guide-accueil")
    for words in ("Guide d’accueil", "Les dix premiers jours.", "Chefs d’équipe", "2.1", "1er décembre 2026"):
        assert words in text
    assert "Français · PDF · 1,2\xa0Mo · 12 pages" in text
    assert "Anglais · PDF · 350\xa0ko · 1 page<" in text
    assert f'href="/files/{FRENCH}/Guide%20d%E2%80%99%C3%A9t%C3%A9.pdf"' in text
    assert f'href="/files/{ENGLISH}/guide.pdf?download=1"' in text
    assert f'<img class="thumbnail" src="/files/{PICTURE}/thumbnail.png" alt=""' in text
    assert f'hreflang="en-CA" href="{BASE}/en/toolbox/welcome-guide"' in text


def test_readers_of_english_see_the_english_file_first():
    text = page(bus(), "/en/toolbox/welcome-guide")
    assert text.index(ENGLISH) < text.index(FRENCH)
    assert "December 1, 2026" in text


def test_a_document_describes_itself_to_search_engines():
    text = page(bus(), "/en/toolbox/welcome-guide")
    told = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)[0])
    assert (told["@type"], told["inLanguage"]) == ("DigitalDocument", ["en", "fr"])
    assert told["encoding"][0]["contentUrl"] == f"{BASE}/files/{ENGLISH}/guide.pdf"


@pytest.mark.parametrize(
    ("reading", "words"),
    [("encrypted", "mot de passe"), ("damaged", "endommagé"), ("too_slow", "trop de temps")],
)
def test_a_file_that_could_not_be_read_says_so(reading: str, words: str):
    facts = FileFacts(fr=stored(reading=reading), en=stored(ENGLISH))  # type: ignore[arg-type]
    assert words in page(bus(facts=facts), "/fr/boite-a-outils/guide-accueil")
    assert words not in page(bus(), "/fr/boite-a-outils/guide-accueil")


def test_older_versions_can_be_had():
    spoken = bus()
    files = Files(fr=NamedFile(sha256="e" * 64, name="vieux.pdf"))
    spoken.earlier = (DocumentVersion(revision=1, version="1.0", date=date(2025, 1, 1), files=files),)
    text = page(spoken, "/fr/boite-a-outils/guide-accueil")
    assert "1 version plus ancienne" in text
    assert f"/files/{'e' * 64}/vieux.pdf?download=1" in text


def test_an_address_of_the_other_language_leads_to_the_page_in_this_one():
    reply = site(bus()).get("/fr/boite-a-outils/welcome-guide")
    assert (reply.status_code, reply.headers["location"]) == (301, f"{BASE}/fr/boite-a-outils/guide-accueil")


def test_a_document_that_is_unknown_or_retired_says_which():
    spoken = bus()
    assert "Ce document n’existe pas" in page(spoken, "/fr/boite-a-outils/rien", 404)
    spoken.retired = {"d1"}
    assert "n’est plus offert" in page(spoken, "/fr/boite-a-outils/guide-accueil", 410)
    assert api(spoken).get("/api/v1/documents/welcome-guide").json()["code"] == "document_retired"


def test_the_page_stands_without_the_search_service_and_is_not_kept():
    spoken = bus()
    spoken.away = {"search"}
    reply = site(spoken).get("/en/toolbox/welcome-guide")
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")


def test_a_result_leads_to_its_page_in_the_viewer():
    passage = hit(
        type="document", slug="guide-accueil", title="Guide", page=3, page_lang="fr", snippet="le stage"
    )
    text = page(FakeBus(found=found(passage)), "/fr/recherche?q=stage")
    assert 'href="/fr/boite-a-outils/guide-accueil/ouvrir?file=fr&amp;page=3"' in text
    assert "Ouvrir à la page 3" in text
    reply = site(bus()).get("/fr/boite-a-outils/guide-accueil/ouvrir?file=fr&page=3")
    assert reply.status_code == 302
    assert reply.headers["location"] == f"/files/{FRENCH}/Guide%20d%E2%80%99%C3%A9t%C3%A9.pdf#page=3"


def test_a_file_in_a_language_that_a_document_lacks_is_not_found():
    spoken = bus(files=Files(fr=NamedFile(sha256=FRENCH, name="a.pdf")))
    assert site(spoken).get("/en/toolbox/welcome-guide/open").status_code == 404


def test_each_kind_of_result_leads_to_its_own_page_and_says_what_it_is():
    kinds = {"document": "boite-a-outils", "program": "programmes", "post": "blogue", "activity": "activites"}
    hits = [hit(type=kind, id=kind, slug=kind, title=kind) for kind in kinds]
    text = page(FakeBus(found=found(*hits)), "/fr/recherche")
    for kind, folder in kinds.items():
        assert f'href="/fr/{folder}/{kind}"' in text
    assert '<span class="badge">Document</span>' in text


def test_the_list_asks_for_documents_alone_newest_first_by_theme():
    facets = {
        "theme": (FacetCount(value="hiring", count=2, selected=True), FacetCount(value="training", count=1))
    }
    spoken = FakeBus(found=found(hit(type="document", slug="guide"), facets=facets))
    text = page(spoken, "/en/toolbox?theme=hiring")
    assert spoken.asked[0][0] == Search(lang="en", type=("document",), theme=("hiring",), sort="date")
    assert 'href="/en/toolbox?theme=training"' in text
    assert "1 document<" in text


def test_the_list_tells_of_each_file_its_type_size_pages_and_date_with_its_first_page():
    spoken = bus()
    spoken.found = found(hit(type="document", id="d1", slug="guide-accueil", title="Guide"))
    text = page(spoken, "/fr/boite-a-outils")
    assert "PDF · 1,2\xa0Mo · 12 pages · <time" in text
    assert f'src="/files/{PICTURE}/thumbnail.png" alt=""' in text


@pytest.mark.parametrize("gone", ["retired", "away"])
def test_the_list_stands_without_what_it_cannot_ask_for_and_is_not_kept(gone: str):
    spoken = bus()
    spoken.found = found(hit(type="document", id="d1", slug="guide-accueil", title="Guide d’accueil"))
    setattr(spoken, gone, {"d1", "content"})
    reply = site(spoken).get("/fr/boite-a-outils")
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert "Guide d’accueil" in reply.text


def test_an_empty_toolbox_says_so():
    assert "Les premiers documents sont en préparation." in page(FakeBus(), "/fr/boite-a-outils")


def test_the_api_tells_where_the_files_are():
    told = api(bus()).get("/api/v1/documents/guide-accueil").json()
    assert told["files"]["en"] == {
        "url": f"{BASE}/files/{ENGLISH}/guide.pdf",
        "name": "guide.pdf",
        "sha256": ENGLISH,
        "size": 350_000,
        "media_type": "application/pdf",
        "pages": 1,
        "reading": "read",
    }
    assert told["url"]["en"] == f"{BASE}/en/toolbox/welcome-guide"
    assert api(bus()).get("/api/v1/documents").json()["total"] == 1
    assert api(bus()).get("/api/v1/documents/d1").status_code == 308


def test_the_sitemap_lists_documents():
    assert f"{BASE}/en/toolbox/welcome-guide" in site(bus()).get("/sitemap.xml").text
