"""A sector is a TOML file; what is wrong with one is said."""

import re
from pathlib import Path

import pytest

from gateway.problems import preferred
from gateway.sectors import load_sectors
from nexus.errors import InvalidInput

STYLE = (Path(__file__).parents[2] / "gateway/static/site.css").read_text()
PAPER, DARK_PAPER = re.findall(r"--paper: (#[0-9a-f]{6});", STYLE)[:2]
(ON_DARK_ACCENT,) = re.findall(r"--on-link: (#[0-9a-f]{6});", STYLE)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", load_sectors())
def test_the_colours_of_a_sector_can_be_read(name: str):
    colours = load_sectors()[name].colours
    assert contrast(colours.accent, PAPER) >= 4.5
    assert contrast(colours.accent_dark, DARK_PAPER) >= 4.5
    assert contrast(colours.accent_dark, ON_DARK_ACCENT) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5


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
