"""What visitors open is told to editors, without anything about the visitors. In both runtimes."""

import csv
import io
from collections.abc import Iterator
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.e2e.test_editing import a_word, eventually, new
from tests.support.platforms import RunningPlatform, fetch
from tests.support.surfer import Surfer

FIREFOX = {"User_Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def editor(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running).sign_in_as(f"editor-{uuid4().hex[:8]}@example.org", Role.EDITOR)
    yield surfer
    surfer.client.close()


def test_pages_that_visitors_open_are_counted_also_those_from_the_cache(
    running: RunningPlatform, editor: Surfer
) -> None:
    word = a_word()
    new(editor, "programs", "publish", title__fr=f"Aide {word}", kind="grant")
    address = running.url("tic", f"/fr/programmes/aide-{word}")
    assert [fetch(address, **FIREFOX).status for _ in range(3)] == [200] * 3
    assert fetch(address, User_Agent="Googlebot/2.1").status == 200
    assert fetch(address, **FIREFOX, DNT="1").status == 200
    assert fetch(running.url("tic", f"/fr/recherche?q={word}"), **FIREFOX).status == 200

    def rows() -> list[dict[str, str]]:
        told = editor.get("/fr/admin/opened/export?days=7").content.decode("utf-8-sig")
        return [row for row in csv.DictReader(io.StringIO(told)) if word in row["title.fr"]]

    eventually(lambda: bool(rows()))
    assert [(row["kind"], row["views.fr"], row["views.en"], row["downloads.fr"]) for row in rows()] == [
        ("program", "3", "0", "0")
    ]
    page = editor.get("/fr/admin/opened?days=7").text
    assert f"Aide {word}" in page
    eventually(lambda: f"{word}</a></th><td>Français</td><td>1</td>" in editor.get("/fr/admin/opened").text)
    assert editor.get("/fr/admin/opened?days=x").status_code == 200


def test_who_is_neither_editor_coordinator_nor_administrator_sees_no_counts(running: RunningPlatform) -> None:
    member = Surfer(running).sign_in_as(f"{uuid4().hex[:8]}@example.org", Role.MEMBER)
    for path in ("/fr/admin/opened", "/fr/admin/opened/export"):
        assert member.get(path).status_code == 403
    member.client.close()
