"""Whether texts in a sector's colours can be read: WCAG 2.2, success criterion 1.4.3.

Formulas: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance."""

import colorsys
import math

from services.content.contracts.sectors import ColourCheck, ColourName, SectorColours

NEEDED = 4.5  # to 1, for text of any size
LIGHT, LIGHT_WASH = "#ffffff", "#f8f5ef"  # what `accent` is read on: gateway/static/site.css
DARK, DARK_WASH, ON_ACCENT_DARK = "#15191d", "#1c2126", "#12171b"  # the same for `accent_dark`
_TINT = 0.09  # how much of the accent is in the panels that stand out
_STEPS = 200  # of lightness, from black to white, among which the nearest colour is looked for


def ratio(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb`), 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def checks(colours: SectorColours) -> tuple[ColourCheck, ...]:
    """A check of each colour. That of texts on the accent supposes the accent that is proposed."""
    accent = _check("accent", colours.accent, (LIGHT, LIGHT_WASH), LIGHT)
    dark = _check("accent_dark", colours.accent_dark, (DARK, DARK_WASH, ON_ACCENT_DARK), DARK)
    return accent, dark, _check("on_accent", colours.on_accent, (accent.nearest,))


def _check(name: ColourName, colour: str, places: tuple[str, ...], tinted: str | None = None) -> ColourCheck:
    shown = math.floor(_lowest(colour, places, tinted) * 10) / 10  # 4.49 must not be told as 4.5
    nearest = _nearest(colour, places, tinted)
    return ColourCheck(colour=name, ratio=shown, needed=NEEDED, nearest=nearest)


def _lowest(colour: str, places: tuple[str, ...], tinted: str | None) -> float:
    panels = (_mixed(colour, tinted),) if tinted else ()
    return min(ratio(colour, place) for place in (*places, *panels))


def _nearest(colour: str, places: tuple[str, ...], tinted: str | None) -> str:
    """The colour of the same hue and saturation whose lightness differs least, and which can be read."""
    if _lowest(colour, places, tinted) >= NEEDED:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    steps = sorted((n / _STEPS for n in range(_STEPS + 1)), key=lambda one: abs(one - lightness))
    others = (_named(colorsys.hls_to_rgb(hue, one, saturation)) for one in steps)
    return next(one for one in others if _lowest(one, places, tinted) >= NEEDED)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(colour: str, into: str) -> str:
    """As CSS does: `color-mix(in srgb, colour 9%, into)`."""
    pairs = zip(_channels(colour), _channels(into), strict=True)
    return _named(tuple(_TINT * one + (1 - _TINT) * other for one, other in pairs))


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _named(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
