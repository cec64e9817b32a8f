"""Links, where they are used, and whose turn it is to check them."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import DeleteOne, InsertOne, ReplaceOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from nexus.mongo import Document
from nexus.turns import Turn
from services.content.contracts.editing import ItemKind
from services.content.contracts.links import LinkUse, Outcome
from services.content.domain.lifecycle import Item
from services.content.domain.links import Link

_DUPLICATE_KEY = 11000


class LinkStore:
    """The collections `links`, `link_uses` (a document for each publication that has some), `link_state`."""

    def __init__(self, database: Database[Document]) -> None:
        self._links = database["links"]
        self._uses = database["link_uses"]
        self._state = database["link_state"]
        self._turn = Turn(self._state, "checker")

    def prepare(self) -> None:
        """Make the indexes."""
        self._links.create_index("next_check")
        self._links.create_index("broken")
        self._uses.create_index("urls")

    def take_turn(self, now: datetime, lease: timedelta) -> bool:
        """Whether this process checks links now: nobody else does until `lease` is over, or `end_turn`."""
        return self._turn.take(now, lease)

    def end_turn(self, now: datetime) -> None:
        """Let the next one check."""
        self._turn.end(now)

    def seen_until(self, kind: ItemKind) -> datetime | None:
        """Up to when the changes of a kind were taken in."""
        found = self._state.find_one({"_id": f"seen:{kind}"})
        return found["until"] if found else None

    def take_in(
        self,
        kind: ItemKind,
        items: Iterable[tuple[Item, frozenset[str]]],
        until: datetime | None,
        now: datetime,
    ) -> None:
        """Keep what each item links to; links that nothing uses any more are forgotten."""
        given = {f"{kind}:{item.id}": (item, urls) for item, urls in items}
        if not given:
            return
        before = self._uses.find({"_id": {"$in": list(given)}}, {"urls": 1})
        had = {url for use in before for url in use["urls"]}
        self._uses.bulk_write([_use(key, kind, *one) for key, one in given.items()], ordered=False)
        has = {url for _, urls in given.values() for url in urls}
        self._add(has, now)
        self._forget(had - has)
        self._state.update_one({"_id": f"seen:{kind}"}, {"$set": {"until": until}}, upsert=True)

    def due(self, now: datetime, limit: int) -> list[Link]:
        """Links to look at, the longest due first."""
        found = self._links.find({"next_check": {"$lte": now}}).sort("next_check", 1).limit(limit)
        return [_link(document) for document in found]

    def keep(self, link: Link) -> None:
        """What is known of a link by now."""
        self._links.update_one({"_id": _key(link.url)}, {"$set": _fields(link)})

    def broken(self, limit: int) -> list[Link]:
        """Those that count as broken, the longest first."""
        found = self._links.find({"broken": True}).sort("since", 1).limit(limit)
        return [_link(document) for document in found]

    def get(self, url: str) -> Link | None:
        """What is known of `url`."""
        found = self._links.find_one({"_id": _key(url)})
        return _link(found) if found else None

    def uses(self, urls: Sequence[str]) -> list[tuple[LinkUse, tuple[str, ...], frozenset[str]]]:
        """What is published and has some of `urls`, the sectors that it is shown in, and all that it links to."""
        found = self._uses.find({"urls": {"$in": list(urls)}}) if urls else ()
        return [
            (LinkUse.read({**one, "id": one["item"]}), tuple(one["sectors"]), frozenset(one["urls"]))
            for one in found
        ]

    def count(self) -> int:
        """How many links there are."""
        return self._links.count_documents({})

    def _add(self, urls: Iterable[str], now: datetime) -> None:
        known = {
            one["_id"] for one in self._links.find({"_id": {"$in": [_key(url) for url in urls]}}, {"_id": 1})
        }
        new = [url for url in urls if _key(url) not in known]
        inserts = [InsertOne({"_id": _key(url), **_fields(Link(url, now))}) for url in new]
        if inserts:
            try:
                self._links.bulk_write(inserts, ordered=False)
            except BulkWriteError as error:
                if any(failure["code"] != _DUPLICATE_KEY for failure in error.details["writeErrors"]):
                    raise

    def _forget(self, urls: Iterable[str]) -> None:
        for url in urls:
            if self._uses.find_one({"urls": url}, {"_id": 1}) is None:
                self._links.delete_one({"_id": _key(url)})


def _key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _use(key: str, kind: ItemKind, item: Item, urls: frozenset[str]) -> Any:
    if not urls:
        return DeleteOne({"_id": key})
    fields: Document = {
        "_id": key,
        "kind": kind.value,
        "item": item.id,
        "title": item.content.title.model_dump(),
        "sectors": list(item.content.sectors),
        "urls": sorted(urls),
    }
    return ReplaceOne({"_id": key}, fields, upsert=True)


def _fields(link: Link) -> Document:
    return {
        "url": link.url,
        "next_check": link.next_check,
        "outcome": link.outcome.value if link.outcome else None,
        "status": link.status,
        "checked_at": link.checked_at,
        "since": link.since,
        "failed_on": list(link.failed_on),
        "broken": link.is_broken,
    }


def _link(document: Document) -> Link:
    return Link(
        url=document["url"],
        next_check=document["next_check"],
        outcome=Outcome(document["outcome"]) if document["outcome"] else None,
        status=document["status"],
        checked_at=document["checked_at"],
        since=document["since"],
        failed_on=tuple(document["failed_on"]),
    )
