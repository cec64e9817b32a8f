"""Messages in words: a letter with a plain and an HTML part, both made from one template."""

import re
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nexus.i18n import catalogue, clock, full_date, long_date
from services.notifications.contracts import Language
from services.notifications.domain import Letter, Message, Sender

Form = Literal["text", "html"]

_CATALOGUES = Path(__file__).with_name("locale")
_BLANK_LINES = re.compile(r"\n{3,}")
_INLINER = CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)  # kept: what dark screens need


def N_(text: str) -> str:
    """Marks a text for translation."""
    return text


_ROLES = {
    "member": N_("member of a company"),
    "advisor": N_("advisor"),
    "editor": N_("editor"),
    "coordinator": N_("coordinator"),
    "admin": N_("administrator"),
}


_PLACES = {
    "partner_office": N_("At our office"),
    "company_premises": N_("At your company"),
    "phone": N_("By phone: we call you"),
    "video": N_("By video"),
}


def write(message: Message, sender: Sender) -> Letter:
    """`message` in the language of its recipient, signed by `sender`."""
    notice = message.notice
    subject, text = _rendered("text", message, sender)
    _, html = _rendered("html", message, sender)
    return Letter(
        id=message.id,
        sector=message.sector,
        language=notice.language,
        sender=sender.site,
        reply_to=sender.reply_to,
        to=notice.to,
        subject=subject,
        text=text,
        html=_INLINER.inline(html),
        written_at=message.created_at,
    )


def _rendered(form: Form, message: Message, sender: Sender) -> tuple[str, str]:
    """The subject and one part: the template of the notice says both, the frame goes around the part."""
    environment = _environment(form, message.notice.language)
    values = {"notice": message.notice, "sender": sender, "language": message.notice.language}
    said: Any = environment.get_template(f"{message.kind}.jinja").make_module(values)
    subject, body = str(said.subject), Markup(str(said))  # noqa: S704 - the HTML form escaped it
    frame = environment.get_template(f"frame.{form}").render(**values, subject=said.subject, body=body)
    return subject, frame if form == "html" else _BLANK_LINES.sub("\n\n", frame)


@cache
def _environment(form: Form, language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("services.notifications.writing"),
        autoescape=form == "html",  # noqa: S701 - a plain part has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = catalogue(_CATALOGUES, "notifications", language)
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["role"] = lambda role: _role(role, words)
    environment.filters["long_date"] = lambda day: _day(day, language)
    environment.filters["place"] = lambda place: words.gettext(_PLACES[place])
    environment.filters["moment"] = lambda at, zone: _moment(at.astimezone(ZoneInfo(zone)), language)
    environment.globals["parts"] = environment.get_template(f"parts.{form}").module
    return environment


def _role(roles: str, words: NullTranslations) -> str:
    named = [words.gettext(_ROLES[role]) if role in _ROLES else role for role in roles.split(", ")]
    return ", ".join(named)


def _moment(at: datetime, language: Language) -> str:
    hour = "\xa0".join(clock(at, language).split())  # one word; fonts of mail programs may lack narrow spaces
    return f"{full_date(at.date(), language)}, {hour}"


def _day(day: date, language: Language) -> str:
    return long_date(day, language)
