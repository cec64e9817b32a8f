"""Which of the platform's events others may be told, and what of them: never who takes part."""

from services.content.contracts.activities import ActivityPublished, ActivityRetired
from services.content.contracts.documents import DocumentPublished, DocumentRetired
from services.content.contracts.posts import PostPublished, PostRetired
from services.content.contracts.programs import ProgramPublished, ProgramRetired
from services.meetings.contracts.meetings import (
    MeetingBooked,
    MeetingCancelled,
    MeetingHeld,
    MeetingMissed,
    MeetingMoved,
)
from services.meetings.contracts.registrations import (
    ActivityAwaited,
    ActivityCalledOff,
    ActivityEnded,
    ActivityJoined,
    ActivityLeft,
    ActivityMoved,
    PlaceGained,
)
from services.notifications.contracts.webhooks import PublicEvent
from services.notifications.domain.webhooks import News

Published = ProgramPublished | DocumentPublished | PostPublished | ActivityPublished
Withdrawn = ProgramRetired | DocumentRetired | PostRetired | ActivityRetired
OfMeeting = MeetingBooked | MeetingMoved | MeetingCancelled | MeetingHeld | MeetingMissed
OfRegistration = (
    ActivityJoined
    | ActivityAwaited
    | PlaceGained
    | ActivityMoved
    | ActivityCalledOff
    | ActivityLeft
    | ActivityEnded
)
Public = Published | Withdrawn | OfMeeting | OfRegistration

_NAMES: dict[type[Public], PublicEvent] = {
    ProgramPublished: "program.published",
    ProgramRetired: "program.retired",
    DocumentPublished: "document.published",
    DocumentRetired: "document.retired",
    PostPublished: "post.published",
    PostRetired: "post.retired",
    ActivityPublished: "activity.published",
    ActivityRetired: "activity.retired",
    MeetingBooked: "meeting.booked",
    MeetingMoved: "meeting.moved",
    MeetingCancelled: "meeting.cancelled",
    MeetingHeld: "meeting.held",
    MeetingMissed: "meeting.missed",
    ActivityJoined: "registration.joined",
    ActivityAwaited: "registration.awaited",
    PlaceGained: "registration.place_gained",
    ActivityMoved: "registration.moved",
    ActivityCalledOff: "registration.called_off",
    ActivityLeft: "registration.left",
    ActivityEnded: "registration.ended",
}
PUBLIC = tuple(_NAMES)


def news_of(event: Public) -> News:
    """What is told of `event`."""
    return News(
        event=_NAMES[type(event)],
        subject=event.subject,
        revision=_revision(event),
        sectors=event.belongs_to or (),
        told=event.model_dump(mode="json", include=_told(event)),
    )


def _told(event: Public) -> set[str]:
    """What there is to tell besides the id and the revision. In news of content, `activity` is the whole of it."""
    named = {"activity"} if isinstance(event, OfRegistration) else set()
    return {"start", "end", "before"} | named


def _revision(event: Public) -> int:
    match event:
        case ProgramPublished(program=item):
            return item.revision
        case DocumentPublished(document=item):
            return item.revision
        case PostPublished(post=item):
            return item.revision
        case ActivityPublished(activity=item):
            return item.revision
        case _:
            return event.revision
