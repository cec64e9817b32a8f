"""Notices and letters for tests."""

from datetime import UTC, date, datetime
from typing import Any

from services.notifications.contracts import (
    ConfirmationWanted,
    Digest,
    DigestItem,
    DueItem,
    FollowUp,
    Language,
    MeetingForAdvisor,
    SendCalendar,
    SendCode,
    SendInvitation,
    SendMeeting,
    SendOffer,
    SendResult,
    SendVerificationDue,
)
from services.notifications.contracts.activities import ActivityTold
from services.notifications.contracts.mornings import ListedDue, ListedMeeting, MorningList, WeeklyFigures
from services.notifications.contracts.staff import CommentTold, EventsParked, ForStaff, UnreadableDocuments
from services.notifications.domain.messages import Letter, Message, Notice, Recipient, Sender, WayOut
from services.notifications.writing import write
from services.notifications.writing.own.filling import Words

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SENDER = Sender(
    site="Emploi NEXUS TIC",
    title="Emploi NEXUS – Technologies de l’information et des communications",
    contact="TECHNOCompétences",
    contact_url="https://www.technocompetences.qc.ca",
    reply_to=None,
    accent="#0b5c8a",
    accent_dark="#7cc4ee",
    on_accent="#ffffff",
)
CODE, LINK = "802513", "http://127.0.0.1:8001/fr/connexion?jeton=ZWxsZQ_1"


def code(language: Language = "fr", **fields: Any) -> SendCode:
    told: dict[str, Any] = {"to": "anne@exemple.ca", "code": CODE, "link": LINK, "minutes": 15}
    return SendCode(language=language, **told | fields)


def invitation(language: Language = "fr", **fields: Any) -> SendInvitation:
    told: dict[str, Any] = {"to": "anne@exemple.ca", "inviter": "Zoé Roy", "role": "editor", "days": 7}
    return SendInvitation(language=language, **told | {"link": LINK} | fields)


def follow_up(language: Language = "fr", what: str = "plan") -> FollowUp:
    return FollowUp(to="anne@exemple.ca", language=language, what=what, link=LINK)  # type: ignore[arg-type]


def verification(language: Language = "fr", *titles: str) -> SendVerificationDue:
    items = tuple(
        DueItem(
            title=title,
            url=f"https://tic.example.org/{language}/{n}",
            still_correct_link=f"https://tic.example.org/exact?n={n}&cle=secret{n}",
            verified_on=date(2026, 10, 1) if n == 0 else None,
        )
        for n, title in enumerate(titles or ("PRIIME", "Interconnexion"))
    )
    return SendVerificationDue(to="anne@exemple.ca", language=language, items=items)


def calendar(language: Language = "fr") -> SendCalendar:
    """Where a calendar is."""
    return SendCalendar(to="paul@example.org", language=language, link=LINK)


def offer(language: Language = "fr", **fields: Any) -> SendOffer:
    """An earlier time for somebody who waits."""
    told = {
        "to": "paul@example.org",
        "title": "Rencontre",
        "start": datetime(2026, 11, 25, 14, 0, tzinfo=UTC),
        "before": datetime(2026, 11, 27, 14, 0, tzinfo=UTC),
        "expires_at": datetime(2026, 11, 23, 17, 0, tzinfo=UTC),
        "zone": "America/Toronto",
        "place": "video",
        "people": "Anne",
        "link": LINK,
    }
    return SendOffer(language=language, **told | fields)


def result(language: Language = "fr") -> SendResult:
    return SendResult(language=language, to="anne@exemple.ca", link=LINK)


def confirmation(language: Language = "fr") -> ConfirmationWanted:
    return ConfirmationWanted(to="anne@exemple.ca", language=language, frequency="weekly", link=LINK, days=3)


