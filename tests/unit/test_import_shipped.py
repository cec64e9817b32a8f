"""The shipped mappings on real directories, which are not part of this project, and on its samples."""

import os
from collections import Counter
from pathlib import Path

import pytest

from services.content.contracts import ImportRow, Kind
from services.content.importing.files import list_files
from services.content.importing.mapping import map_record
from services.content.importing.reading import Reader
from services.content.importing.spec import Mapping, load_mapping

ROOT = Path(__file__).parents[2]
DATA = (ROOT / os.environ.get("NEXUS_TEST_DATA", "../shared/data")).resolve()


def data(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not in {DATA}; NEXUS_TEST_DATA names another folder")
    return DATA / name


def imported(mapping: Mapping, path: Path) -> dict[str, ImportRow]:
    """The rows by external id; nothing may be refused."""
    reader, found = Reader(mapping), {}
    joined = frozenset(join.file for join in mapping.read.join)
    for file in list_files((path,), mapping.read.files, joined).files:
        for record in reader.records(file):
            mapped = map_record(mapping, record.data or {})
            assert (record.file, record.reason, mapped.faults) == (record.file, "", ())
            assert mapped.row is not None
            found[mapped.row.external_id] = mapped.row
    return found


@pytest.fixture(scope="module")
def aids() -> dict[str, ImportRow]:
    return imported(load_mapping("aid-programs-fr"), data("aid-programs-fr"))


def test_every_real_french_program_is_taken(aids: dict[str, ImportRow]) -> None:
    assert len(aids) == len(list(data("aid-programs-fr").glob("*.yaml"))) == 187
    assert Counter(row.content.kind for row in aids.values()) == {
        Kind.COACHING: 89,
        Kind.GRANT: 72,
        Kind.TRAINING: 14,
        Kind.LOAN: 6,
        Kind.TAX_CREDIT: 6,
    }


def test_a_real_french_program_is_taken_whole(aids: dict[str, ImportRow]) -> None:
    content = aids["accelerateur-decarbonation"].content
    assert content.title.fr == "Accélérateur décarbonation"
    assert content.title.en is None
    assert content.provider.fr == "Banque Publique d'Investissement France"
    assert content.audience.fr == "Tous secteurs d’activité"
    assert content.cost.fr == "29 000 € HT (durée : 39 jours de conseil et 8 jours de formation)"
    assert content.contact.email == "contact@example.org"
    assert (str(content.valid_from), str(content.valid_until)) == ("2023-02-06", "2025-12-31")
    assert content.source_url is not None
    assert content.source_url.endswith("laccelerateur-decarbonation")
    assert (content.languages, content.verification) == (("fr",), "to_verify")
    assert (content.eligibility.other.fr or "").startswith("- Plus de 50 salariés\n- Non éligible")


def test_sizes_are_ours_where_the_wording_is_exact_and_words_elsewhere(aids: dict[str, ImportRow]) -> None:
    for row in aids.values():
        eligibility = row.content.eligibility
        words = eligibility.other.fr or ""
        assert "Toutes tailles" not in words
        assert "Moins de 250 salariés" not in words
        assert not ("Moins de 10 salariés" in words and eligibility.company_sizes)
    assert any(row.content.eligibility.company_sizes[-1:] == ("100-249",) for row in aids.values())


def test_french_activities_are_conditions_in_words_and_regions_are_none_of_ours(
    aids: dict[str, ImportRow],
) -> None:
    told = [row.content.eligibility for row in aids.values()]
    assert any(one.activities.fr == "Industrie" for one in told)
    assert aids["accelerateur-decarbonation"].content.eligibility.activities.fr is None
    assert not any(one.regions or one.activity_groups for one in told)


def test_every_amount_of_money_is_kept(aids: dict[str, ImportRow]) -> None:
    bare = [key for key, row in aids.items() if not (row.content.amount.fr or row.content.cost.fr)]
    assert bare == []


def test_the_first_address_of_a_step_is_its_link_and_the_others_follow_its_text(
    aids: dict[str, ImportRow],
) -> None:
    steps = [step for row in aids.values() for step in row.content.steps]
    assert sum(step.url is not None for step in steps) > 300
    assert any("](https://" in (step.text.fr or "") and step.url for step in steps)
    assert any("](mailto:" in (step.text.fr or "") for step in steps)


@pytest.mark.parametrize("name", ["service_list.json", "service_full.json", "csv"])
def test_hsds_is_taken_from_pages_single_services_and_tables(name: str) -> None:
    (row,) = imported(load_mapping("hsds3"), data("hsds") / name).values()
    assert row.external_id == "ac148810-d857-441c-9679-408f346de14b"
    assert row.content.title.en == "Community Counselling"
    assert row.content.provider.en == "Example Organization Inc."
    assert "aged 12 and over" in (row.content.eligibility.other.en or "")
    assert str(row.content.source_url) == "http://example.com/counselling"


def test_hsds_tables_and_full_services_say_the_same() -> None:
    mapping = load_mapping("hsds3")
    assert imported(mapping, data("hsds") / "csv") == imported(mapping, data("hsds") / "service_full.json")


def test_every_sample_is_taken() -> None:
    samples = imported(load_mapping("nexus"), ROOT / "samples" / "programs")
    assert len(samples) >= 1
    assert all(row.content.title.fr and row.content.title.en for row in samples.values())
