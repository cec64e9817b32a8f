"""The public door of the search service."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from nexus.messages import PRINTABLE, Command, Event, Message, Query, without_control_characters

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
EntryType = Literal["program", "document", "post", "activity"]
Sort = Literal["relevance", "date"]
FacetName = Literal["type", "theme", "kind", "sector", "provider", "language"]
FACETS: tuple[FacetName, ...] = ("type", "theme", "kind", "sector", "provider", "language")

MAX_WINDOW = 10_000  # results that paging can reach, as Elasticsearch's max_result_window
MOST_LETTERS = 500  # of what is searched for


QueryText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MOST_LETTERS),
    AfterValidator(without_control_characters),
    Field(json_schema_extra=PRINTABLE),
]
FacetValue = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(without_control_characters),
    Field(json_schema_extra=PRINTABLE),
]
FacetValues = Annotated[tuple[FacetValue, ...], Field(max_length=50)]


class Hit(Message):
    """One result. Texts are in `lang` where they exist, else in the other language (`text_lang`).

    `snippet` is HTML: everything escaped but `<mark>` around the words that matched. Of a document it may be
    a passage of its file in `page_lang`, then on `page` (from 1), unless files of that type have no pages. Its facts
    were verified on `verified_on`; from `stale_on` on, that was too long ago."""

    type: EntryType
    id: str
    slug: str
    text_lang: Language
    title: str
    lead: str
    snippet: str
    score: float
    kind: str | None = None
    themes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    provider: str | None = None
    date: AwareDatetime | None = None
    page: int | None = None
    page_lang: Language | None = None
    verified_on: datetime.date | None = None
    stale_on: datetime.date | None = None


class FacetCount(Message):
    """How many results a value has, all filters of the other facets applied. `label` is in the query's
    language where the value is a name (providers), else None: the gateway knows the words."""

    value: str
    count: int
    label: str | None = None
    selected: bool = False


class SearchResults(Message):
    """One page of results. `suggestion` is a corrected spelling that has results, if `q` seems mistyped."""

    total: int
    page: int
    per_page: int
    items: tuple[Hit, ...]
    facets: dict[FacetName, tuple[FacetCount, ...]]
    suggestion: str | None = None


class Search(Query[SearchResults], service="search"):
    """Entries of the caller's sector that match `q`, best first; all of them when `q` is empty.

    Any word may match; words in quotes must stand together. Values of one facet widen each other, facets
    narrow each other. Expired entries never show."""

    q: QueryText = ""
    lang: Language = "fr"
    type: FacetValues = ()
    theme: FacetValues = ()
    kind: FacetValues = ()
    sector: FacetValues = ()
    provider: FacetValues = ()
    language: FacetValues = ()
    sort: Sort = "relevance"
    page: int = Field(1, ge=1)
    per_page: int = Field(20, ge=1, le=100)


class Miss(Message):
    """Words that were searched for in vain, `count` times at least."""

    language: Language
    q: str
    count: int


class Misses(Message):
    """Most frequent first."""

    items: tuple[Miss, ...]


class ListMisses(Query[Misses], service="search"):
    """What visitors of the caller's sector did not find. For editors, coordinators and administrators."""

    days: int = Field(30, ge=1, le=90)
    limit: int = Field(100, ge=1, le=500)


class Searched(Message):
    """Words that were searched for `count` times, found or not."""

    language: Language
    q: str = Field(max_length=MOST_LETTERS)
    count: int = Field(ge=1, le=1_000_000)


class CountSearches(Command[None], service="search"):
    """What was searched for in the caller's sector since it was last told. What may say who somebody is is not kept."""

    items: tuple[Searched, ...] = Field(max_length=500)


class SearchedWords(Message):
    """Most frequent first."""

    items: tuple[Searched, ...]


class ListSearches(Query[SearchedWords], service="search"):
    """What visitors of the caller's sector searched for. For editors, coordinators and administrators."""

    days: int = Field(30, ge=1, le=90)
    limit: int = Field(50, ge=1, le=500)


class Suggestion(Message):
    """An entry whose title continues what was typed."""

    title: str
    type: EntryType
    slug: str


class Suggestions(Message):
    """Best first."""

    items: tuple[Suggestion, ...]


class Suggest(Query[Suggestions], service="search"):
    """Completions of what somebody is typing."""

    q: QueryText = ""
    lang: Language = "fr"
    limit: int = Field(8, ge=1, le=20)


class SimilarEntries(Message):
    """Most similar first."""

    items: tuple[Hit, ...]


class MoreLikeThis(Query[SimilarEntries], service="search"):
    """Entries that speak of the same as the entry `id`, without itself."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    lang: Language = "fr"
    limit: int = Field(4, ge=1, le=20)


class ReindexStarted(Message):
    """The rebuild under this id goes on in the background; `GetReindex` tells how far it is."""

    id: str


class Reindex(Command[ReindexStarted], service="search"):
    """Rebuild the index from what the service remembers, beside the one in use. For administrators."""


class ReindexProgress(Message):
    """`done` of `total` entries are in the new index; `state` says whether it is in use."""

    id: str
    state: Literal["running", "finished", "failed"]
    done: int
    total: int
    seconds: float
    error: str | None = None


class GetReindex(Query[ReindexProgress], service="search"):
    """How far a rebuild is."""

    id: str


class IndexChanged(Event, service="search"):
    """Searches may answer differently from now on."""

    generation: int

    @property
    def subject(self) -> str:
        return "index"
