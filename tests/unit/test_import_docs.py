"""docs/importing.md: its worked example is run, its list of fields is compared with the contract."""

import re
from pathlib import Path

from services.content.contracts import Kind
from services.content.importing import targets
from services.content.importing.files import list_files
from services.content.importing.mapping import map_record
from services.content.importing.output import told_faults
from services.content.importing.reading import Reader
from services.content.importing.spec import load_mapping, shipped_names

PAGE = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"docs/importing.md has no example {name}"
    return found.group(1)


def test_the_worked_example_gives_what_the_page_says(tmp_path: Path) -> None:
    for name in ("programmes.csv", "partenaire.toml"):
        (tmp_path / name).write_text(example(name), encoding="utf-8")
    mapping = load_mapping(str(tmp_path / "partenaire.toml"))
    (found,) = list_files((tmp_path / "programmes.csv",), (), frozenset()).files
    records = list(Reader(mapping).records(found))
    results = [map_record(mapping, record.data or {}) for record in records]

    first, second = (result.row for result in results if result.row)
    assert first.external_id == "P-01"
    assert (first.content.title.fr, first.content.title.en) == ("Chèque accueil", "Welcome voucher")
    assert first.content.amount.fr == "50 % des frais, jusqu'à 5 000 $"
    assert first.content.eligibility.company_sizes == ("5-24", "25-49")
    assert first.content.eligibility.other.fr == "- Être établi à Montréal\n- Embaucher à temps plein"
    assert (second.content.kind, second.content.title.en) == (Kind.COACHING, None)

    told = [
        line
        for record, result in zip(records, results, strict=True)
        for line in told_faults(f"{record.file}, {record.place} ({result.external_id})", result.faults)
    ]
    assert "\n".join(told) == example("output").strip()


def test_the_page_names_every_field_and_no_other() -> None:
    listed = re.search(r"<!-- generated: fields -->(.*?)<!-- /generated -->", PAGE, re.DOTALL)
    assert listed
    named = set(re.findall(r"`([^`]+)`", listed.group(1)))
    known = {name for name in targets.PROGRAM if not name.endswith((".fr", ".en"))} | {"slug.fr", "slug.en"}
    groups = {"eligibility", "contact", "slug"}
    assert named == (known - groups) | set(targets.items_of("steps")[:1]) | {"url", "label"}


def test_the_page_names_every_shipped_mapping() -> None:
    assert all(f"| `{name}` |" in PAGE for name in shipped_names())
