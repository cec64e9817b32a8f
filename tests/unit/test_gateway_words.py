"""What services name by codes has words for people."""

import io
import zipfile
from pathlib import Path

import orjson
import pytest
from openpyxl import Workbook

from gateway.admin.imports import told_fault, told_mapping_fault
from gateway.admin.kinds import KINDS
from gateway.i18n import translations
from gateway.trail_words import EVENTS
from gateway.words import MAPPING_FAULTS, READING_FAULTS
from nexus.caller import LANGUAGES
from nexus.composition import declaration, service_names
from services.content.contracts.editing import ItemKind
from services.content.contracts.exchange import MappingFault, ReadingFault, RowFault
from services.content.importing import __main__ as reader
from services.content.importing.files import FORMATS, MAX_BYTES, Found
from services.content.importing.reading import Reader
from services.content.importing.spec import Mapping, MappingError, parse_mapping
from services.notifications.domain.messages import KINDS as MAILS

PROGRAMS = next(kind for kind in KINDS if kind.name is ItemKind.PROGRAM)


def test_each_event_and_mail_that_may_be_parked_has_a_name():
    handled = {door.event for name in service_names() for door in declaration(name).subscriptions}
    names = {event.type.split(".")[-2] for event in handled}
    # what nobody can be told of is an operator's (decision 31)
    assert (names - {"verification_due"}) | set(MAILS) <= set(EVENTS)


def test_each_reason_why_a_file_or_a_row_cannot_be_read_has_words():
    assert set(READING_FAULTS) == set(ReadingFault)


def test_each_fault_of_a_mapping_has_words():
    assert set(MAPPING_FAULTS) == set(MappingFault)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("code", "addition"),
    [
        (MappingFault.NOT_TOML, "a = ="),
        (MappingFault.KEY_UNKNOWN, "[[read.join]]\nname = 'a'\nfile = 'b'\non = 'c'\nmanny = true"),
        (MappingFault.KEY_MISSING, "[[read.join]]\nname = 'a'\nfile = 'b'"),
        (MappingFault.NOT_AN_EXPRESSION, "amount = 'nom du programme'"),
        (MappingFault.NOT_A_PATTERN, "amount = { path = 'x', match = '(' }"),
        (MappingFault.NOT_A_DATE_FORMAT, "valid_until = { path = 'x', date = '%d' }"),
        (MappingFault.NOT_A_TEMPLATE, "amount = { template = '{a' }"),
        (MappingFault.ENCODING_UNKNOWN, "[read]\nencoding = 'utf-9'"),
        (MappingFault.NOT_ONE_ORIGIN, "amount = { path = 'x', value = 'y' }"),
        (MappingFault.EACH_WITHOUT_FIELDS, "steps = { each = 'x' }"),
        (MappingFault.USING_WITHOUT_TEMPLATE, "amount = { path = 'x', using = { a = 'b' } }"),
        (MappingFault.FIELD_UNKNOWN, "amout = 'x'"),
        (MappingFault.NOT_A_LIST_OF_OBJECTS, "amount = { each = 'x', fields = { text = 'y' } }"),
        (MappingFault.TABLE_UNKNOWN, "amount = { path = 'x', table = 'sizes' }"),
        (MappingFault.FIELDS_MISSING, None),
        (MappingFault.LANGUAGE_MISSING, None),
        (MappingFault.NOT_READABLE, None),
    ],
)
def test_a_fault_of_a_mapping_is_told_in_both_languages_with_all_its_details(
    code: MappingFault, addition: str | None, language: str
):
    head = "source = 's'\nexternal_id = 'id'\n{}[fields]\ntitle = 'n'\nkind = {{ value = 'grant' }}\n"
    texts = {
        MappingFault.FIELDS_MISSING: "source = 's'\nexternal_id = 'id'",
        MappingFault.LANGUAGE_MISSING: head.format(""),
        MappingFault.NOT_READABLE: "\xff",
    }
    text = texts.get(code) or head.format("language = 'fr'\n") + str(addition)
    with pytest.raises(MappingError) as caught:
        parse_mapping(text.encode("latin-1"))
    (fault,) = caught.value.faults
    told = told_mapping_fault(fault, translations(language))
    assert fault.code == code
    assert "%(" not in told
    assert told.startswith(MAPPING_FAULTS[code] % fault.details) == (language == "en")


def workbook(*lines: list[object]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(kept)
    return kept.getvalue()


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"0" * (101 * 1024 * 1024))
    return kept.getvalue()


