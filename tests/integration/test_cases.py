"""Case files on a real database: who reads what, what is written, what is asked later, who answers for whom."""

from datetime import date, timedelta

import pytest

from nexus.caller import Role, anonymous
from nexus.composition import Composed, Resources
from nexus.errors import Conflict, InvalidInput, NotFound, StaleRevision
from nexus.host import ServiceHost
from nexus.operations import ListAudit
from nexus.settings import Settings
from services.meetings.contracts.cases import (
    AddTask,
    AnswerOwnAsk,
    AnswerReferral,
    AssignCase,
    CaseNeed,
    CaseState,
    CloseCase,
    FinishTask,
    GetCase,
    ListCases,
    ListToDo,
    NoteConversation,
    OpenOwnAsk,
    OpenOwnPlan,
    PlanEntry,
    Recommended,
    ReferCase,
    ReopenCase,
    SaveNeed,
    SavePlan,
    SendPlan,
    TickOwnPlan,
)
from services.meetings.contracts.companies import ListCompanies
from services.meetings.contracts.meetings import Need
from tests.support.case_desk import SITE, CaseDeskOnDatabase
from tests.support.meetings_service import ANNE, LEAD, VISITOR, staff

STRANGERS = (
    staff("ben"),
    staff("eve", Role.COORDINATOR, sector="svts"),
    staff("adam", Role.ADMIN, sector="svts"),
    staff("anne", sector="svts"),
)
GRANT = Recommended(kind="program", id="p1", title="Subvention", reason="Pour 5 à 24 employés")


@pytest.fixture
def desk(database) -> CaseDeskOnDatabase:
    return CaseDeskOnDatabase(database)


@pytest.fixture
def case(desk):
    return desk.file(desk.booked("2026-11-25T09:00").case).case


def token_of(link: str | None) -> str:
    return (link or "").rpartition("/")[2]


def test_a_case_is_read_by_its_advisor_and_those_who_lead_and_by_nobody_else(desk, case) -> None:
    for reader in (ANNE, LEAD, staff("ada", Role.ADMIN)):
        assert desk.file(case.id, reader).case.id == case.id
    for stranger in STRANGERS:
        with pytest.raises(NotFound):
            desk.file(case.id, stranger)
        assert desk.service.list_cases(ListCases(), stranger).items == ()
    everybody = ListCases(every=True)
    assert desk.service.list_cases(everybody, staff("eve", Role.COORDINATOR, sector="svts")).items == ()
    assert [one.id for one in desk.service.list_cases(everybody, LEAD).items] == [case.id]


def test_an_advisor_reads_a_case_by_its_meeting_though_another_is_in_charge(desk, case) -> None:
    desk.advisor(staff("ben"))
    after = desk.do("assign_case", AssignCase, case, advisor="ben")
    assert after.advisor.name == "Ben"
    assert [one.id for one in desk.service.list_cases(ListCases(), ANNE).items] == [case.id]
    assert desk.file(case.id, staff("ben")).case.id == case.id


def test_each_reading_of_a_case_is_in_the_audit_trail(desk, case, database) -> None:
    resources = Resources(Settings(), database, embedded=False, clock=lambda: desk.now)
    host = ServiceHost(Composed(desk.service, []), resources)
    host.call("get_case", {"id": case.id}, ANNE, None)
    with pytest.raises(NotFound):
        host.call("get_case", {"id": case.id}, staff("ben"), None)
    (entry,) = host.call("list_audit", ListAudit().model_dump(), staff("ada", Role.ADMIN), None).value.items
    assert (entry.command, entry.person, entry.changes[0].kind) == ("get_case", "anne", "case")
    assert (entry.changes[0].id, entry.changes[0].label) == (case.id, "Atelier 0")


def test_private_notes_never_leave_to_anybody_but_who_wrote_them(desk, case) -> None:
    fields = {"shared": "Pour tous", "private": "Pour moi", "recommendations": (GRANT,)}
    desk.do("note_conversation", NoteConversation, case, ANNE, **fields)
    assert [one.text for one in desk.file(case.id, ANNE).case.notes] == ["Pour tous", "Pour moi"]
    for reader in (LEAD, staff("ada", Role.ADMIN)):
        file = desk.file(case.id, reader)
        assert "Pour moi" not in file.model_dump_json()
        answer = desk.do("save_need", SaveNeed, case, reader, need=CaseNeed(positions=2))
        assert "Pour moi" not in answer.model_dump_json()
    assert len(desk.file(case.id, ANNE).case.notes) == 2  # who saved without seeing it has not lost it


def test_what_two_write_at_once_is_refused_to_the_second(desk, case) -> None:
    desk.do("save_need", SaveNeed, case, need=CaseNeed(positions=2))
    with pytest.raises(StaleRevision):
        desk.service.save_need(SaveNeed(id=case.id, revision=case.revision, need=CaseNeed()), LEAD)


