"""What rules make of records."""

from datetime import date, datetime
from typing import Any

import pytest

from services.content.importing.mapping import Fault, Mapped, map_record
from services.content.importing.rules import RuleError, as_text, evaluate, nested
from services.content.importing.spec import Mapping, Rule, parse_mapping

RECORD = {
    "name": "Chèque",
    "conditions d'éligibilité": {"taille de l'entreprise": ["Toutes tailles", "Moins de 50 salariés"]},
    "links": [{"url": "https://a.example", "text": "A"}, {"url": "https://b.example", "text": "B"}],
    "tags": "un; deux ;;trois",
    "blank": "  ",
    "zero": 0,
    "until": "31/12/2027",
}


def value_of(rule: Any, record: Any = RECORD, **tables: dict[str, Any]) -> Any:
    return evaluate(Rule.model_validate({"path": rule} if isinstance(rule, str) else rule), record, tables)


def mapped(record: dict[str, Any], text: str = "") -> Mapped:
    head = 'source = "s"\nlanguage = "fr"\nexternal_id = "id"\n[fields]\ntitle = "name"\nkind = "kind"\n'
    return map_record(parse_mapping((head + text).encode()), record)


def test_a_path_reaches_keys_with_accents_spaces_and_apostrophes() -> None:
    path = """"conditions d'éligibilité"."taille de l'entreprise"[1]"""
    assert value_of(path) == "Moins de 50 salariés"


def test_a_path_takes_indexes_and_wildcards() -> None:
    assert value_of("links[0].url") == "https://a.example"
    assert value_of("links[*].text") == ["A", "B"]


def test_a_column_is_taken_literally() -> None:
    assert value_of({"column": "a.b [c]"}, {"a.b [c]": "x"}) == "x"


def test_alternatives_pass_over_what_is_absent_or_blank() -> None:
    assert value_of({"first": [{"path": "absent"}, {"path": "blank"}, {"path": "name"}]}) == "Chèque"


def test_zero_is_something() -> None:
    assert value_of({"first": ["zero", "name"]}) == 0


def test_a_default_stands_in_for_nothing() -> None:
    assert value_of({"path": "blank", "default": "—"}) == "—"


def test_a_template_is_nothing_if_one_of_its_names_is_empty() -> None:
    assert value_of({"template": "{name}, {until}"}) == "Chèque, 31/12/2027"
    assert value_of({"template": "{name}, {blank}"}) is None


def test_a_template_reaches_no_attributes() -> None:
    with pytest.raises(ValueError, match="simple names"):
        Rule.model_validate({"template": "{name.__class__}"})


def test_a_text_is_split_and_made_into_markdown() -> None:
    assert value_of({"path": "tags", "split": ";"}) == ["un", "deux", "", "trois"]
    assert value_of({"path": "tags", "split": ";", "join": "bullets"}) == "- un\n- deux\n- trois"
    assert value_of({"path": "tags", "split": ";", "join": "numbers"}) == "1. un\n2. deux\n3. trois"


def test_lines_within_a_bullet_stay_in_it() -> None:
    assert value_of({"path": "a", "join": "bullets"}, {"a": ["x\ny", "z"]}) == "- x\n  y\n- z"


def test_parts_gather_lists_and_texts() -> None:
    rule = {"parts": ["name", "links[*].text", "absent"], "join": "commas"}
    assert value_of(rule) == "Chèque, A, B"


def test_a_table_overlooks_case_spaces_and_apostrophes() -> None:
    table = {"avantage de l'état": "tax_credit"}
    assert value_of({"path": "a", "table": table}, {"a": " Avantage de  l’État "}) == "tax_credit"


def test_a_table_may_give_lists_without_repeating_values() -> None:
    table = {"small": ["1-4", "5-24"], "medium": ["5-24", "25-49"]}
    rule = {"path": "a", "table": table}
    assert value_of(rule, {"a": ["small", "medium"]}) == ["1-4", "5-24", "25-49"]


