"""What visitors opened: counted by gateways, kept by sector, day and language, without anything about anybody."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from nexus.caller import LANGUAGES, Caller, Role
from nexus.errors import InvalidInput
from nexus.service import every, rpc
from services.content.contracts.editing import ItemKind
from services.content.contracts.openings import (
    KEPT_DAYS,
    CountOpenings,
    Downloaded,
    ListOpenings,
    OpenedDay,
    OpenedItem,
    Openings,
    Viewed,
)
from services.content.contracts.texts import Language
from services.content.domain.lifecycle import Item
from services.content.service.catalogue import Catalogue

_ZONE = ZoneInfo("America/Toronto")
Key = tuple[ItemKind, str, Language]


class Counts(Protocol):
    """Where counts are kept."""

    def add(self, sector: str, day: date, views: Mapping[Key, int], downloads: Mapping[Key, int]) -> None: ...
    def since(self, sector: str | None, day: date) -> Iterator[tuple[date, Counter[Key], Counter[Key]]]: ...
    def forget(self, before: date) -> None: ...


class Items(Protocol):
    """Where publications of one kind are found."""

    def slugs_in_use(self, slugs: Iterable[str]) -> dict[str, str]: ...
    def naming_files(self, wanted: Iterable[str]) -> list[tuple[Item, frozenset[str]]]: ...


class Opening:
    """The use cases."""

    def __init__(
        self,
        kept: Counts,
        items: Mapping[ItemKind, Items],
        catalogues: Mapping[ItemKind, Catalogue],
        clock: Callable[[], datetime],
    ) -> None:
        self._kept = kept
        self._items = items
        self._catalogues = catalogues
        self._clock = clock

    def count(self, command: CountOpenings, caller: Caller) -> None:
        """Keep what a gateway counted."""
        if caller.sector is None:
            raise InvalidInput("sector_missing")
        self._kept.add(
            caller.sector, self._today(), self._views(command.views), self._downloads(command.downloads)
        )

    def most(self, query: ListOpenings, caller: Caller) -> Openings:
        """What was opened most, of what the caller's sector has."""
        caller.require(Role.EDITOR, Role.COORDINATOR, Role.ADMIN)
        since = self._today() - timedelta(days=query.days - 1)
        views: Counter[Key] = Counter()
        downloads: Counter[Key] = Counter()
        days: dict[date, OpenedDay] = {}
        for day, viewed, downloaded in self._kept.since(caller.sector, since):
            views += viewed
            downloads += downloaded
            before = days.get(day, OpenedDay(day=day, views=0, downloads=0))
            days[day] = OpenedDay(
                day=day,
                views=before.views + viewed.total(),
                downloads=before.downloads + downloaded.total(),
            )
        items = self._named(views, downloads, caller.sector)
        items.sort(key=lambda one: (-sum(one.views.values()) - sum(one.downloads.values()), one.id))
        return Openings(items=tuple(items[: query.limit]), days=tuple(days.values()))

    def forget(self) -> None:
        """Remove what is of the past."""
        self._kept.forget(self._today() - timedelta(days=KEPT_DAYS))

    def _views(self, given: Iterable[Viewed]) -> Counter[Key]:
        by_kind: dict[ItemKind, list[Viewed]] = defaultdict(list)
        for one in given:
            by_kind[one.kind].append(one)
        found: Counter[Key] = Counter()
        for kind, viewed in by_kind.items():
            ids = self._items[kind].slugs_in_use({one.ref for one in viewed})
            for one in viewed:
                if one.ref in ids:
                    found[kind, ids[one.ref], one.language] += one.count
        return found

    def _downloads(self, given: Iterable[Downloaded]) -> Counter[Key]:
        counts = {one.sha256: one.count for one in given}
        found: Counter[Key] = Counter()
        if counts:
            for item, files in self._items[ItemKind.DOCUMENT].naming_files(counts):
                english = item.content.files.en
                for sha256 in files & counts.keys():
                    language: Language = "en" if english and english.sha256 == sha256 else "fr"
                    found[ItemKind.DOCUMENT, item.id, language] += counts[sha256]
        return found

    def _named(self, views: Counter[Key], downloads: Counter[Key], sector: str | None) -> list[OpenedItem]:
        named = []
        opened = {(kind, item_id) for kind, item_id, _ in (*views, *downloads)}
        for kind, catalogue in self._catalogues.items():
            known = catalogue.summaries((one for of, one in opened if of is kind), sector)
            for item_id, summary in known.items():
                named.append(
                    OpenedItem(
                        id=item_id,
                        kind=kind,
                        title=summary.title,
                        views={one: views[kind, item_id, one] for one in LANGUAGES},
                        downloads={one: downloads[kind, item_id, one] for one in LANGUAGES},
                    )
                )
        return named

    def _today(self) -> date:
        return self._clock().astimezone(_ZONE).date()


class OpeningDoors:
    """What the service answers about what was opened."""

    opening: Opening

    @rpc
    def count_openings(self, command: CountOpenings, caller: Caller) -> None:
        self.opening.count(command, caller)

    @rpc
    def list_openings(self, query: ListOpenings, caller: Caller) -> Openings:
        return self.opening.most(query, caller)

    @every(minutes=60)
    def forget_old_openings(self) -> None:
        self.opening.forget()
