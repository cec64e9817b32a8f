"""The life of what editors publish: pure rules, no clock, no store.

Every rule takes the record as it stands (or None) and returns the Change to write, or None when there is
nothing to change."""

import hashlib
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, Protocol

from slugify import slugify

from nexus.caller import Scope
from nexus.errors import Conflict, StaleRevision
from nexus.messages import Event, Message
from services.content.contracts.publications import Publication, Retired, Status
from services.content.contracts.texts import Language, LineText, SlugText, SlugWish, in_language

_SLUG_LENGTH = 80


class Content(Protocol):
    """What an editor writes, of whichever kind."""

    @property
    def title(self) -> LineText: ...
    @property
    def sectors(self) -> tuple[str, ...]: ...
    @property
    def slug(self) -> SlugWish: ...
    @property
    def publish_at(self) -> datetime | None: ...
    def model_dump(self, *, mode: str = ..., exclude_defaults: bool = ...) -> dict[str, Any]: ...
    def model_dump_json(self) -> str: ...


Item = Publication[Any]


def _no_files(_: Any) -> tuple[str, ...]:
    return ()


def _as_it_is(item: Any) -> Any:
    return item


@dataclass(frozen=True)
class Kind:
    """A kind of publication: what it is made of, and how its news are told.

    `name` begins the codes of its refusals, `plural` names their collection; `slug` stands for titles that
    have no letters. `files` gives the SHA-256 of each stored file that an item names, `span` the moments from
    and until which it counts, for lists by date; `completed` adds to an item what follows from its content,
    `public` takes from it what is for editors alone; `scope` is what a partner's key needs to write it, None: no
    key may."""

    name: str
    plural: str
    slug: str
    item: type[Item]
    content: type[Message]
    published: Callable[[Any], Event]
    retired: type[Retired]
    files: Callable[[Any], tuple[str, ...]] = _no_files
    span: Callable[[Any], tuple[datetime, datetime]] | None = None
    completed: Callable[[Any], Any] = _as_it_is
    public: Callable[[Any], Any] = _as_it_is
    scope: Scope | None = None


@dataclass(frozen=True)
class Note:
    """One line of a publication's history; `digest` names the content as it was."""

    revision: int
    at: datetime
    by: str
    status: Status
    changed: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Record:
    """A publication and what only this service needs of it: every slug it ever had, where it was imported
    from, the content as last imported, and every file that it ever showed to the public."""

    kind: Kind
    item: Item
    slugs: tuple[str, ...]
    source_key: str | None = None
    imported_digest: str | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A record to write, if the stored one is still at revision `before` (None: if there is none yet).

    `replaced` is the content that it had until now, if this is another one."""

    before: int | None
    after: Record
    note: Note
    events: tuple[Event, ...]
    replaced: Any = None


@dataclass(frozen=True)
class Act:
    """Who changes something, and when."""

    by: str
    at: datetime


def digest(content: Content) -> str:
    """The identity of a content: equal contents have equal digests."""
    return hashlib.sha256(content.model_dump_json().encode()).hexdigest()


def changed_fields(before: Any, after: Any) -> tuple[str, ...]:
    """The names of the fields that differ; of those that say something, when there was nothing before."""
    fields = type(after).model_fields.items()
    was = {name: getattr(before, name) if before else info.default for name, info in fields}
    return tuple(sorted(name for name, value in was.items() if getattr(after, name) != value))


def wished_slugs(kind: Kind, content: Content, before: Item | None) -> SlugText:
    """The slugs that a content asks for. A changed title keeps its address; a language that had neither
    title nor wish borrowed the other's slug, and gets its own with its first title."""
    made = SlugText(fr=_made_slug(kind, content, "fr"), en=_made_slug(kind, content, "en"))
    if before is None:
        return made
    return SlugText(
        fr=made.fr if _wants_slug(content, before.content, "fr") else before.slug.fr,
        en=made.en if _wants_slug(content, before.content, "en") else before.slug.en,
    )


def _wants_slug(content: Content, before: Content, language: Language) -> bool:
    had_own = getattr(before.title, language) or getattr(before.slug, language)
    return bool(getattr(content.slug, language) or (not had_own and getattr(content.title, language)))


def _made_slug(kind: Kind, content: Content, language: Language) -> str:
    wish: SlugWish = content.slug
    asked, title = (wish.fr, content.title.fr) if language == "fr" else (wish.en, content.title.en)
    other = wish.en if language == "fr" else wish.fr
    if asked:
        return asked
    text = title or other or in_language(content.title, "fr") or ""
    return (
        slugify(text, max_length=_SLUG_LENGTH, word_boundary=True, replacements=[("’", "-"), ("'", "-")])
        or kind.slug
    )


def free_slugs(wished: SlugText, taken: Container[str]) -> SlugText:
    """`wished`, with a number behind a slug that another one of its kind has or had."""
    fr = _free(wished.fr, taken)
    return SlugText(fr=fr, en=fr if wished.en == wished.fr else _free(wished.en, taken))


def marked_slugs(wished: SlugText, taken: Container[str], key: str) -> SlugText:
    """`wished`, with a mark made of `key` behind a slug that another one of its kind has or had."""
    mark = hashlib.sha256(key.encode()).hexdigest()[:6]
    fr, en = (f"{slug}-{mark}" if slug in taken else slug for slug in (wished.fr, wished.en))
    return SlugText(fr=fr, en=en)


