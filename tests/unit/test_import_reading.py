"""Files of all kinds, good and bad, become records with their places."""

import io
import os
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from services.content.importing import files, tables
from services.content.importing.reading import Reader, Record
from services.content.importing.spec import Mapping

Given = dict[str, Any]


def read(folder: Path, **reading: Any) -> list[Record]:
    mapping = Mapping.model_validate({"source": "s", "external_id": "id", "base": {}, "read": reading})
    joined = frozenset(join.file for join in mapping.read.join)
    listing = files.list_files((folder,), mapping.read.files, joined)
    reader = Reader(mapping)
    return [record for found in listing.files for record in reader.records(found)]


def rows(folder: Path, **reading: Any) -> list[Given]:
    found = read(folder, **reading)
    assert [record.reason for record in found if record.reason] == []
    return [{k: v for k, v in (record.data or {}).items() if k != "_file"} for record in found]


def told(folder: Path, **reading: Any) -> list[str]:
    return [f"{r.file}|{r.place}|{r.reason}" for r in read(folder, **reading) if r.reason]


def workbook(path: Path, *lines: list[Any], title: str = "Sheet") -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for line in lines:
        sheet.append(line)
    book.save(path)


def test_folders_are_read_deeply_in_order_without_links_hidden_and_other_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/two.yaml", "a.yml", ".hidden.yaml", ".git/x.yaml", "~$lock.xlsx", "readme.md"):
        (tmp_path / name).write_text("id: 1")
    os.symlink(tmp_path / "a.yml", tmp_path / "link.yaml")
    os.symlink(tmp_path, tmp_path / "loop")
    listing = files.list_files((tmp_path,), (), frozenset())
    assert [found.name for found in listing.files] == ["a.yml", "b/two.yaml"]
    assert listing.skipped == 1


def test_a_named_file_is_read_whatever_the_patterns_of_folders_say(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"id": 1}')
    assert len(files.list_files((tmp_path / "a.json",), ("b*.json",), frozenset()).files) == 1


def test_yaml_documents_and_lists_are_records_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- id: 1\n- id: 2\n")
    (tmp_path / "b.yaml").write_text("id: 3\n---\nid: 4\n")
    assert [(r.file, r.place) for r in read(tmp_path)] == [
        ("a.yaml", "item 1"),
        ("a.yaml", "item 2"),
        ("b.yaml", "document 1"),
        ("b.yaml", "document 2"),
    ]


def test_rows_are_found_inside_of_a_document_and_an_empty_page_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"contents": [{"id": 1}]}')
    (tmp_path / "b.json").write_text('{"contents": []}')
    (tmp_path / "c.json").write_text('{"id": 2}')
    assert rows(tmp_path, rows=["contents", "@"]) == [{"id": 1}, {"id": 2}]


