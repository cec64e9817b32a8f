"""The public API: search, completions, programs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, FastAPI, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.asked import AskedRoute
from gateway.bearer import has_key
from gateway.links import entry_path, file_path, program_url
from gateway.managed import DOCUMENTS, PROGRAMS, ManagedDocument, ManagedKind, ManagedProgram, Urls
from gateway.problems import MEDIA_TYPE, Problem, StaleProblem
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import anonymous
from nexus.errors import NotFound
from nexus.messages import PRINTABLE, without_control_characters
from services.content.contracts import GetProgram, ListPrograms, Program, ProgramContent, SlugText
from services.content.contracts.documents import (
    Document,
    DocumentContent,
    GetDocument,
    ListDocuments,
    NamedFile,
)
from services.content.contracts.files import StoredFile
from services.search.contracts import (
    EntryType,
    FacetCount,
    FacetName,
    FacetValues,
    Search,
    SearchResults,
    Sort,
    Suggest,
)

# Answers who has a key, or claims to have one.
Shown = Callable[[Request, ManagedKind, str], Awaitable[Response]]

_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": StaleProblem if status == 412 else Problem, "description": words}
    for status, words in {
        400: "A parameter is wrong; `errors` says which",
        401: "There is no key, or it is not valid",
        403: "The key may not do this",
        404: "There is no such thing",
        409: "It clashes with what is stored; `nearest` may say what is free instead",
        410: "It is no longer offered",
        412: "It has been changed since; both versions are told",
        413: "It is too large",
        415: "The body is of another type",
        422: "This idempotency key came with another request before",
        503: "Part of the platform is away; try again",
        504: "The answer took too long; try again",
    }.items()
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: _REFUSALS[status] for status in (400, *statuses, 503, 504)}


def keyed_refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return refusals(401, 403, *statuses)


# Of a route for one thing, which who has a key may ask for in whichever state it is.
_ONE: dict[str, Any] = {
    "responses": {308: {"description": "The address has changed"}, **keyed_refusals(404, 410)},
    "openapi_extra": {"security": [{}, {"key": []}]},
}


# Judged as it was sent, before blanks around it go: so the description below says all of it.
_Asked = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(without_control_characters),
    AfterValidator(str.strip),
    Field(json_schema_extra=PRINTABLE),
]


class Parameters(BaseModel):
    """Parameters that are not known are refused: a misspelt filter must not widen a search in silence."""

    model_config = ConfigDict(extra="forbid")


class SearchParameters(Parameters):
    """What to search, and how."""

    q: _Asked = Field(
        "", description="Words; any may match, quoted ones must stand together", examples=["francisation"]
    )
    lang: Language = Field("fr", description="The language of the answer, and of the analysis of `q`")
    theme: FacetValues = Field((), description="Any of these themes", examples=[["hiring"]])
    type: FacetValues = Field((), description="Any of these types", examples=[["document"]])
    kind: FacetValues = Field((), description="Any of these kinds of help", examples=[["wage_subsidy"]])
    sector: FacetValues = Field((), description="Any of these sectors")
    provider: FacetValues = Field((), description="Any of these providers, as named in the facets")
    language: FacetValues = Field((), description="Any of these languages of service")
    sort: Sort = "relevance"
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(20, ge=1, le=100)


class Item(BaseModel):
    """A result. `snippet` is HTML in which all is escaped but `<mark>` around the words found."""

    type: EntryType
    slug: str
    title: str
    lead: str
    snippet: str
    url: str
    score: float
    text_lang: Language
    kind: str | None
    themes: tuple[str, ...]
    sectors: tuple[str, ...]
    provider: str | None
    date: AwareDatetime | None
    page: int | None = Field(description="Of a document: the page on which the passage stands")
    page_lang: Language | None = Field(
        description="The language of the file with this page, and of the snippet"
    )


class SearchAnswer(BaseModel):
    """One page of results."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 1,
                    "page": 1,
                    "per_page": 20,
                    "items": [
                        {
                            "type": "program",
                            "slug": "priime",
                            "title": "PRIIME",
                            "lead": "Une partie du salaire remboursée pour une première embauche",
                            "snippet": "Une <mark>subvention salariale</mark> pour une première embauche",
                            "url": "https://tic.example.org/fr/programmes/priime",
                            "score": 12.5,
                            "text_lang": "fr",
                            "kind": "wage_subsidy",
                            "themes": ["hiring"],
                            "sectors": [],
                            "provider": "Services Québec",
                            "date": "2026-11-23T15:00:00Z",
                            "page": None,
                            "page_lang": None,
                        }
                    ],
                    "facets": {
                        "kind": [{"value": "wage_subsidy", "count": 1, "label": None, "selected": False}]
                    },
                    "suggestion": None,
                }
            ]
        }
    )

    total: int
    page: int
    per_page: int
    items: tuple[Item, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]
    suggestion: str | None


