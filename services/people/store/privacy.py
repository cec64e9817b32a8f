"""Requests for personal data in MongoDB, one document each. Their events wait in them until they are published.

An address and a link stand in `sealed`, what services handed over in `data`, sealed by each of them; both leave with
the last thing that can be done with them. `who` tells that two requests are of one address, and not of which."""

from collections.abc import Mapping
from datetime import datetime

from pymongo.database import Database

from nexus.delivery.outbox import FIELD as OUTBOX
from nexus.delivery.outbox import outbox_entries
from nexus.messages import Event
from nexus.mongo import Document
from nexus.personal import DataAnswered, DataPurged
from services.people.contracts.privacy import DataRequest, ServiceAnswer

_MOST = 500
_SETTLED: Document = {f"{OUTBOX}.0": {"$exists": False}}  # nothing of it is to be told any more


class PrivacyStore:
    """The collections `data_requests`, and `nights`: what each service purged last."""

    def __init__(self, database: Database[Document]) -> None:
        self.requests = database["data_requests"]
        self._nights = database["nights"]

    def prepare(self) -> None:
        """Make the indexes."""
        self.requests.create_index("link", unique=True)
        self.requests.create_index([("who", 1), ("asked_at", -1)])
        self.requests.create_index([("origin", 1), ("asked_at", -1)])
        self.requests.create_index([("sector", 1), ("asked_at", -1)])
        self.requests.create_index("expires_at", sparse=True)

    def add(self, request: DataRequest, about: Mapping[str, str | None], *events: Event) -> None:
        """Keep a new one. `about` is kept besides: `who`, `origin`, `link`, `sealed`."""
        fields = {"_id": request.id, **_fields(request), **about, "data": {}}
        self.requests.insert_one({**fields, OUTBOX: outbox_entries(*events)})

    def asked_since(self, since: datetime, who: str, origin: str | None, limit: int) -> tuple[int, int]:
        """How many were asked for since then, `limit` at most: of this address, and from this origin."""
        recent: Document = {"asked_at": {"$gt": since}}
        own = self.requests.count_documents({"who": who, **recent}, limit=limit)
        same = self.requests.count_documents({"origin": origin, **recent}, limit=limit) if origin else 0
        return own, same

    def by_link(self, sector: str | None, link: str, now: datetime) -> DataRequest | None:
        """The one whose link has this digest, unless it has ended."""
        found = self.requests.find_one({"link": link, "sector": sector})
        request = _request(found) if found else None
        return request if request and (request.expires_at is None or request.expires_at > now) else None

    def by_id(self, sector: str | None, request: str) -> DataRequest | None:
        """The request, if it is one of `sector` (None: of any)."""
        found = self.requests.find_one({"_id": request, **_of(sector)})
        return _request(found) if found else None

    def begun(self, sector: str | None) -> list[DataRequest]:
        """Those that have begun, the latest first."""
        wanted: Document = {**_of(sector), "state": {"$ne": "asked"}}
        return [_request(one) for one in self.requests.find(wanted).sort("asked_at", -1).limit(_MOST)]

    def sealed(self, request: str) -> str | None:
        """Its address and link, as long as they are needed."""
        found = self.requests.find_one({"_id": request}, {"sealed": 1})
        return found.get("sealed") if found else None

    def data(self, request: str) -> dict[str, str]:
        """What each service handed over, sealed."""
        found = self.requests.find_one({"_id": request}, {"data": 1})
        return dict(found["data"]) if found else {}

    def begin(self, request: DataRequest, *events: Event) -> bool:
        """False if it has begun before."""
        told = {"state": request.state, "due_at": request.due_at, "expires_at": request.expires_at}
        return self._turn(request.id, "asked", told, {}, *events)

    def answer(self, answer: DataAnswered, at: datetime) -> DataRequest | None:
        """The request with the answer of a service, which counts once; None if there is no such request."""
        service = answer.source
        told: Document = {f"answers.{service}": ServiceAnswer(at=at, held=answer.held).model_dump()}
        if answer.sealed:
            told[f"data.{service}"] = answer.sealed
        fresh = {"_id": answer.id, "state": "open", f"answers.{service}": {"$exists": False}}
        self.requests.update_one(fresh, {"$set": told})
        return self.by_id(None, answer.id)

    def end(self, request: DataRequest, *events: Event) -> bool:
        """False if it has ended before. Whose it is is forgotten."""
        told = {"state": request.state, "done_at": request.done_at, "expires_at": request.expires_at}
        gone = {"who": "", "origin": ""} | ({"sealed": ""} if request.kind == "erasure" else {})
        return self._turn(request.id, "open", told, gone, *events)

    def forget_unconfirmed(self, now: datetime) -> int:
        """Remove those whose link nobody followed in time."""
        over = {"state": "asked", "expires_at": {"$lte": now}, **_SETTLED}
        return self.requests.delete_many(over).deleted_count

    def forget_data(self, now: datetime) -> int:
        """Remove what was handed over, once its link is good no more."""
        over = {"state": "done", "sealed": {"$gt": ""}, "expires_at": {"$lte": now}, **_SETTLED}
        change: Document = {"$set": {"data": {}}, "$unset": {"sealed": ""}}
        return self.requests.update_many(over, change).modified_count

    def forget_done(self, before: datetime) -> int:
        """Remove those that ended before then."""
        over = {"state": "done", "done_at": {"$lte": before}, **_SETTLED}
        return self.requests.delete_many(over).deleted_count

    def purged(self, night: DataPurged) -> None:
        """Remember the last night of a service."""
        told = {"at": night.at, "counts": night.counts}
        self._nights.update_one({"_id": night.source}, {"$set": told}, upsert=True)

    def nights(self) -> dict[str, tuple[datetime, dict[str, int]]]:
        """When each service purged last, and how many of each kind."""
        return {one["_id"]: (one["at"], one["counts"]) for one in self._nights.find()}

    def _turn(self, request: str, state: str, told: Document, gone: Document, *events: Event) -> bool:
        change: Document = {"$set": told, "$push": {OUTBOX: {"$each": outbox_entries(*events)}}}
        if gone:
            change["$unset"] = gone
        return self.requests.update_one({"_id": request, "state": state}, change).matched_count == 1


def _of(sector: str | None) -> Document:
    return {"sector": sector} if sector else {}


def _fields(request: DataRequest) -> Document:
    fields: Document = request.model_dump(exclude={"id"})
    return fields


def _request(document: Document) -> DataRequest:
    return DataRequest.read({**document, "id": document["_id"]})
