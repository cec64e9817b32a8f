"""What is real in a look at a mail: a meeting, or news, that whoever looks may see."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from gateway.links import entry_path
from gateway.people.desk import Signed
from nexus.caller import LANGUAGES
from services.content.contracts import Activity, ListActivities, ListPrograms, Program
from services.meetings.contracts.meetings import ListMeetings, Meeting
from services.notifications.contracts import DigestItem, Language, NoticeKind
from services.notifications.contracts.consent import DEFAULT_ZONE
from services.notifications.contracts.templates import MeetingExample

KINDS_OF_MEETINGS: tuple[NoticeKind, ...] = ("meeting", "advisor_meeting")
_AROUND = timedelta(days=49)  # a query may ask for a hundred days


async def latest_meeting(signed: Signed) -> MeetingExample | None:
    """The last meeting of the sector that was booked; None if there is none around today."""
    now = datetime.now(UTC)
    query = ListMeetings(since=now - _AROUND, until=now + _AROUND, every=True)
    found = [one for one in (await signed.call(query)).items if one.contact]
    return _example(max(found, key=lambda one: one.created_at)) if found else None


async def shown_news(signed: Signed, base_url: str) -> Mapping[Language, tuple[DigestItem, ...]]:
    """In each language an activity that is to come, and a few programs; fewer where there are fewer."""
    activities = await signed.call(ListActivities(upcoming=True, per_page=1))
    programs = await signed.call(ListPrograms(limit=3))
    shown: list[tuple[Literal["program", "activity"], Program | Activity]] = [
        *(("activity", one) for one in activities.items),
        *(("program", one) for one in programs.items),
    ]
    return {
        language: tuple(_news(type, item, language, base_url) for type, item in shown)
        for language in LANGUAGES
    }


def _news(
    type: Literal["program", "activity"], item: Program | Activity, language: Language, base_url: str
) -> DigestItem:
    title, lead = item.content.title, item.content.summary
    return DigestItem(
        type=type,
        title=getattr(title, language) or title.fr or title.en or "",
        lead=getattr(lead, language) or lead.fr or lead.en or "",
        url=base_url + entry_path(language, type, getattr(item.slug, language)),
        begins=item.content.starts_at if isinstance(item, Activity) else None,
        zone=DEFAULT_ZONE,
    )


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
