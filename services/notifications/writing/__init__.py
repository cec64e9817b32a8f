"""Messages in words: a letter with a plain and an HTML part, both made from one template."""

import re
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from typing import Any, Literal
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nexus.i18n import clock, full_date, long_date
from services.notifications.contracts import Language
from services.notifications.domain.messages import Letter, Message, Recipient, Sender
from services.notifications.writing.itip import calendar_part
from services.notifications.writing.words import ADVISOR_PLACES, PLACES, ROLES, translations

Form = Literal["text", "html"]

_BLANK_LINES = re.compile(r"\n{3,}")
_INLINER = CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)  # kept: what dark screens need


def write(message: Message, recipient: Recipient, sender: Sender, organiser: str) -> Letter:
    """`message` in the language of its recipient, signed by `sender`; with what their calendar needs of a meeting,
    which `organiser`, the address of our mail, arranges."""
    subject, text = _rendered("text", message, recipient, sender)
    _, html = _rendered("html", message, recipient, sender)
    return Letter(
        id=message.id,
        sector=message.sector,
        language=recipient.language,
        sender=sender.site,
        reply_to=sender.reply_to,
        to=recipient.to,
        subject=subject,
        text=text,
        html=_INLINER.inline(html),
        written_at=message.due or message.created_at,
        calendar=calendar_part(message, recipient, sender, organiser),
    )


def _rendered(form: Form, message: Message, recipient: Recipient, sender: Sender) -> tuple[str, str]:
    """The subject and one part: the template of the notice says both, the frame goes around the part."""
    environment = templates(form, recipient.language)
    values: dict[str, Any] = {"notice": message.notice, "sender": sender, "language": recipient.language}
    said: Any = environment.get_template(f"{message.kind}.jinja").make_module(values)
    subject, body = str(said.subject), Markup(str(said))  # noqa: S704 - the HTML form escaped it
    values |= {"subject": said.subject, "preview": said.preview, "body": body}
    frame = environment.get_template(f"frame.{form}").render(values)
    return subject, frame if form == "html" else _BLANK_LINES.sub("\n\n", frame)


@cache
def templates(form: Form, language: Language) -> Environment:
    """All templates, for one form of a letter, with the words of a language."""
    environment = Environment(
        loader=PackageLoader("services.notifications.writing"),
        autoescape=form == "html",  # noqa: S701 - a plain part has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = translations(language)
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["role"] = lambda role: _role(role, words)
    environment.filters["long_date"] = lambda day: _day(day, language)
    environment.filters["place"] = lambda place: words.gettext(PLACES[place])
    environment.filters["advisor_place"] = lambda place: words.gettext(ADVISOR_PLACES[place])
    environment.filters["moment"] = lambda at, zone: _moment(at.astimezone(ZoneInfo(zone)), language)
    environment.globals["parts"] = environment.get_template(f"parts.{form}").module
    return environment


def _role(roles: str, words: NullTranslations) -> str:
    named = [words.gettext(ROLES[role]) if role in ROLES else role for role in roles.split(", ")]
    return ", ".join(named)


def _moment(at: datetime, language: Language) -> str:
    hour = "\xa0".join(clock(at, language).split())  # one word; fonts of mail programs may lack narrow spaces
    return f"{full_date(at.date(), language)}, {hour}"


def _day(day: date, language: Language) -> str:
    return long_date(day, language)
