"""Finding what fits: all published programs of a sector, judged by the answers of a company."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from nexus.caller import Caller
from nexus.service import rpc
from services.content.contracts.fitting import FindFitting, FittingPrograms, Judged, Tried, TryFitting
from services.content.contracts.programs import Program
from services.content.domain import fitting
from services.content.service.desk import EDITORS

_ZONE = ZoneInfo("America/Toronto")  # programs end at midnight in Montréal
_MOST = 1_000  # programs looked at for one answer


class PublishedPrograms(Protocol):
    """Knows which programs are published, and at which revision."""

    def published(self, sector: str | None, limit: int) -> tuple[dict[str, int], int]: ...


class Programs(Protocol):
    """Where programs are read."""

    def by_ids(self, ids: Sequence[str]) -> list[Any]: ...


class Matcher:
    """The use case. It reads a revision of a program once, and keeps as many as one answer looks at."""

    def __init__(self, published: PublishedPrograms, kept: Programs, clock: Callable[[], datetime]) -> None:
        self._published = published
        self._kept = kept
        self._clock = clock
        self._read: dict[str, Program] = {}

    def find(self, query: FindFitting, caller: Caller) -> FittingPrograms:
        """What fits, what is to check, what does not fit."""
        revisions, total = self._published.published(caller.sector, _MOST)
        programs, today = self._programs(revisions), self._clock().astimezone(_ZONE).date()
        judged = [
            fitting.fitting(program, query.answers)
            for program in programs
            if not fitting.is_expired(program, today)
        ]
        items = tuple(fitting.sort_found(judged, caller.language))
        return FittingPrograms(items=items, left_out=max(0, total - len(revisions)))

    def _programs(self, revisions: dict[str, int]) -> list[Program]:
        read = self._read
        known = {id: read[id] for id, revision in revisions.items() if _is(read.get(id), revision)}
        missing = [id for id in revisions if id not in known]
        if missing:
            known |= {program.id: program for program in self._kept.by_ids(missing)}
            others = {id: program for id, program in read.items() if id not in known}
            self._read = known | dict(list(others.items())[: max(0, 2 * _MOST - len(known))])
        return [known[id] for id in revisions if id in known]


class FittingDoors:
    """What the service answers about what fits."""

    matcher: Matcher

    @rpc
    def find_fitting(self, query: FindFitting, caller: Caller) -> FittingPrograms:
        return self.matcher.find(query, caller)

    @rpc
    def try_fitting(self, query: TryFitting, caller: Caller) -> Tried:
        caller.require(*EDITORS)
        told = [fitting.reasons(query.eligibility, answers) for answers in query.companies]
        return Tried(
            items=tuple(Judged(verdict=fitting.verdict_of(reasons), reasons=reasons) for reasons in told)
        )


def _is(program: Program | None, revision: int) -> bool:
    return program is not None and program.revision == revision
