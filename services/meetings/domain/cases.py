"""What may become of a case file, and what of it is whose."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from nexus.errors import Conflict, InvalidInput, NotFound
from services.meetings.contracts.cases import (
    AnswerOwnAsk,
    Ask,
    AskKind,
    Case,
    CaseNeed,
    CaseState,
    CaseStep,
    Closing,
    Note,
    NoteConversation,
    PlanEntry,
    Recommendation,
    Recommended,
    Referral,
    Task,
)
from services.meetings.contracts.meetings import AdvisorInMeeting, Meeting, Need, State

MOST_NOTES, MOST_TASKS = 500, 200
ASKED_AFTER: dict[AskKind, timedelta] = {"feedback": timedelta(days=10), "outcome": timedelta(days=90)}
TOO_LATE = timedelta(days=30)  # a question that was due so long ago is not asked any more
ANSWERED_WITHIN = timedelta(days=5)  # a referral
BY_COMPANY = "company"


def opened(
    case_id: str,
    sector: str,
    company: str,
    need: CaseNeed,
    step: CaseStep,
    advisor: AdvisorInMeeting | None = None,
) -> Case:
    """A new case."""
    return Case(
        id=case_id,
        sector=sector,
        revision=1,
        company=company,
        advisor=advisor,
        need=need,
        steps=(step,),
        opened_at=step.at,
    )


def need_of(need: Need) -> CaseNeed:
    """What a company said when it booked."""
    return CaseNeed(themes=need.themes, answers=need.answers, message=need.message)


def with_need(need: CaseNeed, new: CaseNeed) -> CaseNeed:
    """A need with what another booking adds: what was said already stays."""
    themes = tuple(dict.fromkeys((*need.themes, *new.themes)))[:10]
    answers = {**new.answers, **need.answers}
    return need.model_copy(
        update={"themes": themes, "answers": answers, "message": need.message or new.message}
    )


def changed(case: Case, step: CaseStep, **fields: Any) -> Case:
    """The next revision, with what happened."""
    return case.model_copy(update={**fields, "steps": (*case.steps, step), "revision": case.revision + 1})


def noted(case: Case, command: NoteConversation, ids: Sequence[str], by: str, now: datetime) -> Case:
    """With notes and recommendations. Raises Conflict(`case_full`)."""
    written = ((command.shared, False, ids[0]), (command.private, True, ids[1]))
    notes = tuple(
        Note(id=note_id, at=now, by=by, private=private, text=text)
        for text, private, note_id in written
        if text
    )
    if len(case.notes) + len(notes) > MOST_NOTES:
        raise Conflict("case_full", most=MOST_NOTES)
    what = "noted" if notes else "recommended"
    return changed(
        case,
        CaseStep(at=now, by=by, what=what),
        notes=(*case.notes, *notes),
        recommendations=_recommended(case, command.recommendations, by, now),
    )


def _recommended(
    case: Case, ticked: Iterable[Recommended], by: str, now: datetime
) -> tuple[Recommendation, ...]:
    before = {(one.kind, one.id): one for one in case.recommendations}
    found = {}
    for one in ticked:
        earlier = before.get((one.kind, one.id))
        told = one.model_dump() | ({"by": earlier.by, "at": earlier.at} if earlier else {"by": by, "at": now})
        found[one.kind, one.id] = Recommendation(**told)
    return tuple(found.values())


def planned(case: Case, entries: Sequence[PlanEntry], by: str, now: datetime) -> Case:
    """With another plan; whether an entry is done is not the form's to say. Raises InvalidInput(`entry_twice`)."""
    if len({one.id for one in entries}) < len(entries):
        raise InvalidInput("entry_twice", field="entries")
    done = {one.id: one.done_at for one in case.plan}
    kept = tuple(one.model_copy(update={"done_at": done.get(one.id)}) for one in entries)
    return changed(case, CaseStep(at=now, by=by, what="planned"), plan=kept)


def with_step_done(case: Case, entry: str, done: bool, by: str, now: datetime) -> Case:
    """Raises NotFound(`entry_not_found`)."""
    if all(one.id != entry for one in case.plan):
        raise NotFound("entry_not_found", id=entry)
    ticked = {one.id for one in case.plan if one.done_at} | {entry} if done else _done(case) - {entry}
    return _ticked(case, ticked, {entry}, by, now)


def ticked_by_company(case: Case, done: Iterable[str], now: datetime) -> Case:
    """Which of its own entries the company has done. The same case, if that is known."""
    own = {one.id for one in case.plan if one.who == "company"}
    return _ticked(case, set(done), own, BY_COMPANY, now)


def _done(case: Case) -> set[str]:
    return {one.id for one in case.plan if one.done_at}


def _ticked(case: Case, done: set[str], among: set[str], by: str, now: datetime) -> Case:
    def tick(entry: PlanEntry) -> PlanEntry:
        if entry.id not in among or (entry.id in done) == bool(entry.done_at):
            return entry
        return entry.model_copy(update={"done_at": now if entry.id in done else None})

    plan = tuple(tick(entry) for entry in case.plan)
    if plan == case.plan:
        return case
    titles = [new.title for new, old in zip(plan, case.plan, strict=True) if new != old]
    return changed(case, CaseStep(at=now, by=by, what="ticked", why="; ".join(titles)[:4_000]), plan=plan)