def test_a_document_without_the_expected_rows_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"id": 2}')
    assert told(tmp_path, rows="contents") == [
        "a.json||the file has nothing at contents, where the mapping expects its records"
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.yaml", b"a: [1,\nb: 2", "line 3|the file is not YAML: did not find"),
        ("a.yaml", b"a: 1\nb: 2\na: 3", "line 3|the file has the key 'a' twice"),
        ("a.yaml", b"a: 2025-13-01", "quote it"),
        ("a.yaml", b"a: !!python/object/apply:os.system [ls]", "line 1|the file is not YAML"),
        ("a.yaml", b'a: "x\x07"', "control characters are not allowed"),
        ("a.yaml", b"# nothing\n", "the file is empty"),
        ("a.yaml", "é: 1".encode("latin-1"), "line 1|the file is not UTF-8 text"),
        ("a.yaml", b"just a text", "is not an object with named fields"),
        ("a.yaml", b"[" * 50_000 + b"]" * 50_000, "levels"),
        ("a.yaml", b"&a [*a]", "inside of what it stands for"),
        ("a.json", b'{"a": 1,\nb}', "line 2|the file is not JSON"),
        ("a.json", b"[" * 50_000, "the file is not JSON"),
        ("a.json", b"", "the file is empty"),
        ("a.csv", b"  \n", "the file is empty"),
        ("a.csv", b"id,id\n1,2", "line 1|the file has two columns named 'id'"),
        ("a.csv", b'id,b\n1,"x\n2,y\n', "line 2|the file is broken from here on"),
        ("a.csv", b"id,b\n1,2,3\n", "line 2|the row has 3 cells under 2 columns"),
        ("a.csv", b"id\n\x81\x8d\n", "the file is not CP1252 text"),
        ("a.xlsx", b"old workbook", "remove its password"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    (line,) = told(tmp_path)
    assert line.startswith(f"{name}|")
    assert reason in line


def test_an_alias_bomb_is_refused_before_it_is_built(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    (tmp_path / "a.yaml").write_text(bomb)
    assert "aliases written out" in told(tmp_path)[0]


def test_plain_aliases_are_welcome(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("base: &b {k: 1}\nid: 1\nother: {<<: *b, l: 2}\n")
    assert rows(tmp_path)[0]["other"] == {"k": 1, "l": 2}


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 20)
    (tmp_path / "a.yaml").write_text("id: 1\n" + "#" * 20)
    assert "split it into smaller files" in told(tmp_path)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_as_spreadsheets_save_it(tmp_path: Path, encoding: str, mark: str) -> None:
    text = f'id{mark}Prénom\r\n1{mark}"Zoé\r\nHélène"\r\n\r\n2{mark}\r\n'
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert rows(tmp_path) == [{"id": "1", "Prénom": "Zoé\r\nHélène"}, {"id": "2", "Prénom": None}]


def test_csv_takes_the_encoding_delimiter_and_header_of_the_mapping(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("Liste, tous\nid:é\n1:à\n".encode("cp437"))
    assert rows(tmp_path, encoding="cp437", delimiter=":", header=2) == [{"id": "1", "é": "à"}]


def test_the_rows_before_a_broken_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id\n1\n2\n"3\n')
    assert [(r.place, bool(r.data)) for r in read(tmp_path)] == [
        ("line 2", True),
        ("line 3", True),
        ("line 4", False),
    ]


def test_cells_of_a_workbook_keep_numbers_and_dates(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", ["id", None, "when"], [17, "no name", date(2027, 1, 2)], [None, None, None])
    ((row),) = rows(tmp_path)
    assert row["id"] == 17
    assert row["when"].date() == date(2027, 1, 2)
    assert set(row) == {"id", "when"}


def test_a_spreadsheet_error_is_the_fault_of_its_row(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", ["id", "name"], [1, "#N/A"], [2, "fine"])
    assert told(tmp_path) == ["a.xlsx|row 2|the row has the spreadsheet error #N/A in the column 'name'"]
    assert len(read(tmp_path)) == 2


def test_a_missing_sheet_is_told_with_those_there_are(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", ["id"], title="Aides")
    assert "has no sheet 'Programs'; its sheets: Aides" in told(tmp_path, sheet="Programs")[0]


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"xl/{number}.xml", bytes(tables.MAX_UNPACKED // 2 + 1))
    assert "unpacks to more than 100 MB" in told(tmp_path)[0]


def test_a_zip_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "is not a workbook that can be read" in told(tmp_path)[0]


def test_the_declared_size_of_a_sheet_is_not_believed(tmp_path: Path) -> None:
    workbook(tmp_path / "good.xlsx", ["id"], [1])
    vast = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "good.xlsx") as old, zipfile.ZipFile(vast, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    (tmp_path / "good.xlsx").write_bytes(vast.getvalue())
    assert rows(tmp_path) == [{"id": 1}]


def test_joined_records_appear_under_their_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,org\n1,x\n2,none\n")
    (tmp_path / "orgs.csv").write_text("key,name\nx,Xenia\n")
    (tmp_path / "phones.csv").write_text("id,of,number\n1,1,514\n2,1,438\n")
    found = rows(
        tmp_path,
        join=[
            {"name": "owner", "file": "orgs.csv", "on": "org", "key": "key"},
            {"name": "phones", "file": "phones.csv", "on": "id", "key": "of", "many": True},
            {"name": "absent", "file": "absent.csv", "on": "id"},
        ],
    )
    assert found[0]["owner"]["name"] == "Xenia"
    assert [phone["number"] for phone in found[0]["phones"]] == ["514", "438"]
    assert set(found[1]) == {"id", "org"}


def test_a_broken_joined_file_is_the_fault_of_the_rows_that_need_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    (tmp_path / "b.json").write_text("{")
    (line,) = told(tmp_path, join=[{"name": "b", "file": "b.json", "on": "id"}])
    assert "b.json, which is joined to it, is not JSON" in line


def test_where_leaves_records_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- {id: 1, status: active}\n- {id: 2, status: closed}\n")
    assert [row["id"] for row in rows(tmp_path, where="status == 'active'")] == [1]


def test_the_file_is_known_to_expressions(tmp_path: Path) -> None:
    (tmp_path / "aide.yaml").write_text("a: 1")
    (record,) = read(tmp_path)
    assert record.data is not None
    assert record.data["_file"] == {"name": "aide.yaml", "stem": "aide", "folder": tmp_path.name}
