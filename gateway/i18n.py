"""Words in both languages: gettext catalogues, dates, names of things."""

import io
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from gateway.sectors import Language

_CATALOGUES = Path(__file__).with_name("locale")
_LOCALES = {"fr": "fr_CA", "en": "en_CA"}


@cache
def translations(language: Language) -> NullTranslations:
    """The catalogue of a language. English is the language of the messages themselves."""
    if language == "en":
        return NullTranslations()
    with (_CATALOGUES / language / "LC_MESSAGES" / "gateway.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def file_size(size: int, language: Language) -> str:
    """`1,2 Mo`, `350 KB`: decimal units, as file managers and the web show them."""
    units = ("ko", "Mo") if language == "fr" else ("KB", "MB")
    thousands = max(round(size / 1_000), 1)
    value, unit = (thousands, units[0]) if thousands < 1_000 else (round(size / 1_000_000, 1), units[1])
    return f"{format_decimal(value, locale=_LOCALES[language])}\xa0{unit}"


def long_date(day: date | datetime, language: Language) -> str:
    """`1er décembre 2026`, `December 1, 2026`. Babel writes no `1er`."""
    text = format_date(day, "long", locale=_LOCALES[language])
    return f"1er{text[1:]}" if language == "fr" and text.startswith("1 ") else text


def clock(moment: datetime, language: Language) -> str:
    """`14 h 30`, `2:30 p.m.`: the time of day of `moment`, in its own zone."""
    return format_time(moment.timetz(), "short", locale=_LOCALES[language])