def digest(language: Language = "fr", more: int = 0) -> Digest:
    """A program and an activity that are new."""
    items = tuple(
        DigestItem(
            type=kind,  # type: ignore[arg-type]
            title=title,
            lead="De l’aide pour embaucher.",
            url=f"https://tic.example.org/{language}/{kind}",
            begins=begins,
            zone="America/Toronto",
        )
        for kind, title, begins in (
            ("program", "PRIIME", None),
            ("activity", "Salon", datetime(2026, 12, 3, 19, 0, tzinfo=UTC)),
        )
    )
    return Digest(
        to="anne@exemple.ca", language=language, items=items, more=more, site="https://tic.example.org/fr/"
    )


def morning_list(**fields: Any) -> MorningList:
    """Two meetings, a task and a meeting without an outcome."""
    title: dict[Language, str] = {"fr": "Rencontre individualisée", "en": "Individual meeting"}
    meetings = (
        ListedMeeting(
            id="m1",
            start=datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
            end=datetime(2026, 12, 1, 15, 0, tzinfo=UTC),
            title=title,
            company="Atelier & fils",
            contact="Anne Roy",
            place="video",
            where="https://video.example.org/x",
            others=("Zoé Tran",),
            themes=("hiring", "immigration"),
            need="Nous cherchons deux soudeurs.",
            answers=3,
            documents=1,
        ),
        ListedMeeting(
            id="m2",
            start=datetime(2026, 12, 1, 19, 30, tzinfo=UTC),
            end=datetime(2026, 12, 1, 20, 30, tzinfo=UTC),
            title=title,
            company="Nordix",
            contact="Paul Caron",
            phone="514 555-0100",
            place="phone",
            declined=True,
        ),
    )
    due = (
        ListedDue(what="task", id="c1", company="Nordix", text="Rappeler", on=date(2026, 11, 30)),
        ListedDue(what="outcome", id="m0", company="Boréal", on=date(2026, 11, 27)),
    )
    told = {"day": date(2026, 12, 1), "zone": "America/Toronto", "meetings": meetings, "due": due}
    return MorningList(**{"person": "lea", "site": "https://tic.example.org", **told, **fields})


def weekly_figures(**fields: Any) -> WeeklyFigures:
    """A sector that does well, with something that waits."""
    told = {"goal": 70, "goal_until": date(2027, 12, 31), "met": {"all": 31, "own": 12}, "planned": 29.4}
    told |= {"needed_per_month": 3.04, "per_month": 3.25, "low": 62, "middle": 71, "high": 80}
    told |= {"held": 4, "missed": 1, "cancelled": 0, "new_companies": 3, "ahead": 5}
    told |= {"waiting": 2, "unanswered": 1, "without_outcome": 1, "parked": 1, "week": date(2026, 11, 30)}
    return WeeklyFigures.model_validate(
        {"person": "lea", "site": "https://tic.example.org", **told, **fields}
    )


WAY_OUT = WayOut(
    purpose="digest",
    basis="express",
    agreed_at=datetime(2026, 11, 1, 15, 0, tzinfo=UTC),
    unsubscribe="https://tic.example.org/fr/desabonnement/" + "a" * 32 + "-digest." + "b" * 40,
    preferences="https://tic.example.org/fr/preferences/" + "a" * 32 + "." + "c" * 40,
)


def meeting(language: Language = "fr", change: str = "booked", **fields: Any) -> SendMeeting:
    told: dict[str, Any] = {
        "to": "anne@exemple.ca",
        "change": change,
        "title": "Rencontre individualisée",
        "start": datetime(2026, 12, 1, 19, 0, tzinfo=UTC),
        "end": datetime(2026, 12, 1, 20, 0, tzinfo=UTC),
        "zone": "America/Toronto",
        "place": "video",
        "where": "https://video.example.org/x",
        "people": "Léa Roy",
        "meeting": "m1",
    }
    return SendMeeting(language=language, **told | {"link": LINK} | fields)


