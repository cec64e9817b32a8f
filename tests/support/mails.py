"""Notices and letters for tests."""

from datetime import UTC, date, datetime
from typing import Any

from services.notifications.contracts import (
    DueItem,
    Language,
    SendCode,
    SendInvitation,
    SendMeeting,
    SendResult,
    SendVerificationDue,
)
from services.notifications.domain import Letter, Message, Notice, Sender

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


def result(language: Language = "fr") -> SendResult:
    return SendResult(language=language, to="anne@exemple.ca", link=LINK)


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
    }
    return SendMeeting(language=language, **told | {"link": LINK} | fields)


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
