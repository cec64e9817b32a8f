"""Colours of slides: in numbers, or by the name of one of the theme's."""

from typing import Any

from services.content.extraction.sheet import colour

_NAMES = {
    "bg1": "lt1",
    "tx1": "dk1",
    "bg2": "lt2",
    "tx2": "dk2",
}  # as masters map them, unless they say otherwise


class Hues:
    """The colours of a master's theme."""

    def __init__(self, master: Any) -> None:
        mapping = master._element.xpath("./p:clrMap")
        self._names = _NAMES | dict(mapping[0].attrib if mapping else {})
        self._theme = _theme(master)

    def of(self, holder: Any) -> str | None:
        """The colour that `holder` has directly within it; None where it is given in yet another way. Lighter and
        darker shades count as the colour itself."""
        for one in holder:
            said = str(one.get("val"))
            if one.tag.endswith("}srgbClr"):
                return colour(said)
            if one.tag.endswith("}schemeClr"):
                return self._theme.get(self._names.get(said, said))
        return None


def is_dark(hue: str) -> bool:
    """Whether white words are read more easily on it than black ones. `hue`: "#rrggbb"."""
    red, green, blue = (int(hue[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _theme(master: Any) -> dict[str, str]:
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml import parse_xml

    try:
        root = parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    except KeyError:
        return {}
    named = dict[str, str]()
    for one in root.xpath("./a:themeElements/a:clrScheme/*[*]"):
        hue = colour(one[0].get("lastClr") or one[0].get("val"))
        if hue:
            named[one.tag.rpartition("}")[2]] = hue
    return named
