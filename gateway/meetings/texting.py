"""A reminder by text message: who may ask for it, and with which words they agree to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.i18n import translations
from gateway.meetings import views
from gateway.people.forms import Fault
from gateway.sectors import Language
from gateway.words import N_
from services.meetings.contracts.meetings import Meeting

_BEFORE = timedelta(hours=2)
_WORDING = N_(
    "Remind me of the meeting by text message two hours before, at this number. I can stop it at any time."
)


@dataclass(frozen=True)
class TextsView:
    """What the page of a meeting says of its text message; `phone` is what the field holds."""

    wording: str
    phone: str


def wording_of(language: Language) -> str:
    """What is shown beside the box or the button, and kept with the consent."""
    return translations(language).gettext(_WORDING)


def may_be_texted(meeting: Meeting, offered: bool) -> bool:
    """Whether a text message would still come in time."""
    return offered and meeting.start - datetime.now(UTC) > _BEFORE


def texts_of(meeting: Meeting, language: Language, offered: bool, typed: str | None) -> TextsView | None:
    """None where there is nothing to ask for nor to stop."""
    if meeting.texts is None and not may_be_texted(meeting, offered):
        return None
    known = meeting.contact.phone if meeting.contact else None
    return TextsView(wording_of(language), typed if typed is not None else known or "")


def chosen(token: str, given: Mapping[str, str], language: Language) -> dict[str, Any]:
    """The fields of the command that a form stands for."""
    if given.get("texts") != "yes":
        return {"token": token, "text_consent": None}
    return {"token": token, "text_consent": wording_of(language), "phone": given.get("phone") or None}


def unusable(words: Any) -> Fault:
    """That the number cannot be texted, beside its field."""
    told = views.REFUSED["phone_unusable"]
    return Fault("phone", words.gettext(told))
