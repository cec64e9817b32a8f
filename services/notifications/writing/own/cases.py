"""The situations in which each kind of mail is sent, with an example of each. In examples nobody is real, and no code
or link lets anybody in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from services.notifications.contracts import Language, NoticeKind
from services.notifications.domain.messages import KINDS, Notice
from services.notifications.writing.words import N_, translations

_AT = datetime(2027, 1, 19, 15, 0, tzinfo=UTC)
LINK = "https://lien.invalid/exemple"  # RFC 2606: `.invalid` leads nowhere, for ever
CODE = "000000"
_NEWS = [
    {
        "type": kind,
        "title": f"{title} {n}",
        "lead": "En une phrase, ce que c’est.",
        "url": f"https://lien.invalid/nouveau-{n}",
        "begins": begins,
        "zone": "America/Toronto",
    }
    for n, (kind, title, begins) in enumerate(
        (("activity", "Activité d’exemple", _AT), ("program", "Programme d’exemple", None)), 1
    )
]


@dataclass(frozen=True)
class Case:
    """A situation. `condition` is true in it and in no other; None: it is the only one. `facts` make it."""

    name: str
    condition: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


CASES: dict[NoticeKind, dict[str, Case]] = {
    "code": {
        "code": Case(N_("With a code"), "code"),
        "link_alone": Case(N_("After too many wrong codes"), "not code", {"code": None}),
    },
    "invitation": {
        "staff": Case(
            N_("By a person"), "inviter and not organisation", {"organisation": None, "role": "advisor"}
        ),
        "company": Case(N_("By a person, to a company"), "inviter and organisation"),
        "platform": Case(
            N_("By the platform"),
            "not inviter and not organisation",
            {"organisation": None, "inviter": None, "role": "admin"},
        ),
        "platform_company": Case(
            N_("By the platform, to a company"), "not inviter and organisation", {"inviter": None}
        ),
    },
    "verification_due": {"due": Case(N_("Texts to verify"))},
    "meeting": {
        "booked": Case(N_("Booked"), 'change == "booked"'),
        "moved": Case(N_("Moved"), 'change == "moved"', {"change": "moved"}),
        "reminder": Case(N_("Reminder"), 'change == "reminder"', {"change": "reminder"}),
        "cancelled_by_company": Case(
            N_("Cancelled by the company"),
            'change == "cancelled" and by_company',
            {"change": "cancelled", "by_company": True},
        ),
        "cancelled": Case(
            N_("Cancelled by you"), 'change == "cancelled" and not by_company', {"change": "cancelled"}
        ),
    },
    "offer": {
        "earlier": Case(N_("Instead of a meeting that is booked"), "before"),
        "first": Case(N_("Where nothing is booked"), "not before", {"before": None}),
    },
    "calendar": {"asked": Case(N_("Address of a calendar"))},
    "follow_up": {
        what: Case(name, f'what == "{what}"', {"what": what})
        for what, name in (
            ("plan", N_("The plan")),
            ("feedback", N_("Ten days later")),
            ("outcome", N_("Three months later")),
        )
    },
    "result": {"asked": Case(N_("Result of “what fits us”"))},
    "subscription": {
        "weekly": Case(N_("Every week"), 'frequency == "weekly"'),
        "daily": Case(N_("Every day"), 'frequency == "daily"', {"frequency": "daily"}),
    },
    "digest": {
        "several": Case(N_("Several news"), "count != 1 and not more"),
        "one": Case(N_("A single one"), "count == 1", {"items": _NEWS[:1]}),
        "many": Case(N_("More than the list has"), "more", {"more": 12}),
    },
    "activity": {
        "joined": Case(N_("A place"), 'change == "joined"'),
        "awaited": Case(
            N_("On the waiting list"),
            'change == "awaited"',
            {"change": "awaited", "waits": True, "line": 2},
        ),
        "gained": Case(N_("A place, after waiting"), 'change == "gained"', {"change": "gained"}),
        "moved": Case(
            N_("At another time"),
            'change == "moved" and before',
            {"change": "moved", "before": _AT.replace(day=12)},
        ),
        "changed": Case(
            N_("At another place, or longer or shorter"),
            'change == "moved" and not before',
            {"change": "moved"},
        ),
        "reminder": Case(N_("Reminder"), 'change == "reminder"', {"change": "reminder"}),
        "called_off": Case(N_("Does not take place"), 'change == "called_off"', {"change": "called_off"}),
        "left": Case(N_("Given up by who registered"), 'change == "left" and not by_us', {"change": "left"}),
        "taken_back": Case(
            N_("Taken back by you"), 'change == "left" and by_us', {"change": "left", "by_us": True}
        ),
        "ended": Case(N_("Thanks, once it is over"), 'change == "ended"', {"change": "ended"}),
    },
}
CASES["advisor_meeting"] = {name: one for name, one in CASES["meeting"].items() if name != "reminder"} | {
    "declined": Case(N_("Declined by the company’s calendar"), 'change == "declined"', {"change": "declined"})
}


def example(kind: NoticeKind, case: str, language: Language) -> Notice:
    """A notice that is nobody's."""
    told = {"to": "exemple@lien.invalid", "language": language, "link": LINK, **_TOLD[kind]}
    notice: Any = KINDS[kind].read(_said(told, language) | CASES[kind][case].facts)
    return notice  # type: ignore[no-any-return]


