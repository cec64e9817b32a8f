"""Sessions in MongoDB, named by the digest of their secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database

from nexus.mongo import Document


@dataclass(frozen=True)
class Kept:
    """A session as stored. `digest` is that of its secret."""

    id: str
    digest: str
    sector: str
    person: str
    device: str
    origin: str | None
    created_at: datetime
    last_seen: datetime
    expires_at: datetime


class SessionStore:
    """The collection `sessions`."""

    def __init__(self, database: Database[Document]) -> None:
        self._sessions = database["sessions"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._sessions.create_index("digest", unique=True)
        self._sessions.create_index([("person", 1), ("created_at", -1)])
        self._sessions.create_index("expires_at")

    def add(self, session: Kept) -> None:
        """Keep a new one."""
        fields = {name: value for name, value in vars(session).items() if name != "id"}
        self._sessions.insert_one({"_id": session.id, **fields})

    def by_digest(self, sector: str, digest: str, now: datetime) -> Kept | None:
        """The one with this secret, unless it has ended."""
        found = self._sessions.find_one({"digest": digest, "sector": sector, "expires_at": {"$gt": now}})
        return _kept(found) if found else None

    def of(self, person: str, now: datetime) -> list[Kept]:
        """Somebody's, newest first."""
        found = self._sessions.find({"person": person, "expires_at": {"$gt": now}}).sort("created_at", -1)
        return [_kept(document) for document in found]

    def seen(self, session_id: str, at: datetime) -> None:
        """Note its last use."""
        self._sessions.update_one({"_id": session_id}, {"$set": {"last_seen": at}})

    def end(self, person: str, session_id: str | None = None, but: str | None = None) -> list[Kept]:
        """End one of somebody's sessions; all of them, or all but one, without `session_id`. Those it ended."""
        query: Document = {"person": person}
        if session_id is not None:
            query["_id"] = session_id
        elif but is not None:
            query["_id"] = {"$ne": but}
        ended = [_kept(document) for document in self._sessions.find(query)]
        self._sessions.delete_many(query)
        return ended

    def forget(self, before: datetime) -> None:
        """Remove those that ended before then."""
        self._sessions.delete_many({"expires_at": {"$lte": before}})


def _kept(document: Mapping[str, Any]) -> Kept:
    fields = {name: document[name] for name in Kept.__dataclass_fields__ if name != "id"}
    return Kept(id=document["_id"], **fields)
