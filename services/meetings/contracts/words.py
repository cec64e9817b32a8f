"""Words that all contracts of meetings share."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Message, without_control_characters

Place = Literal["partner_office", "company_premises", "phone", "video"]
PLACES: tuple[Place, ...] = get_args(Place)


def _one_line(text: str) -> str:
    if any(break_ in text for break_ in "\n\r\v\f\x85\u2028\u2029"):
        raise ValueError("must be one line")
    return without_control_characters(text)


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(ch.isspace() for ch in text):
        raise ValueError("must be a web address beginning with https:// or http://")
    return without_control_characters(text)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]{1,40}$")]  # a theme, a job, an answer
Tongue = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]  # ISO 639; the first two are fr and en
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
]
Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000),
    AfterValidator(without_control_characters),
]
WebAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_web_address)
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Minutes = Annotated[int, Field(ge=0, le=480, multiple_of=5)]


class BothLines(Message):
    """One line in each language."""

    fr: Line
    en: Line


class BothTexts(Message):
    """A short plain text in each language."""

    fr: Paragraph
    en: Paragraph


def told(text: BothLines | BothTexts, language: Language) -> str:
    """The text in `language`."""
    return text.fr if language == "fr" else text.en
