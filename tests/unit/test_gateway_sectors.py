"""A sector is a TOML file; what is wrong with one is said."""

from pathlib import Path

import pytest

from gateway.problems import preferred
from gateway.sectors import load_sectors
from nexus.errors import InvalidInput


def test_sectors_come_in_the_order_of_their_ranks_and_know_each_other():
    sectors = load_sectors()
    assert list(sectors) == ["tic", "svts", "aero"]
    assert sectors["tic"].known["aero"].en == "Aerospace"


def test_a_new_sector_needs_a_file_and_nothing_else(tmp_path: Path):
    shipped = Path(__file__).parents[2] / "sectors" / "tic.toml"
    text = shipped.read_text().replace('name = "tic"', 'name = "env"', 1)
    (tmp_path / "env.toml").write_text(text)
    assert list(load_sectors(tmp_path)) == ["env"]


@pytest.mark.parametrize(("text", "told"), [("name = ", "reason"), ('name = "x y"', "errors")])
def test_what_is_wrong_with_a_sector_is_said(tmp_path: Path, text: str, told: str):
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(InvalidInput, match="sector_invalid") as refused:
        load_sectors(tmp_path)
    assert refused.value.details["file"] == "bad.toml"
    assert told in refused.value.details


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "fr"),
        ("en", "en"),
        ("en-CA,en;q=0.9,fr;q=0.8", "en"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,en;q=0.3", "en"),
        ("de", "fr"),
        ("en;q=nonsense, fr", "fr"),
        ("*", "fr"),
        ("en, fr", "en"),
        ("fr; q=0.5, en; q=0.9", "en"),
        ("frr, en", "en"),
        ("en;q=0", "fr"),
        ("en;q=nan", "fr"),
    ],
)
def test_the_language_of_a_browser(header: str, language: str):
    assert preferred(header) == language
