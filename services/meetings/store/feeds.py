"""Calendar feeds of mail addresses in MongoDB, one document each."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document

_PAUSE = timedelta(minutes=10)  # between two mails to one address


@dataclass(frozen=True)
class CompanyCalendar:
    """`version` counts the secrets that the feed has had, `asked` how often its address was mailed."""

    id: str
    sector: str
    email: str
    version: int = 1
    asked: int = 0


class FeedStore:
    """The collection `company_feeds`."""

    def __init__(self, database: Database[Document]) -> None:
        self.feeds = database["company_feeds"]

    def get(self, feed: str) -> CompanyCalendar | None:
        """What is known of a feed."""
        found = self.feeds.find_one({"_id": feed})
        if found is None:
            return None
        return CompanyCalendar(feed, found["sector"], found["email"], found["version"], found["asked"])

    def of(self, sector: str, email: str) -> CompanyCalendar:
        """That of a mail address, which may be nowhere yet."""
        feed = hashlib.sha256(f"{sector}:{email}".encode()).hexdigest()[:32]
        return self.get(feed) or CompanyCalendar(feed, sector, email)

    def ask(self, feed: CompanyCalendar, now: datetime, event: Event) -> bool:
        """Whether its address is to be mailed now."""
        told: Document = {"asked": feed.asked + 1, "asked_at": now}
        if feed.asked:
            wanted = {"_id": feed.id, "asked": feed.asked, "asked_at": {"$lte": now - _PAUSE}}
            change = {"$set": told, "$push": {OUTBOX: {"$each": outbox_entries(event)}}}
            return self.feeds.update_one(wanted, change).matched_count == 1
        known = {"_id": feed.id, "sector": feed.sector, "email": feed.email, "version": feed.version}
        try:
            self.feeds.insert_one({**known, **told, OUTBOX: outbox_entries(event)})
        except DuplicateKeyError:
            return False
        return True

    def renew(self, feed: CompanyCalendar) -> None:
        """The next secret is the good one."""
        wanted = {"_id": feed.id, "version": feed.version}
        self.feeds.update_one(wanted, {"$set": {"version": feed.version + 1}})