FIELDS = {"title": "t", "kind": {"value": "grant"}}
FAULTY: list[tuple[ReadingFault, str, bytes, dict[str, object]]] = [
    (ReadingFault.FILE_EMPTY, "a.csv", b" ", {}),
    (ReadingFault.FILE_TOO_LARGE, "a.csv", b"x" * (MAX_BYTES + 1), {}),
    (ReadingFault.NOT_TEXT, "a.json", b'"\xff"', {}),
    (ReadingFault.NOT_JSON, "a.json", b'{"a": ', {}),
    (ReadingFault.NOT_YAML, "a.yaml", b"a: [1", {}),
    (ReadingFault.VALUE_UNREADABLE, "a.yaml", b"id: 2025-13-01", {}),
    (ReadingFault.ALIAS_INSIDE_ITSELF, "a.yaml", b"&a [*a]", {}),
    (ReadingFault.TOO_MANY_VALUES, "a.yaml", b"[" * 101 + b"]" * 101, {}),
    (ReadingFault.KEY_REPEATED, "a.yaml", b"a: 1\na: 2", {}),
    (ReadingFault.RECORDS_NOT_FOUND, "a.json", b"{}", {"read": {"rows": "data"}}),
    (ReadingFault.CSV_BROKEN, "a.csv", b'id,t\n1,"x', {}),
    (ReadingFault.NO_WORKBOOK, "a.xlsx", b"id", {}),
    (ReadingFault.WORKBOOK_TOO_LARGE, "a.xlsx", bomb(), {}),
    (ReadingFault.WORKBOOK_DAMAGED, "a.xlsx", workbook()[:-30] + b"PK\x05\x06" + b"\0" * 18, {}),
    (ReadingFault.SHEET_UNKNOWN, "a.xlsx", workbook(["id"]), {"read": {"sheet": "Aide"}}),
    (ReadingFault.HEADER_MISSING, "a.csv", b"id\n1", {"read": {"header": 5}}),
    (ReadingFault.HEADER_EMPTY, "a.csv", b",\n1,2", {}),
    (ReadingFault.COLUMN_REPEATED, "a.csv", b"id,id\n1,2", {}),
    (ReadingFault.CELLS_WITHOUT_COLUMN, "a.csv", b"id,t\n1,x,y", {}),
    (ReadingFault.SPREADSHEET_ERROR, "a.csv", b"id,t\n1,#REF!", {}),
    (
        ReadingFault.JOINED_UNREADABLE,
        "a.csv",
        b"id,t\n1,x",
        {"read": {"join": [{"name": "more", "on": "id", "file": "other.csv", "key": "id"}]}},
    ),
    (ReadingFault.NOT_AN_OBJECT, "a.json", b"[1]", {}),
    (ReadingFault.NO_IDENTIFIER, "a.json", b'{"t": "x"}', {}),
    (
        ReadingFault.EXPRESSION_FAILED,
        "a.json",
        b'{"id": 1, "t": 2}',
        {"fields": FIELDS | {"amount": "abs(id, t)"}},
    ),
    (ReadingFault.TEXT_EXPECTED, "a.json", b'{"id": {"a": 1}, "t": "x"}', {}),
    (
        ReadingFault.LIST_EXPECTED,
        "a.json",
        b'{"id": 1, "t": "x"}',
        {"fields": FIELDS | {"steps": {"each": "id", "fields": {"text": "t"}}}},
    ),
    (ReadingFault.OBJECT_EXPECTED, "a.json", b'{"id": 1, "t": "x"}', {"base": {"path": "id"}}),
    (
        ReadingFault.NOT_IN_TABLE,
        "a.json",
        b'{"id": 1, "t": "x"}',
        {"fields": FIELDS | {"kind": {"path": "t", "table": {"y": "grant"}, "unmapped": "refuse"}}},
    ),
    (
        ReadingFault.NOT_A_DATE,
        "a.json",
        b'{"id": 1, "t": "soon"}',
        {"fields": FIELDS | {"valid_until": {"path": "t", "date": "YYYY-MM-DD"}}},
    ),
]


@pytest.mark.parametrize(("code", "name", "content", "mapping"), FAULTY, ids=[one[0] for one in FAULTY])
def test_what_is_wrong_with_a_file_or_a_row_is_told_in_both_languages(
    tmp_path: Path, code: ReadingFault, name: str, content: bytes, mapping: dict[str, object]
):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "other.csv").write_bytes(b"")
    spec = Mapping.model_validate(
        {"source": "s", "external_id": "id", "language": "fr", "fields": FIELDS} | mapping
    )
    found = Found(tmp_path / name, name, FORMATS[Path(name).suffix])
    rows = [reader.row_of(spec, record) for record in Reader(spec).records(found)]
    faults = [RowFault.read(one) for row in rows for one in orjson.loads(orjson.dumps(row)).get("faults", ())]
    assert code in {fault.code for fault in faults}
    for language in LANGUAGES:
        words = translations(language)
        for fault in faults:
            _, said = told_fault(fault, PROGRAMS, {}, words)
            assert said
            assert "%(" not in said
