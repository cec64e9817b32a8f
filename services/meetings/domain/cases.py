"""What may become of a case file, and what a meeting opens one with."""

from datetime import datetime

from services.meetings.contracts.cases import Case, CaseNeed, CaseStep
from services.meetings.contracts.meetings import Meeting


def opened(case_id: str, company: str, meeting: Meeting, by: str, now: datetime) -> Case:
    """The case that a meeting opens, its first advisor in charge."""
    return Case(
        id=case_id,
        sector=meeting.sector,
        revision=1,
        company=company,
        advisor=meeting.advisors[0],
        need=need_of(meeting),
        steps=(CaseStep(at=now, by=by, what="opened", meeting=meeting.id),),
        opened_at=now,
    )


def need_of(meeting: Meeting) -> CaseNeed:
    """What the company said when it booked."""
    return CaseNeed(themes=meeting.need.themes, answers=meeting.need.answers, message=meeting.need.message)
