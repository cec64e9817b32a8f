"""The goal in words: what the page, the files and the report say of a board."""

import io
from datetime import date

import openpyxl
import pypdfium2
import pytest

from gateway.admin.goal import csv_of, xlsx_of
from gateway.admin.goal_chart import chart
from gateway.admin.goal_figures import Figures
from gateway.admin.goal_report import report
from gateway.sectors import load_sectors
from services.meetings.contracts.goal import (
    Average,
    CaseFigures,
    Forecast,
    Goal,
    GoalBoard,
    MeetingFigures,
    Month,
    Pair,
    Row,
)

TRAP = '#image("/etc/passwd") *x* $y$'


def a_board(**more) -> GoalBoard:
    fields = {
        "goal": Goal(number=70, since=date(2026, 4, 1), until=date(2028, 3, 31), revision=1),
        "today": date(2026, 6, 10),
        "met": Pair(all=8, own=3),
        "planned": 6.8,
        "needed_per_month": 2.87,
        "forecast": Forecast(low=52, middle=81, high=113, per_month=3.4, days=71),
        "months": tuple(
            Month(first=date(2026, month, 1), all=all_, own=own, total=total, planned=2.9 * (month - 3))
            for month, all_, own, total in ((4, 3, 1, 3), (5, 4, 2, 7), (6, 1, 0, 8))
        ),
        "sectors": (Row(key="aero", all=5, own=0), Row(key="tic", all=3, own=3)),
        "themes": (Row(key="", all=5, own=2), Row(key="hiring", all=4, own=2)),
        "sizes": (Row(key="", all=5, own=1), Row(key="25-49", all=2, own=1), Row(key="5-24", all=1, own=1)),
        "partners": (
            Row(key=TRAP, all=5, own=0),
            Row(key="Chambre de commerce du Montréal métropolitain", all=3, own=3),
        ),
        "meetings": MeetingFigures(
            requests=Pair(all=20, own=9),
            held=Pair(all=9, own=4),
            no_shows=Pair(all=3, own=0),
            cancelled=Pair(all=2, own=1),
            delay=Average(all=9.54, own=None),
        ),
        "cases": CaseFigures(
            answers=Pair(all=0, own=0),
            useful=Average(all=None, own=None),
            hired=Pair(all=0, own=0),
            closings=(),
        ),
    }
    return GoalBoard(**fields | more)


def figures(language="fr", **more) -> Figures:
    return Figures(a_board(**more), load_sectors()["tic"], language)


def lines(name: str, language="fr", **more) -> list[tuple[str, str, str, str]]:
    table = next(one for one in figures(language, **more).tables() if one.name == name)
    return [(line.label, line.all, line.own, line.query) for line in table.lines]


def test_every_figure_of_the_own_sector_leads_to_its_list_and_no_other_does() -> None:
    assert lines("sector") == [("Aérospatiale", "5", "", ""), ("TIC", "3", "3", "companies")]
    assert lines("theme") == [
        ("Embaucher", "4", "2", "companies?by=theme&key=hiring"),
        ("Inconnu", "5", "2", "companies?by=theme&key="),
    ]
    told = {line[0]: line[1:] for line in lines("meetings", "en")}
    assert told["Meetings held"] == ("9", "4", "meetings?which=held")
    assert told["The company did not come"] == ("3", "0", "")
    assert told["Share of meetings to which the company did not come"] == ("25%", "0%", "")
    assert told["Days from the request to the first meeting"] == ("9.5", "–", "")


def test_sizes_stand_in_their_order_and_partners_in_the_language_of_the_page() -> None:
    assert [line[0] for line in lines("size")] == ["De 5 à 24 employés", "De 25 à 49 employés", "Inconnu"]
    assert lines("partner", "en")[1][0] == "Chamber of Commerce of Metropolitan Montreal"


def test_what_nobody_has_said_anything_about_has_no_table() -> None:
    assert "cases" not in [table.name for table in figures().tables()]
    answered = CaseFigures(
        answers=Pair(all=2, own=1),
        useful=Average(all=4.5, own=5),
        hired=Pair(all=3, own=0),
        closings=(Row(key="helped", all=1, own=1),),
    )
    assert lines("cases", "en", cases=answered) == [
        ("How useful meetings were, from 1 to 5", "4.5", "5", ""),
        ("Answers of companies", "2", "1", "cases?which=answers"),
        ("People hired", "3", "0", ""),
        ("Helped", "1", "1", "cases?which=closed&closing=helped"),
    ]