def test_a_second_booking_adds_to_the_need_what_was_not_said_before(desk) -> None:
    first = desk.booked("2026-11-25T09:00", Need(themes=("hiring",), answers={"size": ("5-24",)}))
    said = {"size": ("25-49",), "french": ("to_learn",)}
    desk.booked("2026-11-25T10:00", Need(themes=("training",), answers=said))
    need = desk.file(first.case).case.need
    assert need.themes == ("hiring", "training")
    assert need.answers == {"size": ("5-24",), "french": ("to_learn",)}


def test_a_company_ticks_its_own_steps_by_a_link_once_the_plan_was_sent(desk, case) -> None:
    entries = (
        PlanEntry(id="a", title="Demander la subvention", of="program", ref="p1", due=date(2026, 12, 15)),
        PlanEntry(id="b", title="Envoyer le modèle", who="advisor"),
    )
    desk.do("save_plan", SavePlan, case, ANNE, entries=entries)
    token = desk.file(case.id).plan_token
    with pytest.raises(NotFound):
        desk.service.open_own_plan(OpenOwnPlan(token=token), VISITOR)
    desk.do("send_plan", SendPlan, case, ANNE, base_url=SITE)
    ((what, sealed),) = desk.written()
    assert (what, sealed["to"], sealed["link"]) == ("plan", "paul0@example.org", f"{SITE}/fr/plan/{token}")
    desk.later(hours=1)
    ticked = desk.service.tick_own_plan(TickOwnPlan(token=token, done=("a", "b", "zz")), VISITOR)
    assert [bool(one.done_at) for one in ticked.entries] == [True, False]
    assert desk.file(case.id).timeline[0].what == "ticked"
    desk.do("save_plan", SavePlan, case, ANNE, entries=(*entries, PlanEntry(id="c", title="Encore")))
    assert [bool(one.done_at) for one in desk.file(case.id).case.plan] == [True, False, False]
    for wrong in ("x", f"{token}0", token.replace(token[:2], "zz", 1)):
        with pytest.raises(NotFound):
            desk.service.open_own_plan(OpenOwnPlan(token=wrong), VISITOR)
    with pytest.raises(NotFound):
        desk.service.open_own_plan(OpenOwnPlan(token=token), anonymous("svts"))


def test_an_empty_plan_is_not_sent(desk, case) -> None:
    with pytest.raises(Conflict, match="plan_empty"):
        desk.do("send_plan", SendPlan, case, base_url=SITE)


def test_tasks_stand_in_the_to_do_of_who_is_in_charge_until_they_are_done(desk, case) -> None:
    desk.do("add_task", AddTask, case, text="Rappeler", due=date(2026, 12, 2))
    desk.do("add_task", AddTask, case, text="Écrire", due=date(2026, 12, 1))
    first, second = desk.service.list_to_do(ListToDo(), ANNE).tasks
    assert (first.task.text, second.task.text, first.company_name) == ("Écrire", "Rappeler", "Atelier 0")
    desk.do("finish_task", FinishTask, case, task=first.task.id)
    assert [one.task.text for one in desk.service.list_to_do(ListToDo(), ANNE).tasks] == ["Rappeler"]
    assert desk.service.list_to_do(ListToDo(), LEAD).tasks == ()


def test_a_case_is_closed_with_what_came_of_it_and_may_be_opened_again(desk, case) -> None:
    with pytest.raises(Conflict, match="case_open"):
        desk.do("reopen_case", ReopenCase, case)
    closed = desk.do("close_case", CloseCase, case, closing="helped")
    assert (closed.state, closed.closing) == (CaseState.CLOSED, "helped")
    with pytest.raises(Conflict, match="case_closed"):
        desk.do("close_case", CloseCase, case, closing="helped")
    second = desk.booked("2026-11-26T09:00")
    assert second.company == case.company
    assert second.case != case.id  # what is closed is closed: another need is another case
    with pytest.raises(Conflict, match="other_case_open"):
        desk.do("reopen_case", ReopenCase, case)
    desk.do("close_case", CloseCase, desk.file(second.case).case, closing="not_reachable")
    assert desk.do("reopen_case", ReopenCase, case).state is CaseState.OPEN
    assert desk.booked("2026-11-27T09:00").case == case.id


def test_a_held_meeting_is_asked_about_after_ten_days_and_after_ninety_once(desk, case) -> None:
    meeting = desk.held(desk.service.get_case(GetCase(id=case.id), LEAD).meetings[0])
    desk.service.look_after_cases()
    assert desk.written() == []
    desk.later(days=10, minutes=1)
    for _ in range(3):  # several processes, several ticks
        desk.service.look_after_cases()
    ((what, sealed),) = desk.written()
    assert (what, sealed["to"]) == ("feedback", "paul0@example.org")
    token = token_of(sealed["link"])
    with pytest.raises(InvalidInput, match="answer_missing"):
        desk.service.answer_own_ask(AnswerOwnAsk(token=token, missing="Rien"), VISITOR)
    desk.service.answer_own_ask(AnswerOwnAsk(token=token, useful=4, missing="Plus de temps"), VISITOR)
    assert desk.service.open_own_ask(OpenOwnAsk(token=token), VISITOR).answered
    (feedback, _) = desk.file(case.id).case.asks
    assert (feedback.useful, feedback.missing, feedback.meeting) == (4, "Plus de temps", meeting.id)
    desk.later(days=80)
    desk.service.look_after_cases()
    assert [what for what, _ in desk.written()] == ["feedback", "outcome"]
    token = token_of(desk.written()[1][1]["link"])
    desk.service.answer_own_ask(AnswerOwnAsk(token=token, hired=2, programs="PRIIME"), VISITOR)
    assert desk.file(case.id).case.asks[1].hired == 2
    for wrong in ("x", f"{token}0"):
        with pytest.raises(NotFound):
            desk.service.open_own_ask(OpenOwnAsk(token=wrong), VISITOR)


