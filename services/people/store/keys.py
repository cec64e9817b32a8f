"""Keys in MongoDB, found by the digest of their secret, which itself is kept nowhere."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.database import Database

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from services.people.contracts.keys import Key

_MOST = 500
_WITHOUT = {OUTBOX: 0, "digest": 0}


class KeyStore:
    """The collection `keys`. Their events wait in them until they are published."""

    def __init__(self, database: Database[Document]) -> None:
        self.keys = database["keys"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.keys.create_index("digest", unique=True)
        self.keys.create_index([("sector", 1), ("created_at", -1)])

    def add(self, key: Key, digest: str, *events: Event) -> None:
        """Keep a new one, with what is to be told of it."""
        fields: Document = key.model_dump(exclude={"id", "scopes"})
        fields |= {"scopes": sorted(key.scopes), "digest": digest, OUTBOX: outbox_entries(*events)}
        self.keys.insert_one({"_id": key.id, **fields})

    def by_digest(self, sector: str, digest: str) -> Key | None:
        """The key of `sector` whose secret has this digest."""
        found = self.keys.find_one({"digest": digest, "sector": sector}, _WITHOUT)
        return _key(found) if found else None

    def by_id(self, sector: str, key_id: str) -> Key | None:
        """The key, if it is one of `sector`."""
        found = self.keys.find_one({"_id": key_id, "sector": sector}, _WITHOUT)
        return _key(found) if found else None

    def names(self, sector: str | None, ids: Sequence[str]) -> dict[str, str]:
        """What those of `ids` that are keys of `sector` (None: of any) are called."""
        wanted: Document = {"_id": {"$in": list(ids)}} | ({"sector": sector} if sector else {})
        return {one["_id"]: one["name"] for one in self.keys.find(wanted, {"name": 1})}

    def of(self, sector: str) -> list[Key]:
        """Those of a sector, newest first."""
        found = self.keys.find({"sector": sector}, _WITHOUT).sort("created_at", -1).limit(_MOST)
        return [_key(document) for document in found]

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End it; False when that was done before."""
        done = self.keys.update_one({"_id": key_id, "revoked_at": None}, {"$set": {"revoked_at": at}})
        return done.matched_count == 1

    def used(self, key_id: str, at: datetime, origin: str | None) -> None:
        """Note its last use."""
        self.keys.update_one({"_id": key_id}, {"$set": {"last_used": at, "last_origin": origin}})


def _key(document: Document) -> Key:
    return Key.read({"id": document["_id"], **document})
