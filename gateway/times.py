"""Days and hours as pages show them: those of Montréal, and to the second where a program reads them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from gateway.i18n import clock, full_date, long_date
from gateway.sectors import Language

ZONE = ZoneInfo("America/Toronto")


def stamp(at: date) -> str:
    """`2026-11-27`, or `2026-11-27T14:05:09+00:00`: HTML's `datetime` takes no more than milliseconds.

    Source: https://html.spec.whatwg.org/#times"""
    return at.isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()


def time_filters(language: Language) -> Mapping[str, Callable[..., Any]]:
    """Filters for a day or an aware moment: words alone, or `moment` and `day` as an element `<time>`."""

    def marked(at: date, words: str) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(stamp(at), words)

    def told_day(at: date) -> str:
        return long_date(_day(at), language)

    def hour(at: datetime) -> str:
        return clock(at.astimezone(ZONE), language)

    return {
        "parsed": datetime.fromisoformat,
        "stamp": stamp,
        "long_date": told_day,
        "full_date": lambda at: full_date(_day(at), language),
        "clock": hour,
        "hour": lambda whole: clock(datetime(2026, 1, 1, whole), language),
        "day": lambda at: marked(at, told_day(at)),
        "moment": lambda at: marked(at, f"{told_day(at)}, {hour(at)}"),
    }


def _day(at: date) -> date:
    return at.astimezone(ZONE).date() if isinstance(at, datetime) else at
