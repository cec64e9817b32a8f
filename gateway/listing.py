"""All published programs of a sector, a part at a time, so that no more than a part is ever held."""

from collections.abc import AsyncIterator

from gateway.sectors import Sector
from nexus.bus import Bus
from nexus.caller import anonymous
from services.content.contracts import ListPrograms, Program, ProgramPage

_PART = 200  # programs asked for at once


async def program_parts(sector: Sector, bus: Bus) -> AsyncIterator[ProgramPage]:
    """The parts in their stable order; the first one comes even when there is no program."""
    after: str | None = None
    while True:
        part = await bus.call(ListPrograms(after=after, limit=_PART), anonymous(sector.name))
        yield part
        after = part.next
        if after is None:
            return


async def all_programs(sector: Sector, bus: Bus) -> AsyncIterator[Program]:
    """Each program once, in a stable order."""
    async for part in program_parts(sector, bus):
        for program in part.items:
            yield program
