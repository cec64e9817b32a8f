"""What became of each message, and the table of what is said when; for the back office.

Nothing here tells what a message said: that is forgotten once it is sent."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.notifications.contracts import EmailAddress, NoticeKind
from services.notifications.contracts.consent import Purpose

DeliveryState = Literal[
    "queued", "sending", "sent", "parked", "suppressed", "superseded", "expired", "discarded"
]
To = Literal[
    "asker",
    "invited",
    "owner",
    "company",
    "advisors",
    "webhook_owner",
    "admins",
    "subscriber",
    "advisor",
    "coordinators",
    "colleagues",
    "comment_writer",
    "uploader",
    "registrant",
]
NoticeEvent = Literal[
    "code_issued",
    "person_invited",
    "verification_asked",
    "meeting_booked",
    "meeting_moved",
    "meeting_cancelled",
    "meeting_declined",
    "webhook_disabled",
    "key_made",
    "event_parked",
    "mail_parked",
    "text_reminder_chosen",
    "time_offered",
    "calendar_asked",
    "company_written",
    "company_asked",
    "result_asked",
    "personal_data_mailed",
    "subscription_asked",
    "content_published",
    "day_began",
    "week_began",
    "comment_asked",
    "comment_answered",
    "document_unreadable",
    "activity_joined",
    "activity_awaited",
    "place_gained",
    "activity_moved",
    "activity_called_off",
    "activity_left",
    "activity_ended",
]
NoticeChannel = Literal["mail", "text"]
# Canada's anti-spam law (S.C. 2010, c. 23, s. 6 and 10): they agreed to it, having met us implies it, or it is part of
# something that they asked for
DeliveryBasis = Literal["express", "implied", "transactional"]
MessageId = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_.-]{1,200}$")]
Cursor = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,14}_[0-9a-zA-Z_.-]{1,200}$")]


class Delivery(Message):
    """A message on its way, or at its end. Parked: it failed for good, or twelve times, and waits for a person."""

    id: str
    kind: NoticeKind
    channel: NoticeChannel = "mail"
    state: DeliveryState
    person: str | None = Field(None, description="The account that it goes to, where it is one of the staff")
    meeting: str | None = Field(None, description="The meeting that it is about")
    reminder: bool = False
    attempts: int
    created_at: AwareDatetime
    next_attempt: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    answer: str | None = Field(
        None, description="What the other side said last, or the code of why it was not sent"
    )
    basis: DeliveryBasis | None = Field(
        None, description="On which ground it was sent; none: it was not, or before that was kept"
    )
    consent_at: AwareDatetime | None = Field(
        None, description="When they agreed, or met us: that finds the consent in its history"
    )
    fell_back: bool = Field(
        False,
        description="The sector's own words could not be used: it went, or is to go, in the shipped ones",
    )


class Deliveries(Message):
    """Latest first. `next`, if any, is the `after` of the following page."""

    items: tuple[Delivery, ...]
    next: Cursor | None


class ListDeliveries(Query[Deliveries], service="notifications"):
    """The messages of the caller's sector of the last 90 days. For coordinators and administrators."""

    state: DeliveryState | None = None
    kind: NoticeKind | None = None
    address: EmailAddress | None = Field(
        None, repr=False, description="What went to it; only its hash is kept"
    )
    after: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class SendAgain(Command[None], service="notifications"):
    """Try a parked message from its first attempt, or a queued one that failed at once. For coordinators and
    administrators. Refused with `delivery_not_found`, `delivery_over`: nothing is left to send."""

    id: MessageId


class NoticeRule(Message):
    """One row of the table of notices. `hours`: how long before the meeting or activity; None: at once. One that
    `lapses` is dropped when something newer of it is known before it is sent. One with a `purpose` can be refused, and
    is sent to who agreed to it alone; without, it is transactional: part of what somebody asked us for."""

    event: NoticeEvent
    to: To
    kind: NoticeKind
    channel: NoticeChannel = "mail"
    hours: int | None = None
    lapses: bool = False
    purpose: Purpose | None = None


class ListNotices(Query[tuple[NoticeRule, ...]], service="notifications"):
    """All of the table, with the hours of reminders of the caller's sector. For coordinators and administrators."""