def _free(slug: str, taken: Container[str]) -> str:
    return next(one for n in count(1) if (one := slug if n == 1 else f"{slug}-{n}") not in taken)


def create(kind: Kind, item_id: str, content: Content, slug: SlugText, status: Status, act: Act) -> Change:
    """A new publication."""
    item = kind.item(
        id=item_id,
        revision=1,
        status=status,
        slug=slug,
        content=content,
        created_at=act.at,
        updated_at=act.at,
        published_at=act.at if status is Status.PUBLISHED else None,
    )
    item = kind.completed(item)
    record = Record(kind, item, slugs=_with_slugs((), slug))
    return Change(None, record, _note(item, changed_fields(None, content), act), _news(kind, None, item))


def edit(record: Record, content: Content, slug: SlugText, act: Act) -> Change | None:
    """Another content."""
    before = record.item
    if content == before.content and slug == before.slug:
        return None
    changed = changed_fields(before.content, content)
    return _revise(record, act, changed, content=content, slug=slug)


def publish(record: Record, act: Act) -> Change | None:
    """Show it; what is shown already stays as it is."""
    if record.item.status is Status.PUBLISHED:
        return None
    return _revise(record, act, ("status",), status=Status.PUBLISHED, published_at=act.at)


def retire(record: Record, act: Act) -> Change | None:
    """Take it away. Raises Conflict(`not_published`) for a draft, which nobody ever saw."""
    if record.item.status is Status.RETIRED:
        return None
    if record.item.status is Status.DRAFT:
        raise Conflict("not_published", id=record.item.id)
    return _revise(record, act, ("status",), status=Status.RETIRED)


def import_as_new(
    kind: Kind, item_id: str, source_key: str, content: Content, slug: SlugText, publish: bool, act: Act
) -> Change:
    """Something from elsewhere that is not here yet."""
    status = Status.PUBLISHED if publish else Status.DRAFT
    return _imported(create(kind, item_id, content, slug, status, act), source_key, content)


def import_again(record: Record, content: Content, slug: SlugText, publish: bool, act: Act) -> Change | None:
    """Something from elsewhere that is here already; None when its source has not changed since.

    `publish` shows a draft; what was retired here stays retired."""
    before = record.item
    fields: dict[str, object] = {}
    if record.imported_digest != digest(content) and (content, slug) != (before.content, before.slug):
        fields = {"content": content, "slug": slug}
    changed = changed_fields(before.content, content) if fields else ()
    if publish and before.status is Status.DRAFT:
        fields |= {"status": Status.PUBLISHED, "published_at": act.at}
        changed = (*changed, "status")
    if not fields:
        return None
    return _imported(_revise(record, act, changed, **fields), record.source_key, content)


def may_show(content: Content, at: datetime) -> bool:
    """Whether the moment that `content` asks to be published at has come; it has, if it names none."""
    return content.publish_at is None or content.publish_at <= at


def publish_if_due(record: Record, act: Act) -> Change | None:
    """Show a draft whose moment has come."""
    due = record.item.content.publish_at is not None and may_show(record.item.content, act.at)
    return publish(record, act) if due and record.item.status is Status.DRAFT else None


def _imported(change: Change, source_key: str | None, content: Content) -> Change:
    after = replace(change.after, source_key=source_key, imported_digest=digest(content))
    return replace(change, after=after)


def with_shown_files(change: Change) -> Change:
    """`change`, its record remembering the files that the item shows to the public from now on."""
    record = change.after
    if record.item.status is not Status.PUBLISHED:
        return change
    files = tuple(dict.fromkeys((*record.files, *record.kind.files(record.item))))
    return replace(change, after=replace(record, files=files))


def require_revision(record: Record, seen: int | None, wanted: Content | None = None) -> None:
    """Raise StaleRevision with both versions unless `seen` (if given) is the current revision."""
    if seen is not None and seen != record.item.revision:
        raise StaleRevision(
            yours={"revision": seen, "content": wanted.model_dump(mode="json") if wanted else None},
            current=record.item.model_dump(mode="json"),
        )


def _revise(record: Record, act: Act, changed: tuple[str, ...], **fields: object) -> Change:
    before = record.item
    revised = before.model_copy(update={"revision": before.revision + 1, "updated_at": act.at, **fields})
    after = record.kind.completed(revised)
    written = replace(record, item=after, slugs=_with_slugs(record.slugs, after.slug))
    replaced = before.content if before.content != after.content else None
    return Change(
        before.revision, written, _note(after, changed, act), _news(record.kind, before, after), replaced
    )


def _with_slugs(had: tuple[str, ...], slug: SlugText) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*had, slug.fr, slug.en)))


def _note(item: Item, changed: tuple[str, ...], act: Act) -> Note:
    return Note(item.revision, act.at, act.by, item.status, changed, digest(item.content))


def _news(kind: Kind, before: Item | None, after: Item) -> tuple[Event, ...]:
    if after.status is Status.PUBLISHED:
        return (kind.published(kind.public(after)),)
    if before is not None and before.status is Status.PUBLISHED:
        title, sectors = before.content.title, before.content.sectors
        return (kind.retired(id=after.id, revision=after.revision, title=title, sectors=sectors),)
    return ()
