"""Use cases of consent: subscribing, confirming, preferences, unsubscribing; and whether a message may be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from nexus.audit import note
from nexus.caller import Caller
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound
from nexus.links import Links
from nexus.service import rpc
from services.content.contracts import Kind, Theme
from services.content.contracts.activities import ActivityKind
from services.notifications.contracts import ConfirmationWanted, Language
from services.notifications.contracts.consent import (
    ChangePreferences,
    ConfirmSubscription,
    Consent,
    OpenOwnPreferences,
    OpenPreferences,
    OpenRefusal,
    OpenSubscription,
    Preferences,
    Purpose,
    Refusable,
    Source,
    Subscribe,
    Subscription,
    Topic,
    Unsubscribe,
)
from services.notifications.domain.consent import Held, agreed, implied_until, quiet_until, refusal
from services.notifications.domain.digests import next_due
from services.notifications.domain.messages import Message, Recipient, Suppressed, WayOut
from services.notifications.domain.notices import purpose_of
from services.notifications.postman import Postman
from services.notifications.store import MessageStore
from services.notifications.subscribers import CONFIRM_WITHIN, Subscriber, SubscriberStore, Wish

_PERIOD = timedelta(hours=1)
_MOST_FOR_ADDRESS, _MOST_FROM_ORIGIN = 3, 30  # mails that ask for a confirmation, within it
_MOST_TOPICS = 50
PAGES: Mapping[str, Mapping[Language, str]] = {  # of every gateway
    "subscription": {"fr": "abonnement", "en": "subscription"},
    "preferences": {"fr": "preferences", "en": "preferences"},
    "unsubscribe": {"fr": "desabonnement", "en": "unsubscribe"},
}
_KNOWN_THEMES = frozenset(theme.value for theme in Theme)
_KNOWN_KINDS = frozenset(kind.value for kind in (*Kind, *ActivityKind))


@dataclass(frozen=True)
class ConsentLinks:
    """The secrets of what is mailed; each follows from an id."""

    subscription: Links
    preferences: Links
    unsubscribe: Links


@dataclass(frozen=True)
class ConsentDesk:
    """`sites`: the public address of each sector's gateway."""

    subscribers: SubscriberStore
    messages: MessageStore
    links: ConsentLinks
    sites: Mapping[str, str]
    clock: Callable[[], datetime]
    postman: Postman

    def subscribe(self, command: Subscribe, sector: str, origin: str | None) -> None:
        """Raises Conflict(`subscription_asked_often`), InvalidInput(`topic_unknown`)."""
        _check(command.topic)
        now = self.clock()
        for_address, from_origin = self.subscribers.count_wishes(command.email, origin, now - _PERIOD)
        if for_address >= _MOST_FOR_ADDRESS or from_origin >= _MOST_FROM_ORIGIN:
            raise Conflict("subscription_asked_often")
        wish = Wish(id=uuid4().hex, sector=sector, asked_at=now, **_asked(command))
        self.subscribers.add_wish(wish, origin)
        link = self._page("subscription", sector, wish.language, self.links.subscription.token(wish.id))
        notice = ConfirmationWanted(
            to=wish.email,
            language=wish.language,
            frequency=wish.frequency,
            link=link,
            days=CONFIRM_WITHIN.days,
        )
        self.messages.add(Message(id=f"subscription-{wish.id}", sector=sector, notice=notice, created_at=now))
        self.postman.wake()

    def subscription(self, token: str, sector: str) -> Subscription:
        """Raises NotFound(`subscription_link_invalid`)."""
        wish = self._wish(token, sector)
        told = wish.model_dump(include={"email", "frequency"})
        return Subscription(**told, topic=wish.topic, confirmed=wish.subscriber is not None)

    def confirm(self, token: str, sector: str) -> str:
        """Raises NotFound(`subscription_link_invalid`)."""
        wish = self._wish(token, sector)
        if wish.subscriber is not None:
            return self.links.preferences.token(wish.subscriber)
        now = self.clock()
        consent = Consent(
            purpose="digest",
            basis="express",
            source="subscription",
            wording=wish.wording,
            language=wish.language,
            at=now,
        )

        def confirmed(one: Subscriber) -> Subscriber:
            topics = tuple({topic.id: topic for topic in (*one.topics, wish.topic)}.values())[-_MOST_TOPICS:]
            return _with_digests(
                one.model_copy(
                    update={
                        "language": wish.language,
                        "frequency": wish.frequency,
                        "topics": topics,
                        "consents": one.consents | {"digest": consent},
                    }
                ),
                now,
            )

        known = self.subscribers.ensure(wish.email, sector, wish.language)
        after = self._changed(known, confirmed, sector)
        self.subscribers.confirm_wish(wish.id, after.id)
        return self.links.preferences.token(after.id)

    def preferences(self, token: str, sector: str) -> Preferences:
        """Raises NotFound(`preferences_link_invalid`)."""
        return _preferences(self._by_link(token, sector), self.clock())

    def change(self, command: ChangePreferences, sector: str) -> Preferences:
        """Raises NotFound(`preferences_link_invalid`)."""
        now = self.clock()

        def changed(one: Subscriber) -> Subscriber:
            topics = tuple(topic for topic in one.topics if topic.id in command.topics)
            frequency = command.frequency if topics else None
            wanted: dict[Purpose, bool] = {"digest": frequency is not None, "follow_up": command.follow_up}
            consents = {
                **one.consents,
                **{purpose: _said(one, purpose, yes, command, now) for purpose, yes in wanted.items()},
            }
            return _with_digests(
                one.model_copy(
                    update={
                        "language": command.language,
                        "zone": command.zone,
                        "quiet": command.quiet,
                        "topics": topics or one.topics,
                        "frequency": frequency,
                        "consents": {name: told for name, told in consents.items() if told},
                    }
                ),
                now,
            )

        return _preferences(self._changed(self._by_link(command.token, sector), changed, sector), now)

    def own_token(self, email: str, caller: Caller) -> str:
        """Raises Forbidden(`sign_in_required`)."""
        if caller.sector is None or not caller.roles:
            raise Forbidden("sign_in_required")
        known = self.subscribers.ensure(email, caller.sector, caller.language)
        return self.links.preferences.token(known.id)

    def refusal(self, token: str, sector: str) -> Refusable:
        """Raises NotFound(`unsubscribe_link_invalid`)."""
        known, purpose = self._refused_by(token, sector)
        told = known.consents.get(purpose)
        return Refusable(purpose=purpose, refused=told is not None and told.withdrawn_at is not None)

    def unsubscribe(self, token: str, sector: str) -> Refusable:
        """Raises NotFound(`unsubscribe_link_invalid`)."""
        known, purpose = self._refused_by(token, sector)
        now = self.clock()

        def withdrawn(one: Subscriber) -> Subscriber | None:
            told = one.consents.get(purpose)
            if told is not None and told.withdrawn_at is not None:
                return None
            no = _withdrawn(told, purpose, one.language, "unsubscribe_link", now)
            frequency = None if purpose == "digest" else one.frequency
            update = {"consents": one.consents | {purpose: no}, "frequency": frequency}
            return _with_digests(one.model_copy(update=update), now)

        self._changed(known, withdrawn, sector)
        return Refusable(purpose=purpose, refused=True)

    def imply(self, email: str, sector: str, language: Language, met_at: datetime) -> None:
        """Note that they met us: on that ground they may be asked how it went."""
        given = Consent(
            purpose="follow_up",
            basis="implied",
            source="meeting",
            language=language,
            at=met_at,
            expires_at=implied_until(met_at),
        )

        def implied(one: Subscriber) -> Subscriber:
            stands = agreed(one.consents.get("follow_up"), given)
            return one.model_copy(update={"consents": one.consents | {"follow_up": stands}})

        self.subscribers.change(self.subscribers.ensure(email, sector, language), implied)

    def way_out(self, message: Message, recipient: Recipient) -> WayOut | None:
        """How its recipient can refuse more of the kind; None: it is nothing that can be refused.

        Raises Suppressed where they have not agreed, Held in their quiet hours."""
        purpose, now = purpose_of(message.notice), self.clock()
        if purpose is None:
            return None
        known = self.subscribers.by_email(recipient.to, message.sector)
        consent = known.consents.get(purpose) if known else None
        why = refusal(consent, now)
        if known is None or consent is None or why:
            raise Suppressed(why or "consent_missing")
        if until := quiet_until(known.quiet, known.zone, now):
            raise Held(until)
        tokens = {
            "unsubscribe": self.links.unsubscribe.token(f"{known.id}-{purpose}"),
            "preferences": self.links.preferences.token(known.id),
        }
        ways = {
            name: self._page(name, message.sector, recipient.language, token)
            for name, token in tokens.items()
        }
        return WayOut(purpose, consent.basis, consent.at, **ways)

    def site(self, sector: str) -> str:
        """Raises InvalidInput(`setting_missing`)."""
        if sector not in self.sites:
            raise InvalidInput("setting_missing", setting="NEXUS_SITES")
        return self.sites[sector]

    def _page(self, name: str, sector: str, language: Language, token: str) -> str:
        return f"{self.site(sector)}/{language}/{PAGES[name][language]}/{token}"

    def _wish(self, token: str, sector: str) -> Wish:
        links = self.links.subscription
        since = self.clock() - CONFIRM_WITHIN
        wish = self.subscribers.wish(links.about(token), sector, since) if links.is_good(token) else None
        if wish is None:
            raise NotFound("subscription_link_invalid")
        return wish

    def _by_link(self, token: str, sector: str) -> Subscriber:
        links = self.links.preferences
        known = self.subscribers.by_id(links.about(token), sector) if links.is_good(token) else None
        if known is None:
            raise NotFound("preferences_link_invalid")
        return known

    def _refused_by(self, token: str, sector: str) -> tuple[Subscriber, Purpose]:
        links = self.links.unsubscribe
        subscriber, _, purpose = links.about(token).partition("-")
        known = self.subscribers.by_id(subscriber, sector) if links.is_good(token) else None
        if known is None:
            raise NotFound("unsubscribe_link_invalid")
        return known, "digest" if purpose == "digest" else "follow_up"

    def _changed(
        self, known: Subscriber, change: Callable[[Subscriber], Subscriber | None], sector: str
    ) -> Subscriber:
        after = self.subscribers.change(known, change)
        note("consent", known.id, known.id[:8], _noted(known), _noted(after), sector=sector)
        return after


