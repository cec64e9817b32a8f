"""When people were last asked to verify something. The event of it waits in the same document."""

from datetime import datetime, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document


class ReminderStore:
    """The collection `reminders`, a document a person."""

    def __init__(self, database: Database[Document]) -> None:
        self.reminders = database["reminders"]

    def is_due(self, person_id: str, now: datetime, pause: timedelta) -> bool:
        """Whether the last one was `pause` ago."""
        found = self.reminders.find_one({"_id": person_id}, {"asked_at": 1})
        return found is None or bool(found["asked_at"] <= now - pause)

    def remind(self, person_id: str, now: datetime, pause: timedelta, event: Event) -> bool:
        """Keep `event` to be told, unless the last one was less than `pause` ago: then False."""
        entries = outbox_entries(event)
        change = {"$set": {"asked_at": now}, "$push": {OUTBOX: {"$each": entries}}}
        if self.reminders.update_one(
            {"_id": person_id, "asked_at": {"$lte": now - pause}}, change
        ).matched_count:
            return True
        try:
            self.reminders.insert_one({"_id": person_id, "asked_at": now, OUTBOX: entries})
        except DuplicateKeyError:
            return False
        return True