def meeting_for_advisor(change: str = "booked", **fields: Any) -> MeetingForAdvisor:
    facts = meeting(change=change).model_dump(
        include={"change", "start", "end", "zone", "place", "where", "meeting"}
    )
    told: dict[str, Any] = {
        "person": "lea",
        "title": {"fr": "Rencontre individualisée", "en": "Individual meeting"},
        "company": "Atelier & fils",
        "contact": "Anne Roy",
        "email": "anne@exemple.ca",
        "phone": "514 555-0100",
        "contact_language": "en",
        "site": "https://tic.example.org",
    }
    return MeetingForAdvisor(**facts | told | fields)


def activity(language: Language = "fr", change: str = "joined", **fields: Any) -> ActivityTold:
    """What is said to somebody who registered."""
    told: dict[str, Any] = {
        "to": "anne@exemple.ca",
        "name": "Anne Roy",
        "language": language,
        "change": change,
        "title": "Embaucher sans frontières" if language == "fr" else "Hiring without borders",
        "start": datetime(2026, 12, 1, 19, 0, tzinfo=UTC),
        "end": datetime(2026, 12, 1, 21, 0, tzinfo=UTC),
        "zone": "America/Toronto",
        "where": "Salle A, 1, rue de la Scène, Montréal",
        "registration": "r1",
        "link": LINK,
    }
    return ActivityTold.read(told | fields)


def events_parked(**fields: Any) -> EventsParked:
    told: dict[str, Any] = {
        "person": "lea",
        "site": "https://tic.example.org",
        "sums": [
            {"handler": "search.index_programs", "code": "internal_error", "count": 50, "since": NOW},
            {"handler": "notifications.mail", "code": "mail_refused", "count": 1, "since": NOW},
        ],
    }
    return EventsParked.read(told | fields)


def comment(what: str = "asked", **fields: Any) -> CommentTold:
    told: dict[str, Any] = {
        "person": "lea",
        "site": "https://tic.example.org",
        "what": what,
        "kind": "program",
        "item": "p1",
        "title": {"fr": "Francisation en entreprise", "en": "French at work"},
        "by": "Zoé Tremblay",
        "text": "Le montant te semble-t-il juste? Merci.",
    }
    return CommentTold.read(told | fields)


def unreadable_documents(**fields: Any) -> UnreadableDocuments:
    file = {"language": "fr", "name": "guide.pdf", "reading": "encrypted"}
    item = {"id": "d1", "title": {"fr": "Guide d’accueil"}, "files": [file]}
    told: dict[str, Any] = {"person": "lea", "site": "https://tic.example.org", "items": [item], "more": 2}
    return UnreadableDocuments.read(told | fields)


def written(
    notice: Notice,
    language: Language = "fr",
    id: str = "a1",
    sender: Sender = SENDER,
    own: Words | None = None,
    way_out: WayOut | None = None,
    **fields: Any,
) -> Letter:
    """The letter of a notice; `language` is that of an account."""
    if isinstance(notice, MeetingForAdvisor | ForStaff):
        recipient = Recipient("lea@exemple.ca", language, "Léa Roy")
    else:
        recipient = Recipient(notice.to, notice.language, getattr(notice, "name", None))
    return write(message(notice, id, **fields), recipient, sender, "nexus@exemple.ca", own, way_out)


def message(notice: Notice | None = None, id: str = "a1", **fields: Any) -> Message:
    told = {"sector": "tic", "created_at": NOW, **fields}
    return Message(id=id, notice=notice or code(), **told)


def letter(id: str = "a1", **fields: Any) -> Letter:
    told: dict[str, Any] = {
        "sector": "tic",
        "language": "fr",
        "sender": "Emploi NEXUS Aérospatiale",
        "reply_to": None,
        "to": "anne@exemple.ca",
        "subject": "Zoé vous invite à rejoindre Emploi NEXUS",
        "text": "Bonjour,\n\nÇa va\xa0?\n",
        "html": "<!doctype html><p>Bonjour, ça va\xa0?</p>",
        "written_at": NOW,
    }
    return Letter(id=id, **told | fields)
