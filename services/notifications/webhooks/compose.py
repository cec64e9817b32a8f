"""Webhooks on their real collaborators."""

from nexus.composition import Resources
from nexus.seal import Seal
from nexus.sites import site_urls
from services.notifications.contracts.staff import WebhookStopped
from services.notifications.contracts.webhooks import WhyDisabled
from services.notifications.directory import Directory
from services.notifications.domain.messages import Message
from services.notifications.postman import Postman
from services.notifications.store import MessageStore
from services.notifications.webhooks.desk import WebhookDesk
from services.notifications.webhooks.outgoing.outside import Outside
from services.notifications.webhooks.sender import Ways, WebhookSender
from services.notifications.webhooks.signing import signed_headers
from services.notifications.webhooks.store import Due, WebhookStore
from services.people.contracts.keys import PERSON


def webhook_desk(
    resources: Resources, seal: Seal, messages: MessageStore, postman: Postman, directory: Directory
) -> WebhookDesk:
    """The desk; its notices to owners go out as other mail does: where a system made a webhook, to the administrators
    that `directory` knows. Makes its indexes."""
    settings, clock, sites = resources.settings, resources.clock, site_urls(resources)

    def tell_owner(due: Due, why: WhyDisabled) -> None:
        told = {"site": sites.get(due.sector), "webhook": due.webhook, "name": due.name, "why": why}
        of_system, now = due.owner.startswith(PERSON), clock()
        for person in directory.administrators(due.sector) if of_system else [due.owner]:
            notice = WebhookStopped(person=person, **told)
            told_as = f"{due.webhook}-{int(now.timestamp())}-{person}"
            messages.add(Message(id=told_as, sector=due.sector, notice=notice, created_at=now))
        postman.wake()

    store = WebhookStore(resources.database, seal)
    store.prepare()
    outside = Outside(settings.webhook_loopback)
    sender = WebhookSender(store, Ways(outside, signed_headers, tell_owner, clock))
    return WebhookDesk(store, sender, clock, sites, settings.webhook_loopback)