class ConsentDoors:
    """What the service answers about consent."""

    consent: ConsentDesk

    @rpc
    def subscribe(self, command: Subscribe, caller: Caller) -> None:
        self.consent.subscribe(command, _sector(caller), caller.origin)

    @rpc
    def open_subscription(self, query: OpenSubscription, caller: Caller) -> Subscription:
        return self.consent.subscription(query.token, _sector(caller))

    @rpc
    def confirm_subscription(self, command: ConfirmSubscription, caller: Caller) -> str:
        return self.consent.confirm(command.token, _sector(caller))

    @rpc
    def open_preferences(self, query: OpenPreferences, caller: Caller) -> Preferences:
        return self.consent.preferences(query.token, _sector(caller))

    @rpc
    def change_preferences(self, command: ChangePreferences, caller: Caller) -> Preferences:
        return self.consent.change(command, _sector(caller))

    @rpc
    def open_own_preferences(self, command: OpenOwnPreferences, caller: Caller) -> str:
        return self.consent.own_token(command.email, caller)

    @rpc
    def open_refusal(self, query: OpenRefusal, caller: Caller) -> Refusable:
        return self.consent.refusal(query.token, _sector(caller))

    @rpc
    def unsubscribe(self, command: Unsubscribe, caller: Caller) -> Refusable:
        return self.consent.unsubscribe(command.token, _sector(caller))


