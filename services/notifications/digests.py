"""Use cases of digests: remember what became public, and tell it to who asked, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nexus.errors import Defect
from nexus.service import every, on
from services.content.contracts import ActivityPublished, ActivityRetired, ProgramPublished, ProgramRetired
from services.notifications.consent import ConsentDesk
from services.notifications.contracts import Digest, DigestItem
from services.notifications.domain.digests import LIFE, MOST_ITEMS, PATHS, News, next_due, wanted
from services.notifications.domain.messages import Message
from services.notifications.news import NewsStore
from services.notifications.postman import Postman
from services.notifications.store import MessageStore
from services.notifications.subscribers import Subscriber, SubscriberStore

_LAG = timedelta(seconds=2)  # what another process is just writing down belongs into the next one


@dataclass(frozen=True)
class DigestDesk:
    """Digests go out as messages do; whether they may is asked when they do."""

    subscribers: SubscriberStore
    news: NewsStore
    messages: MessageStore
    consent: ConsentDesk
    clock: Callable[[], datetime]
    postman: Postman

    def make_due(self) -> None:
        """Make every digest that is due, whatever process began one and never ended it."""
        while subscriber := self.subscribers.take_due(self.clock() - _LAG):
            self._make(subscriber)

    def _make(self, one: Subscriber) -> None:
        if one.frequency is None or one.until is None:
            raise Defect("digest_without_frequency")
        now = self.clock()
        found = self.news.between(one.sector, one.since or one.until, one.until)
        told = [news for news in found if wanted(one.topics, news, now)]
        if told:
            self.messages.add(self._message(one, told, one.until, now + LIFE[one.frequency]))
            self.postman.wake()
        self.subscribers.digest_made(one, next_due(one.frequency, one.zone, now))

    def _message(self, one: Subscriber, told: list[News], end: datetime, until: datetime) -> Message:
        shown = [self._item(news, one) for news in told[:MOST_ITEMS]]
        site = f"{self.consent.site(one.sector)}/{one.language}/"
        more = len(told) - len(shown)
        notice = Digest(to=one.email, language=one.language, items=tuple(shown), more=more, site=site)
        name = f"digest-{one.id}-{end:%Y%m%d%H%M%S}"
        return Message(id=name, sector=one.sector, notice=notice, created_at=self.clock(), until=until)

    def _item(self, news: News, one: Subscriber) -> DigestItem:
        place = f"{one.language}/{PATHS[news.type][one.language]}/{news.slug[one.language]}"
        return DigestItem(
            type=news.type,
            title=news.shown(news.title, one.language),
            lead=news.shown(news.lead, one.language),
            url=f"{self.consent.site(one.sector)}/{place}",
            begins=news.begins,
            zone=one.zone,
        )


class DigestDoors:
    """What the service hears of for digests."""

    digests: DigestDesk

    @on(ProgramPublished)
    def note_program(self, event: ProgramPublished) -> None:
        self.digests.news.take(event, self.digests.clock())

    @on(ActivityPublished)
    def note_activity(self, event: ActivityPublished) -> None:
        self.digests.news.take(event, self.digests.clock())

    @on(ProgramRetired)
    def drop_program(self, event: ProgramRetired) -> None:
        self.digests.news.drop(event)

    @on(ActivityRetired)
    def drop_activity(self, event: ActivityRetired) -> None:
        self.digests.news.drop(event)

    @every(seconds=5)
    def make_digests(self) -> None:
        self.digests.make_due()
