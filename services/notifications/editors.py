"""What editors are told of what they publish: that a colleague asks or answers, that a document cannot be read."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson

from nexus.mongo import Document
from nexus.service import every, on
from services.content.contracts.comments import CommentAnswered, CommentAsked
from services.content.contracts.documents import DocumentUnreadable
from services.notifications.contracts import LANGUAGES
from services.notifications.contracts.staff import (
    MOST_DOCUMENTS,
    CommentTold,
    UnreadableDocument,
    UnreadableDocuments,
)
from services.notifications.domain.messages import Message
from services.notifications.postman import Postman
from services.notifications.store import MessageStore
from services.notifications.unreadable import UnreadableStore, Upload


class Opens(Protocol):
    """Opens what only this service may read."""

    def open(self, sealed: str) -> dict[str, str | None]: ...


class Names(Protocol):
    """Knows the staff."""

    def name(self, person: str, sector: str) -> str | None: ...


@dataclass(frozen=True)
class EditorDesk:
    """`sites` has the addresses of the sectors' sites."""

    seal: Opens
    unreadable: UnreadableStore
    messages: MessageStore
    names: Names
    sites: Mapping[str, str]
    clock: Callable[[], datetime]
    postman: Postman

    def tell(self, event: CommentAsked | CommentAnswered) -> None:
        """A mail to each whom it concerns."""
        opened = self.seal.open(event.sealed)
        what = "asked" if isinstance(event, CommentAsked) else "added" if event.by_asker else "answered"
        told = {
            "what": what,
            "kind": event.kind.value,
            "item": event.item,
            "title": _titles(opened),
            "by": self.names.name(event.by, event.sector),
            "text": opened["text"],
            "asked": opened.get("asked"),
            "site": self.sites.get(event.sector),
        }
        for person in event.people:
            name = f"{event.id}-{event.revision}-{person}"
            self._say(name, event.sector, CommentTold.read({**told, "person": person}))

    def tell_unreadable(self) -> None:
        """A mail to each whose upload is over."""
        uploads = self.unreadable.begin(self.clock())
        for upload in uploads:
            self._say(_name_of(upload), upload.sector, self._notice(upload))
            self.unreadable.told(upload)
        if uploads:
            self.unreadable.end(self.clock())

    def _notice(self, upload: Upload) -> UnreadableDocuments:
        shown = upload.documents[:MOST_DOCUMENTS]
        return UnreadableDocuments(
            person=upload.person,
            site=self.sites.get(upload.sector),
            items=tuple(self._document(row) for row in shown),
            more=len(upload.documents) - len(shown),
        )

    def _document(self, row: Document) -> UnreadableDocument:
        opened = self.seal.open(row["sealed"])
        files = orjson.loads(opened["files"] or "[]")
        return UnreadableDocument.read({"id": row["_id"], "title": _titles(opened), "files": files})

    def _say(self, name: str, sector: str, notice: CommentTold | UnreadableDocuments) -> None:
        self.messages.add(Message(id=name, sector=sector, notice=notice, created_at=self.clock()))
        self.postman.wake()


class EditorDoors:
    """What the service hears of for editors."""

    editors: EditorDesk

    @on(CommentAsked)
    def mail_comment(self, event: CommentAsked) -> None:
        self.editors.tell(event)

    @on(CommentAnswered)
    def mail_answer(self, event: CommentAnswered) -> None:
        self.editors.tell(event)

    @on(DocumentUnreadable)
    def note_unreadable(self, event: DocumentUnreadable) -> None:
        self.editors.unreadable.take(event, self.editors.clock())

    @every(seconds=5)
    def mail_unreadable(self) -> None:
        self.editors.tell_unreadable()


def _titles(opened: Mapping[str, Any]) -> dict[str, str]:
    return {one: opened[one] for one in LANGUAGES if opened.get(one)}


def _name_of(upload: Upload) -> str:
    """The same for the same documents at the same revisions: told again after a crash, it is one mail."""
    whole = " ".join(f"{row['_id']}.{row['revision']}" for row in upload.documents)
    return f"unreadable-{hashlib.sha256(f'{upload.person} {whole}'.encode()).hexdigest()[:32]}"
