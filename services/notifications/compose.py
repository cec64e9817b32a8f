"""The notifications service on its real collaborators. A process imports only the channel that it uses."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from nexus.composition import Composed, Resources
from nexus.errors import InvalidInput
from nexus.links import Links
from nexus.personal import PERSONAL_DATA
from nexus.personal_store import Answers
from nexus.seal import Seal, derived_key
from nexus.settings import Settings
from nexus.shared_secrets import link_secret, sealing_secret
from nexus.sites import sectors_of, site_urls
from services.content.contracts.comments import NOTICES
from services.notifications.activities import ActivityDesk, ActivityNotices
from services.notifications.channels.folder import FolderChannel
from services.notifications.channels.smtp import Server, SmtpChannel
from services.notifications.consent import ConsentDesk, ConsentLinks
from services.notifications.contracts import LANGUAGES, Language, email_address
from services.notifications.digests import DigestDesk
from services.notifications.directory import Directory
from services.notifications.domain.messages import Letter, Message, Sender
from services.notifications.domain.parking import spread
from services.notifications.editors import EditorDesk
from services.notifications.meetings import MeetingNotices
from services.notifications.mornings import MorningDesk
from services.notifications.news import NewsStore
from services.notifications.parked import ParkedDesk
from services.notifications.parked_store import ParkedStore
from services.notifications.postman import Postman, Write
from services.notifications.privacy import Mailed
from services.notifications.senders import Senders
from services.notifications.service import Notifications
from services.notifications.store import MessageStore
from services.notifications.subscribers import SubscriberStore
from services.notifications.template_desk import TemplateDesk
from services.notifications.template_store import TemplateStore
from services.notifications.unreadable import UnreadableStore
from services.notifications.webhooks.compose import webhook_desk
from services.notifications.writing import write
from services.notifications.writing.texts import write_text

_NOBODY = "nexus@localhost"  # whom mail that leaves this machine never comes from


def compose(resources: Resources) -> Composed:
    """Mail over SMTP; embedded, and where no server is set, in a folder. Text messages where they are on. Makes its
    indexes.

    Raises InvalidInput(`setting_missing`, `setting_invalid`)."""
    settings = resources.settings
    secret = sealing_secret(resources)
    senders = Senders(_senders(settings), resources.database, settings.reminder_hours)
    local = FolderChannel(settings.data / "mail", _NOBODY) if _stays_here(resources) else None
    address = _NOBODY if local else _mail_from(settings)
    channel = local or SmtpChannel(
        Server.at(settings.need("smtp_url")), address, sign=_signature(settings, address)
    )

    seal = Seal(secret, "mail")
    templates = TemplateStore(resources.database)
    templates.prepare()
    directory = Directory(resources.database, seal)

    def writing() -> Write:
        sender_of, words_of = cache(senders.of), cache(templates.words)

        def write_letter(message: Message) -> Letter:
            recipient = directory.recipient(message, resources.clock())
            sender = sender_of(message.sector, recipient.language)
            own = words_of(message.sector, message.kind, recipient.language)
            return write(message, recipient, sender, address, own, consent.way_out(message, recipient))

        return write_letter

    store = MessageStore(resources.database, Seal(secret, "outgoing"))
    store.prepare()
    postman = Postman(store, writing, channel, resources.clock, settings.retry_pause)
    subscribers = SubscriberStore(resources.database, Seal(secret, "subscribers"))
    subscribers.prepare()
    consent, digests = _agreed(resources, secret, subscribers, store, postman)
    answers = Answers(resources.database)
    answers.prepare()
    mailed = Mailed(
        resources.database,
        store,
        subscribers,
        answers,
        local,
        Seal(secret, PERSONAL_DATA),
        resources.clock,
        resources.wake,
    )
    service = Notifications(
        store,
        postman,
        senders,
        local,
        resources.clock,
        seal,
        directory,
        MeetingNotices(seal, senders.reminder_hours, settings.texts),
        webhooks=webhook_desk(resources, Seal(secret, "webhooks"), store, postman, directory),
        templates=TemplateDesk(templates, senders, resources.clock),
        mailed=mailed,
        consent=consent,
        digests=digests,
        mornings=MorningDesk(store, directory, seal, consent.sites, resources.clock, postman),
        editors=_editors(resources, directory, store, postman),
        parked=_parked(resources, store, directory, senders, postman),
        activities=ActivityDesk(
            ActivityNotices(seal, senders.reminder_hours), store, resources.clock, postman
        ),
        texts=_texts(resources, directory, senders, Seal(secret, "outgoing")) if settings.texts else None,
    )
    return Composed(service, outboxes=[answers.answers], checks={"mail": channel.check}, parked=store)


def _agreed(
    resources: Resources, secret: str, subscribers: SubscriberStore, store: MessageStore, postman: Postman
) -> tuple[ConsentDesk, DigestDesk]:
    """What people have agreed to be mailed."""
    news = NewsStore(resources.database)
    news.prepare()
    key = derived_key(secret, "consent-links")
    links = ConsentLinks(*(Links(key, purpose) for purpose in ("subscription", "preferences", "unsubscribe")))
    consent = ConsentDesk(subscribers, store, links, site_urls(resources), resources.clock, postman)
    return consent, DigestDesk(subscribers, news, store, consent, resources.clock, postman)


def _editors(resources: Resources, directory: Directory, store: MessageStore, postman: Postman) -> EditorDesk:
    """What editors are told of what they publish."""
    quiet = timedelta(seconds=resources.settings.upload_quiet)
    unreadable = UnreadableStore(resources.database, quiet)
    unreadable.prepare()
    return EditorDesk(
        Seal(link_secret(resources), NOTICES),
        unreadable,
        store,
        directory,
        site_urls(resources),
        resources.clock,
        postman,
    )


def _parked(
    resources: Resources, store: MessageStore, directory: Directory, senders: Senders, postman: Postman
) -> ParkedDesk:
    """What was given up on."""
    parked = ParkedStore(resources.database)
    parked.prepare()
    sites, gather = site_urls(resources), spread(resources.settings.retry_pause)
    return ParkedDesk(parked, store, directory, senders, sites, resources.clock, postman, gather)


def _texts(resources: Resources, directory: Directory, senders: Senders, seal: Seal) -> Postman:
    """Who takes text messages away."""
    from services.notifications.channels.texts import (
        AppriseChannel,  # only who sends them needs the library loaded
    )

    def write_text_message(message: Message) -> Letter:
        recipient = directory.recipient(message, resources.clock())
        return write_text(message, recipient, senders.of(message.sector, recipient.language))

    channel = AppriseChannel(resources.settings.need("text_url"))
    store = MessageStore(resources.database, seal, "text")
    return Postman(
        store, lambda: write_text_message, channel, resources.clock, resources.settings.retry_pause
    )


def _stays_here(resources: Resources) -> bool:
    return resources.embedded and resources.settings.smtp_url is None


def _mail_from(settings: Settings) -> str:
    if settings.mail_from is None:
        raise InvalidInput("setting_missing", setting="NEXUS_MAIL_FROM")
    try:
        return email_address(settings.mail_from)
    except ValueError as error:
        raise InvalidInput("setting_invalid", setting="NEXUS_MAIL_FROM", wanted=str(error)) from None


def _signature(settings: Settings, address: str) -> Callable[[bytes], bytes] | None:
    if settings.dkim_key is None or not (key := settings.dkim_key.get_secret_value()):
        return None
    from services.notifications.channels.dkim import Signature  # only who signs needs the library loaded

    domain = address.rpartition("@")[2]
    return Signature(key, settings.dkim_selector, domain).sign


def _senders(settings: Settings) -> dict[str, dict[Language, Sender]]:
    """Who each sector is, in each language, as its file says."""
    return {
        name: {language: _sender(sector, language) for language in LANGUAGES}
        for name, sector in sectors_of(settings).items()
    }


def _sender(sector: Any, language: str) -> Sender:
    return Sender(
        site=f"Emploi NEXUS {sector.short[language]}",
        title=sector.title[language],
        contact=sector.contact.name,
        contact_url=sector.contact.url,
        reply_to=sector.contact.email,
        accent=sector.colours.accent,
        accent_dark=sector.colours.accent_dark,
        on_accent=sector.colours.on_accent,
        address=sector.contact.address,
    )
