"""Programs as open data: JSON, CSV and HSDS 3, and back again."""

import csv
import io
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from gateway.hsds import service
from services.content.contracts import (
    CandidateStatus,
    Contact,
    Eligibility,
    Keywords,
    MarkdownText,
    ParagraphText,
    Program,
    ProgramContent,
    Step,
)
from services.content.importing.mapping import map_record
from services.content.importing.spec import load_mapping
from tests.support.contents import program
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import BASE, site, whole_program

JSON_FILE = "/api/v1/open-data/programs.json"
CSV_FILE = "/api/v1/open-data/programs.csv"
HSDS_FILE = "/api/v1/open-data/hsds/services.json"
DATA = Path(__file__).parents[2] / os.environ.get("NEXUS_TEST_DATA", "../shared/data")


def fullest() -> Program:
    return whole_program(
        eligibility=Eligibility(
            company_sizes=("5-24", "25-49"),
            activities=ParagraphText(fr="Toutes", en="All"),
            regions=("06", "13"),
            candidate_statuses=(CandidateStatus.PERMANENT_RESIDENT,),
            other=MarkdownText(fr="- Une chose", en="- One thing"),
        ),
        audience=ParagraphText(fr="Les employeurs", en="Employers"),
        cost=ParagraphText(fr="Rien", en="Nothing"),
        contact=Contact(
            name="Bureau", url="https://example.org/c", phone="514 555-0100", email="a@example.org"
        ),
        sectors=("tic",),
        languages=("fr", "en"),
        valid_from=date(2026, 1, 1),
        valid_until=date(2027, 1, 1),
        verification="verified",
        keywords=Keywords(fr=("mot", "autre mot"), en=("word",)),
    )


def records(bus: FakeBus, path: str = JSON_FILE) -> dict[str, Any]:
    reply = site(bus).get(path)
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


def test_each_record_has_its_licence_its_source_and_its_last_verification():
    told = records(FakeBus(fullest()))
    (one,) = told["items"]
    assert told["licence"] == one["licence"] == "CC-BY-4.0"
    assert (one["source"], one["last_verified"]) == ("https://example.org/source", "2026-12-01")
    assert one["content"]["title"] == {"fr": "Aide à l’embauche", "en": "Hiring Help"}


@pytest.mark.parametrize("path", [JSON_FILE, HSDS_FILE])
@pytest.mark.parametrize("count", [0, 1, 450])
def test_a_file_holds_every_program_once_however_many_there_are(path: str, count: int):
    bus = FakeBus(*(program(f"p{n}") for n in range(count)))
    told = records(bus, path)
    items = told["items"] if path == JSON_FILE else told["contents"]
    assert len({one["id"] for one in items}) == len(items) == count
    assert len(bus.asked) == max(1, -(-count // 200))


def lines(bus: FakeBus) -> list[dict[str, str]]:
    reply = site(bus).get(CSV_FILE)
    assert reply.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))


def test_a_line_of_the_table_holds_a_program_in_both_languages():
    (line,) = lines(FakeBus(fullest()))
    assert (line["title_fr"], line["title_en"]) == ("Aide à l’embauche", "Hiring Help")
    assert line["eligibility_regions"] == "06; 13"
    assert line["steps"] == "Appelez. https://example.org/step"
    assert (line["licence"], line["last_verified"]) == ("CC-BY-4.0", "2026-12-01")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(text: str):
    (line,) = lines(FakeBus(program(fr=text)))
    assert line["title_fr"] == f"'{text}"


@pytest.mark.parametrize("path", [JSON_FILE, CSV_FILE, HSDS_FILE])
def test_a_file_is_kept_has_an_etag_and_may_be_read_by_any_site(path: str):
    bus = FakeBus(fullest())
    client = site(bus)
    first = client.get(path)
    assert first.headers["access-control-allow-origin"] == "*"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, len(bus.asked)) == (304, 1)
    bus.say(None)
    assert client.get(path).status_code == 200
    assert len(bus.asked) == 2


@pytest.mark.parametrize("path", [JSON_FILE, CSV_FILE, HSDS_FILE])
def test_a_file_that_cannot_be_read_now_is_refused_before_it_begins(path: str):
    bus = FakeBus(fullest())
    bus.away.add("content")
    assert site(bus).get(path).status_code == 503


