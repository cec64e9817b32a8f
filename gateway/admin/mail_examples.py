"""A real meeting to look at a mail with: one that whoever looks may see."""

from datetime import UTC, datetime, timedelta

from gateway.people.desk import Signed
from services.meetings.contracts.meetings import ListMeetings, Meeting
from services.notifications.contracts import NoticeKind
from services.notifications.contracts.templates import MeetingExample

KINDS_OF_MEETINGS: tuple[NoticeKind, ...] = ("meeting", "advisor_meeting")
_AROUND = timedelta(days=49)  # a query may ask for a hundred days


async def latest_meeting(signed: Signed) -> MeetingExample | None:
    """The last meeting of the sector that was booked; None if there is none around today."""
    now = datetime.now(UTC)
    query = ListMeetings(since=now - _AROUND, until=now + _AROUND, every=True)
    found = [one for one in (await signed.call(query)).items if one.contact]
    return _example(max(found, key=lambda one: one.created_at)) if found else None


def _example(meeting: Meeting) -> MeetingExample | None:
    contact = meeting.contact
    if contact is None:
        return None
    return MeetingExample(
        title={"fr": meeting.type.name.fr, "en": meeting.type.name.en},
        start=meeting.start,
        end=meeting.end,
        zone=meeting.zone,
        place=meeting.place,
        where=meeting.where,
        people=", ".join(one.name for one in meeting.advisors),
        company=contact.company,
        contact=contact.name,
        email=contact.email,
        phone=contact.phone,
    )
