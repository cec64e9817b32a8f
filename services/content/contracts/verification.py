"""Keeping programs correct: what is due, who is asked, and how somebody says that nothing changed."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import StringConstraints

from nexus.messages import Command, Event, Message, Query
from services.content.contracts.programs import Program
from services.content.contracts.texts import LineText, SlugText

PURPOSE = "verification"  # of links: what was signed for another one is not good here
LINK_LIFE = timedelta(days=14)  # as long as the mail that has it is of use

Token = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class VerificationLink(Message):
    """What the link of a mail says: this person, of this sector, may say that the program is still correct, as long as
    nobody has verified it since `verified_on`."""

    program: str
    person: str
    sector: str
    verified_on: date | None


class VerifyProgram(Command[Program], service="content"):
    """Nothing has changed: it was compared with its source today. `revision` None: whatever stands. For editors."""

    id: str
    revision: int | None = None


class Verification(Message):
    """What a link is about. `settled`: it was verified, or withdrawn, since the mail was written."""

    id: str
    title: LineText
    slug: SlugText
    source_url: str | None
    verified_on: date | None
    settled: bool


class OpenVerification(Query[Verification], service="content"):
    """What the link of a mail is about; the token is the right to it.

    Refused with `verification_link_invalid`, `verification_link_expired`."""

    token: Token


class VerifyByLink(Command[Verification], service="content"):
    """Nothing has changed, says whom the mail was for. Does nothing where that is settled. Refused like
    OpenVerification."""

    token: Token


class DueProgram(Message):
    """A program to verify. `publisher` is the id of who published it last, `owner` the address of who is
    responsible."""

    id: str
    title: LineText
    sectors: tuple[str, ...]
    verified_on: date | None
    due_on: date
    owner: str | None
    publisher: str | None


class VerificationDue(Event, service="content"):
    """All that is due, the longest due first. It comes again each day, and whenever there is more of it."""

    round: int
    programs: tuple[DueProgram, ...]

    @property
    def subject(self) -> str:
        return "programs"
