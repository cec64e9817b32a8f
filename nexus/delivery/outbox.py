"""Events wait inside the document that they describe, so that a change and its events are one write.

An entry is `{"id": …, "body": …}`; the body is the CloudEvent's JSON, published as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pymongo.collection import Collection

from nexus.messages import CloudEvent, Event
from nexus.mongo import Document
from nexus.telemetry import traceparent

FIELD = "outbox"
_WAITING = {f"{FIELD}.id": {"$gt": ""}}  # served by the sparse index; {"$exists": true} is not, everywhere


def outbox_entries(*events: Event) -> list[Document]:
    """What to append to the field `outbox` of the document that `events` describe, in the same write."""
    envelopes = [CloudEvent.of(event, traceparent()) for event in events]
    return [{"id": envelope.id, "body": envelope.model_dump_json()} for envelope in envelopes]


@dataclass(frozen=True)
class WaitingEvent:
    """An event in an outbox."""

    document_id: Any
    id: str
    body: str

    @cached_property
    def envelope(self) -> CloudEvent:
        return CloudEvent.model_validate_json(self.body)


class Outbox:
    """The outboxes of the documents of one collection."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection

    def prepare(self) -> None:
        """Make the index that finds waiting events."""
        self._collection.create_index(f"{FIELD}.id", sparse=True)

    def waiting(self, documents: int = 200) -> list[WaitingEvent]:
        """The events of up to `documents` documents, in order for each of them."""
        found = self._collection.find(_WAITING, {FIELD: 1}).limit(documents)
        return [
            WaitingEvent(document["_id"], entry["id"], entry["body"])
            for document in found
            for entry in document[FIELD]
        ]

    def remove(self, events: Sequence[WaitingEvent]) -> None:
        """Forget `events`, which have been published."""
        documents = list({event.document_id for event in events})
        published = [event.id for event in events]
        self._collection.update_many(
            {"_id": {"$in": documents}}, {"$pull": {FIELD: {"id": {"$in": published}}}}
        )
