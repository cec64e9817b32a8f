"""Words that all contracts of meetings share."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from nexus.caller import Language
from nexus.messages import Message, without_control_characters

Key = Annotated[str, StringConstraints(pattern=r"^[!-~]{8,100}$")]  # of what is asked for once
Place = Literal["partner_office", "company_premises", "phone", "video"]
PLACES: tuple[Place, ...] = get_args(Place)


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(ch.isspace() for ch in text):
        raise ValueError("must be a web address beginning with https:// or http://")
    return without_control_characters(text)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]{1,40}$")]  # a theme, a job, an answer
Tongue = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]  # ISO 639; the first two are fr and en
# Texts are judged as they were sent, and then lose the blanks around them: so the API's description says all of it.
_NO_LINE = "\\x00-\\x1f\\x7f\x85\u2028\u2029\ufffe\uffff"  # what no line holds, as part of a pattern
NO_TEXT = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\ufffe\uffff"  # and no text
Line = Annotated[
    str,
    StringConstraints(max_length=200, pattern=f"^[^{_NO_LINE}]*[^{_NO_LINE}\\s][^{_NO_LINE}]*$"),
    AfterValidator(str.strip),
]
Paragraph = Annotated[
    str,
    StringConstraints(max_length=4_000, pattern=f"^[^{NO_TEXT}]*[^{NO_TEXT}\\s][^{NO_TEXT}]*$"),
    AfterValidator(str.strip),
]
WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    AfterValidator(_web_address),
    Field(json_schema_extra={"pattern": r"^https?://[!-~]*$"}),
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
