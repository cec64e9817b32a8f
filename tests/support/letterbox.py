"""The notifications service on a database of a test, with a clock of the test's own; mail goes to a folder."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

from pymongo.database import Database

from nexus.caller import Caller
from nexus.composition import Resources
from nexus.mongo import Document
from nexus.settings import Settings
from services.notifications.compose import compose
from services.notifications.contracts.consent import ConfirmSubscription, Frequency, Subscribe, Topic
from services.notifications.service import Notifications
from tests.support.meetings_service import SECRET

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten o'clock in Montréal
SITE = "https://tic.example.org"
VISITOR = Caller(sector="tic", origin="203.0.113.7")
WORDING = "J’accepte de recevoir les nouveautés."


class Letterbox:
    """What is sent, and when."""

    def __init__(self, database: Database[Document], folder: Path) -> None:
        self.now, self.folder, self.database = NOW, folder, database
        sites = {"tic": SITE, "aero": "https://aero.example.org"}
        settings = Settings(data=folder, sealing_secret=SECRET, smtp_url=None, sites=sites)
        composed = compose(Resources(settings, database, embedded=True, clock=lambda: self.now))
        assert isinstance(composed.service, Notifications)
        self.service = composed.service
        self.service._postman.wake = lambda: None

    def go(self, **time: float) -> None:
        """Let time pass, and have made and sent what is due."""
        self.now += timedelta(**time)
        self.service.make_digests()
        self.service.send_due()

    def mails(self, to: str) -> list[Any]:
        """Oldest first."""
        files = sorted((self.folder / "mail").glob("*/*.eml"))
        read: list[Any] = [message_from_bytes(file.read_bytes(), policy=SMTP) for file in files]
        return [mail for mail in read if mail["To"] == to]

    def ask(self, email: str, topic: Topic, frequency: Frequency = "daily", language: Any = "fr") -> str:
        """Ask for digests; returns the token of the mail that wants a confirmation."""
        command = Subscribe(email=email, language=language, topic=topic, frequency=frequency, wording=WORDING)
        self.service.subscribe(command, VISITOR)
        self.go()
        return token_in(self.mails(email)[-1], "abonnement|subscription")

    def subscribe(
        self, email: str, topic: Topic, frequency: Frequency = "daily", language: Any = "fr"
    ) -> str:
        """Ask and confirm; returns the token of their preferences."""
        token = self.ask(email, topic, frequency, language)
        preferences = self.service.confirm_subscription(ConfirmSubscription(token=token), VISITOR)
        self.now += timedelta(seconds=1)
        return preferences

    def deliveries(self, **wanted: Any) -> list[tuple[str, str | None]]:
        """State and reason of each message, in the order in which they came."""
        found = self.database["messages"].find(wanted).sort("created_at", 1)
        return [(one["state"], one.get("answer")) for one in found]


def text_of(mail: Any) -> str:
    """Its plain part."""
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def token_in(mail: Any, page: str) -> str:
    """The token of the link to a page."""
    found = re.search(rf"https?://\S+/(?:{page})/(\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def letters_in(folder: Path) -> list[bytes]:
    """The mails in a folder; the oldest leave while we look."""
    found = []
    for file in sorted(folder.glob("*.eml")):
        with suppress(FileNotFoundError):
            found.append(file.read_bytes())
    return found
