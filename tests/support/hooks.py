"""Webhooks for tests: a desk on a database, and receivers that verify what they are told."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import standardwebhooks
from pymongo.database import Database

from nexus.mongo import Document
from nexus.seal import Seal
from services.notifications.contracts.webhooks import WhyDisabled
from services.notifications.domain.webhooks import Answer
from services.notifications.webhooks.desk import WebhookDesk
from services.notifications.webhooks.sender import Ask, Ways, WebhookSender
from services.notifications.webhooks.signing import signed_headers
from services.notifications.webhooks.store import Due, WebhookStore
from tests.support.web import Asked

SEAL = Seal("a-secret-of-the-tests-0123456789-abcdef", "webhooks")
SITES = {"tic": "https://tic.example.org"}


class Receivers:
    """Others' servers: keeps what they are sent; `answers` says what the one at an address answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: Callable[[dict[str, Any]], Answer | None] = accepting

    def __call__(self, requests: Sequence[dict[str, Any]], tell: Callable[[Answer], None]) -> None:
        for request in requests:
            if answer := self.answers(request):
                self.asked.append(request)
                tell(answer)


def accepting(request: dict[str, Any]) -> Answer:
    return Answer(request["id"], status=204)


class Quiet(WebhookSender):
    """Sends when a test says so."""

    def wake(self) -> None:
        pass


def desk_of(
    database: Database[Document],
    clock: Callable[[], datetime],
    ask: Ask | None = None,
    stopped: list[tuple[Due, WhyDisabled]] | None = None,
) -> WebhookDesk:
    """A desk whose tellings go to `ask`; `stopped` is given what owners are told."""
    store = WebhookStore(database, SEAL)
    store.prepare()
    told = stopped if stopped is not None else []
    ways = Ways(ask or Receivers(), signed_headers, lambda due, why: told.append((due, why)), clock)
    return WebhookDesk(store, Quiet(store, ways), clock, SITES, loopback=True)


def verified(secret: str, asked: Asked) -> dict[str, Any]:
    """What a receiver was told, once the reference library has verified it. Raises WebhookVerificationError."""
    told: dict[str, Any] = standardwebhooks.Webhook(secret).verify(asked.body, asked.headers)
    return told