def test_an_outcome_that_is_corrected_takes_its_questions_back(desk, case) -> None:
    meeting = desk.held(desk.file(case.id).meetings[0])
    assert len(desk.file(case.id).case.asks) == 2
    desk.held(meeting, "no_show")
    assert desk.file(case.id).case.asks == ()
    desk.later(days=100)
    desk.service.look_after_cases()
    assert desk.written() == []


def test_what_came_of_it_is_asked_once_after_the_last_of_several_meetings(desk, case) -> None:
    desk.held(desk.file(case.id).meetings[0])
    second = desk.held(desk.booked("2026-12-02T09:00"))
    asks = desk.file(case.id).case.asks
    assert [(one.kind, one.meeting == second.id) for one in asks] == [
        ("feedback", False),
        ("feedback", True),
        ("outcome", True),
    ]


def test_a_meeting_of_long_ago_is_not_asked_about(desk) -> None:
    meeting = desk.booked("2026-11-25T09:00", told=False)
    desk.now = meeting.end + timedelta(days=200)
    held = desk.held(meeting)
    assert desk.file(desk.meeting(held.id).case).case.asks == ()


SVTS_LEAD = staff("eve", Role.COORDINATOR, sector="svts")
REFER = {"to": "svts", "reason": "Une biologiste", "consent": True, "consent_by": "Paul"}


def test_a_company_that_agreed_is_handed_to_another_sector_which_takes_it(desk, case) -> None:
    desk.do("note_conversation", NoteConversation, case, ANNE, shared="Ne sort pas d’ici")
    desk.later(hours=1)
    desk.do("refer_case", ReferCase, case, ANNE, **REFER)
    with pytest.raises(Conflict, match="referral_open"):
        desk.do("refer_case", ReferCase, case, ANNE, **REFER)
    (referral,) = desk.service.list_to_do(ListToDo(), SVTS_LEAD).referrals
    assert (referral.company, referral.contact.email) == ("Atelier 0", "paul0@example.org")
    assert "Ne sort pas" not in referral.model_dump_json()
    with pytest.raises(NotFound):
        desk.file(referral.case, SVTS_LEAD)
    for other in (LEAD, staff("zoe", Role.COORDINATOR, sector="aero")):
        with pytest.raises(NotFound):
            desk.service.answer_referral(AnswerReferral(id=referral.id, accept=True), other)
    desk.later(hours=1)
    desk.service.answer_referral(AnswerReferral(id=referral.id, accept=True), SVTS_LEAD)
    with pytest.raises(Conflict, match="referral_answered"):
        desk.service.answer_referral(AnswerReferral(id=referral.id, accept=False), SVTS_LEAD)
    (there,) = desk.service.list_cases(ListCases(every=True), SVTS_LEAD).items
    assert (there.company_name, there.advisor) == ("Atelier 0", None)
    assert len(desk.service.list_companies(ListCompanies(), SVTS_LEAD).items) == 1
    assert [one.what for one in desk.file(case.id).timeline[:3]] == [
        "referral_accepted",
        "referred",
        "consented",
    ]


def test_a_referral_without_an_answer_escalates_after_five_days_once(desk, case) -> None:
    desk.do("refer_case", ReferCase, case, ANNE, **REFER)
    desk.later(days=4, hours=23)
    desk.service.look_after_cases()
    assert desk.service.list_to_do(ListToDo(), LEAD).escalated == ()
    desk.later(hours=2)
    desk.service.look_after_cases()
    when = desk.now
    desk.later(days=1)
    desk.service.look_after_cases()
    (late,) = desk.service.list_to_do(ListToDo(), LEAD).escalated
    assert late.escalated_at == when
    desk.service.answer_referral(AnswerReferral(id=late.id, accept=False, why="Trop loin"), SVTS_LEAD)
    assert desk.service.list_to_do(ListToDo(), LEAD).escalated == ()
    assert desk.file(case.id).timeline[0].why == "Trop loin"
    assert desk.service.list_cases(ListCases(every=True), SVTS_LEAD).items == ()


def test_a_referral_to_nowhere_or_to_oneself_is_refused(desk, case) -> None:
    with pytest.raises(InvalidInput, match="sector_unknown"):
        desk.do("refer_case", ReferCase, case, **REFER | {"to": "nowhere"})
    with pytest.raises(InvalidInput, match="referral_to_oneself"):
        desk.do("refer_case", ReferCase, case, **REFER | {"to": "tic"})
