"""The figures of the goal in words: one set of tables for the page, the files and the report."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_percent

from gateway.i18n import decimal, long_date, translations
from gateway.sectors import Language, Sector
from gateway.words import CLOSINGS, N_, SIZES, THEMES, named
from nexus.i18n import LOCALES
from services.meetings.contracts.goal import CaseFigures, GoalBoard, MeetingFigures, Pair, Row

_UNKNOWN = N_("Not known")
MEETING_FIGURES = {
    "requests": N_("Meetings requested"),
    "held": N_("Meetings held"),
    "no_shows": N_("The company did not come"),
    "cancelled": N_("Meetings cancelled"),
}
CASE_FIGURES = {
    "answers": N_("Answers of companies"),
    "hired": N_("People hired"),
    "closed": N_("Case files closed"),
}
_PLANNED, _EXPECTED = N_("Planned by today:"), N_("Expected at the end:")
BREAKDOWNS = {
    "theme": N_("By need"),
    "size": N_("By size of the company"),
    "partner": N_("By partner"),
    "month": N_("By month"),
}


@dataclass(frozen=True)
class Line:
    """A row: its name, what it is in all sectors and in the own one; `query` leads to the list behind the latter,
    `share` is the bar beside it, in hundredths of the longest."""

    label: str
    all: str
    own: str
    query: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Table:
    """Figures of one kind. `note` tells how they are counted."""

    name: str
    title: str
    head: str
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def has_bars(self) -> bool:
        """Whether rows have a bar beside them."""
        return any(line.share is not None for line in self.lines)


@dataclass(frozen=True)
class Figures:
    """The board in words."""

    board: GoalBoard
    sector: Sector
    language: Language

    @property
    def words(self) -> NullTranslations:
        """Of the language."""
        return translations(self.language)

    def met(self) -> str:
        """So many of so many."""
        told = self.words.gettext(N_("%(met)s of %(number)s"))
        return told % {"met": self.board.met.all, "number": self.board.goal.number}

    def period(self) -> str:
        """From one day to another."""
        told = self.words.gettext(N_("from %(since)s to %(until)s"))
        goal = self.board.goal
        return told % {"since": self.day(goal.since), "until": self.day(goal.until)}

    def against_plan(self) -> str:
        """How far ahead or behind."""
        ahead = self.board.met.all - round(self.board.planned)
        if ahead == 0:
            return self.words.gettext(N_("as planned"))
        if ahead > 0:
            told = self.words.ngettext("%(num)s more than planned", "%(num)s more than planned", ahead)
        else:
            told = self.words.ngettext("%(num)s fewer than planned", "%(num)s fewer than planned", -ahead)
        return told % {"num": abs(ahead)}

    def expected(self) -> str:
        """The range of the forecast."""
        found = self.board.forecast
        if found is None:
            return self.words.gettext(N_("Nothing can be said yet"))
        told = self.words.gettext(N_("%(low)s to %(high)s companies"))
        return told % {"low": found.low, "high": found.high}

    def forecast_told(self) -> str:
        """The range of the forecast, as a sentence."""
        return f"{self.words.gettext(_EXPECTED)} {self.expected()}."

    def how_expected(self) -> str:
        """What the forecast rests on, or why there is none."""
        found, goal = self.board.forecast, self.board.goal
        if found is None:
            return self.words.gettext(
                N_("A forecast needs 28 days, and five companies met in the last 180 days.")
                if self.board.today < goal.until
                else N_("The time of the goal is over.")
            )
        told = self.words.gettext(
            N_(
                "This holds in four of five cases, if companies go on coming as in the last %(days)s days "
                "(%(rate)s a month)."
            )
        )
        return told % {"days": found.days, "rate": self.number(found.per_month)}

    def needed(self) -> str:
        """How many a month from now on."""
        found = self.board.needed_per_month
        if found is None:
            reached = self.board.met.all >= self.board.goal.number
            return self.words.gettext(N_("The goal is reached") if reached else N_("The time is over"))
        return self.words.gettext(N_("%(rate)s a month")) % {"rate": self.number(found)}

    def told(self) -> str:
        """What the chart shows, in one paragraph."""
        told = [
            f"{self.met()}, {self.period()}.",
            f"{self.words.gettext(_PLANNED)} {self.number(self.board.planned)}.",
        ]
        if self.board.forecast:
            told.append(self.forecast_told())
        return " ".join(told)

    def tables(self) -> list[Table]:
        """All of them; without those that would be empty."""
        board = self.board
        tables = [
            self._meetings(board.meetings),
            self._cases(board.cases),
            self._rows("sector", N_("By sector"), N_("Sector"), board.sectors, self.sector_name, _BY_SECTOR),
            self._rows("theme", BREAKDOWNS["theme"], N_("Need"), board.themes, self._theme, _BY_THEME),
            self._rows("size", BREAKDOWNS["size"], N_("Size"), _by_size(board.sizes), self._size),
            self._rows(
                "partner", BREAKDOWNS["partner"], N_("Partner"), board.partners, self.partner, _BY_PARTNER
            ),
        ]
        return [table for table in tables if table.lines]

    def months(self) -> list[tuple[Line, int, str]]:
        """Each month, with all companies so far and those planned."""
        return [
            (
                Line(
                    self.month(one.first),
                    str(one.all),
                    str(one.own),
                    _query("month", f"{one.first:%Y-%m}") if one.own else "",
                ),
                one.total,
                self.number(one.planned),
            )
            for one in self.board.months
        ]

    def label(self, by: str, key: str) -> str:
        """What a key of a breakdown is called."""
        if by == "month":
            try:
                return self.month(date.fromisoformat(f"{key}-01"))
            except ValueError:
                return key
        return {"theme": self._theme, "size": self._size, "partner": self.partner}[by](key)

    def partner(self, name: str) -> str:
        """A partner of this site in the language of the page, another one as it is written."""
        known = {one.name.fr: one.name[self.language] for one in self.sector.partners}
        return known.get(name, name) or self.words.gettext(_UNKNOWN)

    def day(self, day: date) -> str:
        """`1er avril 2026`."""
        return long_date(day, self.language).replace(" ", "\xa0", 1)

    def month(self, first: date) -> str:
        """`avril 2026`."""
        return str(format_date(first, "LLLL y", locale=LOCALES[self.language]))

    def short_month(self, day: date) -> str:
        """`avr. 2026`."""
        return str(format_date(day, "LLL y", locale=LOCALES[self.language]))

    def number(self, value: float) -> str:
        """With one decimal at most."""
        return decimal(round(value, 1), self.language)

    def sector_name(self, name: str) -> str:
        """The short name of a sector."""
        return self.sector.known[name][self.language] if name in self.sector.known else name

    def _theme(self, theme: str) -> str:
        return named(THEMES, theme, self.words) if theme else self.words.gettext(_UNKNOWN)

    def _size(self, size: str) -> str:
        return named(SIZES, size, self.words) if size else self.words.gettext(_UNKNOWN)

    def _rows(
        self,
        name: str,
        title: str,
        head: str,
        rows: Sequence[Row],
        label: Callable[[str], str],
        note: str = "",
    ) -> Table:
        highest = max((row.all for row in rows), default=0) or 1
        rows = sorted(rows, key=lambda row: not row.key)  # what is not known comes last
        lines = tuple(
            Line(
                label(row.key),
                str(row.all),
                "" if name == "sector" and not row.own else str(row.own),
                _query(name, row.key) if row.own else "",
                round(100 * row.all / highest, 1),
            )
            for row in rows
        )
        words = self.words
        return Table(
            name, words.gettext(title), words.gettext(head), lines, words.gettext(note) if note else ""
        )

    def _meetings(self, found: MeetingFigures) -> Table:
        def line(name: str, pair: Pair) -> Line:
            return _line(self.words.gettext(MEETING_FIGURES[name]), pair, f"meetings?which={name}")

        lines = (
            line("requests", found.requests),
            line("held", found.held),
            line("no_shows", found.no_shows),
            Line(
                self.words.gettext(N_("Share of meetings to which the company did not come")),
                self._share(found.no_shows.all, found.held.all),
                self._share(found.no_shows.own, found.held.own),
            ),
            line("cancelled", found.cancelled),
            Line(
                self.words.gettext(N_("Days from the request to the first meeting")),
                self._days(found.delay.all),
                self._days(found.delay.own),
            ),
        )
        note = self.words.gettext(N_("Of the days, half of all companies waited less, half more."))
        title = self.words.gettext(N_("Meetings"))
        return Table("meetings", title, self.words.gettext(N_("Figure")), lines, note)

    def _cases(self, found: CaseFigures) -> Table:
        """What came of meetings; no line of what nobody has said anything about yet."""
        words, lines = self.words, []
        if found.answers.all:
            label = words.gettext(N_("How useful meetings were, from 1 to 5"))
            lines.append(Line(label, self._days(found.useful.all), self._days(found.useful.own)))
            lines.append(_line(named(CASE_FIGURES, "answers", words), found.answers, "cases?which=answers"))
        if found.hired.all:
            lines.append(_line(named(CASE_FIGURES, "hired", words), found.hired, "cases?which=hired"))
        lines += [
            _line(words.gettext(CLOSINGS[row.key]), row, f"cases?which=closed&closing={row.key}")
            for row in found.closings
        ]
        return Table("cases", words.gettext(N_("What came of it")), words.gettext(N_("Figure")), tuple(lines))

    def _share(self, part: int, rest: int) -> str:
        if not part + rest:
            return "–"
        return str(format_percent(part / (part + rest), locale=LOCALES[self.language]))

    def _days(self, days: float | None) -> str:
        return "–" if days is None else self.number(days)


_BY_SECTOR = N_("A company that several sectors have met counts in each of them, and once for the goal.")
_BY_THEME = N_("A company counts for each need of its first meeting.")
_BY_PARTNER = N_("A company counts for the partners of those who held its first meeting.")


def _line(label: str, pair: Pair, query: str) -> Line:
    return Line(label, str(pair.all), str(pair.own), query if pair.own else "")


def _by_size(rows: Iterable[Row]) -> list[Row]:
    order = {size: place for place, size in enumerate(SIZES)}
    return sorted(rows, key=lambda row: order.get(row.key, len(order)))


def _query(by: str, key: str) -> str:
    return "companies" if by == "sector" else f"companies?{urlencode({'by': by, 'key': key})}"
