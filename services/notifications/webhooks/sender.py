"""Takes what is due to its webhooks: each at least once, a slow one without holding the others up."""

import random
import threading
from collections import Counter as Counts
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter

from nexus.mongo import AWAY
from nexus.telemetry import log
from services.notifications.contracts.webhooks import WhyDisabled
from services.notifications.domain.webhooks import Answer, next_attempt, rest_until
from services.notifications.webhooks.store import Clock, Due, WebhookStore

SENT = Counter("nexus_webhook_deliveries_total", "Attempts to tell a webhook, by outcome", ["outcome"])

Ask = Callable[[Sequence[dict[str, Any]], Callable[[Answer], None]], None]
Sign = Callable[[str, str, Sequence[str], datetime], dict[str, str]]
TellOwner = Callable[[Due, WhyDisabled], None]

_ROUNDS = 4  # at once in a process, each with a process that asks
_REST = timedelta(seconds=15)  # before what a round had no time for comes up again


@dataclass(frozen=True)
class Ways:
    """What a sender needs of the world: `ask` sends requests and tells each answer, `sign` makes their headers,
    `tell_owner` says that a webhook was disabled."""

    ask: Ask
    sign: Sign
    tell_owner: TellOwner
    clock: Clock


class WebhookSender:
    """Rounds of tellings. A webhook is in one round of a process at a time."""

    def __init__(self, store: WebhookStore, ways: Ways) -> None:
        self._store = store
        self._ways = ways
        self._rounds = threading.BoundedSemaphore(_ROUNDS)
        self._turn = threading.Lock()
        self._busy: set[str] = set()

    def wake(self) -> None:
        """Say that something may be due; returns at once."""
        threading.Thread(target=self.send_due, name="nexus-webhooks", daemon=True).start()

    def send_due(self) -> None:
        """Tell what is due now, unless enough rounds are under way."""
        if not self._rounds.acquire(blocking=False):
            return
        try:
            while taken := self._take():
                self._round(taken)
        except AWAY as error:  # of what is not noted down the lease ends
            log.warning("webhook_store_away", error=type(error).__name__)
        finally:
            self._rounds.release()

    def _take(self) -> list[Due]:
        with self._turn:
            taken = self._store.take_due(self._ways.clock(), self._busy)
            self._busy |= {due.webhook for due in taken}
            return taken

    def _round(self, taken: list[Due]) -> None:
        left = {due.id: due for due in taken}
        counts = Counts(due.webhook for due in taken)

        def tell(answer: Answer) -> None:
            if due := left.pop(answer.id, None):
                self._note(due, answer)
                counts[due.webhook] -= 1
                if not counts[due.webhook]:  # who is done waits for no slow one
                    self._busy.discard(due.webhook)

        try:
            self._ways.ask([self._request(due) for due in taken], tell)
            self._store.put_back(list(left.values()), self._ways.clock() + _REST)
        finally:
            self._busy -= {webhook for webhook, count in counts.items() if count}

    def _request(self, due: Due) -> dict[str, Any]:
        headers = self._ways.sign(due.id, due.body, due.secrets, self._ways.clock())
        return {"id": due.id, "webhook": due.webhook, "url": due.url, "headers": headers, "body": due.body}

    def _note(self, due: Due, answer: Answer) -> None:
        now = self._ways.clock()
        if answer.accepted:
            self._store.accepted(due, answer, now)
            SENT.labels("accepted").inc()
            return
        luck = random.random()  # noqa: S311 - jitter
        at = next_attempt(due.created_at, due.attempts + 1, now, answer, luck)
        if answer.is_gone or at is None:
            self._give_up(due, answer, now)
        else:
            self._store.try_again(due, answer, at, rest_until(answer, at, now))
            SENT.labels("failed").inc()
        log.info("webhook_failed", delivery=due.id, webhook=due.webhook, trouble=answer.trouble, at=at)

    def _give_up(self, due: Due, answer: Answer, now: datetime) -> None:
        """Disables the webhook as well where nothing got there in all that time, or where it says that it is gone."""
        self._store.given_up(due, answer, now)
        SENT.labels("given_up").inc()
        why: WhyDisabled = "gone" if answer.is_gone else "failing"
        lasting = answer.is_gone or not self._store.accepted_since(due.webhook, due.created_at)
        if lasting and self._store.turn(due.webhook, why, now):
            self._ways.tell_owner(due, why)
            log.warning("webhook_disabled", webhook=due.webhook, sector=due.sector, why=why)
