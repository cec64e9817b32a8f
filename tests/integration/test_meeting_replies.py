"""Replies that come into a mailbox are noted at their meeting, once, by whichever process reads them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from nexus.mongo import Document
from nexus.turns import Turn
from services.meetings.contracts.meetings import CancelMeeting, GetMeeting, Meeting, MoveMeeting, State
from services.meetings.replies.maildir import Maildir
from services.meetings.replies.reading import read_reply
from services.meetings.service.replies import ReplyDesk
from tests.support.meetings_service import LEAD, MeetingsOnDatabase, at
from tests.support.replies import reply


class Replying:
    """A meeting that is booked, and a folder for replies to it."""

    def __init__(self, database: Database[Document], folder: Path) -> None:
        self.world, self.folder, self.database = MeetingsOnDatabase(database), folder, database
        self.world.advisor()
        kind = self.world.a_type()
        self.booked = self.world.book(kind, "2026-11-25T09:00", base_url="https://tic.example.org").meeting
        (folder / "new").mkdir(parents=True)

    def desk(self) -> ReplyDesk:
        turn = Turn(self.database["turns"], "replies")
        return ReplyDesk(
            Maildir(self.folder), read_reply, turn, self.world.service.booking, lambda: self.world.now
        )

    def deliver(self, name: str = "a", **said: Any) -> None:
        told = {"uid": f"{self.booked.id}@tic.emploi-nexus", "who": self.booked.contact.email}
        (self.folder / "new" / name).write_bytes(reply(**told | said))

    @property
    def meeting(self) -> Meeting:
        return self.world.service.get_meeting(GetMeeting(id=self.booked.id), LEAD)

    def declines(self) -> int:
        return sum("meeting_declined" in one["type"] for one in self.world.events())

    def kept(self, name: str) -> set[str]:
        return {one.name for one in (self.folder / name / "cur").glob("*")}


@pytest.fixture
def replying(database: Database[Document], tmp_path: Path) -> Replying:
    return Replying(database, tmp_path / "mail")


def test_a_decline_is_noted_and_told_and_the_meeting_stands(replying: Replying) -> None:
    replying.deliver(comment="Malade")
    assert replying.desk().read_waiting() == 1
    assert replying.meeting.participation == "declined"
    assert replying.meeting.state is State.CONFIRMED
    step = replying.meeting.steps[-1]
    assert (step.what, step.by, step.why) == ("declined", "company", "Malade")
    assert replying.declines() == 1
    assert replying.kept(".done") == {"a"}
    assert replying.desk().read_waiting() == 0


def test_the_same_reply_again_is_known_and_another_one_replaces_it(replying: Replying) -> None:
    for name, partstat in (("a", "DECLINED"), ("b", "DECLINED"), ("c", "ACCEPTED"), ("d", "TENTATIVE")):
        replying.deliver(name, partstat=partstat)
        replying.desk().read_waiting()
    assert [one.what for one in replying.meeting.steps][-3:] == ["declined", "accepted", "tentative"]
    assert replying.declines() == 1


def test_a_reply_to_what_the_meeting_no_longer_is_counts_for_nothing(replying: Replying) -> None:
    replying.deliver("a", partstat="ACCEPTED")
    replying.desk().read_waiting()
    move = MoveMeeting(
        id=replying.booked.id, revision=replying.meeting.revision, start=at("2026-11-26T10:00")
    )
    replying.world.service.move_meeting(move, LEAD)
    assert replying.meeting.participation is None  # of the new time nobody has said anything
    replying.deliver("b")
    replying.desk().read_waiting()
    assert replying.meeting.participation is None
    replying.deliver("c", sequence=1)
    replying.desk().read_waiting()
    assert replying.meeting.participation == "declined"
    command = CancelMeeting(id=replying.booked.id, revision=replying.meeting.revision, why="x")
    replying.world.service.cancel_meeting(command, LEAD)
    replying.deliver("d", sequence=9, partstat="ACCEPTED")
    replying.desk().read_waiting()
    assert replying.meeting.steps[-1].what == "cancelled"


def test_what_strangers_send_is_moved_aside_and_the_queue_goes_on(replying: Replying) -> None:
    replying.deliver("1-other", who="eve@example.org")
    replying.deliver("2-forged", sender="eve@example.org")
    replying.deliver("3-unknown", uid="nobody@tic.emploi-nexus")
    replying.deliver("4-elsewhere", uid=f"{replying.booked.id}@aero.emploi-nexus")
    (replying.folder / "new" / "5-large").write_bytes(b"x" * 30_000_000)
    (replying.folder / "new" / "6-noise").write_bytes(b"\x00\xff")
    (replying.folder / "new" / "7-away").symlink_to("/etc/passwd")
    replying.deliver("8-good", partstat="ACCEPTED")
    assert replying.desk().read_waiting() == 7
    assert replying.kept(".refused") == {
        "1-other",
        "2-forged",
        "3-unknown",
        "4-elsewhere",
        "5-large",
        "6-noise",
    }
    assert replying.kept(".done") == {"8-good"}
    assert replying.meeting.participation == "accepted"


def test_a_calendar_that_changes_its_mind_without_end_is_not_followed(replying: Replying) -> None:
    for number in range(25):
        replying.deliver(f"{number:02}", partstat=("DECLINED", "ACCEPTED")[number % 2])
        replying.desk().read_waiting()
    assert (
        len([one for one in replying.meeting.steps if one.by == "company" and one.what != "confirmed"]) <= 21
    )
    assert replying.kept(".refused") == {"20", "22", "24"}  # the others say what is known


def test_one_process_reads_at_a_time_and_none_is_needed_where_no_folder_is(replying: Replying) -> None:
    replying.deliver()
    other = Turn(replying.database["turns"], "replies")
    assert other.take(replying.world.now, timedelta(minutes=5))
    assert replying.desk().read_waiting() == 0
    replying.world.later(minutes=6)  # it died
    assert replying.desk().read_waiting() == 1
    replying.world.service.read_replies()  # no folder is set: nothing to do
