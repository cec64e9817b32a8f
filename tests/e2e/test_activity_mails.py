"""Who registers for an activity is mailed, from the first word to the last, on both runtimes."""

from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from uuid import uuid4

from nexus.caller import anonymous, operator
from nexus.errors import NotFound
from services.content.contracts import LineText
from services.content.contracts.activities import ActivityRow, ImportActivities
from services.content.contracts.activities import Registration as Takes
from services.meetings.contracts.registrations import LeaveActivity, Register, Registered, Registrant
from tests.e2e.test_meetings import letters
from tests.support.articles import activity_content
from tests.support.platforms import RunningPlatform

ROOT, VISITOR = operator("root"), anonymous("tic")


def published(running: RunningPlatform, title: str) -> str:
    """The id of an activity with one place."""
    starts = datetime.now(UTC) + timedelta(days=5)
    content = activity_content(title, starts_at=starts, ends_at=starts + timedelta(hours=2)).model_copy(
        update={"registration": Takes(seats=1), "title": LineText(fr=title, en=title)}
    )
    row = ActivityRow(external_id=uuid4().hex, content=content)
    report = running.ask(ImportActivities(source="test", rows=(row,), publish=True), ROOT)
    return str(report.rows[0].item_id)


def registered(running: RunningPlatform, activity: str) -> str:
    """The token of somebody who registers as soon as the service has heard of the activity."""
    who = Registrant(name="Paul Roy", email=f"{uuid4().hex[:12]}@example.org", language="en")
    asked = Register(activity=activity, registrant=who, consent=True, base_url="https://tic.example.org")
    end = monotonic() + 20
    while True:
        try:
            answer: Registered = running.ask(asked, VISITOR)
        except NotFound:
            assert monotonic() < end
            sleep(0.2)
            continue
        assert answer.token
        return answer.token


def wait_for_letter(running: RunningPlatform, subject: str, link: str) -> None:
    """Until a mail of that subject, with that link, has arrived."""
    end = monotonic() + 20
    while not any(one.subject == subject and link in one.text for one in letters(running)):
        assert monotonic() < end, [one.subject for one in letters(running)]
        sleep(0.2)


def test_a_place_a_turn_and_a_place_that_is_given_up_are_mailed(running: RunningPlatform) -> None:
    title = f"Forum {uuid4().hex[:6]}"
    activity = published(running, title)
    first = registered(running, activity)
    wait_for_letter(running, f"You are registered: {title}", first)
    second = registered(running, activity)
    wait_for_letter(running, f"On the waiting list: {title}", second)
    running.ask(LeaveActivity(token=first), VISITOR)
    wait_for_letter(running, f"You are no longer registered: {title}", first)
    wait_for_letter(running, f"You have a place now: {title}", second)
