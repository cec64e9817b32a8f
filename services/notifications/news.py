"""What became public lately, for digests: of each program and activity what a mail shows of it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from nexus.mongo import Document
from services.content.contracts import (
    LANGUAGES,
    Activity,
    ActivityPublished,
    ActivityRetired,
    Language,
    LineText,
    Program,
    ProgramPublished,
    ProgramRetired,
)
from services.notifications.contracts.consent import DEFAULT_ZONE
from services.notifications.domain.digests import News, searchable

_NEW_FOR = timedelta(
    days=7
)  # what has been public for longer is no news, even if we hear of it for the first time
_KEPT = timedelta(days=60)


class NewsStore:
    """The collection `news`. `noted_at`: when we heard first that it is public."""

    def __init__(self, database: Database[Document]) -> None:
        self._news = database["news"]

    def prepare(self) -> None:
        """Make the index."""
        self._news.create_index("noted_at", expireAfterSeconds=int(_KEPT.total_seconds()))

    def take(self, event: ProgramPublished | ActivityPublished, now: datetime) -> None:
        """Keep what is new, and what became of it, unless something later is known."""
        item = event.program if isinstance(event, ProgramPublished) else event.activity
        off = isinstance(item, Activity) and item.content.cancelled
        told = (_program(item) if isinstance(item, Program) else _activity(item)).model_dump()
        self._keep(item.id, item.revision, told | {"off": off}, now, item.published_at)

    def drop(self, event: ProgramRetired | ActivityRetired) -> None:
        """It is no longer public."""
        earlier = {"_id": event.id, "revision": {"$lt": event.revision}}
        self._news.update_one(earlier, {"$set": {"revision": event.revision, "off": True}})

    def between(self, sector: str, since: datetime, until: datetime) -> list[News]:
        """What became public in a sector after `since` and not after `until`, oldest first."""
        ours = {"sectors": {"$in": [[], sector]}, "off": False}
        found = self._news.find({"noted_at": {"$gt": since, "$lte": until}, **ours}).sort("noted_at", 1)
        return [News.read(record | {"id": record["_id"]}) for record in found]

    def _keep(
        self, item: str, revision: int, told: Document, now: datetime, published: datetime | None
    ) -> None:
        del told["id"]
        earlier = {"_id": item, "revision": {"$lt": revision}}
        if self._news.update_one(earlier, {"$set": told}).matched_count:
            return
        if published is None or published < now - _NEW_FOR:
            return
        try:
            self._news.insert_one({"_id": item, "noted_at": now, **told})
        except DuplicateKeyError:
            return  # what is known is as late, or later


def _program(program: Program) -> News:
    content = program.content
    leads = {one: getattr(content.promise, one) or getattr(content.summary, one) for one in LANGUAGES}
    until = _end_of(content.valid_until) if content.valid_until else None
    return _news(program, "program", leads, content.provider, until=until)


def _activity(activity: Activity) -> News:
    content = activity.content
    leads = {one: getattr(content.summary, one) for one in LANGUAGES}
    return _news(
        activity, "activity", leads, content.organiser, begins=content.starts_at, until=content.starts_at
    )


def _news(
    item: Program | Activity,
    type: Literal["program", "activity"],
    leads: dict[Language, str | None],
    who: LineText,
    **when: datetime | None,
) -> News:
    """`who` offers it; that and its own words are what somebody may have asked for."""
    content = item.content
    titles = {one: getattr(content.title, one) for one in LANGUAGES}
    names = [getattr(who, one) for one in LANGUAGES]
    return News(
        id=item.id,
        revision=item.revision,
        type=type,
        title=titles,
        lead=leads,
        slug={one: getattr(item.slug, one) for one in LANGUAGES},
        themes=tuple(theme.value for theme in content.themes),
        kind=content.kind.value,
        sectors=content.sectors,
        words=searchable([*titles.values(), *leads.values(), *names, *_keywords(content.keywords)]),
        **when,
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)


def _keywords(keywords: object) -> list[str]:
    return [word for one in LANGUAGES for word in getattr(keywords, one)]
