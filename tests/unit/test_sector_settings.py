"""What a sector's people may say, and in which colours."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.sectors import load_sectors
from services.content.contracts.partners import PartnerContent
from services.content.contracts.sectors import SectorColours
from services.content.domain import colours
from services.content.domain.colours import checks, ratio
from tests.support.sectors import settings

STYLE = (Path(__file__).parents[2] / "gateway/static/site.css").read_text()


def look(**changed: str) -> SectorColours:
    return SectorColours(**{"accent": "#0b5c8a", "accent_dark": "#7cc4ee", "on_accent": "#ffffff"} | changed)


def failing(**changed: str) -> list[str]:
    return [one.colour for one in checks(look(**changed)) if not one.passes]


@pytest.mark.parametrize(
    ("one", "other", "known"),  # https://webaim.org/resources/contrastchecker/ rounds in the same way
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#abcdef", "#abcdef", 1.0),
    ],
)
def test_the_contrast_of_two_colours_is_that_of_wcag(one: str, other: str, known: float) -> None:
    assert round(ratio(one, other), 2) == known
    assert ratio(one, other) == ratio(other, one)


@pytest.mark.parametrize("name", load_sectors())
def test_the_colours_of_every_shipped_sector_can_be_read(name: str) -> None:
    assert failing(**load_sectors()[name].colours.model_dump()) == []


def test_colours_are_read_on_the_grounds_that_the_style_sheet_has() -> None:
    assert re.findall(r"--paper: (#[0-9a-f]{6});", STYLE)[:2] == [colours.LIGHT, colours.DARK]
    assert re.findall(r"--wash: (#[0-9a-f]{6});", STYLE)[:2] == [colours.LIGHT_WASH, colours.DARK_WASH]
    assert re.findall(r"--on-link: (#[0-9a-f]{6});", STYLE) == [colours.ON_ACCENT_DARK]
    assert "color-mix(in srgb, var(--link) 9%, var(--paper))" in STYLE


def test_each_colour_is_judged_where_it_is_read() -> None:
    assert failing(accent="#ffcc00") == ["accent"]
    assert failing(accent_dark="#0b5c8a") == ["accent_dark"]
    assert failing(on_accent="#0b5c8a") == ["on_accent"]
    assert failing(accent="#767676") == ["accent"]  # enough on white, too little on a tinted panel


@pytest.mark.parametrize("wanted", ["#ffcc00", "#ffffff", "#000000", "#ff0000", "#808080", "#00ff00"])
def test_the_nearest_colours_pass_and_keep_their_hue(wanted: str) -> None:
    found = {
        one.colour: one.nearest for one in checks(look(accent=wanted, accent_dark=wanted, on_accent=wanted))
    }
    assert failing(**found) == []
    kept = {one.colour: one.nearest for one in checks(look(**found))}
    assert kept == found


def test_a_contrast_that_falls_just_short_is_not_told_as_enough() -> None:
    (accent, _, _) = checks(look(accent="#6f6f6f"))
    assert (accent.ratio, accent.passes) == (4.4, False)


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        (
            "colours",
            {"accent": "red", "accent_dark": "#ffffff", "on_accent": "#ffffff"},
            "string_pattern_mismatch",
        ),
        (
            "colours",
            {"accent": "#fff", "accent_dark": "#ffffff", "on_accent": "#ffffff"},
            "string_pattern_mismatch",
        ),
        ("short", {"fr": "x" * 61, "en": "x"}, "too_long"),
        ("short", {"fr": "x", "en": None}, "string_type"),
        ("short", {"fr": "x", "en": "   "}, "string_too_short"),
        ("title", {"fr": "<b>x</b>", "en": "x"}, "value_error"),
        ("tagline", {"fr": "x\x00", "en": "x"}, "value_error"),
        ("lead", {"fr": "x" * 601, "en": "x"}, "too_long"),
        ("contact", {"name": "<script>"}, "value_error"),
        ("contact", {"name": "x", "url": "javascript:alert(1)"}, "value_error"),
        ("contact", {"name": "x", "email": "marie"}, "value_error"),
        ("contact", {"name": "x", "email": "marie@example.org, eve@example.org"}, "value_error"),
        ("contact", {"name": "x", "phone": "javascript:1"}, "string_pattern_mismatch"),
        ("contact", {"name": "x", "languages": ["de"]}, "literal_error"),
    ],
)
def test_what_cannot_be_said_is_refused(field: str, value: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**{field: value})
    assert {one["type"] for one in refused.value.errors()} == {kind}


@pytest.mark.parametrize(
    "phone", ["514 555-0199", "+1 (514) 555-0199", "1 800 555-0199, poste 12", "514-555-0199 ext. 4"]
)
def test_phone_numbers_are_written_in_many_ways(phone: str) -> None:
    assert settings(contact={"name": "x", "phone": phone}).contact.phone == phone


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"title": {}}, "value_error"),
        ({"title": {"fr": "<i>A</i>"}}, "value_error"),
        ({"role": {"fr": "x" * 401}}, "too_long"),
        ({"url": "javascript:alert(1)"}, "value_error"),
        ({"place": "first"}, "int_parsing"),
        ({"sectors": ()}, "too_short"),
        ({"sectors": ("tic", "aero")}, "too_long"),
        ({"logo": {"sha256": "../../etc/passwd"}}, "string_pattern_mismatch"),
    ],
)
def test_what_cannot_be_said_of_a_partner_is_refused(changed: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PartnerContent.model_validate({"title": {"fr": "CAMAQ"}, "sectors": ("tic",)} | changed)
    assert {one["type"] for one in refused.value.errors()} == {kind}
