"""Registrations: who takes part in an activity, who waits for a place there, and what they thought of it.

What an activity is, and whether one registers here for it, is content's; this service hears of it by its events."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from nexus.caller import Language
from nexus.messages import Command, Event, Message, Query
from services.meetings.contracts.meetings import Address, Email, Name
from services.meetings.contracts.words import BothLines, Id, Key, Line, Paragraph, Secret

# The page of a registration on every gateway, in the language of the mail.
REGISTRATION_PATHS: Mapping[Language, str] = {"fr": "/fr/inscription", "en": "/en/registration"}
RegistrationState = Literal["registered", "waiting", "left", "called_off"]
Score = Annotated[int, Field(ge=1, le=5, description="how useful it was: 1 not at all, 5 very")]


class Registrant(Message):
    """Who takes part, as they said it. `needs`: what would make it possible for them (access, diet, interpreter)."""

    name: Name
    email: Email
    language: Language
    company: Name | None = None
    needs: Paragraph | None = None


class Registration(Message):
    """Somebody's place in an activity. Waiting: there is none yet; left: they gave it up, or we took it back;
    called_off: the activity does not take place. `line`: how many wait before them, and they (1: the next one).
    `registrant` is None once a person's data are erased."""

    id: str
    activity: str
    sector: str
    revision: int
    sequence: int = Field(0, description="that of its entry in calendars (RFC 5545)")
    state: RegistrationState
    title: BothLines = Field(description="of the activity")
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    where: BothLines | None = Field(None, description="place and address")
    online: bool = False
    registrant: Registrant | None
    line: int | None = None
    came: bool | None = Field(None, description="None: nobody noted it")
    score: Score | None = None
    remark: Paragraph | None = None
    created_at: AwareDatetime


class Registered(Message):
    """A registration, and the secret of its link. Both are None where the address is registered already: who only knows
    an address is told nothing of what stands there, which is mailed to it once more (at most once an hour)."""

    registration: Registration | None = None
    token: Secret | None = None


class Places(Message):
    """What is left of an activity. `news`: the revision of content that this is of. `left` None: any number."""

    news: int
    is_open: bool = Field(description="whether one can register now")
    closes_at: AwareDatetime
    seats: int | None
    left: int | None
    taken: int
    waiting: int


class PlacesLeft(Query[Places], service="meetings"):
    """How many places an activity of the caller's sector has. Refused with `activity_not_found`: also of one that was
    published a moment ago, and not heard of yet."""

    activity: Id


class Register(Command[Registered], service="meetings"):
    """Take a place in an activity of the caller's sector, or wait for one. A repetition with the same `key` is answered
    with the registration of the first time.

    Refused with `activity_not_found`, `registration_closed`, `too_many_registrations`, `key_reused`."""

    activity: Id
    registrant: Registrant
    consent: Literal[True]
    key: Key | None = None
    base_url: Address = Field(description="of the site, where its link leads")


class OpenRegistration(Query[Registration], service="meetings"):
    """The registration of a link. Refused with `registration_not_found`."""

    token: Secret


class LeaveActivity(Command[Registration], service="meetings"):
    """Give up one's place, which goes to whoever waits longest. To leave twice does nothing more.

    Refused with `registration_not_found`, `activity_over`."""

    token: Secret


class RateActivity(Command[Registration], service="meetings"):
    """Say what one thought of it; to say it again replaces it. Refused with `registration_not_found`,
    `activity_not_over`, `not_registered`: they had no place."""

    token: Secret
    score: Score
    remark: Paragraph | None = None


class Scores(Message):
    """What those who took part thought: how many gave 1, 2, 3, 4 and 5."""

    counts: tuple[int, int, int, int, int]
    remarks: int


class RegistrationPage(Message):
    """Registrations of the caller's sector, the first come first; `total` of them. `places`: of all sectors that share
    the activity. `came`: of how many it is noted."""

    items: tuple[Registration, ...]
    total: int
    page: int
    per_page: int
    title: BothLines
    places: Places
    scores: Scores
    came: int


class ListRegistrations(Query[RegistrationPage], service="meetings"):
    """For staff: who registered for an activity by the site of their sector. Refused with `activity_not_found`."""

    activity: Id
    page: int = Field(1, ge=1, le=1_000)
    per_page: int = Field(50, ge=1, le=200)


class HostedActivity(Message):
    """An activity for which one registers here, or did. `off`: it does not take place, or is not public any more."""

    id: str
    title: BothLines
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    off: bool
    places: Places


class HostedPage(Message):
    """Some of them, the last to begin first; `total` of them."""

    items: tuple[HostedActivity, ...]
    total: int
    page: int
    per_page: int


class ListHosted(Query[HostedPage], service="meetings"):
    """For staff: the activities of the caller's sector for which one registers here."""

    page: int = Field(1, ge=1, le=1_000)
    per_page: int = Field(50, ge=1, le=200)


class RemoveRegistration(Command[Registration], service="meetings"):
    """For staff: take somebody's place back, who is told by mail. Refused with `registration_not_found`,
    `activity_over`."""

    id: Id


class NoteAttendance(Command[Registration], service="meetings"):
    """For staff: whether somebody who had a place came; None: it is not known. Refused with `registration_not_found`,
    `not_registered`: they had no place."""

    id: Id
    came: bool | None


class _RegistrationEvent(Event):
    """What happened to a registration, without who it is: `sealed` holds `{to, name, link}` for the notifications
    service, and is readable to it alone. `sequence` rises with each change of the time or place and with the end of it
    (RFC 5545)."""

    id: str
    revision: int
    sequence: int = 0
    sector: str
    activity: str
    title: BothLines
    start: AwareDatetime
    end: AwareDatetime
    zone: str
    where: Line | None = Field(None, description="place and address, in the language of who is registered")
    online: bool = False
    language: Language
    sealed: str

    @property
    def subject(self) -> str:
        return self.id


class ActivityJoined(_RegistrationEvent, service="meetings"):
    """Somebody has a place."""


class ActivityAwaited(_RegistrationEvent, service="meetings"):
    """Somebody waits for a place. `line`: 1 is the next one."""

    line: int


class PlaceGained(_RegistrationEvent, service="meetings"):
    """Who waited has a place now."""


class ActivityMoved(_RegistrationEvent, service="meetings"):
    """It is at another time or place than when they were last told; for whoever has a place or waits (`waits`)."""

    before: AwareDatetime
    waits: bool = False


class ActivityCalledOff(_RegistrationEvent, service="meetings"):
    """It does not take place; for whoever had a place or waited (`waits`)."""

    waits: bool = False


class ActivityLeft(_RegistrationEvent, service="meetings"):
    """Somebody gave up their place or their turn (`waits`), or we took it back (`by_us`)."""

    waits: bool = False
    by_us: bool = False


class ActivityEnded(_RegistrationEvent, service="meetings"):
    """It is over, for somebody who had a place: they are thanked, and asked what they thought; the link of `sealed`
    leads to where they say it."""
