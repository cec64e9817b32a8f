"""Meeting types of a sector: what can be booked, how long, where, by whom, until when."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from nexus.messages import Command, Message, Query
from services.meetings.contracts.words import BothLines, BothTexts, Id, Key, Minutes, Place, WebAddress

Audience = Literal["public", "invited", "staff"]


class Question(Message):
    """What whoever books is asked besides who they are."""

    text: BothLines
    required: bool = False


class TypeContent(Message):
    """What a meeting of a type is. Lengths are minutes, and multiples of five."""

    name: BothLines
    lead: BothTexts | None = None
    minutes: Annotated[int, Field(ge=10, le=480, multiple_of=5)] = 60
    step: Annotated[int, Field(ge=5, le=240, multiple_of=5)] = Field(
        30, description="between one possible beginning and the next"
    )
    before: Minutes = Field(0, description="kept free before it, for the way or to prepare")
    after: Minutes = Field(0, description="kept free after it")
    places: tuple[Place, ...] = Field(min_length=1, max_length=4)
    advisors: int = Field(1, ge=1, le=5, description="how many advisors take part; all or none")
    audience: Audience = Field(
        "public",
        description="public: listed on the site; invited: for who has its address; staff: nobody else",
    )
    notice_hours: int = Field(24, ge=0, le=24 * 60, description="booked so long before, at the latest")
    horizon_days: int = Field(60, ge=1, le=365, description="booked so long before, at the earliest")
    cancel_hours: int = Field(
        4, ge=0, le=24 * 60, description="the company cancels so long before, at the latest"
    )
    move_hours: int = Field(
        48, ge=0, le=24 * 60, description="the company moves it so long before, at the latest"
    )
    questions: tuple[Question, ...] = Field((), max_length=10)
    documents: BothTexts | None = Field(None, description="what to bring")
    video_url: WebAddress | None = Field(
        None, description="where video meetings happen; `{meeting}` becomes a part of each meeting's own"
    )


class MeetingType(Message):
    """A type as stored. An archived one can be booked no more; meetings that have it keep it."""

    id: str
    sector: str
    revision: int
    archived: bool = False
    content: TypeContent
    updated_at: AwareDatetime


class MeetingTypes(Message):
    """By French name; archived ones last."""

    items: tuple[MeetingType, ...]


class ListMeetingTypes(Query[MeetingTypes], service="meetings"):
    """The types of the caller's sector: the public ones; all of them for staff who ask for `every`."""

    every: bool = False


class GetMeetingType(Query[MeetingType], service="meetings"):
    """One that may be booked by the caller. Refused with `meeting_type_not_found`."""

    id: Id


class SaveMeetingType(Command[MeetingType], service="meetings"):
    """A new type, or another content of one. For coordinators and administrators; `sector` is for the operator.
    Meetings that are booked stay as they are. A new one with the `key` of before is that of before. Refused with
    `stale_revision`, `key_reused`: something else was asked with it."""

    id: Id | None = None
    revision: int = 0
    content: TypeContent
    key: Key | None = None
    sector: Id | None = None


class ArchiveMeetingType(Command[MeetingType], service="meetings"):
    """Offer it no more, or again. For coordinators and administrators. Refused with `stale_revision`."""

    id: Id
    revision: int
    archived: bool = True
