"""What other houses' calendars say, and what they may do to whoever reads them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from nexus.errors import InvalidInput
from services.meetings.domain.external import MOST_EVENTS, busy_spans
from services.meetings.domain.times import moment, tick

MONTREAL = ZoneInfo("America/Toronto")
WITHIN = tick(datetime(2026, 11, 23, tzinfo=UTC)), tick(datetime(2027, 11, 23, tzinfo=UTC))


def calendar(*events: str, before: str = "") -> bytes:
    bodies = "".join(f"BEGIN:VEVENT\nUID:{n}\n{event}\nEND:VEVENT\n" for n, event in enumerate(events))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{before}{bodies}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def busy(*events: str, before: str = "", within: tuple[int, int] = WITHIN) -> list[str]:
    """By the clock on the wall of Montréal."""
    spans = busy_spans(calendar(*events, before=before), MONTREAL, within)
    return [" ".join(f"{moment(at).astimezone(MONTREAL):%m-%d %H:%M}" for at in span) for span in spans]


def refused(text: bytes) -> str:
    with pytest.raises(InvalidInput) as error:
        busy_spans(text, MONTREAL, WITHIN)
    return error.value.code


def test_an_event_is_busy_in_its_own_zone_and_one_without_a_zone_on_the_wall_of_the_advisor() -> None:
    assert busy("DTSTART:20261201T140000Z\nDTEND:20261201T150000Z") == ["12-01 09:00 12-01 10:00"]
    assert busy("DTSTART;TZID=Europe/Paris:20261201T150000\nDURATION:PT1H") == ["12-01 09:00 12-01 10:00"]
    assert busy("DTSTART:20261201T090000\nDTEND:20261201T100000") == ["12-01 09:00 12-01 10:00"]
    unknown = "DTSTART;TZID=Nowhere/Land:20261201T090000\nDTEND;TZID=Nowhere/Land:20261201T100000"
    assert busy(unknown) == ["12-01 09:00 12-01 10:00"]
    windows = "DTSTART;TZID=Pacific Standard Time:20261201T060000\nDURATION:PT1H"
    assert busy(windows) == ["12-01 09:00 12-01 10:00"]


def test_a_zone_that_the_calendar_defines_itself_is_heeded() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\n"
        "TZOFFSETTO:+0000\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    assert busy("DTSTART;TZID=Ours:20261201T140000\nDURATION:PT30M", before=zone) == [
        "12-01 09:00 12-01 09:30"
    ]


def test_whole_days_go_from_midnight_to_midnight_on_the_days_of_the_clock_as_well() -> None:
    assert busy("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203") == ["12-01 00:00 12-03 00:00"]
    assert busy("DTSTART;VALUE=DATE:20261201") == ["12-01 00:00 12-02 00:00"]
    spans = busy_spans(calendar("DTSTART;VALUE=DATE:20270314"), MONTREAL, WITHIN)
    assert spans[0][1] - spans[0][0] == 23 * 12


def test_what_is_free_cancelled_without_length_or_our_own_is_not_busy() -> None:
    when = "DTSTART:20261201T140000Z\nDTEND:20261201T150000Z\n"
    assert busy(when + "TRANSP:TRANSPARENT", when + "STATUS:CANCELLED", "DTSTART:20261201T140000Z") == []
    assert busy(when + "X-MICROSOFT-CDO-BUSYSTATUS:FREE") == []
    assert busy(when + "X-MICROSOFT-CDO-BUSYSTATUS:OOF") == ["12-01 09:00 12-01 10:00"]
    ours = calendar(when).replace(b"UID:0", b"UID:abc@tic.emploi-nexus")
    assert busy_spans(ours, MONTREAL, WITHIN) == []


def test_a_rule_stays_at_its_hour_through_the_change_of_the_clock_and_heeds_its_exceptions() -> None:
    weekly = (
        "DTSTART;TZID=America/Toronto:20270308T090000\nDURATION:PT1H\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20270405T130000Z\nEXDATE;TZID=America/Toronto:20270322T090000"
    )
    assert busy(weekly) == [
        "03-08 09:00 03-08 10:00",
        "03-15 09:00 03-15 10:00",
        "03-29 09:00 03-29 10:00",
        "04-05 09:00 04-05 10:00",
    ]


def test_one_of_many_that_was_moved_or_cancelled_replaces_its_own_time_alone() -> None:
    text = calendar(
        "DTSTART:20261201T140000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4",
        "RECURRENCE-ID:20261202T140000Z\nDTSTART:20261202T180000Z\nDURATION:PT1H",
        "RECURRENCE-ID:20261203T140000Z\nDTSTART:20261203T140000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
    )
    spans = busy_spans(text.replace(b"UID:1", b"UID:0").replace(b"UID:2", b"UID:0"), MONTREAL, WITHIN)
    assert [f"{moment(begin):%d %H}" for begin, _ in spans] == ["01 14", "02 18", "04 14"]


def test_added_dates_and_periods_count_and_what_touches_is_one() -> None:
    event = (
        "DTSTART:20261201T140000Z\nDURATION:PT1H\nRDATE:20261201T150000Z\n"
        "RDATE;VALUE=PERIOD:20261205T140000Z/PT2H"
    )
    assert busy(event) == ["12-01 09:00 12-01 11:00", "12-05 09:00 12-05 11:00"]


def test_what_began_before_and_goes_on_is_busy_and_an_endless_rule_ends_where_we_look() -> None:
    within = WITHIN[0], WITHIN[0] + 2 * 288
    assert busy("DTSTART;VALUE=DATE:20261110\nDTEND;VALUE=DATE:20261130", within=within) == [
        "11-10 00:00 11-30 00:00"
    ]
    daily = busy("DTSTART:19990101T140000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY", within=within)
    assert daily == ["11-23 09:00 11-23 10:00", "11-24 09:00 11-24 10:00"]


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYMINUTE=1,2"])
def test_a_rule_that_repeats_within_a_day_is_refused(rule: str) -> None:
    assert refused(calendar(f"DTSTART:20261201T140000Z\nRRULE:{rule}")) == "calendar_rule_refused"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<!doctype html><title>Sign in</title>",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        calendar("SUMMARY:without a beginning"),
        calendar("DTSTART:garbage"),
        calendar("DTSTART:20261201T140000Z\nRRULE:FREQ=SOMETIMES"),
        calendar("DTSTART:20261201T140000Z\nRRULE:COUNT=2"),
        calendar("DTSTART:20261201T140000Z\nDTEND;VALUE=DATE:99999999"),
        calendar("DTSTART:99991231T235500Z\nDURATION:P9999999D"),
        b"BEGIN:VTODO\r\nEND:VTODO\r\n",
    ],
)
def test_a_broken_calendar_is_refused_as_a_whole(text: bytes) -> None:
    assert refused(text) == "calendar_unreadable"


def test_a_hundred_thousand_events_or_times_are_refused_before_they_are_read() -> None:
    event = "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20261201T140000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{event * 100_000}END:VCALENDAR\r\n".encode()
    assert MOST_EVENTS < 100_000
    assert refused(text) == "calendar_too_large"
    many = "DTSTART:20261201T140000Z\nDURATION:PT10M\nRRULE:FREQ=DAILY"
    assert refused(calendar(*[many] * 200)) == "calendar_too_large"
