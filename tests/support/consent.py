"""Consent and digests as the notifications service has them, on a database of a test."""

from collections.abc import Callable
from datetime import datetime

from nexus.links import Links
from nexus.seal import Seal
from services.notifications.consent import ConsentDesk, ConsentLinks
from services.notifications.digests import DigestDesk
from services.notifications.news import NewsStore
from services.notifications.postman import Postman
from services.notifications.store import MessageStore
from services.notifications.subscribers import SubscriberStore

SITE = "https://tic.example.org"
LINKS = ConsentLinks(
    *(Links(b"a-key-of-the-tests", one) for one in ("subscription", "preferences", "unsubscribe"))
)


def consent_of(
    messages: MessageStore, clock: Callable[[], datetime], postman: Postman
) -> tuple[ConsentDesk, DigestDesk]:
    """Both desks, with their indexes."""
    seal = Seal("a-secret-of-the-tests-0123456789-abcdef", "subscribers")
    subscribers, news = SubscriberStore(messages.database, seal), NewsStore(messages.database)
    subscribers.prepare()
    news.prepare()
    consent = ConsentDesk(subscribers, messages, LINKS, {"tic": SITE}, clock, postman)
    return consent, DigestDesk(subscribers, news, messages, consent, clock, postman)
