"""The report of the goal to the funder: a PDF in one language, with the figures of all sectors."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from gateway.admin.goal_chart import chart
from gateway.admin.goal_figures import Figures, Table
from gateway.pdf import make_pdf
from gateway.words import N_

_LAYOUT = Path(__file__).with_name("goal.typ")


def report(figures: Figures) -> bytes:
    """The PDF."""
    return make_pdf(_LAYOUT, report_data(figures))


def report_data(figures: Figures) -> dict[str, Any]:
    """Everything that the layout says, in words: it has none of its own."""
    words, board = figures.words, figures.board
    told = words.gettext
    return {
        "language": figures.language,
        "date": [board.today.year, board.today.month, board.today.day],
        "title": told(N_("Emploi NEXUS: companies met")),
        "lead": told(N_("As of %(day)s")) % {"day": figures.day(board.today)},
        "period": told(N_("%(number)s different companies met %(period)s, by all sectors together."))
        % {"number": board.goal.number, "period": figures.period()},
        "facts": [
            [told(N_("Met so far")), figures.met()],
            [told(N_("Planned by today")), f"{figures.number(board.planned)} ({figures.against_plan()})"],
            [told(N_("Expected at the end")), figures.expected()],
            [told(N_("Needed from now on")), figures.needed()],
        ],
        "chart": _chart(figures),
        "tables": [told_of for table in figures.tables() if (told_of := _table(table))["rows"]],
        "months": {
            "title": told(N_("From month to month")),
            "heads": [
                told(N_("Month")),
                told(N_("New companies")),
                told(N_("So far")),
                told(N_("Planned by its end")),
            ],
            "rows": [
                [line.label, line.all, str(total), planned] for line, total, planned in figures.months()
            ],
        },
        "head_all": told(N_("All sectors")),
        "method_title": told(N_("How this is counted")),
        "method": [
            told(
                N_(
                    "A company counts once, with its first meeting that was held in the time of the goal, whatever the "
                    "number of its meetings and of the sectors that met it. Two records are the same company if they "
                    "have the same NEQ, else a mail domain of their own in common, else the same name."
                )
            ),
            told(N_("The plan is a straight line from the first day to the last.")),
            f"{figures.forecast_told()} {figures.how_expected()}",
            told(
                N_(
                    "The range is a prediction interval of a Poisson process whose rate is not known exactly "
                    "(negative binomial, Jeffreys prior; Gelman et al., Bayesian Data Analysis, section 2.6)."
                )
            )
            if board.forecast
            else "",
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    """The figures of all sectors; those of the own one are for its people."""
    rows = [[line.label, line.all] for line in table.lines if line.all not in ("0", "–")]
    return {"title": table.title, "head": table.head, "note": table.note, "rows": rows}


def _chart(figures: Figures) -> dict[str, Any]:
    found, told = chart(figures.board), figures.words.gettext
    drawn = asdict(found)
    return {
        **{name: drawn[name] for name in ("met", "plan", "fan", "middle", "levels")},
        "dates": [[figures.short_month(day), place] for day, place in found.dates],
        "title": told(N_("Companies met so far, beside the plan")),
        "alt": figures.told(),
        "keys": {
            "met": told(N_("Different companies met")),
            "plan": told(N_("Plan")),
            "middle": told(N_("Forecast")),
            "fan": told(N_("Its range")),
        },
    }
