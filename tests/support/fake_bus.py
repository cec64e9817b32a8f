"""A bus for tests of a gateway: what is said crosses JSON both ways, as it does on the wire."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from nexus.bus import DEFAULT_DEADLINE
from nexus.caller import Caller
from nexus.errors import NotFound, Unavailable
from nexus.messages import CloudEvent, Event, Request
from nexus.operations import CheckHealth, Health
from services.content.contracts import (
    Activity,
    ActivityPage,
    FindFitting,
    FittingPrograms,
    GetActivity,
    GetPage,
    GetPost,
    GetPreview,
    GetProgram,
    ListActivities,
    ListPages,
    ListPosts,
    ListPrograms,
    Page,
    PageList,
    Post,
    PostPage,
    Program,
    ProgramPage,
    Status,
)
from services.content.contracts.documents import (
    Document,
    DocumentPage,
    DocumentVersion,
    DocumentWithVersions,
    GetDocument,
    ListDocuments,
)
from services.content.contracts.files import FilePart, GetFile, ReadFile, StoredFile
from services.content.contracts.sectors import GetSector, SectorState
from services.content.domain.fitting import fitting, sort_found
from services.search.contracts import (
    Hit,
    MoreLikeThis,
    Search,
    SearchResults,
    SimilarEntries,
    Suggest,
    Suggestions,
)

R = TypeVar("R")


class FakeBus:
    """Answers from `programs` and, for every search, `found`. `away` names services that do not answer;
    `failure` is raised instead of any answer; `say` is heard by who listens."""

    def __init__(self, *programs: Program, found: SearchResults | None = None) -> None:
        self.programs = programs
        self.documents: tuple[Document, ...] = ()
        self.earlier: tuple[DocumentVersion, ...] = ()
        self.files: dict[str, tuple[StoredFile, bytes]] = {}
        self.retired: set[str] = set()
        self.posts: tuple[Post, ...] = ()
        self.activities: tuple[Activity, ...] = ()
        self.pages: tuple[Page, ...] = ()
        self.previews: dict[str, Post] = {}
        self.sector = SectorState()
        self.found = found or SearchResults(total=0, page=1, per_page=20, items=(), facets={})
        self.similar: tuple[Hit, ...] = ()
        self.away: set[str] = set()
        self.failure: Exception | None = None
        self.asked: list[tuple[Request[Any], Caller]] = []
        self._listeners: list[tuple[tuple[type[Event], ...], Callable[[CloudEvent | None], Any]]] = []

    async def call(
        self,
        message: Request[R],
        caller: Caller,
        *,
        service: str | None = None,
        deadline: float = DEFAULT_DEADLINE,
    ) -> R:
        if self.failure:
            raise self.failure
        name = service or message.service
        if name in self.away:
            raise Unavailable("service_away", service=name)
        heard = type(message).read(message.model_dump(mode="json"))
        self.asked.append((heard, caller))
        answers: dict[type[Request[Any]], Callable[[Any], Any]] = {
            CheckHealth: lambda _: Health(engines={}),
            FindFitting: self._fitting,
            GetProgram: self._program,
            ListPrograms: self._page,
            GetDocument: self._document,
            ListDocuments: lambda _: DocumentPage(items=self.documents, total=len(self.documents)),
            GetFile: lambda query: self._file(query.sha256)[0],
            ReadFile: self._part,
            GetPost: lambda query: _one(self.posts, query.ref, "post"),
            ListPosts: self._posts,
            GetPreview: self._preview,
            GetActivity: lambda query: _one(self.activities, query.ref, "activity"),
            ListActivities: self._activities,
            GetSector: lambda _: self.sector,
            GetPage: lambda query: _one(self.pages, query.ref, "site_page"),
            ListPages: lambda _: PageList(items=self.pages, total=len(self.pages)),
            Search: lambda _: self.found,
            MoreLikeThis: lambda _: SimilarEntries(items=self.similar),
            Suggest: lambda _: Suggestions(items=()),
        }
        answer = answers[type(heard)](heard)
        told: R = message.result.validate_json(message.result.dump_json(answer))
        return told

    def listen(self, events: tuple[type[Event], ...], heard: Callable[[CloudEvent | None], Any]) -> None:
        self._listeners.append((events, heard))

    def say(self, event: Event | None) -> None:
        """`event` happens; None: the connection was lost."""
        for events, heard in self._listeners:
            if event is None or isinstance(event, events):
                heard(CloudEvent.of(event) if event else None)

    def _fitting(self, query: FindFitting) -> FittingPrograms:
        judged = [fitting(program, query.answers) for program in self.programs]
        return FittingPrograms(items=tuple(sort_found(judged, "fr")))

    def _page(self, query: ListPrograms) -> ProgramPage:
        ids = [program.id for program in self.programs]
        start = ids.index(query.after) + 1 if query.after else 0
        items = self.programs[start : start + query.limit]
        more = start + query.limit < len(ids)
        return ProgramPage(items=items, total=len(ids), next=items[-1].id if more else None)

    def _posts(self, query: ListPosts) -> PostPage:
        items = [one for one in self.posts if query.theme in (None, *one.content.themes)]
        start = (query.page - 1) * query.per_page
        shown = tuple(items[start : start + query.per_page])
        return PostPage(items=shown, total=len(items), page=query.page, per_page=query.per_page)

    def _activities(self, query: ListActivities) -> ActivityPage:
        now = datetime.now(UTC)
        items = tuple(one for one in self.activities if not query.upcoming or one.content.ends_at > now)
        return ActivityPage(items=items, total=len(items), page=query.page, per_page=query.per_page)

    def _preview(self, query: GetPreview) -> Post:
        if query.token not in self.previews:
            raise NotFound("preview_invalid")
        return self.previews[query.token]

    def _program(self, query: GetProgram) -> Program:
        for program in self.programs:
            if query.ref in (program.id, program.slug.fr, program.slug.en):
                if program.id in self.retired:
                    raise NotFound("program_retired", title=program.content.title.model_dump())
                return program
        raise NotFound("program_not_found", ref=query.ref)

    def _document(self, query: GetDocument) -> DocumentWithVersions:
        for document in self.documents:
            if query.ref in (document.id, document.slug.fr, document.slug.en):
                if document.id in self.retired:
                    raise NotFound("document_retired", title=document.content.title.model_dump())
                return DocumentWithVersions(document=document, earlier=self.earlier)
        raise NotFound("document_not_found", ref=query.ref)

    def _file(self, sha256: str) -> tuple[StoredFile, bytes]:
        if sha256 not in self.files:
            raise NotFound("file_not_found")
        return self.files[sha256]

    def _part(self, query: ReadFile) -> FilePart:
        content = self._file(query.sha256)[1]
        return FilePart(data=b64encode(content[query.offset : query.offset + query.length]))


def _one(items: Sequence[Any], ref: str, kind: str) -> Any:
    for item in items:
        if ref in (item.id, item.slug.fr, item.slug.en):
            if item.status is Status.RETIRED:
                raise NotFound(f"{kind}_retired", title=item.content.title.model_dump())
            return item
    raise NotFound(f"{kind}_not_found", ref=ref)
