"""Bookings a second, alone and when many want the same times; an agenda of a week; another house's calendar."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from datetime import time as hour
from uuid import uuid4
from zoneinfo import ZoneInfo

from pymongo import MongoClient

from bench.report import Figure, median_ms, timed
from nexus.errors import Conflict
from services.meetings.contracts.availability import AvailabilityContent, Rule
from services.meetings.contracts.meetings import BookMeeting, ListMeetings, Meeting
from services.meetings.contracts.types import MeetingType
from services.meetings.domain.external import busy_spans
from services.meetings.domain.times import tick
from services.meetings.store.meetings import MeetingStore
from tests.support.meetings_service import ANNE, VISITOR, MeetingsOnDatabase, at, contact

TIMES, CLIENTS = 40, 8
KEPT, ADVISORS = 2_000, 50
EVENTS = 5_000
LIMIT = 20.0  # ms
_FIRST = "2026-11-30T08:00"


def measure(url: str) -> list[Figure]:
    """All of it on one database, which is dropped afterwards."""
    client: MongoClient[dict[str, object]] = MongoClient(url, tz_aware=True, w="majority", journal=True)
    name = f"nexus-bench-{uuid4().hex[:12]}"
    try:
        meetings = MeetingsOnDatabase(client[name])
        return [*_bookings(meetings), *_agenda(meetings), _calendar()]
    finally:
        client.drop_database(name)
        client.close()


def _bookings(meetings: MeetingsOnDatabase) -> list[Figure]:
    kind = meetings.a_type(minutes=30, step=30, horizon_days=300)
    rule = Rule(rrule="FREQ=DAILY", since=date(2026, 1, 1), opens=hour(0), closes=hour(23, 55))
    meetings.advisor(ANNE, AvailabilityContent(name="Anne", rules=(rule,)))
    starts = [at(_FIRST) + timedelta(days=n // 5, hours=n % 5) for n in range(3 * TIMES)]
    alone = _rate(meetings, kind, starts[:TIMES], 1)
    together = _rate(meetings, kind, starts[TIMES : 2 * TIMES], CLIENTS)
    contended = _rate(meetings, kind, starts[2 * TIMES :] * CLIENTS, CLIENTS)
    return [
        Figure(
            "bookings a second, one client",
            alone[0],
            "/s",
            "booked",
            alone[1],
            "each once",
            alone[1] == TIMES,
        ),
        Figure(
            f"the same, {CLIENTS} clients, each its own times",
            together[0],
            "/s",
            "one client",
            alone[0],
            "each once",
            together[1] == TIMES,
        ),
        Figure(
            f"the same, {CLIENTS} clients, all the same times",
            contended[0],
            "/s",
            "each its own times",
            together[0],
            "each once",
            contended[1] == TIMES,
        ),
        Figure(
            "answers a second then, refusals counted",
            contended[0] * CLIENTS,
            "/s",
            "each its own times",
            together[0],
            "≥ 0.5 ×",
            contended[0] * CLIENTS >= 0.5 * together[0],
        ),
    ]


def _rate(
    meetings: MeetingsOnDatabase, kind: MeetingType, starts: Sequence[datetime], clients: int
) -> tuple[float, int]:
    """How many bookings a second are made, refusals not counted; and how many in all."""

    def book(number: int) -> bool:
        fields = {"type": kind.id, "place": "video", "consent": True, "start": starts[number]}
        try:
            meetings.service.book_meeting(BookMeeting(**fields, contact=contact(int(uuid4()))), VISITOR)
        except Conflict:
            return False
        return True

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        booked = sum(pool.map(book, range(len(starts))))
    return booked / (time.perf_counter() - begun), booked


def _agenda(meetings: MeetingsOnDatabase) -> list[Figure]:
    """A week of one of many advisors, and how it grows with the meetings of the others."""
    store, luck = MeetingStore(meetings.database), random.Random(7)
    one = meetings.service.list_meetings(_week(), ANNE).items[0]
    for advisor in range(ADVISORS):
        _fill(store, one, f"other-{advisor}", KEPT // ADVISORS, luck)
    usual = median_ms(timed(lambda: meetings.service.list_meetings(_week(), ANNE), 30))
    for advisor in range(ADVISORS):
        _fill(store, one, f"more-{advisor}", KEPT // ADVISORS, luck)
    grown = median_ms(timed(lambda: meetings.service.list_meetings(_week(), ANNE), 30))
    count = len(meetings.service.list_meetings(_week(), ANNE).items)
    return [
        Figure(
            f"agenda of a week, {count} meetings of {KEPT:,}",
            usual,
            "ms",
            "limit",
            LIMIT,
            "≤ 20 ms",
            usual <= LIMIT,
        ),
        Figure(
            "the same, meetings of others × 2", grown, "ms", "before", usual, "≤ 1.3 ×", grown <= 1.3 * usual
        ),
    ]


def _fill(store: MeetingStore, like: Meeting, advisor: str, count: int, luck: random.Random) -> None:
    taking_part = (like.advisors[0].model_copy(update={"id": advisor}),)
    for n in range(count):
        start = like.start + timedelta(hours=2 * n + luck.randrange(2))
        more = {
            "id": uuid4().hex,
            "advisors": taking_part,
            "start": start,
            "end": start + timedelta(minutes=30),
        }
        assert store.add(like.model_copy(update=more), (), {})


def _week() -> ListMeetings:
    return ListMeetings(since=at("2026-11-30T00:00"), until=at("2026-12-07T00:00"))


def _calendar() -> Figure:
    """What the program that reads calendars does with a large one; the service only waits for it."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART;TZID=America/Toronto:2026{1 + n % 12:02}{1 + n % 28:02}T090000\r\n"
        f"DURATION:PT1H\r\n{'RRULE:FREQ=WEEKLY' if n % 20 == 0 else 'SUMMARY:Occupé'}\r\nEND:VEVENT\r\n"
        for n in range(EVENTS)
    )
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\n{events}END:VCALENDAR\r\n".encode()
    within = tick(at("2026-11-23T00:00")), tick(at("2027-12-28T00:00"))
    taken = median_ms(timed(lambda: busy_spans(text, ZoneInfo("America/Toronto"), within), 3))
    return Figure(
        f"a calendar of {EVENTS:,} events, read", taken, "ms", "limit", 3_000, "≤ 3 s", taken <= 3_000
    )
