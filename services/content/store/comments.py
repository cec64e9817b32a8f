"""Comments in MongoDB: one document for each that is asked, with its answers and its waiting news."""

from collections.abc import Sequence
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.content.contracts.comments import Comment

_SHOWN = 200


class CommentStore:
    """The collection `comments`."""

    def __init__(self, database: Database[Document]) -> None:
        self.items = database["comments"]

    def prepare(self) -> None:
        """Make the indexes: of the lists, and of requests for personal data."""
        self.items.create_index([("item", 1), ("at", -1)])
        for name in ("by", "answers.by"):
            self.items.create_index(name)

    def get(self, comment_id: str) -> Comment | None:
        """One."""
        found = self.items.find_one({"_id": comment_id}, {OUTBOX: 0})
        return _comment(found) if found else None

    def about(self, item: str) -> list[Comment]:
        """The latest on a publication, newest first."""
        found = self.items.find({"item": item}, {OUTBOX: 0}).sort("at", -1).limit(_SHOWN)
        return [_comment(one) for one in found]

    def add(self, comment: Comment, event: Event) -> bool:
        """Write it with its news; False if its id is taken."""
        try:
            self.items.insert_one({"_id": comment.id, **_fields(comment), OUTBOX: outbox_entries(event)})
        except DuplicateKeyError:
            return False
        return True

    def replace(self, comment: Comment, before: int, events: Sequence[Event] = ()) -> bool:
        """Write it in place of what stands at the revision `before`; False if something else does."""
        change: Document = {"$set": _fields(comment)}
        if events:
            change["$push"] = {OUTBOX: {"$each": outbox_entries(*events)}}
        return self.items.update_one({"_id": comment.id, "revision": before}, change).matched_count == 1


def _fields(comment: Comment) -> dict[str, Any]:
    fields = comment.model_dump(exclude={"id"})
    return {
        **fields,
        "kind": comment.kind.value,
        "asked": list(comment.asked),
        "answers": [*fields["answers"]],
    }


def _comment(document: Document) -> Comment:
    return Comment.read({**document, "id": document["_id"]})
