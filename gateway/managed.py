"""What systems with a key see of what they write: in any state, with the revision that a change must name."""

from typing import Any, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict

from gateway.links import entry_path
from nexus.caller import LANGUAGES, Scope
from nexus.messages import Message
from services.content.contracts import PostContent, ProgramContent, SlugText, Status
from services.content.contracts.documents import DocumentContent
from services.content.contracts.editing import Item, ItemKind


class Urls(BaseModel):
    """Its page in each language."""

    fr: str
    en: str


class _Managed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    revision: int
    status: Status
    slug: SlugText
    url: Urls
    updated_at: AwareDatetime
    published_at: AwareDatetime | None


class ManagedProgram(_Managed):
    """A program in whichever state, for who has a key."""

    content: ProgramContent


class ManagedDocument(_Managed):
    """A document in whichever state, for who has a key."""

    content: DocumentContent


class ManagedPost(_Managed):
    """A post in whichever state, for who has a key."""

    content: PostContent


class ManagedKind(NamedTuple):
    """A kind that systems write. `example` is a content of it, for the description."""

    item: ItemKind
    plural: str
    content: type[Message]
    answer: type[_Managed]
    scope: Scope
    example: dict[str, Any]


_TITLE = {"fr": "Aide à la première embauche", "en": "Help with a first hire"}
PROGRAMS = ManagedKind(
    ItemKind.PROGRAM,
    "programs",
    ProgramContent,
    ManagedProgram,
    Scope.PROGRAMS_WRITE,
    {"title": _TITLE, "kind": "wage_subsidy", "themes": ["hiring"]},
)
DOCUMENTS = ManagedKind(
    ItemKind.DOCUMENT,
    "documents",
    DocumentContent,
    ManagedDocument,
    Scope.DOCUMENTS_WRITE,
    {"title": {"fr": "Guide d’accueil", "en": "Welcome guide"}, "date": "2026-11-23", "files": {}},
)
POSTS = ManagedKind(
    ItemKind.POST,
    "posts",
    PostContent,
    ManagedPost,
    Scope.POSTS_WRITE,
    {"title": {"fr": "Une première embauche"}, "body": {"fr": "Ce qui a aidé : **un mentor**."}},
)
MANAGED = (PROGRAMS, DOCUMENTS, POSTS)


def told(item: Item, base_url: str) -> dict[str, Any]:
    """The fields of its answer, ready for JSON; not validated again, so that a newer content passes too."""
    urls = {
        language: base_url + entry_path(language, item.kind, getattr(item.slug, language))
        for language in LANGUAGES
    }
    return {**item.model_dump(mode="json", exclude={"kind"}), "url": urls}
