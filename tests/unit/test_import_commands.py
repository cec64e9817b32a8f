"""`nexus import programs`: outcomes, what is told, exit codes."""

import asyncio
import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console

from nexus.caller import operator
from nexus.errors import Defect, Forbidden, Unavailable
from services.content import commands
from services.content.contracts import Status
from services.content.importing import output, run
from services.content.importing.run import ImportOptions, run_import
from services.content.importing.spec import parse_mapping
from tests.support.kept_programs import KeptPrograms, kept_programs_as_platform, nexus

MAPPING = """
source = "partner"
language = "fr"
external_id = "id"
[fields]
title = "name"
kind = "kind"
amount = "amount"
"""


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> KeptPrograms:
    return kept_programs_as_platform(monkeypatch)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `in` and a mapping `map.toml` for it, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.toml").write_text(MAPPING)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def imports(*options: str) -> Result:
    return nexus("import", "programs", "in", "--mapping", "map.toml", *options)


def counts(report: str = "report.json") -> dict[str, int]:
    found: dict[str, int] = json.loads(Path(report).read_bytes())["counts"]
    return {name: number for name, number in found.items() if number}


def rows(*lines: str) -> str:
    return "id,name,kind,amount\n" + "".join(f"{line}\n" for line in lines)


def test_importing_again_changes_only_what_changed(bus: KeptPrograms, source: Path) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,5 $", "2,Prêt,loan,9 $"))
    assert imports("--report", "report.json").exit_code == 0
    assert counts() == {"created": 2}
    assert {program.status for program in bus.programs.values()} == {Status.DRAFT}

    assert imports("--report", "report.json").exit_code == 0
    assert counts() == {"unchanged": 2}

    (source / "a.csv").write_text(rows("1,Aide,grant,6 $", "2,Prêt,loan,9 $"))
    imports("--report", "report.json")
    assert counts() == {"updated": 1, "unchanged": 1}
    assert bus.programs["p1"].revision == 2


def test_a_dry_run_writes_nothing(bus: KeptPrograms, source: Path) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,5 $"))
    result = imports("--dry-run")
    assert result.exit_code == 0
    assert "Dry run of partner" in result.output
    assert bus.programs == {}


def test_new_programs_are_public_when_asked(bus: KeptPrograms, source: Path) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,"))
    imports("--publish")
    assert bus.programs["p1"].status is Status.PUBLISHED


def test_bad_rows_are_told_and_the_others_go_in(bus: KeptPrograms, source: Path) -> None:
    (source / "a.csv").write_text(rows("1,Aide,gift,", "2,,grant,", "3,Prêt,loan,1", "4,taken,loan,"))
    (source / "b.yaml").write_text("a: [")
    (source / "c.txt").write_text("not ours")
    result = imports("--report", "report.json")
    assert result.exit_code == 1
    assert "a.csv, line 2 (1): kind: Input should be 'wage_subsidy'" in result.output
    assert "a.csv, line 3 (2): title: is needed, and nothing was found for it" in result.output
    assert "a.csv, line 5 (4): another program has this address" in result.output
    assert "b.yaml, line 2: the file is not YAML" in result.output
    assert "2 files read, 1 of other kinds or names skipped" in result.output
    assert counts() == {"created": 1, "refused": 4}
    first = json.loads(Path("report.json").read_bytes())["rows"][0]
    assert (first["file"], first["place"], first["external_id"], first["code"]) == (
        "a.csv",
        "line 2",
        "1",
        "invalid",
    )
    assert first["faults"][0]["field"] == "kind"


def test_an_external_id_that_comes_twice_is_taken_once(bus: KeptPrograms, source: Path) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,", "2,Prêt,loan,"))
    (source / "b.csv").write_text(rows("1,Autre,grant,"))
    result = imports()
    assert result.exit_code == 1
    assert "b.csv, line 2 (1): external_id: is the same as that of a.csv, line 2 (1)" in result.output
    assert bus.programs["p1"].content.title.fr == "Aide"


def test_many_rows_are_sent_in_chunks(
    bus: KeptPrograms, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "a.csv").write_text(rows(*(f"{n},Aide {n},grant," for n in range(250))))
    imports()
    assert bus.chunks == [100, 100, 50]
    monkeypatch.setattr(run, "CHUNK_BYTES", 5_000)
    imports()
    assert max(bus.chunks[3:]) < 20


def test_a_platform_that_goes_away_is_told_and_the_import_can_be_run_again(
    bus: KeptPrograms, source: Path
) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,"))
    bus.fails = [Unavailable("service_unavailable", service="content")]
    result = imports("--report", "report.json")
    assert result.exit_code == 3
    assert "Run the same command again later" in result.output
    assert counts() == {"not_confirmed": 1}
    assert imports().exit_code == 0


@pytest.mark.parametrize("error", [Forbidden("role_required", roles=["editor"]), Defect()])
def test_a_chunk_that_is_refused_whole_is_told_row_by_row(
    bus: KeptPrograms, source: Path, error: Exception
) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,"))
    bus.fails = [error]
    result = imports()
    assert result.exit_code == 1
    assert f"a.csv, line 2 (1): {error}" in result.output


def test_a_field_that_no_row_fills_is_pointed_out(bus: KeptPrograms, source: Path) -> None:
    (source / "a.csv").write_text("id,name,kind,amuont\n1,Aide,grant,5 $\n")
    assert "No record gave anything for amount" in imports().output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent", "--mapping", "map.toml"], "'absent' does not exist"),
        (["in", "--mapping", "absent.toml"], "shipped mapping: aid-programs-fr"),
        (["in", "--mapping", "bad.toml"], "unknown key 'feilds'; did you mean 'fields'?"),
        (["in", "--mapping", "map.toml"], "There is no file to import in in"),
        (["in"], "Missing option '--mapping'"),
        (["in", "--mapping", "map.toml", "--report", "no/report.json"], "there is no folder 'no'"),
    ],
)
def test_wrong_usage_ends_with_2_and_what_is_wrong(
    bus: KeptPrograms, source: Path, arguments: list[str], told: str
) -> None:
    Path("bad.toml").write_text(MAPPING + "[feilds]\n")
    result = nexus("import", "programs", *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())


def test_what_files_say_cannot_steer_the_terminal(bus: KeptPrograms, source: Path) -> None:
    (source / "a.yaml").write_text('{id: "x", name: Aide, kind: "\\e]0;owned\\a\\u202egift"}')
    Path("map.toml").write_text(
        MAPPING.replace('kind = "kind"', 'kind = {path = "kind", table = {a = "grant"}}')
    )
    printed = imports().output
    assert "owned" in printed
    assert not {"\x1b", "\x07", "\u202e"} & set(printed)
    assert output.printable("a\nb") == "a\\nb"


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(source: Path, terminal: bool) -> None:
    (source / "a.csv").write_text(rows("1,Aide,grant,"))
    screen = StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100)
    options = ImportOptions((source,), parse_mapping(MAPPING.encode()))
    asyncio.run(run_import(KeptPrograms(), operator("ana"), options, console))
    assert ("Importing" in screen.getvalue()) is terminal


def test_samples_are_brought_in_once(bus: KeptPrograms) -> None:
    brought = asyncio.run(commands.bring_samples(bus, operator("samples")))
    assert brought == len(bus.programs) >= 1
    assert {program.status for program in bus.programs.values()} == {Status.PUBLISHED}
    assert asyncio.run(commands.bring_samples(bus, operator("samples"))) == 0
