"""What the people of a sector say about their site lies over its file; every process of its gateway follows it.

It is read before the first page is served, and again after each change. While the content service is away the site
stays as it was known last; before that, as its file says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from gateway.links import file_path
from gateway.sectors import Bilingual, Colours, Contact, Partner, Picture, Sector
from nexus.bus import Bus
from nexus.caller import anonymous
from nexus.errors import NexusError
from nexus.telemetry import log
from services.content.contracts import partners
from services.content.contracts.partners import PartnerPublished, PartnerRetired
from services.content.contracts.sectors import GetSector, SectorChanged, SectorSettings, SectorState
from services.content.contracts.texts import LineText

_NEWS = (SectorChanged, PartnerPublished, PartnerRetired)
_PATIENCE = 5.0  # seconds for the first answer; then the file is shown
_PAUSE = 1.0  # seconds until the next try


class Following:
    """Keeps `sector` as its people have it. `changed` is called after each change."""

    def __init__(self, sector: Sector, bus: Bus, changed: Callable[[], None]) -> None:
        self.file = sector.model_copy()
        self._sector = sector
        self._bus = bus
        self._changed = changed
        self._stale = asyncio.Event()
        bus.listen(_NEWS, lambda _: self._stale.set())

    @asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        """Read once, then follow until the application stops."""
        self._stale.clear()
        if not await self._read():
            self._stale.set()
        task = asyncio.create_task(self._follow())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _follow(self) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            if not await self._read():
                self._stale.set()
                await asyncio.sleep(_PAUSE)

    async def _read(self) -> bool:
        try:
            state = await self._bus.call(GetSector(), anonymous(self.file.name), deadline=_PATIENCE)
        except NexusError as error:
            log.warning("sector_not_read", sector=self.file.name, error=error.code)
            return False
        if self._sector.take(overlaid(self.file, state)):
            self._changed()
        return True


def overlaid(file: Sector, state: SectorState) -> Sector:
    """The sector of `file` with what lies over it."""
    known = {name: _both(short) for name, short in state.others.items() if name in file.known}
    file = file.model_copy(update={"known": file.known | known})
    shown = with_settings(file, state.settings) if state.settings else file
    if state.partners is None:
        return shown
    return shown.model_copy(update={"partners": tuple(partner_of(one.content) for one in state.partners)})


def with_settings(sector: Sector, settings: SectorSettings) -> Sector:
    """`sector` with these words and colours."""
    short = _both(settings.short)
    return sector.model_copy(
        update={
            "title": _both(settings.title),
            "short": short,
            "tagline": _both(settings.tagline),
            "lead": _both(settings.lead) if settings.lead else None,
            "colours": Colours.model_validate(settings.colours.model_dump()),
            "contact": Contact.model_validate(settings.contact.model_dump()),
            "known": sector.known | {sector.name: short},
        }
    )


def settings_of(sector: Sector) -> dict[str, Any]:
    """The words and colours of `sector`, as a form has them."""
    told = {"title", "short", "tagline", "lead", "colours", "contact"}
    return sector.model_dump(mode="json", include=told) | {"reminders": None}


def partner_of(content: partners.PartnerContent) -> Partner:
    """A partner as it is shown; a language that lacks a text has that of the other one."""
    logo = content.logo
    return Partner(
        name=_filled(content.title),
        url=content.url,
        role=_filled(content.role),
        logo=Picture(path=file_path(logo.sha256), alt=_filled(logo.alt)) if logo else None,
    )


def _both(text: Any) -> Bilingual:
    return Bilingual(fr=text.fr, en=text.en)


def _filled(text: LineText) -> Bilingual:
    return Bilingual(fr=text.fr or text.en or "", en=text.en or text.fr or "")
