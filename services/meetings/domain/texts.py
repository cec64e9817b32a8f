"""Reminders by text message: who may ask for one."""

from collections.abc import Callable
from datetime import datetime

from nexus.errors import InvalidInput
from services.meetings.contracts.meetings import TextReminder

ToText = Callable[[str], str | None]  # a phone number as ITU-T E.164 has it; None: it cannot be texted


def text_reminder(
    wording: str | None, phone: str | None, number_of: ToText | None, now: datetime
) -> TextReminder | None:
    """What somebody agreed to with `wording`; without it, nothing. `number_of` None: no text messages are offered.

    Raises InvalidInput(`texts_not_offered`, `phone_unusable`)."""
    if wording is None:
        return None
    if number_of is None:
        raise InvalidInput("texts_not_offered", field="text_consent")
    if not phone or not (number := number_of(phone)):
        raise InvalidInput("phone_unusable", field="phone")
    return TextReminder(number=number, wording=wording, at=now)
