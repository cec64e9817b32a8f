"""The doors of editors: the same for every kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nexus.caller import Caller, Role
from nexus.errors import InvalidInput
from nexus.service import every, rpc
from services.content.contracts.editing import (
    Item,
    ItemHistory,
    ItemKind,
    ItemList,
    ItemRevision,
    ListItems,
    OpenHistory,
    OpenItem,
    SaveItem,
    TurnItem,
)
from services.content.contracts.exchange import Exported, ExportItems
from services.content.contracts.publications import Status
from services.content.domain import cells
from services.content.domain.lifecycle import Kind
from services.content.service.bringing import Items
from services.content.service.catalogue import Catalogue
from services.content.service.desk import EDITORS, Desk
from services.content.service.repeats import Repeats
from services.content.service.working import WorkDesk

_SCHEDULE = Caller(person="schedule", roles=frozenset({Role.EDITOR}))

_ABOUT = ("id", "revision", "status")  # what an export says besides the content


@dataclass(frozen=True)
class Editing:
    """What there is of one kind."""

    kind: Kind
    desk: Desk
    catalogue: Catalogue
    kept: Items


class EditingDoors:
    """What the service answers to editors."""

    editing: Mapping[ItemKind, Editing]
    working: WorkDesk
    repeats: Repeats

    @rpc
    def list_items(self, query: ListItems, caller: Caller) -> ItemList:
        caller.require(*EDITORS)
        of_kind = self.editing[query.kind]
        return of_kind.catalogue.find(query, caller.sector, of_kind.desk.today())

    @rpc
    def export_items(self, query: ExportItems, caller: Caller) -> Exported:
        caller.require(*EDITORS)
        of_kind = self.editing[query.kind]
        page = of_kind.catalogue.select(query, caller.sector, of_kind.desk.today())
        found = {item.id: item for item in of_kind.kept.by_ids(page.ids)}
        items = [found[item_id] for item_id in page.ids if item_id in found]
        if query.shape == "tree":
            return Exported(columns=(), items=tuple(map(_tree, items)), total=page.total)
        columns = (*_ABOUT, *cells.columns(of_kind.kind.content, page.most))
        return Exported(columns=columns, items=tuple(_row(item, columns) for item in items), total=page.total)

    @rpc
    def open_item(self, query: OpenItem, caller: Caller) -> Item:
        desk = self.editing[query.kind].desk
        caller.require(*desk.writers)
        return _item(query.kind, desk.get(query.ref, caller))

    @rpc
    def open_history(self, query: OpenHistory, caller: Caller) -> ItemHistory:
        item_id, revisions = self.editing[query.kind].desk.history(
            query.ref, caller, query.before, query.limit
        )
        told = tuple(
            ItemRevision(**{**one, "content": one["content"].model_dump(mode="json")}) for one in revisions
        )
        return ItemHistory(id=item_id, revisions=told)

    @rpc
    def save_item(self, command: SaveItem, caller: Caller) -> Item:
        return self.repeats.once(command, caller, lambda new_id: self._save(command, caller, new_id))

    @rpc
    def turn_item(self, command: TurnItem, caller: Caller) -> Item:
        return self.repeats.once(command, caller, lambda _: self._turn(command, caller))

    @every(minutes=10)
    def forget_old_repeats(self) -> None:
        """Nobody repeats a command after a day."""
        self.repeats.forget()

    def _save(self, command: SaveItem, caller: Caller, new_id: str | None) -> Item:
        of_kind = self.editing[command.kind]
        content: Any = of_kind.kind.content.read(command.content)
        if command.id is None:
            saved = of_kind.desk.create(content, caller, new_id)
        elif command.revision is None:
            raise InvalidInput("revision_missing")
        else:
            saved = of_kind.desk.edit(command.id, command.revision, content, caller)
        if command.work:
            self.working.finish(command.work, caller)
        return _item(command.kind, saved)

    def _turn(self, command: TurnItem, caller: Caller) -> Item:
        desk = self.editing[command.kind].desk
        match command.to:
            case Status.PUBLISHED:
                turned = desk.publish(command.id, command.revision, caller)
            case Status.RETIRED:
                turned = desk.retire(command.id, command.revision, caller)
            case _:
                raise InvalidInput("status_not_possible", to=command.to)
        return _item(command.kind, turned)

    @every(seconds=5)
    def publish_due(self) -> None:
        """Drafts whose moment has come, of every kind."""
        for one in self.editing.values():
            one.desk.publish_due(one.catalogue.due, _SCHEDULE)


def _tree(item: Any) -> dict[str, Any]:
    said: dict[str, Any] = item.content.model_dump(mode="json", exclude_defaults=True)
    return _about(item) | said


def _row(item: Any, columns: Sequence[str]) -> list[str]:
    given = {**_about(item), **cells.cells(item.content)}
    return [str(given.get(name, "")) for name in columns]


def _about(item: Any) -> dict[str, Any]:
    return dict(zip(_ABOUT, (item.id, item.revision, item.status.value), strict=True))


def _item(kind: ItemKind, item: Any) -> Item:
    return Item(
        id=item.id,
        kind=kind,
        revision=item.revision,
        status=item.status,
        slug=item.slug,
        content=item.content.model_dump(mode="json"),
        updated_at=item.updated_at,
        published_at=item.published_at,
    )
