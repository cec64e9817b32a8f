"""Passkeys in MongoDB, and the ceremonies under way that make or use one. Of a passkey the public key is kept: what
signs in never leaves the authenticator."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document


@dataclass(frozen=True)
class Ceremony:
    """`id` is the digest of its challenge; `person` is nobody yet where it is to sign in."""

    id: str
    sector: str
    base_url: str
    expires_at: datetime
    person: str | None = None


@dataclass(frozen=True)
class StoredPasskey:
    """`credential` is the authenticator's name for it, in base64url; `sign_count` its counter when last used."""

    id: str
    sector: str
    person: str
    name: str
    credential: str
    relying_party: str
    public_key: bytes
    sign_count: int
    created_at: datetime
    last_used: datetime | None = None


Kept = TypeVar("Kept", Ceremony, StoredPasskey)


class PasskeyStore:
    """The collections `passkeys` and `ceremonies`."""

    def __init__(self, database: Database[Document]) -> None:
        self._passkeys = database["passkeys"]
        self._ceremonies = database["ceremonies"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._passkeys.create_index([("sector", 1), ("credential", 1)], unique=True)
        self._passkeys.create_index([("person", 1), ("created_at", 1)])
        self._ceremonies.create_index("expires_at")

    def begin(self, ceremony: Ceremony) -> None:
        """Keep a new ceremony."""
        self._ceremonies.insert_one(_document(ceremony))

    def take(self, ceremony_id: str, sector: str, person: str | None, now: datetime) -> Ceremony | None:
        """A ceremony of `person`, which is used up by this; None if there is none, or not any more."""
        wanted: Document = {"_id": ceremony_id, "sector": sector, "person": person}
        found = self._ceremonies.find_one(wanted)
        if found is None or not self._ceremonies.delete_one(wanted).deleted_count:
            return None
        return _read(Ceremony, found) if found["expires_at"] > now else None

    def add(self, passkey: StoredPasskey) -> bool:
        """False if the sector has one of this credential."""
        try:
            self._passkeys.insert_one(_document(passkey))
        except DuplicateKeyError:
            return False
        return True

    def by_credential(self, sector: str, credential: str) -> StoredPasskey | None:
        """The one that an authenticator names."""
        found = self._passkeys.find_one({"sector": sector, "credential": credential})
        return _read(StoredPasskey, found) if found else None

    def of(self, person: str) -> list[StoredPasskey]:
        """Somebody's, oldest first."""
        return [
            _read(StoredPasskey, one) for one in self._passkeys.find({"person": person}).sort("created_at", 1)
        ]

    def used(self, passkey: StoredPasskey, sign_count: int, at: datetime) -> bool:
        """Note a use; False if its counter moved meanwhile, or it is gone."""
        seen = {"_id": passkey.id, "sign_count": passkey.sign_count}
        change = {"$set": {"sign_count": sign_count, "last_used": at}}
        return self._passkeys.update_one(seen, change).matched_count == 1

    def remove(self, person: str, passkey_id: str | None = None) -> list[StoredPasskey]:
        """Remove one of somebody's, or all of them. Those that it removed."""
        removed = [one for one in self.of(person) if passkey_id in (None, one.id)]
        for one in removed:
            self._passkeys.delete_one({"_id": one.id})
        return removed

    def forget(self, before: datetime) -> None:
        """Remove ceremonies that ended before then."""
        self._ceremonies.delete_many({"expires_at": {"$lte": before}})


def _document(stored: Ceremony | StoredPasskey) -> Document:
    return {"_id": stored.id, **{name: value for name, value in vars(stored).items() if name != "id"}}


def _read(kind: type[Kept], document: Document) -> Kept:
    fields = {name: document[name] for name in kind.__dataclass_fields__ if name != "id"}
    return kind(id=document["_id"], **fields)
