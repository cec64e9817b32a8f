"""What a case asks when, and what of it is whose."""

from datetime import UTC, datetime, timedelta

import pytest

from nexus.errors import Conflict, InvalidInput
from services.meetings.contracts.cases import (
    AnswerOwnAsk,
    Case,
    CaseNeed,
    CaseStep,
    NoteConversation,
    PlanEntry,
    Recommended,
)
from services.meetings.contracts.meetings import AdvisorInMeeting, Meeting, Need, State, TypeInBrief
from services.meetings.contracts.words import BothLines
from services.meetings.domain import cases as rules

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CASE = rules.opened("c", "tic", "k", CaseNeed(), CaseStep(at=NOW, by="company", what="opened"))


def meeting(meeting_id: str = "m", state: State = State.HELD, ends: datetime = NOW) -> Meeting:
    kind = TypeInBrief(
        id="t",
        name=BothLines(fr="Rencontre", en="Meeting"),
        minutes=60,
        before=0,
        after=0,
        cancel_hours=4,
        move_hours=4,
    )
    return Meeting(
        id=meeting_id,
        sector="tic",
        revision=1,
        state=state,
        type=kind,
        place="video",
        start=ends - timedelta(hours=1),
        end=ends,
        zone="America/Toronto",
        advisors=(AdvisorInMeeting(id="anne", name="Anne"),),
        need=Need(),
        created_at=NOW,
    )


def after(case: Case, held: Meeting) -> Case:
    return case.model_copy(update={"asks": rules.asked_about(case, held, NOW)})


def test_a_held_meeting_makes_two_questions_due_and_a_second_time_no_more() -> None:
    once = after(CASE, meeting())
    assert [(one.kind, one.due - NOW) for one in once.asks] == [
        ("feedback", timedelta(days=10)),
        ("outcome", timedelta(days=90)),
    ]
    assert after(once, meeting()).asks == once.asks


@pytest.mark.parametrize("state", [one for one in State if one is not State.HELD])
def test_a_meeting_that_was_not_held_is_not_asked_about(state: State) -> None:
    assert after(after(CASE, meeting()), meeting(state=state)).asks == ()


def test_news_of_an_earlier_meeting_that_comes_late_does_not_move_what_a_later_one_asks() -> None:
    later = after(CASE, meeting("b", ends=NOW + timedelta(days=7)))
    both = after(later, meeting("a"))
    assert [(one.meeting, one.kind) for one in both.asks] == [
        ("b", "feedback"),
        ("b", "outcome"),
        ("a", "feedback"),
    ]


def test_what_was_asked_stays_whatever_becomes_of_the_meeting() -> None:
    due = after(CASE, meeting())
    asked = rules.asked(due, due.asks[:1], NOW)
    assert [one.kind for one in after(asked, meeting(state=State.NO_SHOW)).asks] == ["feedback"]


def test_an_answer_is_to_its_own_question() -> None:
    case = after(CASE, meeting())
    answer = AnswerOwnAsk(token="x", useful=5, hired=3)
    feedback = rules.answered(case, case.asks[0], answer, NOW).asks[0]
    assert (feedback.useful, feedback.hired) == (5, None)
    outcome = rules.answered(case, case.asks[1], answer, NOW).asks[1]
    assert (outcome.useful, outcome.hired) == (None, 3)
    with pytest.raises(InvalidInput, match="answer_missing"):
        rules.answered(case, case.asks[1], AnswerOwnAsk(token="x", useful=5), NOW)


def test_private_notes_are_for_who_wrote_them() -> None:
    command = NoteConversation(id="c", revision=1, shared="à tous", private="à moi")
    case = rules.noted(CASE, command, ("1", "2"), "anne", NOW)
    assert [one.text for one in rules.for_reader(case, "anne").notes] == ["à tous", "à moi"]
    assert [one.text for one in rules.for_reader(case, "lea").notes] == ["à tous"]


def test_what_stays_recommended_keeps_who_ticked_it_and_when() -> None:
    ticked = Recommended(kind="program", id="p", title="P")

    def noted(case: Case, by: str, at: datetime) -> Case:
        command = NoteConversation(id="c", revision=1, recommendations=(ticked,))
        return rules.noted(case, command, ("1", "2"), by, at)

    (again,) = noted(noted(CASE, "anne", NOW), "lea", NOW + timedelta(days=1)).recommendations
    assert (again.by, again.at) == ("anne", NOW)


def test_a_case_is_full_at_some_time() -> None:
    command = NoteConversation(id="c", revision=1, shared="x")
    case = CASE
    for _ in range(rules.MOST_NOTES):
        case = rules.noted(case, command, ("1", "2"), "anne", NOW)
    with pytest.raises(Conflict, match="case_full"):
        rules.noted(case, command, ("1", "2"), "anne", NOW)


def test_the_form_of_a_plan_says_nothing_of_what_is_done_and_the_company_nothing_of_our_steps() -> None:
    own, ours = PlanEntry(id="a", title="A"), PlanEntry(id="b", title="B", who="advisor")
    case = rules.planned(CASE, (own.model_copy(update={"done_at": NOW}), ours), "anne", NOW)
    assert [one.done_at for one in case.plan] == [None, None]
    ticked = rules.ticked_by_company(case, ("a", "b"), NOW)
    assert [one.done_at for one in ticked.plan] == [NOW, None]
    assert rules.ticked_by_company(ticked, ("a",), NOW) == ticked
    assert [one.done_at for one in rules.ticked_by_company(ticked, (), NOW).plan] == [None, None]
    with pytest.raises(InvalidInput, match="entry_twice"):
        rules.planned(CASE, (own, own), "anne", NOW)


def test_the_timeline_has_the_steps_of_all_the_latest_first() -> None:
    later = CASE.steps[0].model_copy(update={"at": NOW + timedelta(hours=1), "what": "planned"})
    told = rules.timeline(CASE.model_copy(update={"steps": (*CASE.steps, later)}), [], [])
    assert [one.what for one in told] == ["planned", "opened"]
