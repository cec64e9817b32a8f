"""The people service on a database, with a clock of the test's own, and what its mails would say."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from pydantic import SecretStr

from nexus.caller import Caller, Language, Role
from nexus.composition import Resources
from nexus.seal import Seal
from nexus.settings import Settings
from services.people.compose import compose
from services.people.contracts.people import Invite, Invited
from services.people.contracts.signin import CodeRequested, ConfirmCode, ConfirmLink, RequestCode, SignedIn
from services.people.service import PeopleService

SECRET = "a-secret-of-the-tests-0123456789-abcdef"
LINKS = "links-of-the-tests-9876543210-fedcba"
SITE = "https://tic.example.org"


@dataclass
class PeopleOnDatabase:
    """`service`, whose time is `now`."""

    database: Any
    now: datetime = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    service: PeopleService = field(init=False)

    def __post_init__(self) -> None:
        settings = Settings(
            sealing_secret=SecretStr(SECRET), preview_secret=SecretStr(LINKS), sites={"tic": SITE}
        )
        resources = Resources(settings, self.database, embedded=False, clock=lambda: self.now)
        service = compose(resources).service
        assert isinstance(service, PeopleService)
        self.service = service

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def settle(self) -> None:
        """What a running platform does every now and then: events leave, what ended is forgotten."""
        self.database["tickets"].update_many({"outbox.id": {"$gt": ""}}, {"$set": {"outbox": []}})
        self.service.forget_what_ended()

    def mails(self) -> list[dict[str, Any]]:
        """What waits to be mailed, opened as the notifications service would, oldest first."""
        found = self.database["tickets"].find({}, {"outbox": 1, "created_at": 1}).sort("created_at", 1)
        reminders = self.database["reminders"].find().sort("asked_at", 1)
        results = self.database["results"].find().sort("at", 1)
        bodies = [
            orjson.loads(entry["body"]) for kept in (*found, *reminders, *results) for entry in kept["outbox"]
        ]
        seal = Seal(SECRET, "mail")
        return [body["data"] | seal.open(body["data"]["sealed"]) for body in bodies]

    def mail_to(self, address: str) -> dict[str, Any]:
        """The latest mail to an address."""
        return [mail for mail in self.mails() if mail["to"] == address][-1]

    def ask(self, email: str, caller: Caller, language: Language = "fr") -> CodeRequested:
        """Ask for a code."""
        command = RequestCode(email=email, base_url=SITE, language=language)
        return self.service.request_code(command, caller)

    def enter(self, challenge: str, code: str, caller: Caller) -> SignedIn:
        """Sign in with a code."""
        return self.service.confirm_code(ConfirmCode(challenge=challenge, code=code), caller)

    def follow(self, link: str, caller: Caller) -> SignedIn:
        """Sign in with the link of a mail."""
        token = parse_qs(urlsplit(link).query)["token"][0]
        return self.service.confirm_link(ConfirmLink(token=token), caller)

    def sign_in(self, email: str, caller: Caller) -> SignedIn:
        """All of it, as a person would."""
        asked = self.ask(email, caller)
        return self.enter(asked.challenge, self.mail_to(email)["code"], caller)

    def invite(self, email: str, caller: Caller, *roles: Role, sector: str | None = None) -> Invited:
        """Invite somebody."""
        command = Invite(email=email, roles=frozenset(roles), base_url=SITE, sector=sector)
        return self.service.invite(command, caller)


def as_caller(signed_in: SignedIn) -> Caller:
    """The caller that a gateway makes of a session."""
    person = signed_in.person
    return Caller(sector=person.sector, person=person.id, roles=person.roles)
