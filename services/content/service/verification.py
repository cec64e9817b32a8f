"""Programs that are to be verified again: owners are asked, and say that nothing changed. And the doors to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from nexus.audit import act_for
from nexus.caller import Caller, Role
from nexus.errors import NotFound, StaleRevision
from nexus.messages import Event
from nexus.service import every, rpc
from nexus.signing import Signer
from services.content.contracts.editing import ItemSummary
from services.content.contracts.programs import Program
from services.content.contracts.publications import Status
from services.content.contracts.verification import (
    LINK_LIFE,
    DueProgram,
    OpenVerification,
    Verification,
    VerificationDue,
    VerificationLink,
    VerifyByLink,
    VerifyProgram,
)
from services.content.domain import freshness
from services.content.domain.lifecycle import Note
from services.content.service.desk import Desk
from services.content.store.rounds import Round

_MOST = 500  # programs that one round tells of
_TRIES = 3  # to be quicker than others who save


class Due(Protocol):
    """Knows what is to be verified."""

    def unverified(self, today: date, limit: int) -> list[ItemSummary]: ...


class Programs(Protocol):
    """Where programs are read."""

    def by_ids(self, ids: Sequence[str]) -> list[Any]: ...
    def notes(self, ids: Sequence[str]) -> Mapping[str, Sequence[Note]]: ...


class Rounds(Protocol):
    """Where it is kept what owners were asked."""

    def last(self) -> Round: ...
    def begin(self, last: Round, day: date, ids: Sequence[str], event: Event) -> bool: ...


class Verifications:
    """The use cases. Without a `signer` no link is good."""

    def __init__(
        self,
        programs: Desk,
        due: Due,
        kept: Programs,
        rounds: Rounds,
        signer: Signer | None,
        wake: Callable[[], None],
    ) -> None:
        self._programs = programs
        self._due = due
        self._kept = kept
        self._rounds = rounds
        self._signer = signer
        self._wake = wake

    def verify(self, program_id: str, revision: int | None, caller: Caller) -> Program:
        """Note that somebody compared it with its source today, and nothing had changed."""
        today = self._programs.today()
        found: Program = self._programs.revise(
            program_id, revision, lambda content: freshness.verified(content, today), caller
        )
        return found

    def opened(self, token: str, caller: Caller) -> Verification:
        """What a link is about."""
        link = self._read(token, caller)
        return _told(link, self._programs.get(link.program, _person_of(link)))

    def by_link(self, token: str, caller: Caller) -> Verification:
        """Verify, as the person whom the link was mailed to; once, whoever else is at it."""
        link = self._read(token, caller)
        person = _person_of(link, caller.origin)
        act_for(person)
        for _ in range(_TRIES):
            program: Program = self._programs.get(link.program, person)
            told = _told(link, program)
            if told.settled:
                return told
            try:
                return _told(link, self.verify(link.program, program.revision, person))
            except StaleRevision:
                continue
        raise StaleRevision(id=link.program)

    def ask(self) -> None:
        """Tell what is due, if that was not told today."""
        today = self._programs.today()
        due = self._due.unverified(today, _MOST)
        ids = [one.id for one in due]
        last = self._rounds.last() if due else Round()
        if not due or (last.day == today and last.ids.issuperset(ids)):
            return
        event = VerificationDue(round=last.number + 1, programs=self._described(ids))
        if self._rounds.begin(last, today, ids, event):
            self._wake()

    def _described(self, ids: Sequence[str]) -> tuple[DueProgram, ...]:
        programs: dict[str, Program] = {one.id: one for one in self._kept.by_ids(ids)}
        notes = self._kept.notes(ids)
        return tuple(_due_program(programs[id], notes[id]) for id in ids if id in programs)

    def _read(self, token: str, caller: Caller) -> VerificationLink:
        if self._signer is None:
            raise NotFound("verification_link_invalid")
        link = self._signer.read(token, VerificationLink, LINK_LIFE)
        if caller.sector not in (None, link.sector):  # a link is good on the site that it leads to
            raise NotFound("verification_link_invalid")
        return link


class VerificationDoors:
    """What the service answers about verification."""

    verifications: Verifications

    @rpc
    def verify_program(self, command: VerifyProgram, caller: Caller) -> Program:
        return self.verifications.verify(command.id, command.revision, caller)

    @rpc
    def open_verification(self, query: OpenVerification, caller: Caller) -> Verification:
        return self.verifications.opened(query.token, caller)

    @rpc
    def verify_by_link(self, command: VerifyByLink, caller: Caller) -> Verification:
        return self.verifications.by_link(command.token, caller)

    @every(seconds=5)
    def ask_owners(self) -> None:
        self.verifications.ask()


def _person_of(link: VerificationLink, origin: str | None = None) -> Caller:
    """The one whom the link was mailed to: the link is the right to it, for this one program."""
    return Caller(sector=link.sector, person=link.person, roles=frozenset({Role.EDITOR}), origin=origin)


def _told(link: VerificationLink, program: Program) -> Verification:
    content = program.content
    settled = program.status is not Status.PUBLISHED or content.source_checked != link.verified_on
    return Verification(
        id=program.id,
        title=content.title,
        slug=program.slug,
        source_url=content.source_url,
        verified_on=content.source_checked,
        settled=settled,
    )


def _due_program(program: Program, notes: Sequence[Note]) -> DueProgram:
    content = program.content
    return DueProgram(
        id=program.id,
        title=content.title,
        sectors=content.sectors,
        verified_on=content.source_checked,
        due_on=program.due_on or program.updated_at.date(),
        owner=content.owner,
        publisher=freshness.publisher(notes),
    )