def with_task(case: Case, task_id: str, text: str, due: date, by: str, now: datetime) -> Case:
    """Raises Conflict(`case_full`)."""
    if len(case.tasks) >= MOST_TASKS:
        raise Conflict("case_full", most=MOST_TASKS)
    tasks = (*case.tasks, Task(id=task_id, text=text, due=due))
    return changed(case, CaseStep(at=now, by=by, what="task_added", why=text), tasks=tasks)


def with_task_done(case: Case, task: str, done: bool, by: str, now: datetime) -> Case:
    """Raises NotFound(`task_not_found`)."""
    found = next((one for one in case.tasks if one.id == task), None)
    if found is None:
        raise NotFound("task_not_found", id=task)
    after = found.model_copy(update={"done_at": now if done else None})
    tasks = tuple(after if one.id == task else one for one in case.tasks)
    what = "task_done" if done else "task_opened"
    return changed(case, CaseStep(at=now, by=by, what=what, why=found.text), tasks=tasks)


def closed(case: Case, closing: Closing, why: str | None, by: str, now: datetime) -> Case:
    """Raises Conflict(`case_closed`)."""
    if case.state is CaseState.CLOSED:
        raise Conflict("case_closed")
    step = CaseStep(at=now, by=by, what=f"closed_{closing}", why=why)
    return changed(case, step, state=CaseState.CLOSED, closing=closing, closed_at=now)


def reopened(case: Case, by: str, now: datetime) -> Case:
    """Raises Conflict(`case_open`)."""
    if case.state is CaseState.OPEN:
        raise Conflict("case_open")
    step = CaseStep(at=now, by=by, what="reopened")
    return changed(case, step, state=CaseState.OPEN, closing=None, closed_at=None)


def asked_about(case: Case, meeting: Meeting, now: datetime) -> tuple[Ask, ...]:
    """The questions of a case, now that a meeting stands as it does. What was asked already stays; what came of
    it is asked once, ninety days after the last meeting."""
    asks = [one for one in case.asks if one.asked_at or one.meeting != meeting.id]
    if meeting.state is not State.HELD:
        return tuple(asks)
    for kind, after in ASKED_AFTER.items():
        due = meeting.end + after
        new = Ask(id=f"{meeting.id}-{kind}", kind=kind, meeting=meeting.id, due=due)
        if now - due > TOO_LATE or any(one.id == new.id for one in asks):
            continue
        if kind == "outcome":
            later = [one for one in asks if one.kind == kind and not one.asked_at and one.due >= due]
            asks = [one for one in asks if one.kind != kind or one.asked_at or one in later]
            if later:
                continue
        asks.append(new)
    return tuple(asks)


def asked(case: Case, due: Sequence[Ask], now: datetime) -> Case:
    """These questions are put now."""
    ids = {one.id for one in due}
    asks = tuple(one.model_copy(update={"asked_at": now}) if one.id in ids else one for one in case.asks)
    steps = tuple(CaseStep(at=now, by="system", what=f"asked_{one.kind}", meeting=one.meeting) for one in due)
    update = {"asks": asks, "steps": (*case.steps, *steps), "revision": case.revision + 1}
    return case.model_copy(update=update)


def answered(case: Case, ask: Ask, answer: AnswerOwnAsk, now: datetime) -> Case:
    """Raises InvalidInput(`answer_missing`)."""
    if ask.kind == "feedback":
        needed, fields = "useful", {"useful": answer.useful, "missing": answer.missing}
    else:
        needed, fields = "hired", {"hired": answer.hired, "programs": answer.programs}
    if fields[needed] is None:
        raise InvalidInput("answer_missing", field=needed)
    after = ask.model_copy(update={**fields, "answered_at": now})
    asks = tuple(after if one.id == ask.id else one for one in case.asks)
    step = CaseStep(at=now, by=BY_COMPANY, what=f"answered_{ask.kind}", meeting=ask.meeting)
    return changed(case, step, asks=asks)


def for_reader(case: Case, person: str) -> Case:
    """Without what others wrote for themselves alone, whoever reads."""
    return case.model_copy(
        update={"notes": tuple(one for one in case.notes if not one.private or one.by == person)}
    )


def timeline(case: Case, meetings: Iterable[Meeting], referrals: Iterable[Referral]) -> tuple[CaseStep, ...]:
    """What happened, the latest first."""
    steps = list(case.steps)
    for meeting in meetings:
        steps += [
            CaseStep(at=one.at, by=one.by, what=f"meeting_{one.what}", why=one.why, meeting=meeting.id)
            for one in meeting.steps
            if one.what != "requested"
        ]
    for one in referrals:
        steps += _steps_of(one)
    steps.sort(key=lambda one: one.at)
    return tuple(steps[::-1])


def _steps_of(one: Referral) -> list[CaseStep]:
    """Who of the other sector answered is theirs to know: it is named itself."""
    steps = [CaseStep(at=one.sent_at, by=one.by, what="referred", why=one.reason)]
    if one.escalated_at:
        steps.append(CaseStep(at=one.escalated_at, by="system", what="referral_escalated"))
    if one.answered_at:
        what = f"referral_{one.state}"
        steps.append(CaseStep(at=one.answered_at, by=one.to, what=what, why=one.why))
    return steps
