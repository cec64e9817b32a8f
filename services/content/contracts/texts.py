"""Texts in two languages, and the other words that all publications share."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from nexus.messages import NO_TEXT, Message, without_control_characters

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Sector = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]


def _no_number(value: Any) -> Any:
    """A number is no moment, though it could be read as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("a moment is written as 2026-12-01T09:00:00-05:00")
    return value


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(ch.isspace() for ch in text):
        raise ValueError("must be a web address beginning with https:// or http://")
    return text


# What JSON schemas tell of rules that are code.
_PRINTABLE = f"[^{NO_TEXT}]"
_NOT_BLANK = {"pattern": rf"^{_PRINTABLE}*[!-~\u00a1-\ud7ff]{_PRINTABLE}*$"}
_WEB = {"pattern": r"^https?://[!-~\u00a1-\u1fff]*$"}
_TITLE = {
    "anyOf": [
        {"required": [language], "properties": {language: {"type": "string"}}} for language in LANGUAGES
    ]
}


def plain(text: str) -> str:
    """`text`, for use as a validator of names. Raises ValueError if it looks like HTML."""
    if "<" in text or ">" in text:
        raise ValueError("must not hold < or >")
    return text


Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(without_control_characters),
    Field(json_schema_extra=_NOT_BLANK),
]
Line = Annotated[Words, StringConstraints(max_length=400)]
Paragraph = Annotated[Words, StringConstraints(max_length=4_000)]
Prose = Annotated[Words, StringConstraints(max_length=20_000)]  # Markdown; parsing is quadratic at worst
PublishAt = Annotated[
    AwareDatetime | None,
    BeforeValidator(_no_number),
    Field(description="When a draft is to be published by itself"),
]
WebAddress = Annotated[
    Words,
    StringConstraints(max_length=2_000),
    AfterValidator(_web_address),
    Field(json_schema_extra=_WEB),
]


class Theme(StrEnum):
    """What a company needs help with."""

    HIRING = "hiring"
    TRAINING = "training"
    FRANCIZATION = "francization"
    IMMIGRATION = "immigration"
    RECOGNITION = "recognition"
    INTEGRATION = "integration"
    DIVERSITY = "diversity"


class LineText(Message):
    """One line in each language; a missing one is None."""

    fr: Line | None = None
    en: Line | None = None


class PlainLineText(LineText):
    """One line in each language, without anything that looks like HTML."""

    fr: Annotated[Line, AfterValidator(plain)] | None = None
    en: Annotated[Line, AfterValidator(plain)] | None = None


class ParagraphText(Message):
    """A short plain text in each language; a missing one is None."""

    fr: Paragraph | None = None
    en: Paragraph | None = None


class MarkdownText(Message):
    """Markdown in each language; a missing one is None."""

    fr: Prose | None = None
    en: Prose | None = None


class SlugText(Message):
    """The current slug in each language. A language without a text of its own borrows the other's."""

    fr: Slug
    en: Slug


class SlugWish(Message):
    """The slug that an editor wants in each language; None: made from the title."""

    fr: Slug | None = None
    en: Slug | None = None


def _titled(text: LineText) -> LineText:
    if not (text.fr or text.en):
        raise ValueError("a title in French or in English is needed")
    return text


Title = Annotated[LineText, AfterValidator(_titled), Field(json_schema_extra=_TITLE)]
PlainTitle = Annotated[PlainLineText, AfterValidator(_titled), Field(json_schema_extra=_TITLE)]


class Keywords(Message):
    """Words that people type and the texts do not use."""

    fr: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


def in_language(text: LineText | ParagraphText | MarkdownText, language: Language) -> str | None:
    """The text in `language`, or in the other one, or None."""
    own, other = (text.fr, text.en) if language == "fr" else (text.en, text.fr)
    return own or other


def missing_languages(texts: Iterable[LineText | ParagraphText | MarkdownText]) -> tuple[Language, ...]:
    """The languages in which a text is missing that the other language has."""
    pairs = [(text.fr, text.en) for text in texts]
    absent: list[Language] = []
    if any(en and not fr for fr, en in pairs):
        absent.append("fr")
    if any(fr and not en for fr, en in pairs):
        absent.append("en")
    return tuple(absent)
