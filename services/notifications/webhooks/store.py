"""Webhooks, and what they are to be told, in MongoDB. Secrets are kept sealed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from nexus.errors import NotFound, StaleRevision
from nexus.mongo import Document as Record
from services.notifications.contracts.webhooks import (
    ListWebhookDeliveries,
    Webhook,
    WebhookDeliveries,
    WebhookDelivery,
    WhyDisabled,
)
from services.notifications.domain.webhooks import LEASE, OVERLAP, Answer, News, body, delivery_id

Clock = Callable[[], datetime]

_BATCH = 200
_EACH = 100  # of one webhook in a batch: a process starts for it, which takes as long as telling dozens
_DUPLICATE_KEY = 11000
_OUT = {"next_attempt": "", "taken": ""}  # when a delivery has ended
_IN_STATE: dict[str, Record] = {  # as it is told: what is taken is being sent
    "queued": {"state": "queued", "taken": {"$exists": False}},
    "sending": {"state": "queued", "taken": {"$exists": True}},
    "sent": {"state": "sent"},
    "failed": {"state": "failed"},
}


class Seals(Protocol):
    """Only this service can read what is stored."""

    def close(self, fields: dict[str, str | None]) -> str: ...
    def open(self, sealed: str) -> dict[str, str | None]: ...


@dataclass(frozen=True)
class Due:
    """A telling that this process has taken, and all that it needs."""

    id: str
    webhook: str
    sector: str
    event: str
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    body: str
    created_at: datetime
    attempts: int
    owner: str
    name: str


class WebhookStore:
    """The collections `webhooks` and `webhook_deliveries`: queued → sent, failed; → queued again."""

    def __init__(self, database: Database[Record], seal: Seals) -> None:
        self._webhooks = database["webhooks"]
        self._deliveries = database["webhook_deliveries"]
        self._seal = seal

    def prepare(self) -> None:
        """Make the indexes."""
        self._webhooks.create_index([("sector", 1), ("created_at", -1)])
        self._webhooks.create_index("events")
        self._deliveries.create_index("next_attempt", sparse=True)  # of what is queued alone
        self._deliveries.create_index("ended_at", sparse=True)
        self._deliveries.create_index([("webhook", 1), ("created_at", -1)])

    def add(self, webhook: Webhook, secret: str, asked: str | None) -> bool:
        """Keep a new one; False if there is one with its id. `asked`: what made the secret, should it be repeated."""
        told = webhook.model_dump(exclude={"id", "events", "old_secret_until"})
        told |= {"events": sorted(webhook.events), **self._made(secret, asked, webhook.created_at)}
        try:
            self._webhooks.insert_one({"_id": webhook.id, **told})
        except DuplicateKeyError:
            return False
        return True

    def secret_of(self, webhook_id: str, asked: str, since: datetime) -> str | None:
        """Its secret, if `asked` made it, and not before `since`."""
        found = self._webhooks.find_one({"_id": webhook_id, "asked": asked, "secret_at": {"$gte": since}})
        return self._seal.open(found["secret"])["secret"] if found else None

    def of(self, sector: str) -> list[Webhook]:
        """Those of a sector, newest first."""
        return [_webhook(one) for one in self._webhooks.find({"sector": sector}).sort("created_at", -1)]

    def get(self, webhook_id: str, sector: str) -> Webhook:
        """Raises NotFound(`webhook_not_found`)."""
        return _webhook(self._found(webhook_id, sector))

    def change(self, webhook: Webhook, seen: int) -> None:
        """Keep its name, address and events as they are now. Raises StaleRevision."""
        told: Record = {"name": webhook.name, "url": webhook.url, "events": sorted(webhook.events)}
        self._write(webhook, seen, {"$set": told})

    def rotate(self, webhook_id: str, sector: str, secret: str, asked: str | None, now: datetime) -> Webhook:
        """Give it another secret; the one before signs for a while. `asked` as for `add`."""
        before = self._found(webhook_id, sector)
        old = {"secret": before["secret"], "until": now + OVERLAP}
        told = {**self._made(secret, asked, now), "old_secret": old}
        seen = _webhook(before)
        self._write(seen, seen.revision, {"$set": told})
        return self.get(webhook_id, sector)

    def turn(self, webhook_id: str, disabled: WhyDisabled | None, now: datetime) -> bool:
        """Disable or enable it; False if it is so already. What waits for a disabled one is given up."""
        wanted: Record = {"_id": webhook_id, "disabled": None if disabled else {"$ne": None}}
        change = {"$set": {"disabled": disabled, "rests_until": None}, "$inc": {"revision": 1}}
        done = self._webhooks.update_one(wanted, change).matched_count == 1
        if disabled:
            waits = {"webhook": webhook_id, "state": "queued"}
            ended = {"state": "failed", "trouble": "disabled", "ended_at": now}
            self._deliveries.update_many(waits, {"$set": ended, "$unset": _OUT})
        return done

    def remove(self, webhook_id: str, sector: str) -> None:
        """Raises NotFound(`webhook_not_found`)."""
        if not self._webhooks.delete_one({"_id": webhook_id, "sector": sector}).deleted_count:
            raise NotFound("webhook_not_found", id=webhook_id)
        self._deliveries.delete_many({"webhook": webhook_id})

    def tell(self, news: News, now: datetime, sites: dict[str, str]) -> int:
        """Store what each webhook that wants `news` is to be told; what is known already stays as it is."""
        wanted: Record = {"events": news.event, "disabled": None}
        if news.sectors:
            wanted["sector"] = {"$in": list(news.sectors)}
        records = [self._record(news, one, now, sites) for one in self._webhooks.find(wanted)]
        self._insert(records)
        return len(records)

    def tell_one(
        self, news: News, webhook_id: str, sector: str, now: datetime, sites: dict[str, str]
    ) -> None:
        """Store `news` for one webhook, whatever it wants. Raises NotFound(`webhook_not_found`)."""
        self._insert(
            [self._record(news, self._found(webhook_id, sector) | {"rests_until": None}, now, sites)]
        )

    def take_due(self, now: datetime, busy: Collection[str]) -> list[Due]:
        """What is to be told now, the longest due first, some of each webhook that is not `busy`: nobody else's until
        their lease ends."""
        if not (ids := self._due(now, busy)):
            return []
        hand = uuid4().hex
        wanted: Record = {"_id": {"$in": ids}, "state": "queued", "next_attempt": {"$lte": now}}
        self._deliveries.update_many(wanted, {"$set": {"next_attempt": now + LEASE, "taken": hand}})
        mine = list(self._deliveries.find({"_id": {"$in": ids}, "taken": hand}))
        hooks = self._webhooks.find({"_id": {"$in": list({one["webhook"] for one in mine})}})
        known = {hook["_id"]: hook for hook in hooks}
        return [self._taken(one, known[one["webhook"]], now) for one in mine if one["webhook"] in known]

    def _due(self, now: datetime, busy: Collection[str]) -> list[str]:
        """Looks past what is due to one webhook in masses, so that it does not hide the others'."""
        ids: list[str] = []
        left_out = set(busy)
        while len(ids) < _BATCH:
            wanted = {"next_attempt": {"$lte": now}, "state": "queued", "webhook": {"$nin": sorted(left_out)}}
            by_webhook: dict[str, list[str]] = {}
            for one in self._deliveries.find(wanted, {"webhook": 1}).sort("next_attempt", 1).limit(_BATCH):
                by_webhook.setdefault(one["webhook"], []).append(one["_id"])
            if not by_webhook:
                break
            ids += [one for of_one in by_webhook.values() for one in of_one[:_EACH]]
            left_out |= set(by_webhook)
        return ids[:_BATCH]

    def put_back(self, left: Sequence[Due], at: datetime) -> None:
        """Let others have, at `at` or once its webhook has had its rest, what was taken and not tried."""
        hooks = self._webhooks.find({"_id": {"$in": list({due.webhook for due in left})}}, {"rests_until": 1})
        for hook in hooks:
            ids = [due.id for due in left if due.webhook == hook["_id"]]
            rested = max(at, hook.get("rests_until") or at)
            change = {"$set": {"next_attempt": rested}, "$unset": {"taken": ""}}
            self._deliveries.update_many({"_id": {"$in": ids}, "state": "queued"}, change)

    def accepted(self, due: Due, answer: Answer, now: datetime) -> None:
        """Remember that it got there."""
        told = {**_told(answer), "state": "sent", "attempts": due.attempts + 1, "ended_at": now}
        self._deliveries.update_one({"_id": due.id}, {"$set": told, "$unset": _OUT})
        self._webhooks.update_one({"_id": due.webhook}, {"$set": {"accepted_at": now, "rests_until": None}})

    def try_again(self, due: Due, answer: Answer, at: datetime, rest: datetime | None) -> None:
        """Tell it again at `at`; its webhook is told nothing before `rest`."""
        told = {**_told(answer), "attempts": due.attempts + 1, "next_attempt": at}
        mine = {"_id": due.id, "state": "queued"}
        self._deliveries.update_one(mine, {"$set": told, "$unset": {"taken": ""}})
        if rest:
            self._webhooks.update_one({"_id": due.webhook}, {"$set": {"rests_until": rest}})
            waits = {"webhook": due.webhook, "state": "queued", "next_attempt": {"$lt": rest}}
            self._deliveries.update_many(waits, {"$set": {"next_attempt": rest}})

    def given_up(self, due: Due, answer: Answer, now: datetime) -> None:
        """Nobody tries it again by himself."""
        told = {**_told(answer), "state": "failed", "attempts": due.attempts + 1, "ended_at": now}
        self._deliveries.update_one({"_id": due.id, "state": "queued"}, {"$set": told, "$unset": _OUT})

    def accepted_since(self, webhook_id: str, since: datetime) -> bool:
        """Whether anything got there since then."""
        wanted = {"_id": webhook_id, "accepted_at": {"$gte": since}}
        return self._webhooks.find_one(wanted, {"_id": 1}) is not None

    def send_again(self, delivery: str, sector: str, now: datetime) -> WebhookDelivery:
        """Let it be tried from its first attempt; returns it as it was.

        Raises NotFound(`webhook_delivery_not_found`)."""
        record = self._deliveries.find_one({"_id": delivery, "sector": sector})
        if record is None:
            raise NotFound("webhook_delivery_not_found", id=delivery)
        change: Record = {"state": "queued", "attempts": 0, "tried_since": now, "next_attempt": now}
        left = {"taken": "", "ended_at": "", "trouble": "", "status": "", "answer": ""}
        self._deliveries.update_one({"_id": delivery}, {"$set": change, "$unset": left})
        return _delivery(record)

    def page(self, query: ListWebhookDeliveries, sector: str) -> WebhookDeliveries:
        """Latest first. Raises NotFound(`webhook_not_found`)."""
        self._found(query.id, sector)
        wanted: Record = {"webhook": query.id, **_IN_STATE.get(query.state or "", {})}
        if query.after:
            stamp, _, last = query.after.partition("_")
            at = datetime.fromtimestamp(int(stamp) / 1000, UTC)
            wanted["$or"] = [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": last}}]
        order = [("created_at", -1), ("_id", -1)]
        found = list(self._deliveries.find(wanted, {"body": 0}).sort(order).limit(query.limit + 1))
        shown = found[: query.limit]
        more = _cursor(shown[-1]) if len(found) > query.limit else None
        return WebhookDeliveries(items=tuple(_delivery(one) for one in shown), next=more)

    def purge(self, before: datetime) -> int:
        """Forget deliveries that ended before then; returns how many."""
        return self._deliveries.delete_many({"ended_at": {"$lt": before}}).deleted_count

    def _found(self, webhook_id: str, sector: str) -> Record:
        found = self._webhooks.find_one({"_id": webhook_id, "sector": sector})
        if found is None:
            raise NotFound("webhook_not_found", id=webhook_id)
        return found

    def _write(self, webhook: Webhook, seen: int, change: Record) -> None:
        mine = {"_id": webhook.id, "sector": webhook.sector, "revision": seen}
        if not self._webhooks.update_one(mine, change | {"$inc": {"revision": 1}}).matched_count:
            current = self.get(webhook.id, webhook.sector)
            raise StaleRevision(
                yours=webhook.model_dump(mode="json"), current=current.model_dump(mode="json")
            )

    def _record(self, news: News, webhook: Record, now: datetime, sites: dict[str, str]) -> Record:
        sector, rests = webhook["sector"], webhook.get("rests_until")
        return {
            "_id": delivery_id(news.id, webhook["_id"]),
            "webhook": webhook["_id"],
            "sector": sector,
            "event": news.event,
            "subject": news.subject,
            "body": body(news, sector, sites.get(sector), now),
            "state": "queued",
            "attempts": 0,
            "created_at": now,
            "next_attempt": max(now, rests) if rests else now,
        }

    def _insert(self, records: list[Record]) -> None:
        if not records:
            return
        try:
            self._deliveries.insert_many(records, ordered=False)
        except BulkWriteError as error:  # heard before
            if any(item["code"] != _DUPLICATE_KEY for item in error.details["writeErrors"]):
                raise

    def _taken(self, record: Record, webhook: Record, now: datetime) -> Due:
        old = webhook.get("old_secret")
        sealed = [webhook["secret"], *([old["secret"]] if old and old["until"] > now else [])]
        return Due(
            id=record["_id"],
            webhook=webhook["_id"],
            sector=webhook["sector"],
            event=record["event"],
            url=webhook["url"],
            secrets=tuple(self._seal.open(one)["secret"] or "" for one in sealed),
            body=record["body"],
            created_at=record.get("tried_since") or record["created_at"],
            attempts=record["attempts"],
            owner=webhook["created_by"],
            name=webhook["name"],
        )

    def _made(self, secret: str, asked: str | None, now: datetime) -> Record:
        return {"secret": self._seal.close({"secret": secret}), "asked": asked, "secret_at": now}


def _told(answer: Answer) -> Record:
    return {"status": answer.status, "trouble": answer.trouble, "answer": answer.excerpt}


def _webhook(record: Record) -> Webhook:
    old = record.get("old_secret")
    told: dict[str, Any] = {"id": record["_id"], "old_secret_until": old["until"] if old else None}
    return Webhook.read({**record, **told})


def _delivery(record: Record) -> WebhookDelivery:
    state = "sending" if record.get("taken") else record["state"]
    return WebhookDelivery.read({**record, "id": record["_id"], "state": state})


def _cursor(record: Record) -> str:
    return f"{round(record['created_at'].timestamp() * 1000)}_{record['_id']}"
