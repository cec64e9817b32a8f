"""What a mapping file may say, and how its faults are told."""

from pathlib import Path

import pytest

from services.content.importing.spec import MappingError, load_mapping, parse_mapping, shipped_names

GOOD = """
source = "s"
language = "fr"
external_id = "id"
[fields]
title = "name"
kind = { value = "grant" }
"""


def fault_of(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text.encode())
    return str(caught.value)


def test_a_good_mapping_is_read() -> None:
    assert parse_mapping(GOOD.encode()).fields["title"].path == "name"


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        ('amout = "x"', ["fields.amout", "did you mean 'amount'?", "known: title"]),
        ('amount = { pth = "x" }', ["fields.amount.pth: unknown key 'pth'; did you mean 'path'?", "column"]),
        ('amount = { path = "x", value = "y" }', ["fields.amount", "exactly one of", "path and value"]),
        ("amount = {}", ["exactly one of", "none"]),
        ("""amount = "nom du programme" """, ["JMESPath", "double quotes"]),
        ('amount = { path = "x", table = "sizes" }', ["no table 'sizes'", "here: –"]),
        ('valid_until = { path = "x", date = "%d/%m/%Y" }', ["not a date format", "DD/MM/YYYY"]),
        ('amount = { path = "x", match = "(" }', ["not a regular expression"]),
        ('amount = { path = "x", join = "bulets" }', ["fields.amount.join", "'bullets'"]),
        ('amount = { template = "{a" }', ["not a template"]),
        ('steps = { each = "x" }', ["each and fields belong together"]),
        ('steps = { each = "x", fields = { txt = "y" } }', ["fields.steps.txt", "did you mean 'text'?"]),
        ('amount = { each = "x", fields = { text = "y" } }', ["only for lists of objects (steps)"]),
        ('[read]\nfile = "x"', ["read.file: unknown key 'file'; did you mean 'files'?"]),
        ('[read]\nencoding = "utf-9"', ["'utf-9' is not an encoding"]),
        ('[[read.join]]\nname = "a"\nfile = "b.csv"', ["read.join.0.on: missing"]),
        ('[feilds]\na = "b"', ["unknown key 'feilds'; did you mean 'fields'?"]),
    ],
)
def test_a_fault_names_its_place_and_what_would_be_right(addition: str, told: list[str]) -> None:
    message = fault_of(GOOD + addition)
    assert all(part in message for part in told), message


def test_a_mapping_needs_rules_for_what_every_program_needs() -> None:
    assert "no rule for kind" in fault_of(GOOD.replace('kind = { value = "grant" }', ""))


def test_plain_texts_need_a_language() -> None:
    assert 'add language = "fr"' in fault_of(GOOD.replace('language = "fr"', ""))


def test_what_is_not_toml_is_told_with_its_line() -> None:
    assert "line 2" in fault_of("\nsource = =\n")


def test_all_shipped_mappings_are_good_and_found_by_name() -> None:
    assert shipped_names() == ["aid-programs-fr", "hsds3", "hsds3-nexus", "nexus"]
    assert all(load_mapping(name).description for name in shipped_names())


def test_an_absent_mapping_is_told_with_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(
        MappingError, match=r"No such file.*shipped mapping: aid-programs-fr, hsds3, hsds3-nexus, nexus"
    ):
        load_mapping(str(tmp_path / "mine.toml"))
