"""A person opens a sector's site, types what they need, and reads a program that fits. In both runtimes."""

import time
from uuid import uuid4

import pytest
import yaml

from tests.support.platforms import SAMPLES, SECTORS, RunningPlatform

FRANCISATION = "Francisation Québec"


@pytest.mark.parametrize("sector", SECTORS)
def test_francisation_in_french_finds_the_francization_programs(running: RunningPlatform, sector: str):
    assert running.titles("francisation", "fr", sector)[0].startswith(FRANCISATION)


@pytest.mark.parametrize("sector", SECTORS)
def test_wage_subsidy_in_english_finds_the_wage_subsidies(running: RunningPlatform, sector: str):
    found = running.search("wage subsidy", "en", sector)["items"]
    assert found[0]["title"] == "Wage Subsidy"
    assert found[0]["kind"] == "wage_subsidy"


def test_english_words_in_the_french_site_find_the_program_too(running: RunningPlatform):
    assert "Subvention salariale" in running.titles("wage subsidy", "fr")[:3]


def test_a_typo_is_forgiven_and_told(running: RunningPlatform):
    answer = running.search("francistion")
    assert answer["suggestion"] == "francisation"
    assert answer["items"][0]["title"].startswith(FRANCISATION)


def test_a_sector_shows_its_own_and_shared_programs_alone(running: RunningPlatform):
    assert not any("CAMAQ" in title for title in running.titles("aérospatiale", sector="tic"))
    assert any("CAMAQ" in title for title in running.titles("aérospatiale", sector="aero"))


def test_an_expired_program_is_not_found_and_its_page_still_opens(running: RunningPlatform):
    assert "credit-impot-formation-pme" not in [
        item["slug"] for item in running.search("crédit d’impôt formation PME")["items"]
    ]
    page = running.get("/fr/programmes/credit-impot-formation-pme")
    assert page.status == 200


def test_a_result_leads_to_the_page_of_the_program(running: RunningPlatform):
    item = running.search("priime")["items"][0]
    page = running.get(item["url"].removeprefix(running.url("tic", "")))
    assert page.status == 200
    assert "PRIIME" in page.text


def write_program(running: RunningPlatform, **changes: object) -> tuple[str, str]:
    """Import a program of a word that nobody else uses; returns the word and the external id."""
    word = f"zz{uuid4().hex[:10]}".translate(str.maketrans("0123456789", "ghijklmnop"))
    fields = yaml.safe_load((SAMPLES / "mfor.yaml").read_text())
    fields |= {"external_id": word, "slug": {"fr": word, "en": f"{word}-en"}, "title": {"fr": word}} | changes
    save(running, word, fields)
    return word, word


def save(running: RunningPlatform, name: str, fields: dict[str, object]) -> None:
    file = running.folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(fields, allow_unicode=True))
    running.nexus("import", "programs", str(file), "--mapping", "nexus", "--publish")


def test_a_program_is_found_a_second_after_it_was_published(running: RunningPlatform):
    word, _ = write_program(running)
    running.eventually_finds(word, timeout=1)


def test_a_retired_program_leaves_the_results_and_its_page_says_so(running: RunningPlatform):
    word, _ = write_program(running)
    running.eventually_finds(word)
    running.nexus("retire", word)
    deadline = time.monotonic() + 2
    while running.search(word)["total"]:
        assert time.monotonic() < deadline, "still found two seconds after it was retired"
        time.sleep(0.02)
    assert running.get(f"/fr/programmes/{word}").status == 410
    assert running.get(f"/api/v1/programs/{word}").json["code"] == "program_retired"


def test_an_old_address_leads_to_the_new_one(running: RunningPlatform):
    word, _ = write_program(running)
    fields = yaml.safe_load((running.folder / f"{word}.yaml").read_text())
    save(running, word, fields | {"slug": {"fr": f"{word}-neuf", "en": f"{word}-en"}})
    running.eventually_finds(word)
    moved = running.get(f"/fr/programmes/{word}")
    assert moved.status == 301
    assert moved.headers["location"].endswith(f"/fr/programmes/{word}-neuf")
    assert running.get(f"/api/v1/programs/{word}").status == 308


def test_a_page_in_the_cache_shows_the_change_once_it_is_published(running: RunningPlatform):
    word, _ = write_program(running)
    running.eventually_finds(word)
    before = running.get(f"/fr/programmes/{word}")
    assert running.get(f"/fr/programmes/{word}", sector="tic").headers["etag"] == before.headers["etag"]
    fields = yaml.safe_load((running.folder / f"{word}.yaml").read_text())
    save(running, word, fields | {"promise": {"fr": "Une promesse toute neuve"}})
    deadline = time.monotonic() + 2
    while "Une promesse toute neuve" not in running.get(f"/fr/programmes/{word}").text:
        assert time.monotonic() < deadline, "the page is still the old one after two seconds"
        time.sleep(0.02)


def test_importing_again_reports_unchanged(running: RunningPlatform):
    again = running.nexus("import", "programs", str(SAMPLES), "--mapping", "nexus", "--publish")
    assert "unchanged" in again.stdout
    assert len(list(SAMPLES.glob("*.yaml"))) == 41


def test_reindex_keeps_everything_findable(running: RunningPlatform):
    before = running.search("")["total"]
    done = running.nexus("reindex")
    assert "Rebuilt" in done.stdout
    assert running.search("")["total"] == before


def test_doctor_says_that_all_is_well(running: RunningPlatform):
    report = running.nexus("doctor", check=False)
    assert report.returncode == 0, report.stdout
    assert "No event waits for a person" in report.stdout


def test_an_unchanged_page_is_not_sent_twice(running: RunningPlatform):
    first = running.get("/fr/")
    from tests.support.platforms import fetch

    again = fetch(running.url("tic", "/fr/"), If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
