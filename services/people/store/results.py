"""Results that people had mailed to themselves, as long as they count against the limit. Their events wait in them."""

from datetime import datetime

from pymongo.database import Database

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.mongo import Document
from services.people.contracts.results import ResultAsked


class ResultStore:
    """The collection `results`: a document a mail."""

    def __init__(self, database: Database[Document]) -> None:
        self.results = database["results"]

    def prepare(self) -> None:
        """Make the index."""
        self.results.create_index([("person", 1), ("at", -1)])
        self.results.create_index("at")

    def since(self, person: str, moment: datetime, limit: int) -> int:
        """How many somebody asked for since then, `limit` at most."""
        return self.results.count_documents({"person": person, "at": {"$gt": moment}}, limit=limit)

    def add(self, person: str, at: datetime, event: ResultAsked) -> None:
        """Keep that it was asked for, with what is to be told of it."""
        self.results.insert_one({"_id": event.id, "person": person, "at": at, OUTBOX: outbox_entries(event)})

    def forget(self, before: datetime) -> None:
        """Remove those of before then, unless they have something to tell still."""
        self.results.delete_many({"at": {"$lte": before}, f"{OUTBOX}.0": {"$exists": False}})
