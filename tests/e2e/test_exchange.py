"""Editors take lists along and bring them in again, and see first what it would change. In both runtimes."""

import csv
import io
import re
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.e2e.test_editing import a_word, eventually, new
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer


@pytest.fixture
def editor(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running).sign_in_as(f"editor-{uuid4().hex[:8]}@example.org", Role.EDITOR)
    yield surfer
    surfer.client.close()


def table(editor: Surfer, q: str) -> list[list[str]]:
    reply = editor.get(f"/fr/admin/programs/export?format=csv&q={q}")
    assert reply.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"), newline="")))


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def uploaded(editor: Surfer, name: str, data: bytes, **fields: str) -> str:
    """The address of the preview of a file, once it is there."""
    page = "/fr/admin/import"
    token = re.findall(r'name="csrf" value="([^"]+)"', editor.get(page).text)[0]
    told = editor.client.post(
        page,
        data={"csrf": token, "kind": "program", "mapping": "nexus", **fields},
        files={"file": (name, data)},
        headers={"Accept": "text/html"},
    )
    assert told.status_code == 200, told.text
    return finished(editor, told.url.path)


def finished(editor: Surfer, path: str) -> str:
    deadline = time.monotonic() + 30
    while "data-working" in editor.get(path).text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return path


def counts(page: str) -> dict[str, int]:
    return {name: int(n) for name, n in re.findall(r"(Nouveau|Modifié|Inchangé|Refusé) \((\d+)\)", page)}


def test_an_exported_list_is_changed_previewed_imported_and_found(
    running: RunningPlatform, editor: Surfer
) -> None:
    word, found = a_word(), a_word()
    new(editor, "programs", "publish", title__fr=f"Aide {word}", kind="grant")
    new(editor, "programs", "publish", title__fr=f"Prêt {word}", kind="loan")
    rows = table(editor, word)
    rows[1][rows[0].index("summary.fr")] = f"- {found}"
    rows[2][rows[0].index("kind")] = "cadeau"
    path = uploaded(editor, "aides.csv", written(rows))
    page = editor.get(path).text
    assert "Rien n’est encore écrit." in page
    assert counts(page) == {"Refusé": 1, "Modifié": 1, "Nouveau": 0, "Inchangé": 0}
    assert "aides.csv, ligne 3" in page
    assert "Valeurs possibles\u00a0: wage_subsidy" in page
    assert f"<ins>- {found}</ins>" in editor.get(f"{path}?show=updated").text
    assert running.search(found)["total"] == 0
    assert editor.post(path, path).status_code == 200
    assert "L’importation est terminée." in editor.get(finished(editor, path)).text
    eventually(lambda: running.search(found)["total"] == 1)
    again = uploaded(editor, "aides.csv", written(table(editor, word)))
    assert counts(editor.get(again).text)["Inchangé"] == 2


def test_new_rows_of_a_table_become_public_programs(running: RunningPlatform, editor: Surfer) -> None:
    word = a_word()
    data = f"title.fr;kind;sectors\nAide {word};grant;\nÀ aero {word};grant;aero;\n".encode("cp1252")
    path = uploaded(editor, "nouveau.csv", data, publish="yes")
    assert counts(editor.get(path).text)["Nouveau"] == 1
    assert "votre propre secteur" in editor.get(path).text
    editor.post(path, path)
    editor.post(path, path)  # pressed twice
    finished(editor, path)
    eventually(lambda: running.search(word)["total"] == 1)


def test_lists_can_be_had_as_workbooks_and_json_too(editor: Surfer) -> None:
    word = a_word()
    new(editor, "programs", "save", title__fr=f"Aide {word}", kind="grant")
    assert (
        editor.get(f"/fr/admin/programs/export?format=json&q={word}").json()[0]["title"]["fr"]
        == f"Aide {word}"
    )
    assert editor.get(f"/fr/admin/programs/export?format=json&q={word}x").json() == []
    assert editor.get("/fr/admin/posts/export?format=xlsx").content.startswith(b"PK")
    assert editor.get("/fr/admin/programs/export?format=exe").status_code == 404


def test_what_is_no_such_file_or_import_is_told_in_words(running: RunningPlatform, editor: Surfer) -> None:
    told = editor.post("/fr/admin/import", "/fr/admin/import", kind="program", mapping="nexus")
    assert told.status_code == 400
    assert "Choisissez un fichier" in told.text
    assert "Ce n’est ni un fichier Excel" in editor.get(uploaded(editor, "a.pdf", b"%PDF-1.7")).text
    assert editor.get(f"/fr/admin/import/{'0' * 32}").status_code == 404
    assert editor.get("/fr/admin/import/x?page=y").status_code == 400
    member = Surfer(running).sign_in_as(f"{uuid4().hex[:8]}@example.org", Role.MEMBER)
    for path in ("/fr/admin/import", "/fr/admin/programs/export?format=csv"):
        assert member.get(path).status_code == 403
    member.client.close()