class SuggestParameters(Parameters):
    """What somebody is typing."""

    q: _Asked = Field("", examples=["franc"])
    lang: Language = "fr"
    limit: int = Field(8, ge=1, le=20)


class Completion(BaseModel):
    """An entry whose title continues what was typed."""

    title: str
    type: EntryType
    slug: str
    url: str


class Completions(BaseModel):
    """Best first."""

    items: tuple[Completion, ...]


class ListParameters(Parameters):
    """Which part of the list."""

    after: str | None = Field(
        None, max_length=200, description="`next` of the answer before", examples=["priime"]
    )
    limit: int = Field(20, ge=1, le=200)


class PublicProgram(BaseModel):
    """A published program. A text that is missing in a language is null there."""

    id: str
    revision: int
    slug: SlugText
    url: Urls
    updated_at: AwareDatetime
    published_at: AwareDatetime | None
    content: ProgramContent


class ProgramList(BaseModel):
    """Some programs in a stable order; ask again with `after` = `next` until it is null."""

    total: int
    next: str | None
    items: tuple[PublicProgram, ...]


class FileAnswer(BaseModel):
    """A file as it can be fetched. `reading` says whether its text could be read, and why not."""

    url: str
    name: str
    sha256: str
    size: int | None = Field(description="Bytes")
    media_type: str | None
    pages: int | None
    reading: str | None


class DocumentFiles(BaseModel):
    """The file in each language; null where there is none."""

    fr: FileAnswer | None
    en: FileAnswer | None


class PublicDocument(BaseModel):
    """A published document of the toolbox. A text that is missing in a language is null there."""

    id: str
    revision: int
    slug: SlugText
    url: Urls
    updated_at: AwareDatetime
    published_at: AwareDatetime | None
    files: DocumentFiles
    content: DocumentContent


class DocumentList(BaseModel):
    """Some documents in a stable order; ask again with `after` = `next` until it is null."""

    total: int
    next: str | None
    items: tuple[PublicDocument, ...]


def api_router(sector: Sector, bus: Bus, base_url: str, show: Shown) -> APIRouter:
    """The routes of a sector's API that need no key. With one, `show` answers what has more than one state."""
    router = APIRouter(prefix="/api/v1", route_class=AskedRoute)
    _add_searches(router, sector, bus, base_url)
    _add_programs(router, sector, bus, base_url, show)
    _add_documents(router, sector, bus, base_url, show)
    return router


def _add_searches(router: APIRouter, sector: Sector, bus: Bus, base_url: str) -> None:
    @router.get("/search", response_model=SearchAnswer, responses=refusals(404), tags=["search"])
    async def search(parameters: Annotated[SearchParameters, Query()]) -> Response:
        """Search everything that the sector publishes."""
        query = Search(**parameters.model_dump())
        results = await bus.call(query, anonymous(sector.name, parameters.lang))
        require_page(results)
        return _raw(_answer(results, parameters.lang, base_url))

    @router.get("/suggest", response_model=Completions, responses=refusals(), tags=["search"])
    async def suggest(parameters: Annotated[SuggestParameters, Query()]) -> Response:
        """Complete what somebody is typing."""
        query = Suggest(**parameters.model_dump())
        found = await bus.call(query, anonymous(sector.name, parameters.lang))
        items = [
            Completion(**one.model_dump(), url=base_url + entry_path(parameters.lang, one.type, one.slug))
            for one in found.items
        ]
        return _json(Completions(items=tuple(items)))


def _add_programs(router: APIRouter, sector: Sector, bus: Bus, base_url: str, show: Shown) -> None:
    @router.get("/programs", response_model=ProgramList, responses=refusals(), tags=["programs"])
    async def programs(parameters: Annotated[ListParameters, Query()]) -> Response:
        """All published programs of the sector, a part at a time."""
        page = await bus.call(ListPrograms(**parameters.model_dump()), anonymous(sector.name))
        items = tuple(public(program, base_url) for program in page.items)
        return _json(ProgramList(total=page.total, next=page.next, items=items))

    @router.get("/programs/{ref}", response_model=PublicProgram | ManagedProgram, tags=["programs"], **_ONE)
    async def program(
        request: Request,
        ref: Annotated[str, Path(min_length=1, max_length=200, examples=["priime"])],
        _: Annotated[Parameters, Query()],
    ) -> Response:
        """One program, by its slug in either language. A slug it no longer has is redirected.

        With a key: by id too, in whichever state, with the ETag that a change must name."""
        if has_key(request):
            return await show(request, PROGRAMS, ref)
        found = await bus.call(GetProgram(ref=ref), anonymous(sector.name))
        return _moved(ref, found.slug, f"{base_url}/api/v1/programs") or _json(public(found, base_url))


