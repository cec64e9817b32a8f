"""Use cases of keys, and their doors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import Forbidden, NotFound
from nexus.service import rpc
from services.people.contracts.keys import (
    PERSON,
    FindKey,
    Key,
    KeyMade,
    Keys,
    ListKeys,
    MadeKey,
    MakeKey,
    RevokeKey,
)
from services.people.domain.keys import SHOWN_END, is_good, new_secret
from services.people.domain.secrets import token_digest
from services.people.domain.signin import SEEN_EVERY
from services.people.store.keys import KeyStore


@dataclass(frozen=True)
class KeyDesk:
    """What administrators do with the keys of their sector, and gateways with a secret that they are shown."""

    keys: KeyStore
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    def make(self, command: MakeKey, caller: Caller) -> MadeKey:
        """A new key, and its secret."""
        sector, now = _sector(caller), self.clock()
        secret = new_secret(sector)
        key = Key(
            id=uuid4().hex,
            sector=sector,
            name=command.name,
            scopes=command.scopes,
            ends=secret[-SHOWN_END:],
            created_at=now,
            created_by=caller.person,
            expires_at=now + timedelta(days=command.days) if command.days else None,
        )
        self.keys.add(key, token_digest(secret), KeyMade(key=key))
        self.wake()
        note("key", key.id, key.name, after=_noted(key))
        return MadeKey(key=key, secret=secret)

    def of_sector(self, caller: Caller) -> Keys:
        """Newest first."""
        return Keys(items=tuple(self.keys.of(_sector(caller))))

    def revoke(self, key_id: str, caller: Caller) -> Key:
        """Raises NotFound(`key_not_found`)."""
        sector = _sector(caller)
        before = self.keys.by_id(sector, key_id)
        if before is None:
            raise NotFound("key_not_found", id=key_id)
        self.keys.revoke(key_id, self.clock())
        after = self.keys.by_id(sector, key_id) or before
        note("key", key_id, after.name, _noted(before), _noted(after))
        return after

    def find(self, secret: str, caller: Caller) -> Key:
        """Raises Forbidden(`key_invalid`)."""
        key, now = self.keys.by_digest(caller.sector or "", token_digest(secret)), self.clock()
        if key is None or not is_good(key, now):
            raise Forbidden("key_invalid")
        if key.last_used is None or now - key.last_used > SEEN_EVERY:
            self.keys.used(key.id, now, caller.origin)
        return key

    def names(self, people: Sequence[str], caller: Caller) -> dict[str, str]:
        """What the keys among `people` are called, for lists in which persons stand as well."""
        ids = [one.removeprefix(PERSON) for one in people if one.startswith(PERSON)]
        found = self.keys.names(caller.sector, ids) if ids else {}
        return {f"{PERSON}{key_id}": f"API – {name}" for key_id, name in found.items()}


class KeyDoors:
    """What the service answers about keys."""

    _keys: KeyDesk

    @rpc
    def make_key(self, command: MakeKey, caller: Caller) -> MadeKey:
        return self._keys.make(command, caller)

    @rpc
    def list_keys(self, query: ListKeys, caller: Caller) -> Keys:
        return self._keys.of_sector(caller)

    @rpc
    def revoke_key(self, command: RevokeKey, caller: Caller) -> Key:
        return self._keys.revoke(command.id, caller)

    @rpc
    def find_key(self, query: FindKey, caller: Caller) -> Key:
        return self._keys.find(query.secret, caller)


def _sector(caller: Caller) -> str:
    """That of an administrator. Raises Forbidden."""
    caller.require(Role.ADMIN)
    if caller.sector is None:
        raise Forbidden("sector_not_proven", sector=None)
    return caller.sector


def _noted(key: Key) -> dict[str, Any]:
    """What the audit trail tells of it."""
    told = key.model_dump(mode="json", include={"expires_at", "revoked_at"})
    return {"scopes": sorted(key.scopes), **told}
