"""What every process that writes to people needs: catalogues of words, dates as they are written."""

import io
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from nexus.caller import Language

LOCALES: dict[Language, str] = {"fr": "fr_CA", "en": "en_CA"}


@cache
def catalogue(folder: Path, domain: str, language: Language) -> NullTranslations:
    """The words of `language` in `folder`. English is the language of the messages themselves."""
    if language == "en":
        return NullTranslations()
    with (folder / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as source:
        read = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


def long_date(day: date | datetime, language: Language) -> str:
    """`1er décembre 2026`, `December 1, 2026`. Babel writes no `1er`."""
    text = format_date(day, "long", locale=LOCALES[language])
    return f"1er{text[1:]}" if language == "fr" and text.startswith("1 ") else text


def full_date(day: date, language: Language) -> str:
    """`mardi 1er décembre 2026`, `Tuesday, December 1, 2026`."""
    weekday = format_date(day, "EEEE", locale=LOCALES[language])
    return f"{weekday}{', ' if language == 'en' else ' '}{long_date(day, language)}"


def clock(moment: datetime, language: Language) -> str:
    """`9 h`, `14 h 30`, `2:30 p.m.`: the time of day of `moment`, in its own zone.

    French as the Office québécois de la langue française writes hours: no leading zero, no minutes at the full hour."""
    if language == "fr":
        return f"{moment.hour}\xa0h" + (f"\xa0{moment.minute:02}" if moment.minute else "")
    return format_time(moment.timetz(), "short", locale=LOCALES[language])