@pytest.mark.parametrize("path", [JSON_FILE, CSV_FILE, HSDS_FILE])
def test_a_parameter_that_there_is_not_is_refused(path: str):
    assert site(FakeBus()).get(f"{path}?langue=fr").status_code == 400


def schema() -> jsonschema_rs.Draft202012Validator:
    file = DATA / "hsds/schema/service.json"
    if not file.exists():
        reason = f"{file} is not here; NEXUS_TEST_DATA names another folder"
        if os.environ.get("NEXUS_ENGINES") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return jsonschema_rs.Draft202012Validator(json.loads(file.read_text()), validate_formats=True)


def samples() -> list[Program]:
    from services.content.importing.files import list_files
    from services.content.importing.reading import Reader

    mapping, folder = load_mapping("nexus"), Path(__file__).parents[2] / "samples/programs"
    files = list_files((folder,), mapping.read.files, frozenset()).files
    rows = [
        map_record(mapping, one.data or {}).row for file in files for one in Reader(mapping).records(file)
    ]
    return [
        whole_program().model_copy(update={"id": row.external_id, "content": row.content})
        for row in rows
        if row
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_hsds_is_valid_for_every_sample_and_for_the_fullest_and_the_barest_program(language: str):
    validator = schema()
    programs = [*samples(), fullest(), program(fr=None, en="Bare")]
    told = records(
        FakeBus(*(one.model_copy(update={"id": f"p{n}"}) for n, one in enumerate(programs))),
        f"{HSDS_FILE}?lang={language}",
    )
    assert len(told["contents"]) == told["total_items"] == 43
    for one in told["contents"]:
        assert [str(error) for error in validator.iter_errors(one)] == []


def test_the_schema_does_object_to_what_is_not_hsds():
    broken = {**service(fullest(), "fr", BASE), "status": "open", "id": "p1"}
    assert len(list(schema().iter_errors(broken))) == 2


def test_the_main_fields_are_in_the_language_that_was_asked_for():
    french, english = (service(fullest(), language, BASE) for language in ("fr", "en"))  # type: ignore[arg-type]
    assert (french["name"], english["name"]) == ("Aide à l’embauche", "Hiring Help")
    assert french["id"] == english["id"]
    assert french["organization"]["id"] == english["organization"]["id"]


def imported(record: dict[str, Any], mapping: str) -> ProgramContent:
    mapped = map_record(load_mapping(mapping), json.loads(json.dumps(record)))
    assert mapped.faults == ()
    assert mapped.row is not None
    return mapped.row.content


def carried(content: ProgramContent) -> ProgramContent:
    """What HSDS can carry: its own addresses and the structure of steps are not part of it."""
    return content.model_copy(update={"steps": (), "slug": type(content.slug)()})


@pytest.mark.parametrize("language", ["fr", "en"])
def test_our_own_mapping_reads_back_every_field_that_hsds_can_carry(language: Any):
    for one in [fullest(), *samples()]:
        back = imported(service(one, language, BASE), "hsds3-nexus")
        expected = carried(one.content)
        assert carried(back) == expected
        assert len(back.steps) == bool(one.content.steps)


def test_the_steps_come_back_as_one_text_with_their_addresses():
    steps = (
        Step(text=ParagraphText(fr="Appelez.", en="Call."), url="https://example.org/1"),
        Step(text=ParagraphText(fr="Signez.", en="Sign.")),
    )
    back = imported(service(whole_program(steps=steps), "fr", BASE), "hsds3-nexus")
    assert back.steps[0].text.fr == "Appelez. https://example.org/1\nSignez."


def test_the_mapping_for_any_directory_takes_ours_too():
    back = imported(service(fullest(), "en", BASE), "hsds3")
    assert (back.title.en, back.summary.en, back.provider.en) == (
        "Hiring Help",
        "You hire.",
        "Services Québec",
    )
    assert (back.cost.en, back.source_url) == ("Nothing", "https://example.org/source")
    assert "- One thing" in (back.eligibility.other.en or "")
    assert (back.source_checked, back.languages) == (date(2026, 12, 1), ("fr", "en"))
    assert (back.contact.phone, back.contact.email) == ("514 555-0100", "a@example.org")
