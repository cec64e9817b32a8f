"""From a booking over a meeting that is held to one more company on the board, on the sites of both runtimes."""

from collections.abc import Callable
from datetime import date, time, timedelta
from time import monotonic, sleep
from uuid import uuid4

import pytest

from nexus.caller import Caller, Role, anonymous, operator
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.goal import GoalBoard, OpenGoal
from services.meetings.contracts.meetings import BookMeeting, Contact, FindSlots, GetMeeting, Meeting, Need
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.support.html import html_faults
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer

LEAD = {
    sector: Caller(sector=sector, person="lead", roles=frozenset({Role.COORDINATOR}))
    for sector in ("tic", "aero")
}
_ANY_HOUR = {"rrule": "FREQ=DAILY", "since": date(2026, 1, 1), "opens": time(0), "closes": time(23, 55)}


@pytest.fixture(scope="module")
def kinds(running: RunningPlatform) -> dict[str, str]:
    """A type of each sector, with an advisor whom nobody else finds."""
    made = {}
    for sector in LEAD:
        content = TypeContent(
            name=BothLines(fr="But", en="Goal"), places=("video",), notice_hours=0, audience="invited"
        )
        kind = running.ask(SaveMeetingType(content=content, sector=sector), operator("root")).id
        rule = Rule(**_ANY_HOUR, types=(kind,))  # type: ignore[arg-type]
        advisor = AvailabilityContent(name="Zoé", languages=("zz",), rules=(rule,), partner="Partenaire Z")
        save = SaveAvailability(content=advisor, advisor=uuid4().hex, sector=sector)
        running.ask(save, operator("root"))
        made[sector] = kind
    return made


def booked(running: RunningPlatform, sector: str, kind: str, company: str, email: str) -> Meeting:
    """A meeting that was to take place a week ago: the test lets the time pass in the database."""
    visitor, wanted = anonymous(sector), {"type": kind, "place": "video"}
    start = running.ask(FindSlots(**wanted, language="zz"), visitor).next
    command = BookMeeting(
        **wanted,
        start=start,
        contact=Contact(name="Eve", company=company, email=email),
        consent=True,
        need=Need(language="zz", themes=("hiring",)),
    )
    made: Meeting = running.ask(command, visitor).meeting
    past = {name: getattr(made, name) - timedelta(days=7) for name in ("start", "end", "created_at")}
    with running.documents() as client:
        client[running.database("meetings")]["meetings"].update_one({"_id": made.id}, {"$set": past})
    return eventually(
        lambda: running.ask(GetMeeting(id=made.id), LEAD[sector]), lambda one: one.company is not None
    )


def eventually(ask: Callable[[], Meeting], wanted: Callable[[Meeting], bool]) -> Meeting:
    """What is asked, once it is as wanted: events need a moment."""
    deadline = monotonic() + 20
    while not wanted(found := ask()):
        assert monotonic() < deadline, found
        sleep(0.05)
    return found


def held(surfer: Surfer, meeting: Meeting, outcome: str = "held") -> None:
    page = f"/fr/admin/meetings/{meeting.id}"
    revision = str(surfer.platform.ask(GetMeeting(id=meeting.id), LEAD[surfer.sector]).revision)
    assert "done=outcome" in str(surfer.post(f"{page}/outcome", page, outcome=outcome, revision=revision).url)


def board(running: RunningPlatform, sector: str = "tic") -> GoalBoard:
    return running.ask(OpenGoal(), LEAD[sector])


def counts(running: RunningPlatform) -> tuple[int, int, int]:
    """Companies in all sectors, in tic, in aero."""
    found = board(running)
    return found.met.all, found.met.own, board(running, "aero").met.own


def test_a_held_meeting_counts_its_company_once_and_other_sectors_see_the_count_alone(
    running: RunningPlatform, kinds: dict[str, str]
) -> None:
    domain = f"{uuid4().hex[:10]}.ca"
    name = f"Usine {uuid4().hex[:6]}"
    tic = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    aero = Surfer(running, "aero").sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    everywhere, in_tic, in_aero = counts(running)
    first = booked(running, "tic", kinds["tic"], name, f"eve@{domain}")
    assert counts(running) == (everywhere, in_tic, in_aero)  # booked is not held
    held(tic, first)
    assert counts(running) == (everywhere + 1, in_tic + 1, in_aero)
    held(tic, booked(running, "tic", kinds["tic"], f"{name} inc.", f"bob@{domain}"))
    assert counts(running) == (everywhere + 1, in_tic + 1, in_aero)
    held(aero, booked(running, "aero", kinds["aero"], f"{name} ltée", f"ann@{domain}"))
    assert counts(running) == (everywhere + 1, in_tic + 1, in_aero + 1)
    held(tic, first, "no_show")
    assert counts(running) == (everywhere + 1, in_tic + 1, in_aero + 1)  # by the second one

    page = tic.get("/fr/admin/goal")
    assert f"{everywhere + 1} sur " in page.text
    assert html_faults(page.text) == []
    listed = tic.get("/fr/admin/goal/companies?by=partner&key=Partenaire+Z")
    assert name in listed.text
    assert f"/fr/admin/companies/{first.company}" in listed.text
    assert html_faults(listed.text) == []
    assert tic.get(f"/fr/admin/companies/{first.company}").status_code == 200
    for path in ("", "/companies", "/meetings?which=held"):
        assert first.company not in aero.get(f"/en/admin/goal{path}").text
    assert aero.get(f"/en/admin/companies/{first.company}").status_code == 404
    for query in ("what=figures&format=csv", "what=companies&format=xlsx"):
        assert len(tic.get(f"/fr/admin/goal/export?{query}").content) > 100
    assert tic.get("/en/admin/goal/report.pdf").content.startswith(b"%PDF")
    tic.client.close()
    aero.client.close()


def test_the_goal_is_set_by_a_form_that_says_what_is_wrong(running: RunningPlatform) -> None:
    lead = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    path, goal = "/fr/admin/goal", board(running).goal
    right = {"number": "80", "since": "2026-01-01", "until": "2028-12-31", "revision": str(goal.revision)}
    for wrong in (
        {"number": "0"},
        {"number": "many"},
        {"since": "31 mai"},
        {"until": "2025-01-01"},
        {"until": "9999-12-31"},
        {"revision": "-1"},
        {"revision": str(goal.revision + 7)},
    ):
        answer = lead.post(path, path, **(right | wrong))
        assert answer.status_code in (400, 409), wrong
        assert 'role="alert"' in answer.text
        assert html_faults(answer.text) == []
    saved = lead.post(path, path, **right)
    assert "Enregistré." in saved.text
    assert board(running, "aero").goal.number == 80
    lead.client.close()


def test_a_bad_address_below_the_goal_is_a_page_that_is_not_there(running: RunningPlatform) -> None:
    lead = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.ADMIN)
    for below in (
        "/companies?by=moon",
        f"/companies?by=theme&key={'x' * 300}",
        "/meetings",
        "/meetings?which=%00",
        "/cases?which=closed&closing=x",
        "/export?what=all&format=csv",
        "/export?what=figures&format=json",
    ):
        assert lead.get(f"/en/admin/goal{below}").status_code == 404, below
    lead.client.close()