def _sector(caller: Caller) -> str:
    if caller.sector is None:
        raise Forbidden("sector_required", sector=None)
    return caller.sector


def _check(topic: Topic) -> None:
    if not (_KNOWN_THEMES.issuperset(topic.themes) and _KNOWN_KINDS.issuperset(topic.kinds)):
        raise InvalidInput("topic_unknown")


def _asked(command: Subscribe) -> dict[str, object]:
    return {name: getattr(command, name) for name in ("email", "language", "topic", "frequency", "wording")}


def _with_digests(one: Subscriber, now: datetime) -> Subscriber:
    """`one` with the next digest that its frequency asks for; what is under way ends."""
    due = next_due(one.frequency, one.zone, now) if one.frequency else None
    since = (one.since or now) if one.frequency else None
    return one.model_copy(update={"next_due": due, "since": since, "until": None})


def _said(
    one: Subscriber, purpose: Purpose, yes: bool, command: ChangePreferences, now: datetime
) -> Consent | None:
    """What holds once they said yes or no on the page of their preferences; what they leave as it is stays."""
    known = one.consents.get(purpose)
    if yes == (refusal(known, now) is None) or (known is None and not yes):
        return known
    if not yes:
        return _withdrawn(known, purpose, command.language, "preferences", now)
    told = {"wording": getattr(command.shown, purpose), "language": command.language, "at": now}
    return Consent(purpose=purpose, basis="express", source="preferences", **told)


def _withdrawn(
    known: Consent | None, purpose: Purpose, language: Language, source: Source, now: datetime
) -> Consent:
    """Their agreement, taken back; also where there was none: then it is a no to what could be implied later."""
    if known is not None:
        return known.model_copy(update={"withdrawn_at": now})
    return Consent(
        purpose=purpose, basis="implied", source=source, language=language, at=now, withdrawn_at=now
    )


def _preferences(one: Subscriber, now: datetime) -> Preferences:
    told = {
        name: getattr(one, name) for name in ("email", "language", "zone", "quiet", "frequency", "topics")
    }
    asked = one.consents.get("follow_up")
    return Preferences(**told, consents=tuple(one.consents.values()), follow_up=refusal(asked, now) is None)


def _noted(one: Subscriber) -> dict[str, object]:
    """What the audit trail keeps: no address, and not what somebody is looking for."""
    consents: dict[str, object] = {
        purpose: "withdrawn" if told.withdrawn_at else told.basis for purpose, told in one.consents.items()
    }
    return {"language": one.language, "frequency": one.frequency, **consents}
