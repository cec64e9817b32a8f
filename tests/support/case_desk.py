"""Meetings on a database that are booked, held and taken into their cases, as the events of a platform have it."""

from typing import Any

import orjson

from nexus.caller import Caller
from nexus.messages import Event
from nexus.seal import Seal
from services.meetings.contracts.cases import Case, CaseFile, CompanyWritten, GetCase
from services.meetings.contracts.meetings import (
    Meeting,
    MeetingBooked,
    MeetingHeld,
    MeetingMissed,
    Need,
    RecordOutcome,
)
from services.meetings.contracts.types import MeetingType
from services.meetings.store.meetings import MeetingStore
from tests.support.meetings_service import LEAD, SECRET, MeetingsOnDatabase, contact

SITE = "https://tic.example.org"


class CaseDeskOnDatabase(MeetingsOnDatabase):
    """An advisor, Anne, whose meetings are of one type."""

    kind: MeetingType

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kind = self.a_type()
        self.advisor()

    def booked(self, start: str, need: Need | None = None, *, told: bool = True, **who: Any) -> Meeting:
        """A meeting of a company, taken in."""
        fields = {"contact": contact(**who), "base_url": SITE} | ({"need": need} if need else {})
        made = self.book(self.kind, start, **fields).meeting
        if told:
            self.tell(made)
        return self.meeting(made.id)

    def held(self, meeting: Meeting, outcome: str = "held") -> Meeting:
        """It took place, or not."""
        self.now = max(self.now, meeting.end)
        fields = {"id": meeting.id, "revision": self.meeting(meeting.id).revision, "outcome": outcome}
        done = self.service.record_outcome(RecordOutcome(**fields), LEAD)
        self.tell(done)
        return done

    def tell(self, meeting: Meeting) -> None:
        """The service hears of everything that happened to a meeting."""
        kinds = {one.type: one for one in (MeetingBooked, MeetingHeld, MeetingMissed)}
        for body in self.events():
            if body["data"]["id"] == meeting.id and body["type"] in kinds:
                self.service.follow_meeting(kinds[body["type"]].read(body["data"]))

    def meeting(self, meeting_id: str) -> Meeting:
        """As it is stored."""
        found = MeetingStore(self.database).by_id(meeting_id)
        assert found is not None
        return found

    def file(self, case: str | None, caller: Caller = LEAD) -> CaseFile:
        """All of a case."""
        return self.service.get_case(GetCase(id=case or "-"), caller)

    def do(self, name: str, command: Any, case: Case, caller: Caller = LEAD, **fields: Any) -> Case:
        """A command about a case as it is now."""
        current = self.file(case.id, caller).case
        message = command(id=case.id, revision=current.revision, **fields)
        done = getattr(self.service, name)(message, caller)
        assert isinstance(done, Case)
        return done

    def written(self) -> list[tuple[str, dict[str, str | None]]]:
        """What companies are written to: about what, and what is sealed in it."""
        bodies: list[Event] = []
        for document in self.database["cases"].find({}, {"outbox": 1}):
            bodies += [CompanyWritten.read(orjson.loads(one["body"])["data"]) for one in document["outbox"]]
        seal = Seal(SECRET, "mail")
        return [(one.what, seal.open(one.sealed)) for one in bodies if isinstance(one, CompanyWritten)]
