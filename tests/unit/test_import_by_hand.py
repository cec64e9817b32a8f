"""`nexus publish`, `retire`, `show`, `edit` and `history`: one program by hand."""

from pathlib import Path

import pytest
import yaml

from nexus.errors import Unavailable
from services.content.contracts import Program, ProgramContent, Status
from tests.support.kept_programs import KeptPrograms, kept_programs_as_platform, nexus


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> KeptPrograms:
    return kept_programs_as_platform(monkeypatch)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def program(bus: KeptPrograms) -> Program:
    content = ProgramContent.model_validate(
        {"title": {"fr": "Aide", "en": "Help"}, "kind": "grant", "description": {"fr": "Un\n\nDeux"}}
    )
    return bus.create(content, Status.DRAFT)


def test_programs_are_published_and_retired_by_id_or_slug(bus: KeptPrograms, program: Program) -> None:
    result = nexus("publish", "p1-fr")
    assert (result.exit_code, result.output) == (0, "p1-fr is published (id p1, revision 2).\n")
    nexus("retire", "p1")
    assert bus.programs["p1"].status is Status.RETIRED


def test_a_missing_program_does_not_keep_the_others_from_being_published(
    bus: KeptPrograms, program: Program
) -> None:
    result = nexus("publish", "absent", "p1")
    assert result.exit_code == 1
    assert "There is no program 'absent'" in result.stderr
    assert bus.programs["p1"].status is Status.PUBLISHED


def test_a_shown_program_can_be_edited_and_given_back(bus: KeptPrograms, program: Program) -> None:
    shown = nexus("show", "p1-en").stdout
    assert "description:\n  fr: |-\n    Un\n\n    Deux\n" in shown
    Path("p.yaml").write_text(shown)
    assert "revision 1 (nothing changed)" in nexus("edit", "p1", "p.yaml").output
    Path("p.yaml").write_text(shown.replace("Help", "Aid"))
    assert "p1 is at revision 2." in nexus("edit", "p1", "p.yaml").output
    assert bus.programs["p1"].content.title.en == "Aid"
    assert yaml.safe_load(nexus("show", "p1").stdout)["revision"] == 2


def test_an_edit_of_a_stale_revision_shows_the_differences_and_writes_nothing(
    bus: KeptPrograms, program: Program
) -> None:
    Path("p.yaml").write_text(nexus("show", "p1").stdout.replace("Help", "Mine"))
    other = program.content.model_copy(
        update={"title": program.content.title.model_copy(update={"en": "Theirs"})}
    )
    bus.revise(program, "title", content=other)
    result = nexus("edit", "p1", "p.yaml", "--revision", "1")
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "title.en" in line]
    assert "Mine" in line
    assert "Theirs" in line
    assert "title.fr" not in result.output
    assert "Nothing was written" in result.output
    assert bus.programs["p1"].content == other


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: {fr: Aide}\nkind: grant\n", "Say which revision you edited"),
        ("revision: 1\ntitle: {fr: Aide}\nkind: gift\n", "kind: Input should be"),
        ("revision: 1\nid: other\ntitle: {fr: Aide}\nkind: grant\n", "is about the program other"),
        ("- 1\n", "does not hold one program"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_file_that_is_no_program_is_told(bus: KeptPrograms, program: Program, text: str, told: str) -> None:
    Path("p.yaml").write_text(text)
    result = nexus("edit", "p1", "p.yaml")
    assert result.exit_code == 2
    assert told in result.output


def test_the_history_lists_who_changed_what_newest_first(bus: KeptPrograms, program: Program) -> None:
    nexus("publish", "p1")
    lines = nexus("history", "p1-fr").output.splitlines()
    ours = [line for line in lines if "ana" in line]
    assert "published" in ours[0]
    assert "status" in ours[0]
    assert "draft" in ours[1]


@pytest.mark.parametrize("command", [["show", "x"], ["history", "x"], ["publish", "x"]])
def test_a_platform_that_is_away_ends_with_3(bus: KeptPrograms, command: list[str]) -> None:
    bus.fails = [Unavailable("service_unavailable", service="content")]
    assert nexus(*command).exit_code == 3


def test_a_missing_program_is_told_in_words(bus: KeptPrograms) -> None:
    result = nexus("show", "absent")
    assert result.exit_code == 1
    assert "There is no program 'absent': give its id, or its slug" in result.output
