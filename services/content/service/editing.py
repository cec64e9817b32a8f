"""The doors of editors: the same for every kind."""

from collections.abc import Mapping
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
from services.content.contracts.publications import Status
from services.content.domain.lifecycle import Kind
from services.content.service.catalogue import Catalogue
from services.content.service.desk import EDITORS, Desk
from services.content.service.repeats import Repeats
from services.content.service.working import WorkDesk

_SCHEDULE = Caller(person="schedule", roles=frozenset({Role.EDITOR}))


@dataclass(frozen=True)
class Editing:
    """What there is of one kind."""

    kind: Kind
    desk: Desk
    catalogue: Catalogue


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
