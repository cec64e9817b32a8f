"""A bus for tests of a gateway: what is said crosses JSON both ways, as it does on the wire."""

from collections.abc import Callable
from typing import Any, TypeVar

from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller
from nexus.errors import NotFound, Unavailable
from nexus.messages import CloudEvent, Event, Request
from services.content.contracts import GetProgram, Program
from services.search.contracts import (
    Hit,
    MoreLikeThis,
    Search,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)

R = TypeVar("R")


class FakeBus:
    """Answers from `programs` and, for every search, `found`. `away` names services that do not answer."""

    def __init__(self, *programs: Program, found: SearchResults | None = None) -> None:
        self.programs = programs
        self.retired: set[str] = set()
        self.found = found or SearchResults(total=0, page=1, per_page=20, items=(), facets={})
        self.similar: tuple[Hit, ...] = ()
        self.away: set[str] = set()
        self.asked: list[tuple[Request[Any], Caller]] = []

    async def call(
        self,
        message: Request[R],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> R:
        name = service or message.service
        if name in self.away:
            raise Unavailable("service_away", service=name)
        heard = type(message).read(message.model_dump(mode="json"))
        self.asked.append((heard, caller))
        answers: dict[type[Request[Any]], Callable[[Any], Any]] = {
            GetProgram: self._program,
            Search: lambda _: self.found,
            MoreLikeThis: lambda _: SimilarEntries(items=self.similar),
            Suggest: lambda _: Suggestions(items=()),
        }
        answer = answers[type(heard)](heard)
        told: R = message.result.validate_json(message.result.dump_json(answer))
        return told

    def listen(self, events: tuple[type[Event], ...], heard: Callable[[CloudEvent | None], Any]) -> None:
        """Nothing ever happens here."""

    def _program(self, query: GetProgram) -> Program:
        for program in self.programs:
            if query.ref in (program.id, program.slug.fr, program.slug.en):
                if program.id in self.retired:
                    raise NotFound("program_retired", title=program.content.title.model_dump())
                return program
        raise NotFound("program_not_found", ref=query.ref)
