"""Activities that take registrations, and people who register, for the tests of meetings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson

from nexus.caller import Caller, Role
from nexus.seal import Seal
from services.content.contracts import Activity, ActivityPublished, ActivityRetired, LineText
from services.content.contracts.activities import Registration as Takes
from services.meetings.contracts.registrations import (
    LeaveActivity,
    ListRegistrations,
    OpenRegistration,
    Register,
    Registered,
    Registrant,
    Registration,
    RegistrationPage,
)
from tests.support.articles import activity, activity_content
from tests.support.meetings_service import SECRET, VISITOR, MeetingsOnDatabase, at, staff

SITE = "https://tic.example.org"
EDITOR = staff("eve", Role.EDITOR)
BEGINS = at("2026-12-10T13:00")
ENDS = at("2026-12-10T15:00")


def registrant(name: str = "paul", **more: Any) -> Registrant:
    """Somebody."""
    fields = {"name": name.title(), "email": f"{name}@example.org", "language": "fr"}
    return Registrant(**fields | more)


@dataclass
class Hosted:
    """An activity that the meetings service has heard of, with `seats` places."""

    meetings: MeetingsOnDatabase
    seats: int | None = 2
    id: str = "a1"
    revision: int = 1

    def __post_init__(self) -> None:
        self.said: dict[str, Any] = {
            "starts_at": BEGINS,
            "ends_at": ENDS,
            "place": LineText(fr="Salle A", en="Room A"),
        }
        self.tell(registration=Takes(seats=self.seats))

    def published(self, **fields: Any) -> ActivityPublished:
        """What content tells of a new revision of it."""
        self.said |= fields
        made = activity(self.id).model_copy(
            update={"revision": self.revision, "content": activity_content(**self.said)}
        )
        self.revision += 1
        return ActivityPublished(activity=Activity.model_validate(made.model_dump()))

    def tell(self, **fields: Any) -> None:
        """The service hears of a new revision."""
        self.meetings.service.hear_of_activity(self.published(**fields))

    def retire(self) -> None:
        """It is public no more."""
        gone = ActivityRetired(id=self.id, revision=self.revision, title=LineText(fr="Forum"), sectors=())
        self.revision += 1
        self.meetings.service.hear_of_end(gone)

    def asked(self, name: str = "paul", key: str | None = None, **more: Any) -> Register:
        """What somebody sends."""
        who = registrant(name, **more)
        return Register(activity=self.id, registrant=who, consent=True, key=key, base_url=SITE)

    def register(self, name: str = "paul", caller: Caller = VISITOR, **more: Any) -> Registered:
        """Somebody registers, a moment after whoever did before."""
        self.meetings.now += timedelta(milliseconds=1)
        return self.meetings.service.register(self.asked(name, **more), caller)

    def token(self, name: str = "paul", **more: Any) -> str:
        """Somebody registers, and has a link."""
        token = self.register(name, **more).token
        assert token
        return token

    def opened(self, token: str) -> Registration:
        """What a link shows."""
        return self.meetings.service.open_registration(OpenRegistration(token=token), VISITOR)

    def leave(self, token: str) -> Registration:
        """Somebody gives up their place."""
        return self.meetings.service.leave_activity(LeaveActivity(token=token), VISITOR)

    def listed(self, caller: Caller = EDITOR, **more: Any) -> RegistrationPage:
        """What staff see."""
        return self.meetings.service.list_registrations(ListRegistrations(activity=self.id, **more), caller)

    def told(self) -> list[tuple[str, str]]:
        """The events so far: whom, what; in order for each person."""
        return [(self.opened_seal(one)["name"], one["type"].split(".")[-2]) for one in self.bodies()]

    def bodies(self) -> list[dict[str, Any]]:
        """The same, whole."""
        found = self.meetings.database["registrations"].find({}, {"outbox": 1}).sort("created_at", 1)
        return [orjson.loads(entry["body"]) for document in found for entry in document["outbox"]]

    def opened_seal(self, body: dict[str, Any]) -> dict[str, str | None]:
        """Whom an event is about."""
        return Seal(SECRET, "mail").open(body["data"]["sealed"])

    def until(self, moment: datetime, **more: float) -> None:
        """Let time pass until then, and a little."""
        self.meetings.now = moment + timedelta(**more)


def another_address() -> str:
    """One that nobody has."""
    return f"{uuid4().hex}@example.org"
