"""What advisors have in another calendar is not offered, whatever becomes of that calendar."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.meetings.contracts.busy import BusyCalendar, GetBusyCalendar, SetBusyCalendar
from services.meetings.domain.external import busy_spans
from services.meetings.domain.times import Span, tick
from services.meetings.external.__main__ import told
from services.meetings.external.fetching import LARGEST, fetched
from services.meetings.external.outside import read_calendar
from services.meetings.service import Meetings
from tests.support.meetings_service import ANNE, LEAD, VISITOR, MeetingsOnDatabase, at, staff
from tests.support.web import serving
from tests.unit.test_external_calendars import WITHIN, calendar

WEDNESDAY = date(2026, 11, 25)
ADDRESS = "https://calendar.example.org/private-0123456789abcdef/basic.ics"
TEN_TO_ELEVEN = "DTSTART:20261125T150000Z\nDTEND:20261125T160000Z"


class Elsewhere:
    """Another house's calendar: `answer` is a text of it, or the refusal."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, address: str, zone: str, within: Span) -> list[Span]:
        self.asked.append(address)
        if isinstance(self.answer, Exception):
            raise self.answer
        return busy_spans(self.answer, ZoneInfo(zone), within)


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    return MeetingsOnDatabase(database)


def reading(service: Meetings, elsewhere: Elsewhere) -> Meetings:
    service.calendars = replace(service.calendars, read=elsewhere)
    return service


def known(meetings: MeetingsOnDatabase) -> BusyCalendar:
    return meetings.service.get_busy_calendar(GetBusyCalendar(), ANNE)


def test_busy_times_of_another_calendar_are_neither_offered_nor_accepted(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    elsewhere = Elsewhere(calendar(TEN_TO_ELEVEN))
    service = reading(meetings.service, elsewhere)
    service.set_busy_calendar(SetBusyCalendar(address=ADDRESS), ANNE)
    service.read_busy_calendars()
    assert meetings.starts(kind, since=WEDNESDAY) == ["09:00", "11:00"]
    with pytest.raises(Conflict) as error:
        meetings.book(kind, "2026-11-25T10:30")
    assert error.value.code == "slot_taken"
    elsewhere.answer = calendar("DTSTART;VALUE=DATE:20261125")
    meetings.later(minutes=15)
    service.read_busy_calendars()
    assert meetings.starts(kind, since=WEDNESDAY) == []
    service.set_busy_calendar(SetBusyCalendar(address=None), ANNE)
    assert len(meetings.starts(kind, since=WEDNESDAY)) == 5
    assert known(meetings) == BusyCalendar()


def test_what_cannot_be_read_keeps_the_busy_times_and_says_since_when(meetings) -> None:
    kind = meetings.a_type()
    meetings.advisor()
    elsewhere = Elsewhere(calendar(TEN_TO_ELEVEN))
    service = reading(meetings.service, elsewhere)
    service.set_busy_calendar(SetBusyCalendar(address=ADDRESS), ANNE)
    service.read_busy_calendars()
    read_at = meetings.now
    for code in ("calendar_unreachable", "calendar_unreadable"):
        elsewhere.answer = InvalidInput(code)
        meetings.later(minutes=15)
        service.read_busy_calendars()
    found = known(meetings)
    assert (found.read_at, found.code, found.times) == (read_at, "calendar_unreadable", 1)
    assert found.failing_since == at("2026-11-23T10:15")
    assert meetings.starts(kind, since=WEDNESDAY) == ["09:00", "11:00"]
    elsewhere.answer = calendar()
    meetings.later(minutes=15)
    service.read_busy_calendars()
    assert (known(meetings).failing_since, known(meetings).code) == (None, None)
    assert len(meetings.starts(kind, since=WEDNESDAY)) == 5


def test_one_process_reads_a_calendar_and_one_that_dies_leaves_it_to_another(meetings) -> None:
    meetings.advisor()
    meetings.service.set_busy_calendar(SetBusyCalendar(address=ADDRESS), ANNE)
    second = Elsewhere(calendar())
    other = reading(meetings.process(), second)

    class Dies(Elsewhere):
        def __call__(self, *asked: Any) -> list[Span]:
            other.read_busy_calendars()  # while it is being read here
            raise SystemExit

    with pytest.raises(SystemExit):
        reading(meetings.service, Dies(b"")).read_busy_calendars()
    assert second.asked == []
    meetings.later(minutes=5)
    other.read_busy_calendars()
    assert second.asked == [ADDRESS]


def test_the_address_is_a_secret_in_the_database_in_answers_and_in_what_is_logged(meetings) -> None:
    meetings.advisor()
    command = SetBusyCalendar(address=ADDRESS.replace("https", "webcal"))
    told_back = meetings.service.set_busy_calendar(command, ANNE)
    assert told_back.shown == "https://calendar.example.org/…"
    stored = str(meetings.database["busy_calendars"].find_one({}))
    assert "0123456789abcdef" not in repr(command) + stored + repr(told_back)


def test_coordinators_see_those_of_their_sector_and_nobody_else(meetings) -> None:
    meetings.advisor()
    query = GetBusyCalendar(advisor="anne")
    assert meetings.service.get_busy_calendar(query, LEAD) == BusyCalendar()
    for caller, refusal in ((VISITOR, Forbidden), (staff("paul"), Forbidden)):
        with pytest.raises(refusal):
            meetings.service.get_busy_calendar(query, caller)
    with pytest.raises(NotFound):
        meetings.service.get_busy_calendar(query, LEAD.model_copy(update={"sector": "aero"}))


def anywhere(_: str) -> bool:
    return True


def refusal_of(address: str, **more: Any) -> str:
    with pytest.raises(InvalidInput) as error:
        asyncio.run(fetched(address, **more))
    return error.value.code


def test_it_is_fetched_over_redirects_and_read() -> None:
    def serve(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(calendar(TEN_TO_ELEVEN))

    with serving(ics=serve, moved="/ics") as web:
        asked = {
            "address": web.url("/moved"),
            "zone": "America/Toronto",
            "since": WITHIN[0],
            "until": WITHIN[1],
        }
        assert told(asked, anywhere) == {
            "busy": [(tick(at("2026-11-25T10:00")), tick(at("2026-11-25T11:00")))]
        }


def test_a_private_address_is_asked_for_nothing_not_even_by_a_redirect() -> None:
    with serving(ics=200, away="http://localhost:1/x") as web:
        assert refusal_of(web.url("/ics")) == "calendar_not_public"
        assert refusal_of(web.url("/ics", "localhost")) == "calendar_not_public"
        assert web.asked == []
        only_here = lambda address: address == "127.0.0.1"  # noqa: E731
        inside = {"may_reach": only_here}
        web.pages["/away"] = "http://127.0.0.2:1/x"
        assert refusal_of(web.url("/away"), **inside) == "calendar_not_public"
        with pytest.raises(InvalidInput) as error:
            read_calendar(web.url("/ics"), "America/Toronto", WITHIN)  # the real process
        assert error.value.code == "calendar_not_public"


def test_what_is_too_large_goes_round_in_circles_or_is_not_there_has_a_code() -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(LARGEST // 1_000_000 + 2):
                handler.wfile.write(b"x" * 1_000_000)
        except OSError:
            return

    with serving(big=endless, round="/round", file="file:///etc/passwd", gone=404) as web:
        codes = [
            refusal_of(web.url(f"/{page}"), may_reach=anywhere) for page in ("big", "round", "file", "gone")
        ]
    assert codes == ["calendar_too_large", *["calendar_unreachable"] * 3]
    assert refusal_of("https://does-not-exist.invalid/x") == "calendar_unreachable"