def _said(told: dict[str, Any], language: Language) -> dict[str, Any]:
    words = translations(language)
    return {
        name: words.gettext(value) if name in _WORDS and isinstance(value, str) else value
        for name, value in told.items()
    }


_WORDS = ("inviter", "organisation", "title", "people", "name", "company", "contact", "where")
_TITLE = N_("Individual meeting (example)")
_MEETING: dict[str, Any] = {
    "change": "booked",
    "title": _TITLE,
    "start": _AT,
    "end": _AT.replace(hour=16),
    "zone": "America/Toronto",
    "place": "partner_office",
    "where": N_("1 Example Street, Montréal"),
    "people": N_("Ad Visor (example)"),
    "name": N_("Sam Sample (example)"),
    "meeting": "example",
}
_TOLD: dict[NoticeKind, dict[str, Any]] = {
    "code": {"code": CODE, "minutes": 15},
    "invitation": {
        "inviter": N_("Ad Visor (example)"),
        "organisation": N_("Example company"),
        "role": "member",
        "days": 7,
    },
    "verification_due": {
        "items": [
            {
                "title": f"Programme d’exemple {n}",
                "url": f"https://lien.invalid/texte-{n}",
                "still_correct_link": f"https://lien.invalid/exact-{n}",
                "verified_on": verified,
            }
            for n, verified in ((1, date(2026, 10, 1)), (2, None))
        ]
    },
    "meeting": _MEETING,
    "advisor_meeting": {
        **_MEETING,
        "person": "example",
        "title": {"fr": "Rencontre individualisée (exemple)", "en": _TITLE},
        "company": N_("Example company"),
        "contact": N_("Sam Sample (example)"),
        "email": "exemple@lien.invalid",
        "phone": "514 555-0199",
        "contact_language": "fr",
        "site": "https://lien.invalid",
    },
    "offer": {
        "title": _TITLE,
        "start": _AT,
        "before": _AT.replace(day=26),
        "expires_at": _AT.replace(day=14),
        "zone": "America/Toronto",
        "place": "video",
        "people": N_("Ad Visor (example)"),
    },
    "calendar": {},
    "follow_up": {"what": "plan"},
    "result": {},
    "subscription": {"frequency": "weekly", "days": 3},
    "digest": {"items": _NEWS, "site": "https://lien.invalid/nouveau"},
    "activity": {
        "change": "joined",
        "title": N_("Activity (example)"),
        "start": _AT,
        "end": _AT.replace(hour=17),
        "zone": "America/Toronto",
        "where": N_("1 Example Street, Montréal"),
        "name": N_("Sam Sample (example)"),
        "registration": "example",
    },
}
