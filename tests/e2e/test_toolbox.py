"""A document is imported, found by a sentence on one of its pages, and opened there. In both runtimes."""

import hashlib
from pathlib import Path

import pytest

from tests.support.platforms import RunningPlatform, fetch

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"
SENTENCE = "une autre personne de l’équipe peut faire ces tâches"


@pytest.fixture
def toolbox(running: RunningPlatform) -> RunningPlatform:
    running.nexus("import", "documents", str(DOCUMENTS), "--publish")
    running.eventually_finds("Par où commencer")
    running.eventually_finds(f'"{SENTENCE}"')
    return running


def test_a_sentence_is_found_on_its_page_and_opened_there(toolbox: RunningPlatform):
    assert toolbox.search(f'"{SENTENCE}"')["items"][0]["page"] == 2
    found = toolbox.search(SENTENCE, type="document")["items"]
    passage = next(item for item in found if item["slug"] == "francisation-au-travail")
    assert passage["page"] == 2
    assert "<mark>" in passage["snippet"]
    path = passage["url"].removeprefix(toolbox.url("tic", ""))
    opened = toolbox.get(f"{path}/ouvrir", file=passage["page_lang"], page=str(passage["page"]))
    assert opened.status == 302
    assert opened.headers["location"].endswith(f".pdf#page={passage['page']}")
    file = toolbox.get(opened.headers["location"].partition("#")[0])
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["etag"] == f'"{hashlib.sha256(file.body).hexdigest()}"'


def test_a_file_resumes_where_it_broke_off(toolbox: RunningPlatform):
    told = toolbox.get("/api/v1/documents/par-ou-commencer").json["files"]["fr"]
    whole = fetch(told["url"])
    half = told["size"] // 2
    rest = fetch(told["url"], Range=f"bytes={half}-", If_Range=whole.headers["etag"])
    assert (rest.status, rest.body) == (206, whole.body[half:])


def test_the_toolbox_lists_documents_and_each_has_its_page_in_both_languages(toolbox: RunningPlatform):
    assert "/fr/boite-a-outils/par-ou-commencer" in toolbox.get("/sitemap.xml").text
    assert "Boîte à outils" in toolbox.get("/fr/boite-a-outils").text
    for path in ("/fr/boite-a-outils/par-ou-commencer", "/en/toolbox/where-to-begin"):
        assert "DigitalDocument" in toolbox.get(path).text


def test_a_file_that_nothing_public_names_is_not_given(toolbox: RunningPlatform):
    assert toolbox.get(f"/files/{'0' * 64}/a.pdf").status == 404