def _add_documents(router: APIRouter, sector: Sector, bus: Bus, base_url: str, show: Shown) -> None:
    @router.get("/documents", response_model=DocumentList, responses=refusals(), tags=["documents"])
    async def documents(parameters: Annotated[ListParameters, Query()]) -> Response:
        """All published documents of the sector, a part at a time."""
        page = await bus.call(ListDocuments(**parameters.model_dump()), anonymous(sector.name))
        items = tuple(_public_document(one, base_url) for one in page.items)
        return _json(DocumentList(total=page.total, next=page.next, items=items))

    @router.get(
        "/documents/{ref}", response_model=PublicDocument | ManagedDocument, tags=["documents"], **_ONE
    )
    async def document(
        request: Request,
        ref: Annotated[str, Path(min_length=1, max_length=200, examples=["guide-accueil"])],
        _: Annotated[Parameters, Query()],
    ) -> Response:
        """One document, by its slug in either language. A slug it no longer has is redirected.

        With a key: by id too, in whichever state, with the ETag that a change must name."""
        if has_key(request):
            return await show(request, DOCUMENTS, ref)
        found = (await bus.call(GetDocument(ref=ref), anonymous(sector.name))).document
        return _moved(ref, found.slug, f"{base_url}/api/v1/documents") or _json(
            _public_document(found, base_url)
        )


def _moved(ref: str, slug: SlugText, start: str) -> Response | None:
    """Leads a slug that the thing no longer has to the one it has; `start` is the address before it."""
    return None if ref in (slug.fr, slug.en) else RedirectResponse(f"{start}/{slug.fr}", 308)


def describe(app: FastAPI) -> None:
    """Make the OpenAPI description of `app` say how refusals are sent; FastAPI's own would be another way."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = generate()
            for path in told["paths"].values():
                for operation in path.values():
                    _describe_refusals(operation["responses"])
            for unused in ("HTTPValidationError", "ValidationError"):
                told["components"]["schemas"].pop(unused, None)
        return generate()

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _describe_refusals(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]  # a wrong parameter is a 400
    for status, response in responses.items():
        if status >= "400":
            response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}


def require_page(results: SearchResults) -> None:
    """Raise NotFound(`page_not_found`) for a page beyond the last one."""
    if results.page > 1 and not results.items:
        raise NotFound("page_not_found", total=results.total)


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


def _raw(body: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _answer(results: SearchResults, language: Language, base_url: str) -> dict[str, Any]:
    """A SearchAnswer, not validated again: it is the answer that is made most often."""
    told = results.model_dump(mode="json")
    for item in told["items"]:
        del item["id"]
        item["url"] = base_url + entry_path(language, item["type"], item["slug"])
    return told


def public(program: Program, base_url: str) -> PublicProgram:
    return PublicProgram(
        id=program.id,
        revision=program.revision,
        slug=program.slug,
        url=Urls(
            fr=program_url(base_url, "fr", program.slug.fr), en=program_url(base_url, "en", program.slug.en)
        ),
        updated_at=program.updated_at,
        published_at=program.published_at,
        content=program.content,
    )


def _public_document(document: Document, base_url: str) -> PublicDocument:
    content, facts, slug = document.content, document.facts, document.slug
    return PublicDocument(
        id=document.id,
        revision=document.revision,
        slug=slug,
        url=Urls(
            fr=base_url + entry_path("fr", "document", slug.fr),
            en=base_url + entry_path("en", "document", slug.en),
        ),
        updated_at=document.updated_at,
        published_at=document.published_at,
        files=DocumentFiles(
            fr=_public_file(content.files.fr, facts.fr, base_url),
            en=_public_file(content.files.en, facts.en, base_url),
        ),
        content=content,
    )


def _public_file(file: NamedFile | None, facts: StoredFile | None, base_url: str) -> FileAnswer | None:
    if file is None:
        return None
    told = facts.model_dump(include={"size", "media_type", "pages", "reading"}) if facts else {}
    url = base_url + file_path(file.sha256, file.name)
    nothing = dict.fromkeys(("size", "media_type", "pages", "reading"))
    return FileAnswer(url=url, name=file.name, sha256=file.sha256, **{**nothing, **told})
