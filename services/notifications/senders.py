"""Who each sector is to those it writes to, and when it reminds: what its file and the installation say, and over it
what its people have changed since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.content.contracts.sectors import SectorChanged, SectorSettings
from services.notifications.contracts import Language
from services.notifications.domain.messages import Sender


class Senders:
    """The collection `sectors`: the settings of each sector that changed any."""

    def __init__(
        self,
        files: Mapping[str, Mapping[Language, Sender]],
        database: Database[Document],
        reminder_hours: Sequence[int] = (),
    ) -> None:
        """`files` has every sector, in each language; `reminder_hours` are those of a sector that set none."""
        self._files = files
        self._reminder_hours = reminder_hours
        self._changed = database["sectors"]

    def __contains__(self, sector: object) -> bool:
        return sector in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def of(self, sector: str, language: Language) -> Sender:
        """Who signs a message."""
        sender, settings = self._files[sector][language], self._settings(sector)
        return signed(sender, settings, language) if settings else sender

    def reminder_hours(self, sector: str | None) -> Sequence[int]:
        """How long before a meeting of a sector its company is reminded; None: of one that set nothing."""
        settings = self._settings(sector) if sector else None
        own = settings.reminders if settings else None
        return self._reminder_hours if own is None else own

    def _settings(self, sector: str) -> SectorSettings | None:
        found = self._changed.find_one({"_id": sector})
        return SectorSettings.read(found["settings"]) if found and found["settings"] else None

    def take(self, event: SectorChanged) -> None:
        """Remember what changed, unless something later is known."""
        settings = event.settings.model_dump(mode="json") if event.settings else None
        told = {"revision": event.revision, "settings": settings}
        later = {"_id": event.sector, "revision": {"$lt": event.revision}}
        if self._changed.update_one(later, {"$set": told}).matched_count:
            return
        try:
            self._changed.insert_one({"_id": event.sector, **told})
        except DuplicateKeyError:
            return  # what is known is as late, or later


def signed(sender: Sender, settings: SectorSettings, language: Language) -> Sender:
    """`sender` with the names, contact and colours of `settings`."""
    contact, colours = settings.contact, settings.colours
    return replace(
        sender,
        site=f"Emploi NEXUS {getattr(settings.short, language)}",
        title=getattr(settings.title, language),
        contact=contact.name,
        contact_url=contact.url,
        reply_to=contact.email,
        accent=colours.accent,
        accent_dark=colours.accent_dark,
        on_accent=colours.on_accent,
        address=contact.address,
    )
