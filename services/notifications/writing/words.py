"""The words that letters and calendar entries share, in the language of who reads them."""

from collections.abc import Iterable
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from nexus.i18n import LOCALES, catalogue, clock, full_date
from services.notifications.contracts import Language

_CATALOGUES = Path(__file__).with_name("locale")


def N_(text: str) -> str:
    """Marks a text for translation."""
    return text


ROLES = {
    "member": N_("member of a company"),
    "advisor": N_("advisor"),
    "editor": N_("editor"),
    "coordinator": N_("coordinator"),
    "admin": N_("administrator"),
}
PLACES = {
    "partner_office": N_("At our office"),
    "company_premises": N_("At your company"),
    "phone": N_("By phone: we call you"),
    "video": N_("By video"),
}
ADVISOR_PLACES = PLACES | {
    "company_premises": N_("At the company’s premises"),
    "phone": N_("By phone: you call"),
}
ACTIVITY_STATES = {  # by whether somebody waits
    False: N_("You have a place."),
    True: N_("You are on the waiting list."),
}

THEMES = {
    "hiring": N_("hiring"),
    "training": N_("training"),
    "francization": N_("learning French at work"),
    "immigration": N_("immigration"),
    "recognition": N_("recognition of skills"),
    "integration": N_("welcoming and keeping"),
    "diversity": N_("managing diversity"),
}
PARTS = {  # of the platform, by the services' names
    "content": N_("Contents"),
    "meetings": N_("Meetings and cases"),
    "notifications": N_("Messages"),
    "people": N_("Accounts"),
    "search": N_("Search"),
}
WHY_PARKED = {  # by code
    "internal_error": N_("the software met something that it did not expect."),
    "invalid_message": N_("what was told could not be read; perhaps two parts are of different versions."),
    "mail_refused": N_("the mail server refused it for good, or too many times."),
}
REFUSED = N_("it was refused.")  # with a code that says more to who operates the platform

GROUNDS = {  # why somebody gets what they can refuse
    "digest": N_("You get this because you asked for it on %(day)s."),
    "follow_up": N_("You get this because you met us on %(day)s."),
}
UNREADABLE = {  # why there is no text of a file, and what whoever uploaded it can do
    "encrypted": N_("it is protected by a password. Upload it without one."),
    "damaged": N_(
        "it seems damaged, and may not open for readers either. Make the file anew, then upload it again."
    ),
    "too_large": N_("it is too large to be read whole. Divide it, or make it smaller, then upload it again."),
    "too_slow": N_(
        "reading it took too long. Make it simpler (fewer pages or pictures), then upload it again."
    ),
}


def translations(language: Language) -> NullTranslations:
    """The catalogue of a language."""
    return catalogue(_CATALOGUES, "notifications", language)


def named_part(handler: str, language: Language) -> str:
    """The part of the platform that a handler is of."""
    service = handler.partition(".")[0]
    return translations(language).gettext(PARTS.get(service, service))


def named_roles(roles: str, language: Language) -> str:
    """`admin, editor` as a person says it; other words stay as they are."""
    words = translations(language)
    return ", ".join(words.gettext(ROLES[role]) if role in ROLES else role for role in roles.split(", "))


def moment(at: datetime, zone: str, language: Language) -> str:
    """`mardi 1er décembre 2026, 14 h`, by the clocks of `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{full_date(local.date(), language)}, {hour(at, zone, language)}"


def span(start: datetime, end: datetime, zone: str, language: Language) -> str:
    """`mardi 1er décembre 2026, 14 h – 16 h`: from when to when, by the clocks of `zone`."""
    same_day = start.astimezone(ZoneInfo(zone)).date() == end.astimezone(ZoneInfo(zone)).date()
    until = (hour if same_day else moment)(end, zone, language)
    return f"{moment(start, zone, language)} – {until}" if start != end else moment(start, zone, language)


def activity_place(where: str | None, online: bool, language: Language) -> str:
    """Where one takes part, in a line; empty: it is not told."""
    words = translations(language)
    if where and online:
        return words.gettext("%(where)s, or online") % {"where": where}
    return where or (words.gettext("Online") if online else "")


def hour(at: datetime, zone: str, language: Language) -> str:
    """`14 h 30`, `2:30 p.m.`, by the clocks of `zone`: one word; fonts of mail programs may lack narrow spaces."""
    return "\xa0".join(clock(at.astimezone(ZoneInfo(zone)), language).split())


def number(value: float, language: Language) -> str:
    """`3,2`, `3.2`: with one decimal at most."""
    return format_decimal(round(value, 1), locale=LOCALES[language])


def named_themes(themes: Iterable[str], language: Language) -> str:
    """Themes as a person says them, with commas; others stay as they are."""
    words = translations(language)
    return ", ".join(words.gettext(THEMES[one]) if one in THEMES else one for one in themes)
