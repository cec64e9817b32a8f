"""Messages in words: a letter with a plain and an HTML part, both made from one template."""

import re
from functools import cache
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from prometheus_client import Counter

from nexus.i18n import full_date, long_date
from nexus.telemetry import log
from services.notifications.contracts import Language, NoticeKind
from services.notifications.domain.messages import (
    ASKED_FOR,
    Ground,
    Letter,
    Message,
    Notice,
    Recipient,
    Sender,
    WayOut,
)
from services.notifications.writing.itip import calendar_part
from services.notifications.writing.own import markdown
from services.notifications.writing.own.fields import values_of
from services.notifications.writing.own.filling import Filled, Unusable, Words, fill
from services.notifications.writing.words import (
    ACTIVITY_STATES,
    ADVISOR_PLACES,
    GROUNDS,
    PLACES,
    REFUSED,
    UNREADABLE,
    WHY_PARKED,
    activity_place,
    hour,
    moment,
    named_part,
    named_roles,
    named_themes,
    number,
    span,
    translations,
)

Form = Literal["text", "html", "markdown"]
FELL_BACK = Counter(
    "nexus_mail_templates_unusable_total", "Letters in shipped words, in place of own", ["kind"]
)

_ZONE = ZoneInfo("America/Toronto")  # days are those of Montréal
_BLANK_LINES = re.compile(r"\n{3,}")
_INLINER = CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)  # kept: what dark screens need


class Said(NamedTuple):
    """What a letter says; `preview` is what lists of mails show of it."""

    subject: str
    preview: str
    text: str
    html: str


class Saying(NamedTuple):
    """What a letter is made of: a notice, in the words of `filled`, or in the shipped ones. `way_out` is how its
    recipient refuses more of the kind."""

    kind: NoticeKind
    notice: Notice
    language: Language
    sender: Sender
    filled: Filled | None = None
    way_out: WayOut | None = None


def write(
    message: Message,
    recipient: Recipient,
    sender: Sender,
    organiser: str,
    own: Words | None = None,
    way_out: WayOut | None = None,
) -> Letter:
    """`message` in the language of its recipient, signed by `sender`; with what their calendar needs of a meeting,
    which `organiser`, the address of our mail, arranges. In the sector's `own` words, if it has any and they can be
    used, else in those that are shipped; the letter says which."""
    filled = _filled(message, recipient.language, sender, own) if own else None
    said = said_in(Saying(message.kind, message.notice, recipient.language, sender, filled, way_out))
    return Letter(
        id=message.id,
        sector=message.sector,
        language=recipient.language,
        sender=sender.site,
        reply_to=sender.reply_to,
        to=recipient.to,
        subject=said.subject,
        text=said.text,
        html=said.html,
        written_at=message.due or message.created_at,
        calendar=calendar_part(message, recipient, sender, organiser),
        fell_back=own is not None and filled is None,
        unsubscribe=way_out.unsubscribe if way_out else None,
        ground=Ground(way_out.basis, way_out.agreed_at) if way_out else ASKED_FOR,
    )


def said_in(saying: Saying) -> Said:
    """Both forms of a notice."""
    subject, preview, text = _rendered("text", saying)
    _, _, html = _rendered("html", saying)
    return Said(subject, preview, text, _INLINER.inline(html))


def _filled(message: Message, language: Language, sender: Sender, own: Words) -> Filled | None:
    """None: what the sector wrote cannot be used for this letter; nobody goes without it for that."""
    try:
        return fill(own, message.kind, values_of(message.notice, sender, language))
    except Unusable as why:
        FELL_BACK.labels(message.kind).inc()
        told = {"place": why.place, "reason": why.fault.reason, "about": why.fault.about[:60]}
        log.warning("mail_template_unusable", sector=message.sector, kind=message.kind, **told)
        return None


def _rendered(form: Form, saying: Saying) -> tuple[str, str, str]:
    """The subject, the preview and one part: the template of the notice says all, the frame goes around the part."""
    environment = templates(form, saying.language)
    values: dict[str, Any] = saying._asdict()
    if saying.filled:
        body = markdown.body(saying.filled.body, environment.globals["parts"], html=form == "html")
        said: Any = saying.filled
    else:
        said = environment.get_template(f"{saying.kind}.jinja").make_module(values)
        body = Markup(str(said))  # noqa: S704 - the HTML form escaped it
    values |= {"subject": said.subject, "preview": said.preview, "body": body}
    frame = environment.get_template(f"frame.{form}").render(values)
    whole = frame if form == "html" else _BLANK_LINES.sub("\n\n", frame)
    return str(said.subject), str(said.preview), whole


@cache
def templates(form: Form, language: Language) -> Environment:
    """All shipped templates, for one form of a letter, with the words of a language."""
    return environment_of(form, language)


def environment_of(form: Form, language: Language) -> Environment:
    """What shipped templates are rendered in: `parts` are those of the form."""
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
    environment.filters["role"] = lambda role: named_roles(role, language)
    environment.filters["long_date"] = lambda day: long_date(day, language)
    environment.filters["place"] = lambda place: words.gettext(PLACES[place])
    environment.filters["advisor_place"] = lambda place: words.gettext(ADVISOR_PLACES[place])
    environment.filters["full_date"] = lambda day: full_date(day, language)
    environment.filters["hour"] = lambda at, zone: hour(at, zone, language)
    environment.filters["number"] = lambda value: number(value, language)
    environment.filters["themes"] = lambda themes: named_themes(themes, language)
    environment.filters["unreadable"] = lambda reading: words.gettext(UNREADABLE[reading])
    environment.filters["moment"] = lambda at, zone=_ZONE.key: moment(at, zone, language)
    environment.filters["span"] = lambda notice: span(notice.start, notice.end, notice.zone, language)
    environment.filters["activity_place"] = lambda notice: activity_place(
        notice.where, notice.online, language
    )
    environment.filters["activity_state"] = lambda notice: words.gettext(ACTIVITY_STATES[notice.waits])
    environment.filters["part"] = lambda handler: named_part(handler, language)
    environment.filters["why_parked"] = lambda code: words.gettext(WHY_PARKED.get(code, REFUSED))
    environment.filters["ground"] = lambda purpose, at: (
        words.gettext(GROUNDS[purpose]) % {"day": long_date(at.astimezone(_ZONE), language)}
    )
    environment.globals["parts"] = environment.get_template(f"parts.{form}").module
    return environment
