"""The names that stand for something in each kind of mail: what a person is told of them, and what they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nexus.i18n import long_date
from services.notifications.contracts import (
    ConfirmationWanted,
    Digest,
    DigestItem,
    FollowUp,
    Language,
    MeetingForAdvisor,
    NoticeKind,
    SendCode,
    SendInvitation,
    SendMeeting,
    SendOffer,
    SendVerificationDue,
)
from services.notifications.contracts.activities import ActivityTold
from services.notifications.domain.messages import Notice, Sender
from services.notifications.writing.words import (
    ACTIVITY_STATES,
    ADVISOR_PLACES,
    N_,
    PLACES,
    activity_place,
    moment,
    named_roles,
    span,
    translations,
)

Sort = Literal["text", "number", "flag", "choice", "list"]


@dataclass(frozen=True)
class Known:
    """A name of a template. `needed`: a letter without it would be of no use; `secret`: it lets somebody in."""

    meaning: str
    sort: Sort = "text"
    choices: tuple[str, ...] = ()
    needed: bool = False
    secret: bool = False
    parts: Mapping[str, "Known"] | None = None


_LINK = Known(
    N_("The address that the mail is for; [words]({{ link }}) on a line of its own is a button"),
    needed=True,
    secret=True,
)
_COMMON = {
    "site": Known(N_("The name of your site")),
    "organisation_name": Known(N_("The whole name of your sector, as at the end of each mail")),
    "contact_name": Known(N_("Whom to ask")),
    "contact_address": Known(N_("Web address of whom to ask; may be empty")),
}
_MEETING = {
    "change": Known(
        N_("What happened to the meeting"), "choice", ("booked", "moved", "reminder", "cancelled")
    ),
    "by_company": Known(N_("Whether the company cancelled it"), "flag"),
    "title": Known(N_("What kind of meeting it is")),
    "when": Known(N_("When it begins"), needed=True),
    "place": Known(N_("How you meet, as a sentence")),
    "where": Known(N_("Address of the office, or of the video room; may be empty")),
}
FIELDS: dict[NoticeKind, dict[str, Known]] = {
    "code": {
        "code": Known(
            N_("The code; empty after too many wrong ones: then the link is the only way in"),
            needed=True,
            secret=True,
        ),
        "link": _LINK,
        "minutes": Known(N_("How many minutes both are good"), "number"),
    },
    "invitation": {
        "inviter": Known(N_("Who invites; empty: those who run the platform")),
        "role": Known(N_("What the person is to be")),
        "organisation": Known(N_("The company that they are invited to; may be empty")),
        "link": _LINK,
        "days": Known(N_("How many days the link is good"), "number"),
    },
    "verification_due": {
        "count": Known(N_("How many texts there are to verify"), "number"),
        "items": Known(
            N_("The texts, one after the other"),
            "list",
            parts={
                "title": Known(N_("Its title")),
                "url": Known(N_("Where it is read and corrected")),
                "verified_on": Known(N_("When it was last verified; empty: never")),
                "still_correct_link": Known(
                    N_("The address that says it is still correct"), needed=True, secret=True
                ),
            },
        ),
    },
    "meeting": {
        **_MEETING,
        "people": Known(N_("Who takes part for you")),
        "name": Known(N_("Who comes; may be empty")),
        "link": _LINK,
    },
    "advisor_meeting": {
        **_MEETING,
        "change": Known(
            N_("What happened to the meeting"), "choice", ("booked", "moved", "cancelled", "declined")
        ),
        "company": Known(N_("The company")),
        "contact": Known(N_("Who comes")),
        "email": Known(N_("Their e-mail address")),
        "phone": Known(N_("Their phone number; may be empty")),
        "page": Known(N_("The meeting in the back office; may be empty")),
    },
    "offer": {
        "title": _MEETING["title"],
        "when": Known(N_("The time that got free"), needed=True),
        "until": Known(N_("Until when it is kept"), needed=True),
        "before": Known(N_("When the meeting is now; empty: there is none yet")),
        "place": _MEETING["place"],
        "people": Known(N_("Who takes part for you")),
        "link": _LINK,
    },
    "calendar": {"link": _LINK},
    "follow_up": {
        "what": Known(
            N_("What it is: the plan, the questions ten days later, or those three months later"),
            "choice",
            ("plan", "feedback", "outcome"),
        ),
        "link": _LINK,
    },
    "result": {"link": _LINK},
    "subscription": {
        "frequency": Known(N_("How often news come"), "choice", ("daily", "weekly")),
        "link": _LINK,
        "days": Known(N_("How many days the link is good"), "number"),
    },
    "digest": {
        "count": Known(N_("How many news there are"), "number"),
        "first": Known(N_("The title of the first")),
        "items": Known(
            N_("The news, one after the other"),
            "list",
            parts={
                "title": Known(N_("Its title")),
                "url": Known(N_("Where it is read"), needed=True),
                "when": Known(N_("When it begins; empty: it is no activity")),
                "lead": Known(N_("What it is, in a sentence; may be empty")),
            },
        ),
        "more": Known(N_("How many more there are than the list has; 0: none"), "number"),
        "address": Known(N_("Where all news are")),
    },
    "activity": {
        "change": Known(
            N_("What happened to the registration, or to the activity"),
            "choice",
            ("joined", "awaited", "gained", "moved", "reminder", "called_off", "left", "ended"),
        ),
        "title": Known(N_("What the activity is called")),
        "when": Known(N_("From when to when it is"), needed=True),
        "before": Known(N_("Of a move: when it was to begin before; empty: that stays")),
        "where": Known(N_("Its place and address, or that it is online; may be empty")),
        "state": Known(N_("Whether they have a place or wait for one, as a sentence")),
        "waits": Known(N_("Whether they wait for a place, or waited"), "flag"),
        "line": Known(N_("Of who has just begun to wait: their place in the line"), "number"),
        "by_us": Known(N_("Whether you took the registration back"), "flag"),
        "name": Known(N_("Who registered; may be empty")),
        "link": _LINK,
    },
}


def known(kind: NoticeKind) -> dict[str, Known]:
    """All names of a kind: its own, then those of every kind."""
    return FIELDS[kind] | _COMMON


def values_of(notice: Notice, sender: Sender, language: Language) -> dict[str, Any]:
    """What each name stands for: texts, numbers, flags, lists of such; None or an empty text: nothing."""
    return _own(notice, language) | {
        "site": sender.site,
        "organisation_name": sender.title,
        "contact_name": sender.contact,
        "contact_address": sender.contact_url,
    }


def _own(notice: Notice, language: Language) -> dict[str, Any]:
    match notice:
        case SendCode():
            return notice.model_dump(include={"code", "link", "minutes"})
        case SendInvitation():
            told = notice.model_dump(include={"inviter", "organisation", "link", "days"})
            return told | {"role": named_roles(notice.role, language)}
        case SendVerificationDue():
            return {"count": len(notice.items), "items": [_item(one, language) for one in notice.items]}
        case SendMeeting() | MeetingForAdvisor():
            return _of_meeting(notice, language)
        case SendOffer():
            return _of_offer(notice, language)
        case ActivityTold():
            return _of_activity(notice, language)
        case FollowUp():
            return notice.model_dump(include={"what", "link"})
        case ConfirmationWanted():
            return notice.model_dump(include={"frequency", "link", "days"})
        case Digest():
            told = {"count": notice.count, "first": notice.first, "more": notice.more}
            return told | {"items": [_news(one, language) for one in notice.items], "address": notice.site}
        case _:
            return notice.model_dump(include={"link"})


def _item(item: Any, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = item.model_dump(include={"title", "url", "still_correct_link"})
    return told | {"verified_on": long_date(item.verified_on, language) if item.verified_on else None}


def _news(item: DigestItem, language: Language) -> dict[str, Any]:
    when = moment(item.begins, item.zone, language) if item.begins else None
    return {**item.model_dump(include={"title", "url", "lead"}), "when": when}


def _of_meeting(notice: SendMeeting | MeetingForAdvisor, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = notice.model_dump(include={"change", "by_company", "where"})
    told["when"] = moment(notice.start, notice.zone, language)
    words = translations(language)
    if isinstance(notice, SendMeeting):
        told["place"] = words.gettext(PLACES[notice.place])
        return told | notice.model_dump(include={"title", "people", "name", "link"})
    told |= {"title": notice.title[language], "page": notice.page(language)}
    told["place"] = words.gettext(ADVISOR_PLACES[notice.place])
    return told | notice.model_dump(include={"company", "contact", "email", "phone"})


def _of_activity(notice: ActivityTold, language: Language) -> dict[str, Any]:
    told = notice.model_dump(include={"change", "title", "waits", "line", "by_us", "name", "link"})
    return told | {
        "when": span(notice.start, notice.end, notice.zone, language),
        "before": moment(notice.before, notice.zone, language) if notice.before else None,
        "where": activity_place(notice.where, notice.online, language),
        "state": translations(language).gettext(ACTIVITY_STATES[notice.waits]),
    }


def _of_offer(notice: SendOffer, language: Language) -> dict[str, Any]:
    return notice.model_dump(include={"title", "people", "link"}) | {
        "when": moment(notice.start, notice.zone, language),
        "until": moment(notice.expires_at, notice.zone, language),
        "before": moment(notice.before, notice.zone, language) if notice.before else None,
        "place": translations(language).gettext(PLACES[notice.place]),
    }
