"""The public pages of a sector, on a bus that answers what a test says."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from services.content.contracts import (
    Eligibility,
    Kind,
    LineText,
    MarkdownText,
    ParagraphText,
    Program,
    SlugText,
    Step,
    Theme,
)
from services.search.contracts import FacetCount, Hit, MoreLikeThis, Search, SearchResults
from tests.support.contents import content, program
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults

BASE = "https://tic.example.org"
HTML = {"Accept": "text/html"}
NBSP = "\xa0"


def whole_program(**fields: Any) -> Program:
    """A program with something in every field."""
    told = {
        "fr": "Aide à l’embauche",
        "en": "Hiring Help",
        "kind": Kind.WAGE_SUBSIDY,
        "promise": LineText(fr="Une partie du salaire", en="Part of the wage"),
        "summary": ParagraphText(fr="Vous embauchez.", en="You hire."),
        "description": MarkdownText(
            fr="# Le poste\n\nIl est **régulier**.", en="# The job\n\nIt is **regular**."
        ),
        "provider": LineText(fr="Services Québec", en="Services Québec"),
        "themes": (Theme.HIRING,),
        "amount": ParagraphText(fr="70 %", en="70%"),
        "eligibility": Eligibility(company_sizes=("5-24",), regions=("06",)),
        "steps": (Step(text=ParagraphText(fr="Appelez.", en="Call."), url="https://example.org/step"),),
        "languages": ("fr",),
        "source_url": "https://example.org/source",
        "source_checked": date(2026, 12, 1),
        **fields,
    }
    found = program("p1", **told)
    return found.model_copy(update={"slug": SlugText(fr="aide-embauche", en="hiring-help")})


def hit(**fields: Any) -> Hit:
    told = {
        "type": "program",
        "id": "p1",
        "slug": "aide",
        "text_lang": "fr",
        "title": "Aide",
        "lead": "",
        "score": 1,
    }
    return Hit(**{**told, "snippet": "", **fields})  # type: ignore[arg-type]


def found(*items: Hit, total: int | None = None, **fields: Any) -> SearchResults:
    counted = len(items) if total is None else total
    return SearchResults(
        **{"total": counted, "page": 1, "per_page": 20, "items": items, "facets": {}, **fields}
    )


def site(bus: FakeBus) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False, headers=HTML)


def page(bus: FakeBus, path: str, status: int = 200) -> str:
    """The text of a page, which is well formed."""
    reply = site(bus).get(path)
    assert reply.status_code == status, reply.text
    assert html_faults(reply.text) == []
    return reply.text


def test_the_home_page_shows_the_seven_needs_the_latest_programs_and_the_partners():
    bus = FakeBus(found=found(hit(title="Aide aux stages")))
    text = page(bus, "/fr/")
    assert len(set(re.findall(r"/fr/besoins/([\w-]+)", text))) == 7
    assert "Aide aux stages" in text
    assert "TECHNOCompétences" in text
    query, caller = bus.asked[0]
    assert isinstance(query, Search)
    assert (query.sort, caller.sector, caller.language) == ("date", "tic", "fr")


def test_the_home_page_stands_without_the_search_service():
    bus = FakeBus()
    bus.away.add("search")
    assert "What do you need?" in page(bus, "/en/")


@pytest.mark.parametrize(
    ("path", "language"), [("/fr/", "fr"), ("/en/search", "en"), ("/fr/nulle-part", "fr")]
)
def test_a_page_says_its_language(path: str, language: str):
    reply = site(FakeBus()).get(path)
    assert f'<html lang="{language}-CA">' in reply.text
    assert reply.headers["content-language"] == language


def test_every_parameter_of_a_search_reaches_the_service():
    bus = FakeBus()
    page(
        bus,
        "/en/search?q=wage&theme=hiring&theme=training&kind=grant&provider=mifi&language=fr&sort=date&utm_source=x",
    )
    assert bus.asked[0][0] == Search(
        q="wage",
        lang="en",
        theme=("hiring", "training"),
        kind=("grant",),
        provider=("mifi",),
        language=("fr",),
        sort="date",
    )


def test_results_show_what_the_service_marked_and_nothing_else_as_html():
    marked = hit(
        title="<i>Aide</i>",
        snippet="un <mark>salaire</mark> &lt;b&gt;",
        kind="wage_subsidy",
        themes=("hiring",),
    )
    text = page(FakeBus(found=found(marked)), "/fr/recherche?q=%3Cscript%3E")
    assert "un <mark>salaire</mark> &lt;b&gt;" in text
    assert "&lt;i&gt;Aide&lt;/i&gt;" in text
    assert "<script>" not in text
    assert '<span class="badge">Subvention salariale</span>' in text
    assert "<li>Embaucher</li>" in text


def test_a_result_in_the_other_language_says_so():
    text = page(FakeBus(found=found(hit(text_lang="fr"))), "/en/search")
    assert re.search(r'<a href="/en/programs/aide" lang="fr">', text)
    assert "Not translated yet: shown in French." in text


def test_the_total_is_announced():
    text = page(FakeBus(found=found(total=2)), "/fr/recherche?q=aide")
    assert re.search(rf'role="status">\s*2 résultats pour «{NBSP}aide{NBSP}»\s*</p>', text)


def test_filters_can_be_removed_one_by_one_or_all_at_once():
    counts = (
        FacetCount(value="hiring", count=3, selected=True),
        FacetCount(value="training", count=0, selected=True),
    )
    text = page(
        FakeBus(found=found(hit(), facets={"theme": counts})),
        "/fr/recherche?q=a&theme=hiring&theme=training&page=1",
    )
    assert 'href="/fr/recherche?q=a&amp;theme=training">Embaucher' in text
    assert 'href="/fr/recherche?q=a&amp;theme=hiring">Former' in text
    assert 'href="/fr/recherche?q=a">Retirer tous les filtres' in text
    assert text.count(" checked>") == 2


def test_a_filter_keeps_the_words_and_the_order():
    counts = tuple(FacetCount(value=kind.value, count=1) for kind in Kind)
    text = page(FakeBus(found=found(hit(), facets={"kind": counts})), "/fr/recherche?q=stage&sort=date")
    assert '<input type="hidden" name="q" value="stage">' in text
    assert '<input type="hidden" name="sort" value="date">' in text
    assert "Plus de choix" in text


def test_a_long_list_has_stable_pages_and_stops_where_paging_stops():
    text = page(FakeBus(found=found(hit(), total=90_000, page=3)), "/fr/recherche?page=3")
    assert '<link rel="prev" href="/fr/recherche?page=2">' in text
    assert '<link rel="next" href="/fr/recherche?page=4">' in text
    assert 'href="/fr/recherche?page=500"' in text
    assert "page=501" not in text
    assert re.search(r'href="/fr/recherche\?page=3" aria-current="page"', text)


def test_a_correction_is_offered_with_the_filters_kept():
    text = page(FakeBus(found=found(suggestion="francisation")), "/fr/recherche?q=francisatoin&theme=hiring")
    assert (
        'Vouliez-vous dire <a href="/fr/recherche?q=francisation&amp;theme=hiring">francisation</a>' in text
    )


def test_an_empty_result_gives_advice_and_the_needs():
    text = page(FakeBus(), "/fr/recherche?q=xylophone")
    assert "Aucun résultat" in text
    assert "/fr/besoins/gerer-la-diversite" in text


def test_the_other_language_has_the_same_search():
    text = page(FakeBus(), "/fr/recherche?q=stage&theme=hiring")
    assert re.search(r'<a href="/en/search\?q=stage&amp;theme=hiring" lang="en"', text)


def test_a_program_shows_all_that_is_known_of_it():
    text = page(FakeBus(whole_program()), "/fr/programmes/aide-embauche")
    for told in (
        "Aide à l’embauche",
        "Une partie du salaire",
        "Services Québec",
        "70 %",
        "De 5 à 24 employés",
        "Montréal",
    ):
        assert told in text
    assert "<h3>Le poste</h3>" in text
    assert "<strong>régulier</strong>" in text
    assert 'href="https://example.org/step"' in text
    assert "1er décembre 2026" in text
    assert 'href="https://example.org/source"' in text


def test_a_verified_program_has_no_warning_but_still_its_source():
    text = page(FakeBus(whole_program(verification="verified")), "/en/programs/hiring-help")
    assert "To be verified." not in text
    assert 'href="https://example.org/source"' in text


def test_a_program_names_its_address_in_each_language():
    text = page(FakeBus(whole_program()), "/fr/programmes/aide-embauche")
    assert f'<link rel="canonical" href="{BASE}/fr/programmes/aide-embauche">' in text
    assert f'hreflang="en-CA" href="{BASE}/en/programs/hiring-help">' in text
    assert '<a href="/en/programs/hiring-help" lang="en"' in text


@pytest.mark.parametrize("slug", ["hiring-help", "p1"])
def test_another_slug_of_a_program_leads_to_the_current_one(slug: str):
    reply = site(FakeBus(whole_program())).get(f"/fr/programmes/{slug}")
    assert (reply.status_code, reply.headers["location"]) == (301, f"{BASE}/fr/programmes/aide-embauche")


def test_a_text_without_translation_is_shown_in_its_own_language_with_a_note():
    half = whole_program(
        amount=ParagraphText(fr="La moitié"), steps=(Step(text=ParagraphText(fr="Appelez.")),)
    )
    text = page(FakeBus(half), "/en/programs/hiring-help")
    assert re.search(
        r'<span lang="fr">La moitié</span>\s*<span class="untranslated">Not translated yet', text
    )
    assert re.search(r'<div class="prose" lang="fr"><p>Appelez.</p>', text)
    assert "Part of this page is not translated yet" in text


def test_a_program_all_translated_has_no_such_note():
    assert "untranslated" not in page(FakeBus(whole_program()), "/en/programs/hiring-help")


def test_a_program_that_has_ended_says_so():
    ended = whole_program(valid_until=date.today() - timedelta(days=2))
    assert "Ce programme est terminé." in page(FakeBus(ended), "/fr/programmes/aide-embauche")


def test_a_program_still_open_does_not():
    open_still = whole_program(valid_until=date.today() + timedelta(days=2))
    assert "est terminé" not in page(FakeBus(open_still), "/fr/programmes/aide-embauche")


def test_similar_programs_follow():
    bus = FakeBus(whole_program())
    bus.similar = (hit(title="Une autre aide", slug="autre"),)
    assert "Une autre aide" in page(bus, "/fr/programmes/aide-embauche")
    assert bus.asked[-1][0] == MoreLikeThis(id="p1", lang="fr", limit=4)


def test_a_program_stands_without_the_search_service():
    bus = FakeBus(whole_program())
    bus.away.add("search")
    assert "Programmes proches" not in page(bus, "/fr/programmes/aide-embauche")


def test_the_structured_data_is_json_that_cannot_leave_its_element():
    hostile = whole_program(promise=LineText(fr="</script><script>alert(1)</script> & co"))
    text = page(FakeBus(hostile), "/fr/programmes/aide-embauche")
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    told = json.loads(block)
    assert told["@type"] == "GovernmentService"
    assert told["description"] == "</script><script>alert(1)</script> & co"
    assert told["url"] == f"{BASE}/fr/programmes/aide-embauche"
    assert told["areaServed"] == [{"@type": "AdministrativeArea", "name": "Montréal"}]
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<a onclick="x">y</a>',
        "![x](https://evil.example/a.png)",
    ],
)
def test_markdown_brings_no_code_into_a_page(markdown: str):
    text = page(FakeBus(whole_program(description=MarkdownText(fr=markdown))), "/fr/programmes/aide-embauche")
    assert "<script>alert" not in text
    assert 'href="javascript' not in text
    assert "<img" not in text


def test_a_program_with_nothing_but_a_title_has_a_page():
    bare = Program(**{**program("p1").model_dump(), "content": content("Titre").model_dump()})
    assert "Titre" in page(FakeBus(bare), "/fr/programmes/p1")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/fr/programmes/rien", 404, "Ce programme n’existe pas"),
        ("/en/nowhere", 404, "Nothing is at this address"),
        ("/fr/recherche?page=0", 400, "Une partie de l’adresse n’est pas correcte"),
        ("/fr/recherche?sort=prix", 400, "Une partie de l’adresse n’est pas correcte"),
        ("/en/search?q=a%00b", 400, "Part of the address is not right"),
    ],
)
def test_a_wrong_address_is_answered_with_words_and_ways_on(path: str, status: int, words: str):
    text = page(FakeBus(), path, status)
    assert words in text
    assert 'role="search"' in text
    assert "noindex" in text


def test_a_retired_program_is_gone():
    bus = FakeBus(whole_program())
    bus.retired.add("p1")
    assert "Ce programme n’est plus offert" in page(bus, "/fr/programmes/aide-embauche", 410)


def test_a_search_without_its_service_says_to_come_back():
    bus = FakeBus()
    bus.away.add("search")
    assert "Une partie du site ne répond pas" in page(bus, "/fr/recherche?q=aide", 503)


def test_a_page_can_be_asked_for_without_its_body():
    reply = site(FakeBus()).head("/fr/")
    assert (reply.status_code, reply.content) == (200, b"")
