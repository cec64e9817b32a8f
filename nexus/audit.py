"""The audit trail of a service: who did what, when, from where, and what it was before and after.

A use case says what it changes, or lets somebody read (`note`); the host writes that down with the request and
its caller, once it is done. Entries are numbered without a gap and each carries a digest over itself and the one
before: whoever takes one away, or alters it, breaks the chain for all to see. They lie in a database of their own,
in which the service's user may add and read, and nothing else."""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import orjson
from pydantic import BaseModel
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.caller import Caller
from nexus.errors import Forbidden
from nexus.mongo import Document
from nexus.operations import AuditEntry, AuditPage, AuditState, ListAudit, NotedChange, NotedValue
from nexus.telemetry import log

_CHUNK = 100  # entries read at once
_LOOKED_AT = 1_000  # entries that one page looks through, at most
_START = "0" * 64  # what the first entry follows
_MOST = 1 << 40  # more entries than there will ever be

_noting: ContextVar["_Noting | None"] = ContextVar("noting", default=None)


@dataclass(frozen=True)
class _Noted:
    change: NotedChange
    sector: str | None


@dataclass
class _Noting:
    """What is noted of the command under way, and whose command it is."""

    caller: Caller
    noted: list[_Noted] = field(default_factory=list)


def act_for(caller: Caller) -> None:
    """Tell the trail whose the command under way is, where a signed link says so and no session."""
    noting = _noting.get()
    if noting is not None:
        noting.caller = caller


def note(
    kind: str,
    subject: str,
    label: str,
    before: BaseModel | Mapping[str, Any] | None = None,
    after: BaseModel | Mapping[str, Any] | None = None,
    *,
    sector: str | None = None,
) -> None:
    """Tell the trail what the command under way does to one thing. Secrets must not be among the fields.

    `subject` is its id, `label` what a person knows it by; `sector`: whose it is, where a caller of all
    sectors acts. What differs in nothing is not written, nor what happens outside of a command."""
    noting = _noting.get()
    fields = _differences(before, after)
    if noting is not None and (fields or before is after is None):
        noting.noted.append(_Noted(NotedChange(kind=kind, id=subject, label=label, fields=fields), sector))


@dataclass
class Trail:
    """The entries of one service. `clock` gives their time."""

    database: Database[Document]
    service: str
    clock: Callable[[], datetime]
    _turn: Lock = field(default_factory=Lock)
    _head: tuple[int, str] | None = None  # the last entry's number and digest, as far as this process knows

    @contextmanager
    def recording(self, command: str, caller: Caller, *, refusals: bool = True) -> Iterator[None]:
        """Writes down what is noted within and, with `refusals`, that somebody who is known was refused."""
        noting = _Noting(caller)
        token = _noting.set(noting)
        try:
            yield
        except Forbidden as error:
            if refusals and (caller.roles or caller.scopes):
                self._append(command, caller, error.code, [])
            raise
        finally:
            _noting.reset(token)
        if noting.noted:
            self._append(command, noting.caller, None, noting.noted)

    def page(self, query: ListAudit, sector: str | None) -> AuditPage:
        """What `sector` (None: each) may see of it, latest first."""
        number = self._latest(query)
        end = max(0, number - _LOOKED_AT)
        found: list[AuditEntry] = []
        while number > end:
            chunk = range(number, max(end, number - _CHUNK), -1)
            for entry in self._entries(chunk):
                number = entry.number - 1
                if query.since and entry.at < query.since:
                    return AuditPage(items=tuple(found), next=None)
                if _is_wanted(entry, query, sector):
                    found.append(entry)
                    if len(found) == query.limit:
                        return AuditPage(items=tuple(found), next=entry.number if number else None)
        return AuditPage(items=tuple(found), next=number + 1 if number else None)

    def check(self) -> AuditState:
        """Follow the whole chain."""
        digest, count = _START, 0
        for document in self._trail.find().sort("_id", 1):
            count += 1
            if document["_id"] != count or document["digest"] != _digest(digest, document):
                return AuditState(entries=count, broken_at=count)
            digest = document["digest"]
        return AuditState(entries=count, broken_at=None)

    @property
    def _trail(self) -> Any:
        return self.database["trail"]

    def _append(self, command: str, caller: Caller, refused: str | None, noted: list[_Noted]) -> None:
        sectors = [one.sector for one in noted if one.sector]
        document: Document = {
            "at": self.clock(),
            "sector": caller.sector or (sectors[0] if sectors else None),
            "person": caller.person,
            "roles": sorted(caller.roles),
            "origin": caller.origin,
            "command": command,
            "refused": refused,
            "changes": [one.change.model_dump(mode="json") for one in noted],
        }
        with self._turn:
            while not self._add(document):
                self._head = None

    def _add(self, document: Document) -> bool:
        """False if another process took the number."""
        number, digest = self._head or self._last()
        document = {"_id": number + 1, **document}
        document["digest"] = _digest(digest, document)
        try:
            self._trail.insert_one(document)
        except DuplicateKeyError:
            return False
        self._head = number + 1, document["digest"]
        # A log that is kept elsewhere shows when the end of the trail was cut, or all of it written anew.
        log.info("audited", service=self.service, number=number + 1, digest=document["digest"])
        return True

    def _last(self) -> tuple[int, str]:
        number = self._count()
        last = self._trail.find_one({"_id": number}) if number else None
        return (number, last["digest"]) if last else (0, _START)

    def _latest(self, query: ListAudit) -> int:
        """The number of the latest entry that may be wanted."""
        until = query.until
        if until is not None:
            return min((query.before or _MOST) - 1, self._count(lambda entry: entry["at"] < until))
        return query.before - 1 if query.before else self._count()

    def _count(self, early: Callable[[Document], bool] = lambda _: True) -> int:
        """How many entries there are, of the `early` ones: numbers have no gap, so halving tells it, on any
        engine without a walk through all."""

        def is_beyond(number: int) -> bool:
            document = self._trail.find_one({"_id": number})
            return document is None or not early(document)

        high = 1
        while not is_beyond(high):
            high *= 2
        return bisect_left(range(1, high), True, key=is_beyond)

    def _entries(self, numbers: range) -> list[AuditEntry]:
        found = {one["_id"]: one for one in self._trail.find({"_id": {"$in": list(numbers)}})}
        return [_entry(found[number], self.service) for number in numbers if number in found]


def _differences(
    before: BaseModel | Mapping[str, Any] | None, after: BaseModel | Mapping[str, Any] | None
) -> tuple[NotedValue, ...]:
    """The fields that differ, nested ones by their dotted path."""
    old, new = dict(_flat(_plain(before))), dict(_flat(_plain(after)))
    paths = [*old, *(path for path in new if path not in old)]
    return tuple(
        NotedValue(field=path, before=old.get(path), after=new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
    )


def _plain(value: BaseModel | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return value or {}


def _flat(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}", inner


def _digest(previous: str, document: Document) -> str:
    told = {name: value for name, value in document.items() if name != "digest"}
    told["at"] = document["at"].isoformat(timespec="milliseconds")  # all that the database keeps
    return hashlib.sha256(previous.encode() + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _is_wanted(entry: AuditEntry, query: ListAudit, sector: str | None) -> bool:
    if sector is not None and entry.sector not in (sector, None):
        return False
    about = {change.id for change in entry.changes}
    if query.person and query.person not in about | {entry.person}:
        return False
    if query.subject and query.subject not in about:
        return False
    return query.kind is None or any(change.kind == query.kind for change in entry.changes)


def _entry(document: Document, service: str) -> AuditEntry:
    return AuditEntry.read({"service": service, "number": document["_id"], **document})
