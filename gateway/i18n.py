"""Words in both languages: the gateway's catalogue, dates, names of things."""

from gettext import NullTranslations
from pathlib import Path

from babel.numbers import format_decimal

from gateway.sectors import Language
from nexus.i18n import LOCALES, catalogue, clock, full_date, long_date

__all__ = ["clock", "decimal", "file_size", "full_date", "long_date", "translations"]

_CATALOGUES = Path(__file__).with_name("locale")


def translations(language: Language) -> NullTranslations:
    """The catalogue of a language. English is the language of the messages themselves."""
    return catalogue(_CATALOGUES, "gateway", language)


def file_size(size: int, language: Language) -> str:
    """`1,2 Mo`, `350 KB`: decimal units, as file managers and the web show them."""
    units = ("ko", "Mo") if language == "fr" else ("KB", "MB")
    thousands = max(round(size / 1_000), 1)
    value, unit = (thousands, units[0]) if thousands < 1_000 else (round(size / 1_000_000, 1), units[1])
    return f"{format_decimal(value, locale=LOCALES[language])}\xa0{unit}"


def decimal(number: float, language: Language) -> str:
    """`4,5`, `4.5`."""
    return str(format_decimal(number, locale=LOCALES[language]))