def test_a_value_outside_of_the_table_is_refused_dropped_or_kept_as_the_mapping_says() -> None:
    rule: dict[str, Any] = {"path": "name", "table": {"x": "y"}}
    with pytest.raises(RuleError, match="'Chèque' is not in the mapping's table, which has 'x'"):
        value_of(rule)
    assert value_of(rule | {"unmapped": "drop"}) is None
    assert value_of(rule | {"unmapped": "keep"}) == "Chèque"


def test_values_of_a_table_can_be_left_out() -> None:
    path = '''"conditions d'éligibilité"."taille de l'entreprise"'''
    assert value_of({"path": path, "not_in": "any"}, any={"toutes tailles": []}) == ["Moins de 50 salariés"]


def test_a_match_keeps_its_group_or_nothing() -> None:
    rule = {"path": "a", "match": "^mailto:(.+)$"}
    assert value_of(rule, {"a": "mailto:x@example.org"}) == "x@example.org"
    assert value_of(rule, {"a": "formulaire"}) is None


@pytest.mark.parametrize("given", ["31/12/2027", "2027-12-31", date(2027, 12, 31), datetime(2027, 12, 31, 9)])
def test_dates_are_read_in_each_given_format(given: Any) -> None:
    assert value_of({"path": "a", "date": ["DD/MM/YYYY", "YYYY-MM-DD"]}, {"a": given}) == date(2027, 12, 31)


def test_a_wrong_date_is_told_with_its_formats() -> None:
    with pytest.raises(RuleError, match="'31/02/2027' is not a date written DD/MM/YYYY"):
        value_of({"path": "a", "date": "DD/MM/YYYY"}, {"a": "31/02/2027"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17.0, "17"),
        (2.5, "2.5"),
        (True, "true"),
        (datetime(2027, 1, 2), "2027-01-02"),
        (date(2027, 1, 2), "2027-01-02"),
    ],
)
def test_cells_become_the_text_that_a_person_sees(value: Any, text: str) -> None:
    assert as_text(value) == text


def test_a_list_is_no_text() -> None:
    with pytest.raises(RuleError, match="not a list"):
        as_text(["a"])


def test_nested_names_make_a_tree_without_what_is_empty() -> None:
    assert nested({"a.b": 1, "a.c": "", "d": []}) == {"a": {"b": 1}}


def test_objects_are_made_of_the_items_of_a_list() -> None:
    rule = {"each": "links", "fields": {"text": "text", "url": "url"}}
    assert value_of(rule) == RECORD["links"]


def test_a_plain_text_stands_in_the_language_of_the_source_beside_others() -> None:
    row = mapped({"id": 7, "name": "Aide", "en": "Help", "kind": "grant"}, '"title.en" = "en"').row
    assert row is not None
    assert row.external_id == "7"
    assert (row.content.title.fr, row.content.title.en) == ("Aide", "Help")


def test_every_fault_of_a_record_is_told_once() -> None:
    faults = mapped(
        {"name": "Aide", "kind": "gift", "end": "soon"}, 'valid_until = {path = "end", date = "DD/MM/YYYY"}'
    )
    assert [fault.field for fault in faults.faults] == ["external_id", "valid_until", "kind"]
    assert "'wage_subsidy'" in faults.faults[2].reason


def test_a_missing_title_is_told_in_words() -> None:
    assert mapped({"id": "1", "kind": "grant"}).faults == (
        Fault("title", "is needed, and nothing was found for it"),
    )


@pytest.mark.parametrize("key", ["id", "name"])
def test_control_characters_are_the_fault_of_their_field(key: str) -> None:
    record = {"id": "1", "name": "Aide", "kind": "grant", key: "A\x07B"}
    (fault,) = mapped(record).faults
    assert fault == Fault(
        {"id": "external_id", "name": "title.fr"}[key], "control characters are not allowed"
    )


def test_a_base_takes_a_record_that_has_the_shape_already_and_refuses_unknown_keys() -> None:
    mapping = Mapping.model_validate({"source": "s", "external_id": "id", "base": {"without": ["id"]}})
    record = {"id": "1", "title": {"fr": "Aide"}, "kind": "grant", "_file": {"name": "a"}}
    assert map_record(mapping, record).row is not None
    (fault,) = map_record(mapping, record | {"titel": "x"}).faults
    assert fault == Fault("titel", "there is no field of this name")
