"""Use cases of webhooks, and their doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from prometheus_client import Counter

from nexus.audit import note
from nexus.caller import Caller, Role, Scope
from nexus.errors import Conflict, Forbidden
from nexus.service import every, on, rpc
from nexus.telemetry import log
from services.notifications.contracts.webhooks import (
    ChangeWebhook,
    GetWebhook,
    ListWebhookDeliveries,
    ListWebhooks,
    MadeWebhook,
    MakeWebhook,
    RemoveWebhook,
    RotateWebhookSecret,
    SendWebhookAgain,
    TestWebhook,
    TurnWebhook,
    Webhook,
    WebhookDeliveries,
    Webhooks,
)
from services.notifications.domain.webhooks import (
    KEPT,
    MOST_WEBHOOKS,
    REPEATED,
    News,
    checked_url,
    new_secret,
    repeated_id,
)
from services.notifications.webhooks.news import PUBLIC, Public, news_of
from services.notifications.webhooks.sender import WebhookSender
from services.notifications.webhooks.store import Clock, WebhookStore

PURGED = Counter("nexus_webhook_deliveries_purged_total", "Deliveries to webhooks that were forgotten by age")


@dataclass(frozen=True)
class WebhookDesk:
    """What who leads a sector, or its systems, do with its webhooks. `sites` has the addresses of the sectors'
    sites; `loopback`: this machine may be told as well."""

    store: WebhookStore
    sender: WebhookSender
    clock: Clock
    sites: Mapping[str, str]
    loopback: bool

    def make(self, command: MakeWebhook, caller: Caller) -> MadeWebhook:
        """A new one, and its secret. Raises Conflict(`webhooks_enough`, `key_reused`)."""
        webhook, secret = self._new(command, caller), new_secret()
        asked = webhook.id if command.key else None
        if asked and (before := self._made_before(webhook)):
            return before
        if len(self.store.of(webhook.sector)) >= MOST_WEBHOOKS:
            raise Conflict("webhooks_enough", most=MOST_WEBHOOKS)
        if not self.store.add(webhook, secret, asked):  # a repetition was quicker
            return self._made_before(webhook) or self.make(command, caller)
        note("webhook", webhook.id, webhook.name, after=_noted(webhook))
        return MadeWebhook(webhook=webhook, secret=secret)

    def _new(self, command: MakeWebhook, caller: Caller) -> Webhook:
        sector, key = _sector(caller), command.key
        return Webhook(
            id=repeated_id("make", sector, caller.person, key) if key else uuid4().hex,
            sector=sector,
            name=command.name,
            url=checked_url(command.url, self.loopback),
            events=command.events,
            revision=1,
            created_at=self.clock(),
            created_by=caller.person,
        )

    def _made_before(self, webhook: Webhook) -> MadeWebhook | None:
        """What was answered when it was asked for the first time, if it was. Raises Conflict(`key_reused`)."""
        before = next((one for one in self.store.of(webhook.sector) if one.id == webhook.id), None)
        if before is None:
            return None
        secret = self.store.secret_of(webhook.id, webhook.id, self.clock() - REPEATED)
        same = (before.name, before.url, before.events) == (webhook.name, webhook.url, webhook.events)
        if secret is None or not same:
            raise Conflict("key_reused")
        return MadeWebhook(webhook=before, secret=secret)

    def of_sector(self, caller: Caller) -> Webhooks:
        """Newest first."""
        return Webhooks(items=tuple(self.store.of(_sector(caller))))

    def get(self, webhook_id: str, caller: Caller) -> Webhook:
        """Raises NotFound(`webhook_not_found`)."""
        return self.store.get(webhook_id, _sector(caller))

    def change(self, command: ChangeWebhook, caller: Caller) -> Webhook:
        """Its name, address and events. Raises StaleRevision."""
        before = self.get(command.id, caller)
        told = {
            "name": command.name,
            "url": checked_url(command.url, self.loopback),
            "events": command.events,
        }
        self.store.change(before.model_copy(update=told), command.revision)
        after = self.get(command.id, caller)
        note("webhook", after.id, after.name, _noted(before), _noted(after))
        return after

    def rotate(self, command: RotateWebhookSecret, caller: Caller) -> MadeWebhook:
        """Another secret."""
        before, now, asked = self.get(command.id, caller), self.clock(), None
        if command.key:
            asked = repeated_id("rotate", before.id, caller.person, command.key)
            if known := self.store.secret_of(before.id, asked, now - REPEATED):
                return MadeWebhook(webhook=before, secret=known)
        secret = new_secret()
        webhook = self.store.rotate(before.id, before.sector, secret, asked, now)
        note("webhook", webhook.id, webhook.name, after={"secret": "…"})
        return MadeWebhook(webhook=webhook, secret=secret)

    def turn(self, command: TurnWebhook, caller: Caller) -> Webhook:
        """Disable or enable it."""
        before = self.get(command.id, caller)
        self.store.turn(before.id, None if command.active else "by_person", self.clock())
        after = self.get(command.id, caller)
        note("webhook", after.id, after.name, _noted(before), _noted(after))
        return after

    def remove(self, webhook_id: str, caller: Caller) -> None:
        """With its deliveries."""
        before = self.get(webhook_id, caller)
        self.store.remove(webhook_id, before.sector)
        note("webhook", before.id, before.name, before=_noted(before))

    def test(self, webhook_id: str, caller: Caller) -> None:
        """Send it something."""
        sector, now = _sector(caller), self.clock()
        moment = round(now.timestamp() * 1000)  # in place of a revision: each test is another one
        news = News("webhook.test", webhook_id, moment, (sector,), {})
        self.store.tell_one(news, webhook_id, sector, now, dict(self.sites))
        self.sender.wake()

    def deliveries(self, query: ListWebhookDeliveries, caller: Caller) -> WebhookDeliveries:
        """Latest first."""
        return self.store.page(query, _sector(caller))

    def send_again(self, delivery: str, caller: Caller) -> None:
        """From its first attempt."""
        before = self.store.send_again(delivery, _sector(caller), self.clock())
        note("webhook_delivery", before.id, before.event, {"state": before.state}, {"state": "queued"})
        self.sender.wake()

    def tell(self, event: Public) -> None:
        """Store it for each webhook that wants it."""
        if self.store.tell(news_of(event), self.clock(), dict(self.sites)):
            self.sender.wake()

    def purge(self) -> None:
        """Forget what ended long ago."""
        if purged := self.store.purge(self.clock() - KEPT):
            PURGED.inc(purged)
            log.info("webhook_deliveries_purged", count=purged)


class WebhookDoors:
    """What the service answers about webhooks, and hears for them."""

    _webhooks: WebhookDesk

    @rpc
    def make_webhook(self, command: MakeWebhook, caller: Caller) -> MadeWebhook:
        return self._webhooks.make(command, caller)

    @rpc
    def list_webhooks(self, query: ListWebhooks, caller: Caller) -> Webhooks:
        return self._webhooks.of_sector(caller)

    @rpc
    def get_webhook(self, query: GetWebhook, caller: Caller) -> Webhook:
        return self._webhooks.get(query.id, caller)

    @rpc
    def change_webhook(self, command: ChangeWebhook, caller: Caller) -> Webhook:
        return self._webhooks.change(command, caller)

    @rpc
    def rotate_webhook_secret(self, command: RotateWebhookSecret, caller: Caller) -> MadeWebhook:
        return self._webhooks.rotate(command, caller)

    @rpc
    def turn_webhook(self, command: TurnWebhook, caller: Caller) -> Webhook:
        return self._webhooks.turn(command, caller)

    @rpc
    def remove_webhook(self, command: RemoveWebhook, caller: Caller) -> None:
        self._webhooks.remove(command.id, caller)

    @rpc
    def test_webhook(self, command: TestWebhook, caller: Caller) -> None:
        self._webhooks.test(command.id, caller)

    @rpc
    def list_webhook_deliveries(self, query: ListWebhookDeliveries, caller: Caller) -> WebhookDeliveries:
        return self._webhooks.deliveries(query, caller)

    @rpc
    def send_webhook_again(self, command: SendWebhookAgain, caller: Caller) -> None:
        self._webhooks.send_again(command.id, caller)

    @on(*PUBLIC)
    def tell_webhooks(self, event: Public) -> None:
        self._webhooks.tell(event)

    @every(seconds=1)
    def send_due_webhooks(self) -> None:
        self._webhooks.sender.wake()

    @every(minutes=60)
    def purge_webhook_deliveries(self) -> None:
        self._webhooks.purge()


def _sector(caller: Caller) -> str:
    """That of who leads it, or of a system that may do this for it. Raises Forbidden."""
    caller.require(Role.COORDINATOR, Role.ADMIN, Scope.WEBHOOKS_WRITE)
    if caller.sector is None:
        raise Forbidden("sector_not_proven", sector=None)
    return caller.sector


def _noted(webhook: Webhook) -> dict[str, Any]:
    """What the audit trail tells of it: of its address not what may be a secret of the receiver."""
    told = webhook.model_dump(mode="json", include={"name", "disabled"})
    return {**told, "url": webhook.url.partition("?")[0], "events": sorted(webhook.events)}
