"""The settings of a sector, and its partners: what lies over the file that set it up. And their doors."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import Forbidden, InvalidInput, StaleRevision
from nexus.service import rpc
from services.content.contracts.files import StoredFile
from services.content.contracts.partners import ImportPartners, Partner, PartnerContent
from services.content.contracts.publications import ImportReport, Status
from services.content.contracts.sectors import (
    CheckColours,
    ColourChecks,
    GetSector,
    GetSectorHistory,
    SaveSector,
    SectorHistory,
    SectorRevision,
    SectorSettings,
    SectorState,
    Shorts,
)
from services.content.domain import colours
from services.content.domain.lifecycle import Change
from services.content.service.desk import Desk
from services.content.service.posts import PICTURES, KnownFiles

LARGEST_LOGO = 1_000_000  # bytes
_MOST_PARTNERS = 200
_MOST_REVISIONS = 200
_LAST = 1_000  # the place of a partner that has none


class Settings(Protocol):
    """Where the settings of sectors are kept."""

    def get(self, sector: str) -> SectorRevision | None: ...
    def history(self, sector: str, limit: int) -> list[SectorRevision]: ...
    def shorts(self) -> dict[str, Shorts]: ...
    def save(self, sector: str, before: SectorRevision | None, after: SectorRevision) -> bool: ...


class Partners(Protocol):
    """Where partners are kept."""

    def page(
        self, status: Status, sector: str | None, after: str | None, limit: int
    ) -> tuple[list[Any], int]: ...


class Logos:
    """The attachments of partners: a logo is a stored picture that does not weigh much."""

    def __init__(self, files: KnownFiles) -> None:
        self._files = files

    def problem(self, content: PartnerContent) -> str | None:
        if content.logo is None:
            return None
        file: StoredFile | None = self._files.get_many([content.logo.sha256]).get(content.logo.sha256)
        if file is None:
            return "file_not_found"
        if file.media_type not in PICTURES:
            return "logo_not_a_picture"
        return "logo_too_large" if file.size > LARGEST_LOGO else None

    def complete(self, change: Change, caller: Caller) -> Change:
        return change


class SectorDesk:
    """The use cases. Each concerns the caller's own sector, and no other."""

    def __init__(
        self,
        kept: Settings,
        partners: Partners,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._kept = kept
        self._partners = partners
        self._clock = clock
        self._wake = wake

    def state(self, caller: Caller) -> SectorState:
        """What lies over the file."""
        sector = _sector(caller)
        current = self._kept.get(sector)
        return SectorState(
            settings=current.settings if current else None,
            revision=current.revision if current else 0,
            partners=self._shown(sector),
            others={name: short for name, short in self._kept.shorts().items() if name != sector},
        )

    def history(self, caller: Caller) -> SectorHistory:
        """Every revision of the settings."""
        caller.require(Role.ADMIN)
        return SectorHistory(revisions=tuple(self._kept.history(_sector(caller), _MOST_REVISIONS)))

    def save(self, revision: int, settings: SectorSettings | None, caller: Caller) -> SectorState:
        """Other settings. Raises StaleRevision with both, InvalidInput(`contrast_too_low`)."""
        caller.require(Role.ADMIN)
        sector = _sector(caller)
        before = self._kept.get(sector)
        _require_revision(before, revision, settings)
        _require_contrast(settings)
        if before and before.settings == settings:
            return self.state(caller)
        after = SectorRevision(revision=revision + 1, at=self._clock(), by=caller.person, settings=settings)
        if not self._kept.save(sector, before, after):
            _require_revision(self._kept.get(sector), revision, settings)
            raise StaleRevision(id=sector)
        self._wake()
        note("sector", sector, sector, before.settings if before else None, settings)
        return self.state(caller)

    def _shown(self, sector: str) -> tuple[Partner, ...] | None:
        """The published partners in their order; None if the sector never had one here."""
        published, total = self._partners.page(Status.PUBLISHED, sector, None, _MOST_PARTNERS)
        others = (Status.DRAFT, Status.RETIRED)
        if not total and not any(self._partners.page(one, sector, None, 1)[1] for one in others):
            return None
        return tuple(sorted(published, key=_place))


class SectorDoors:
    """What the service answers about a sector."""

    sectors: SectorDesk
    partners: Desk

    @rpc
    def get_sector(self, query: GetSector, caller: Caller) -> SectorState:
        return self.sectors.state(caller)

    @rpc
    def get_sector_history(self, query: GetSectorHistory, caller: Caller) -> SectorHistory:
        return self.sectors.history(caller)

    @rpc
    def save_sector(self, command: SaveSector, caller: Caller) -> SectorState:
        return self.sectors.save(command.revision, command.settings, caller)

    @rpc
    def check_colours(self, query: CheckColours, caller: Caller) -> ColourChecks:
        caller.require(Role.ADMIN)
        return ColourChecks(items=colours.checks(query.colours))

    @rpc
    def import_partners(self, command: ImportPartners, caller: Caller) -> ImportReport:
        return self.partners.bring_in(
            command.source, command.rows, caller, publish=command.publish, dry_run=command.dry_run
        )


def _sector(caller: Caller) -> str:
    if caller.sector is None:
        raise Forbidden("sector_required")
    return caller.sector


def _require_revision(current: SectorRevision | None, seen: int, wanted: SectorSettings | None) -> None:
    stands = current.revision if current else 0
    if seen != stands:
        raise StaleRevision(
            yours={"revision": seen, "settings": wanted.model_dump(mode="json") if wanted else None},
            current=current.model_dump(mode="json") if current else None,
        )


def _require_contrast(settings: SectorSettings | None) -> None:
    failed = [one for one in colours.checks(settings.colours) if not one.passes] if settings else []
    if failed:
        raise InvalidInput("contrast_too_low", checks=[one.model_dump() for one in failed])


def _place(partner: Partner) -> tuple[int, str]:
    title = partner.content.title
    return partner.content.place or _LAST, (title.fr or title.en or "").casefold()