def test_the_board_says_how_far_it_is_from_the_plan_and_when_it_is_too_early_to_say_more() -> None:
    assert figures().against_plan() == "1 de plus que prévu"
    assert figures(met=Pair(all=4, own=0)).against_plan() == "3 de moins que prévu"
    assert figures("en", met=Pair(all=7, own=0)).against_plan() == "as planned"
    assert figures("en").expected() == "52 to 113 companies"
    early = figures("en", forecast=None)
    assert (early.expected(), early.how_expected()) == (
        "Nothing can be said yet",
        "A forecast needs 28 days, and five companies met in the last 180 days.",
    )
    over = figures("en", forecast=None, needed_per_month=None, today=date(2029, 1, 1))
    assert (over.how_expected(), over.needed()) == ("The time of the goal is over.", "The time is over")


def test_the_chart_ends_the_line_of_what_was_met_today_and_begins_the_forecast_there() -> None:
    drawn = chart(a_board())
    assert drawn.levels == ((0, 100.0), (30, 75.0), (60, 50.0), (90, 25.0), (120, 0.0))
    assert drawn.plan == ((0, 100), (100, round(100 - 100 * 70 / 120, 2)))
    today = 100 * 71 / 731
    assert (
        drawn.met[-1]
        == drawn.fan[0]
        == (pytest.approx(today, abs=0.01), pytest.approx(100 - 800 / 120, abs=0.01))
    )
    assert drawn.fan[1:] == ((100, pytest.approx(56.67)), (100, pytest.approx(5.83)))
    assert chart(a_board(forecast=None)).fan_path == ""


@pytest.mark.parametrize("most", [1, 7, 70, 81, 199, 201, 99_999])
def test_the_highest_line_of_the_chart_is_above_everything_and_not_far(most) -> None:
    goal = Goal(number=most, since=date(2026, 4, 1), until=date(2028, 3, 31), revision=1)
    top = chart(a_board(goal=goal, met=Pair(all=0, own=0), forecast=None)).levels[-1][0]
    assert most <= top <= max(1.35 * most, 4)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "Emploi NEXUS\xa0: entreprises rencontrées",
                "8 sur 70",
                "Par besoin",
                "mai 2026",
                "2,9 par mois",
            ),
        ),
        ("en", ("Emploi NEXUS: companies met", "8 of 70", "By need", "May 2026", "2.9 a month")),
    ],
)
def test_the_report_is_a_paper_in_either_language_that_takes_texts_as_texts(language, words) -> None:
    pdf = pypdfium2.PdfDocument(report(figures(language)))
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    for word in words:
        assert word.replace("\xa0", " ") in text.replace("\xa0", " ")
    assert TRAP in text.replace("“", '"').replace("”", '"').replace("«", '"')
    assert pdf.get_metadata_value("Title").replace("\xa0", " ") == words[0].replace("\xa0", " ")


def test_the_report_of_a_goal_that_has_hardly_begun_is_a_paper_too() -> None:
    nothing = Pair(all=0, own=0)
    meetings = dict.fromkeys(("requests", "held", "no_shows", "cancelled"), nothing)
    empty = dict.fromkeys(("months", "sectors", "themes", "sizes", "partners"), ())
    delay = Average(all=None, own=None)
    made = report(
        figures("fr", met=nothing, forecast=None, **empty, meetings=MeetingFigures(**meetings, delay=delay))
    )
    assert made.startswith(b"%PDF")


def test_no_cell_of_a_file_is_a_formula() -> None:
    rows = [["Entreprise"], ['=HYPERLINK("http://x")'], ["+1"], ["@a"], ["-2"]]
    assert [line.strip() for line in b"".join(csv_of(rows)).decode("utf-8-sig").splitlines()] == [
        "Entreprise",
        '"\'=HYPERLINK(""http://x"")"',
        "'+1",
        "'@a",
        "'-2",
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_of(rows)))).active
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 5
