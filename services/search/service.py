"""Use cases of search: hear what changed, answer what is asked, rebuild."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from nexus.audit import note
from nexus.caller import Caller, Role
from nexus.errors import InvalidInput, NexusError, NotFound
from nexus.mongo import AWAY
from nexus.service import Service, every, on, rpc
from nexus.telemetry import log
from services.content.contracts import (
    ActivityPublished,
    ActivityRetired,
    PostPublished,
    PostRetired,
    ProgramPublished,
    ProgramRetired,
)
from services.content.contracts.documents import DocumentPublished, DocumentRetired
from services.search.contracts import (
    MAX_WINDOW,
    CountSearches,
    GetReindex,
    ListMisses,
    ListSearches,
    Misses,
    MoreLikeThis,
    Reindex,
    ReindexProgress,
    ReindexStarted,
    Search,
    Searched,
    SearchedWords,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)
from services.search.domain import Entry, Removal
from services.search.engine import SearchEngine
from services.search.matching.passages import with_passages
from services.search.misses import WordStore, worth_counting
from services.search.pages import PageStore
from services.search.projections import (
    activity_entry,
    document_entry,
    document_pages,
    post_entry,
    program_entry,
)
from services.search.store import EntryStore

_ZONE = ZoneInfo("America/Toronto")
_TELL_EVERY = 0.5  # seconds
_SILENCE = timedelta(seconds=60)  # a rebuild that says nothing for so long has died with its process


class SearchService(Service):
    """One index over all content, fed by events."""

    name = "search"

    def __init__(
        self,
        store: EntryStore,
        pages: PageStore,
        misses: WordStore,
        searches: WordStore,
        engine: SearchEngine,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._pages = pages
        self._misses = misses
        self._searches = searches
        self._engine = engine
        self._clock = clock
        self._wake = wake

    @on(ProgramPublished)
    def index_programs(self, events: list[ProgramPublished]) -> None:
        self._take_in([program_entry(event.program) for event in events])

    @on(ProgramRetired)
    def remove_programs(self, events: list[ProgramRetired]) -> None:
        self._take_in([Removal(id=event.id, revision=event.revision) for event in events])

    @on(DocumentPublished)
    def index_documents(self, events: list[DocumentPublished]) -> None:
        for event in events:  # before the entry is found: its passages are ready then
            self._pages.keep(event.document.id, event.document.revision, document_pages(event))
        self._take_in([document_entry(event) for event in events])
        self._forget_pages([event.document.id for event in events])

    @on(DocumentRetired)
    def remove_documents(self, events: list[DocumentRetired]) -> None:
        self._take_in([Removal(id=event.id, revision=event.revision) for event in events])
        self._forget_pages([event.id for event in events])

    @on(PostPublished)
    def index_posts(self, events: list[PostPublished]) -> None:
        self._take_in([post_entry(event.post) for event in events])

    @on(PostRetired)
    def remove_posts(self, events: list[PostRetired]) -> None:
        self._take_in([Removal(id=event.id, revision=event.revision) for event in events])

    @on(ActivityPublished)
    def index_activities(self, events: list[ActivityPublished]) -> None:
        self._take_in([activity_entry(event.activity) for event in events])

    @on(ActivityRetired)
    def remove_activities(self, events: list[ActivityRetired]) -> None:
        self._take_in([Removal(id=event.id, revision=event.revision) for event in events])

    @rpc
    def search(self, query: Search, caller: Caller) -> SearchResults:
        if query.page * query.per_page > MAX_WINDOW:
            raise NotFound("page_out_of_range", last=MAX_WINDOW // query.per_page)
        results = self._engine.search(query, caller.sector, self._today())
        if not results.total:
            self._count_miss(query, caller)
        return with_passages(query, results, self._pages)

    @rpc
    def list_misses(self, query: ListMisses, caller: Caller) -> Misses:
        caller.require(Role.EDITOR, Role.COORDINATOR, Role.ADMIN)
        since = self._today() - timedelta(days=query.days)
        return Misses(items=tuple(self._misses.most(caller.sector, since, query.limit)))

    @rpc
    def count_searches(self, command: CountSearches, caller: Caller) -> None:
        if caller.sector is None:
            raise InvalidInput("sector_missing")
        for one in command.items:
            if words := worth_counting(one.q):
                self._searches.count(caller.sector, one.language, words, self._today(), one.count)

    @rpc
    def list_searches(self, query: ListSearches, caller: Caller) -> SearchedWords:
        caller.require(Role.EDITOR, Role.COORDINATOR, Role.ADMIN)
        since = self._today() - timedelta(days=query.days)
        found = self._searches.most(caller.sector, since, query.limit)
        return SearchedWords(items=tuple(Searched(**dict(one)) for one in found))

    @every(minutes=60)
    def forget_old_words(self) -> None:
        for kept in (self._misses, self._searches):
            kept.forget(self._today())

    @rpc
    def suggest(self, query: Suggest, caller: Caller) -> Suggestions:
        return self._engine.suggest(query, caller.sector, self._today())

    @rpc
    def more_like_this(self, query: MoreLikeThis, caller: Caller) -> SimilarEntries:
        return self._engine.similar(query, caller.sector, self._today())

    @rpc
    def reindex(self, command: Reindex, caller: Caller) -> ReindexStarted:
        caller.require(Role.ADMIN)
        progress = self._new_progress()
        threading.Thread(target=self._rebuild, args=(progress,), name="nexus-reindex", daemon=True).start()
        note("index", progress.id, self.name, after={"total": progress.total})
        return ReindexStarted(id=progress.id)

    @rpc
    def get_reindex(self, query: GetReindex, caller: Caller) -> ReindexProgress:
        caller.require(Role.ADMIN)
        found = self._store.progress(query.id)
        if found is None:
            raise NotFound("reindex_not_found", id=query.id)
        progress, at = found
        if progress.state == "running" and self._clock() - at > _SILENCE:
            return progress.model_copy(update={"state": "failed", "error": "reindex_died"})
        return progress

    @every(seconds=2)
    def keep_index_current(self) -> None:
        """After an update that indexes in another way, or the loss of the index."""
        if self._engine.outdated() and self._store.count():
            self._rebuild(self._new_progress())

    def _new_progress(self) -> ReindexProgress:
        progress = ReindexProgress(
            id=uuid4().hex, state="running", done=0, total=self._store.count(), seconds=0
        )
        self._store.save_progress(progress, self._clock())
        return progress

    def _take_in(self, news: Sequence[Entry | Removal]) -> None:
        latest: dict[str, Entry | Removal] = {}
        for one in news:
            if one.id not in latest or latest[one.id].revision < one.revision:
                latest[one.id] = one
        current = self._store.keep(list(latest.values()))
        if current:
            self._engine.write(current)
            self._announce()

    def _forget_pages(self, ids: Sequence[str]) -> None:
        """Only those of the revisions that are found stay."""
        found = self._store.revisions(ids)
        self._pages.forget({id: found.get(id) for id in ids})

    def _announce(self) -> None:
        self._store.announce_change()
        self._wake()

    def _rebuild(self, progress: ReindexProgress) -> None:
        start = told = time.monotonic()

        def tell(**change: object) -> None:
            so_far = progress.model_copy(update={"seconds": time.monotonic() - start, **change})
            self._store.save_progress(so_far, self._clock())

        def tell_now_and_then(done: int) -> None:
            nonlocal told
            if time.monotonic() - told > _TELL_EVERY:  # a word on the disk costs as much as a hundred entries
                told = time.monotonic()
                tell(done=done)

        try:
            self._engine.rebuild(self._store.batches(), tell_now_and_then)
        except Exception as error:
            log.exception("reindex_failed", id=progress.id)
            tell(state="failed", error=error.code if isinstance(error, NexusError) else "internal_error")
            return
        tell(state="finished", done=progress.total)
        self._announce()

    def _count_miss(self, query: Search, caller: Caller) -> None:
        """Count what a visitor did not find anywhere; without filters, which may be what is in the way."""
        filtered = any((query.type, query.theme, query.kind, query.sector, query.provider, query.language))
        words = worth_counting(query.q)
        if caller.sector and words and not filtered and query.page == 1:
            with suppress(*AWAY):  # whoever searches need not wait for a count
                self._misses.count(caller.sector, query.lang, words, self._today())

    def _today(self) -> date:
        return self._clock().astimezone(_ZONE).date()
