"""Who counts as one company, how that compares with the plan, and where it leads."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.errors import InvalidInput
from services.meetings.contracts.goal import Goal
from services.meetings.contracts.meetings import State
from services.meetings.domain import goal as rules
from services.meetings.domain.goal import Fact, Known

GOAL = Goal(number=70, since=date(2026, 4, 1), until=date(2028, 3, 31), revision=1)
NEQ, OTHER_NEQ = "1144556677", "2244556677"


def known(one: str, neq: str | None = None, *domains: str, name: str = "") -> Known:
    return Known(one, neq, domains, (name or f"name of {one}",))


def fact(one: str, company: str | None, day: str, state: State = State.HELD) -> Fact:
    start = datetime.fromisoformat(f"{day}T15:00+00:00")
    return Fact(one, "tic", state, company, "Atelier", start, start - timedelta(days=3))


def test_companies_are_the_same_by_neq_else_by_own_domain_else_by_name() -> None:
    one = rules.same(
        [
            known("a", NEQ, "atelier.ca", name="atelier"),
            known("b", NEQ, name="other words"),
            known("c", None, "atelier.ca"),
            known("d", None, name="atelier"),
            known("e", None, "elsewhere.ca"),
        ]
    )
    assert one == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e"}


def test_two_neqs_are_two_companies_whatever_else_they_share() -> None:
    two = rules.same([known("a", NEQ, "x.ca", name="n"), known("b", OTHER_NEQ, "x.ca", name="n")])
    assert two == {"a": "a", "b": "b"}


def test_what_could_be_the_same_as_either_makes_not_both_the_same() -> None:
    found = rules.same([known("c", None, "x.ca"), known("a", NEQ, "x.ca"), known("b", OTHER_NEQ, "x.ca")])
    assert found == {"c": "c", "a": "c", "b": "b"}


COMPANIES = st.lists(
    st.tuples(
        st.sampled_from([None, None, NEQ, OTHER_NEQ]),
        st.sets(st.sampled_from(["x.ca", "y.ca"]), max_size=2),
        st.sampled_from(["", "atelier", "studio"]),
    ),
    max_size=12,
).map(
    lambda rows: [
        Known(str(n), neq, tuple(sorted(own)), (name,) if name else ())
        for n, (neq, own, name) in enumerate(rows)
    ]
)


@given(COMPANIES)
def test_no_two_neqs_ever_count_as_one_and_no_neq_as_two(companies: list[Known]) -> None:
    one = rules.same(companies)
    assert set(one) == {company.id for company in companies}
    neqs: dict[str, set[str]] = {}
    for company in companies:
        if company.neq:
            neqs.setdefault(one[company.id], set()).add(company.neq)
    assert all(len(found) == 1 for found in neqs.values())
    assert len(neqs) == len({company.neq for company in companies if company.neq})


@given(COMPANIES, st.randoms(use_true_random=False))
def test_how_many_there_are_does_not_hang_on_their_order(companies: list[Known], luck: random.Random) -> None:
    other = companies[:]
    luck.shuffle(other)
    assert len(set(rules.same(companies).values())) == len(set(rules.same(other).values()))


@given(COMPANIES)
def test_there_are_as_many_as_neqs_and_those_that_nothing_leads_from_to_an_neq(
    companies: list[Known],
) -> None:
    def alike(one: Known, other: Known) -> bool:
        return bool(set(one.domains) & set(other.domains)) or bool(set(one.names) & set(other.names))

    left, apart = companies[:], 0
    while left:
        together = [left.pop()]
        for one in together:  # it grows while it is walked through
            together += [other for other in left if alike(one, other)]
            left = [other for other in left if other not in together]
        apart += all(one.neq is None for one in together)
    neqs = {one.neq for one in companies if one.neq}
    assert len(set(rules.same(companies).values())) == len(neqs) + apart


def test_a_company_counts_with_its_first_held_meeting_alone() -> None:
    meetings = [
        fact("4", "b", "2026-06-01"),
        fact("3", "a", "2026-05-05"),
        fact("2", "a", "2026-05-04"),
        fact("1", "a", "2026-05-03", State.NO_SHOW),
        fact("0", None, "2026-05-02"),
    ]
    assert [one.id for one in rules.firsts(meetings, {"a": "a", "b": "a"})] == ["2"]
    assert [one.id for one in rules.firsts(meetings, {"a": "a", "b": "b"})] == ["2", "4"]


def test_the_delay_is_the_median_of_days_from_request_to_meeting() -> None:
    assert rules.median_delay([fact("1", "a", "2026-05-05"), fact("2", "b", "2026-05-05")]) == 3
    assert rules.median_delay([]) is None


def test_the_plan_is_a_straight_line_over_all_days_of_the_goal() -> None:
    assert rules.planned(GOAL, date(2026, 3, 31)) == 0
    assert rules.planned(GOAL, date(2027, 3, 31)) == pytest.approx(70 * 365 / 731)
    assert rules.planned(GOAL, date(2028, 3, 31)) == rules.planned(GOAL, date(2030, 1, 1)) == 70


def test_what_is_needed_a_month_ends_with_the_goal() -> None:
    assert rules.needed_per_month(GOAL, 0, date(2025, 1, 1)) == pytest.approx(70 / 731 * 365.25 / 12)
    assert rules.needed_per_month(GOAL, 35, date(2027, 3, 31)) == pytest.approx(35 / 366 * 365.25 / 12)
    assert rules.needed_per_month(GOAL, 70, date(2027, 3, 31)) is None
    assert rules.needed_per_month(GOAL, 3, date(2028, 3, 31)) is None


def test_months_run_from_the_beginning_to_today_and_add_up() -> None:
    days = [date(2026, 4, 2), date(2026, 4, 30), date(2026, 6, 1)]
    months = rules.months(GOAL, days, days[:1], date(2026, 6, 10))
    assert [(f"{one.first:%Y-%m}", one.all, one.own, one.total) for one in months] == [
        ("2026-04", 2, 1, 2),
        ("2026-05", 0, 0, 2),
        ("2026-06", 1, 0, 3),
    ]


def test_a_forecast_needs_some_time_and_some_companies() -> None:
    days = [date(2026, 4, 2) + timedelta(days=n) for n in range(5)]
    assert rules.forecast(GOAL, days, date(2026, 4, 20)) is None
    assert rules.forecast(GOAL, days[:4], date(2026, 5, 20)) is None
    assert rules.forecast(GOAL, days, date(2028, 3, 31)) is None
    found = rules.forecast(GOAL, days, date(2026, 5, 20))
    assert found is not None
    assert 5 <= found.low < found.middle < found.high


def test_the_range_of_a_forecast_is_that_of_a_poisson_process_with_an_unknown_rate() -> None:
    luck = random.Random(4)
    shape, probability = 12.5, 180 / (180 + 300)
    drawn = []
    for _ in range(20_000):
        mean = luck.gammavariate(shape, 1 / 180) * 300
        drawn.append(_poisson(mean, luck))
    drawn.sort()
    shares = (0.1, 0.5, 0.9)
    for share, found in zip(shares, rules.negative_binomial(shape, probability, shares), strict=True):
        assert abs(found - drawn[int(share * len(drawn))]) <= 1


def _poisson(mean: float, luck: random.Random) -> int:
    count, passed = 0, luck.expovariate(1)
    while passed < mean:
        count, passed = count + 1, passed + luck.expovariate(1)
    return count


def test_a_forecast_of_very_many_is_not_lost_in_small_numbers() -> None:
    low, middle, high = rules.negative_binomial(5_000.5, 0.2, (0.1, 0.5, 0.9))
    assert 19_500 < low < middle < high < 20_500


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2026-04-01", "2026-04-01", "ends_before_start"),
        ("2026-04-01", "2040-04-01", "period_too_long"),
        ("0001-01-01", "2026-04-01", "date_out_of_range"),
        ("2026-04-01", "9999-12-31", "date_out_of_range"),
    ],
)
def test_a_goal_in_no_sensible_time_is_refused(since: str, until: str, code: str) -> None:
    goal = Goal(number=70, since=date.fromisoformat(since), until=date.fromisoformat(until), revision=0)
    with pytest.raises(InvalidInput, match=code):
        rules.checked(goal)


def test_until_somebody_sets_it_the_goal_is_seventy_in_two_years_from_the_month_of_the_first_meeting() -> (
    None
):
    goal = rules.presumed(date(2026, 11, 24))
    assert (goal.number, goal.since, goal.until) == (70, date(2026, 11, 1), date(2028, 10, 31))
    begin, end = rules.span(goal)
    assert (begin, end) == (
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2028, 11, 1, 4, tzinfo=UTC),
    )  # midnight in Montréal, before and after a change of the clock
