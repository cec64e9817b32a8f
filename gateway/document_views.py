"""What the templates of the toolbox show."""

from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from urllib.parse import urlencode

from markupsafe import Markup

from gateway import views, words
from gateway.links import DOCUMENTS, file_path
from gateway.sectors import Language
from nexus.caller import LANGUAGES
from services.content.contracts.documents import Document, DocumentVersion, DocumentWithVersions, NamedFile
from services.content.contracts.files import StoredFile
from services.search.contracts import SearchResults

_SHOWN_BY_BROWSERS = {"application/pdf", "text/plain", "text/markdown", "text/csv"}


@dataclass(frozen=True)
class FileView:
    """A file that can be had. `size` in bytes, None where unknown; `opens`: a browser shows it."""

    language: Language
    name: str
    path: str
    size: int | None
    media_type: str | None
    pages: int | None
    opens: bool
    unread: str | None  # why its text could not be read, a key of words.READINGS


@dataclass(frozen=True)
class VersionView:
    """An earlier version."""

    version: DocumentVersion
    files: tuple[FileView, ...]


@dataclass(frozen=True)
class DocumentView:
    """The page of a document."""

    document: Document
    title: views.Shown
    summary: views.Shown | None
    audience: views.Shown | None
    files: tuple[FileView, ...]
    thumbnail: str | None
    earlier: tuple[VersionView, ...]
    untranslated: bool
    structured: Markup


@dataclass(frozen=True)
class Listed:
    """A document in the list: what search found, and its file for this reader where it could be asked for."""

    card: views.Card
    document: Document | None
    file: FileView | None
    thumbnail: str | None


@dataclass(frozen=True)
class Toolbox:
    """The list of documents."""

    results: views.Results
    listed: tuple[Listed, ...]
    themes: tuple[views.Link, ...]


def toolbox(
    asked: views.SearchQuery,
    found: SearchResults,
    documents: Sequence[Document | None],
    language: Language,
    catalogue: NullTranslations,
) -> Toolbox:
    """One page of the list, narrowed by theme where one is chosen. `documents` are those of `found`, in its order."""
    path = f"/{language}/{DOCUMENTS[language]}"
    results = views.results(asked, found, language, catalogue, {}, path=path)
    chosen = [
        views.Link(
            f"{words.named(words.THEMES, one.value, catalogue)} ({one.count})",
            f"{path}?{urlencode({'theme': one.value})}",
            current=one.selected,
        )
        for one in found.facets.get("theme", ())
    ]
    everything = views.Link(catalogue.gettext(words.N_("All themes")), path, current=not asked.theme)
    listed = tuple(
        _listed(card, document, language) for card, document in zip(results.cards, documents, strict=True)
    )
    return Toolbox(results, listed, (everything, *chosen) if chosen else ())


def _listed(card: views.Card, document: Document | None, language: Language) -> Listed:
    if document is None:
        return Listed(card, None, None, None)
    file = next((view for one in _own_first(language) if (view := file_view(document, one))), None)
    return Listed(card, document, file, _thumbnail(document, language))


def document_view(
    found: DocumentWithVersions, language: Language, base_url: str, address: str
) -> DocumentView:
    """A document for a reader of `language`; `address` is its page's, in full."""
    document, content = found.document, found.document.content
    title, summary = views.shown(content.title, language), views.shown(content.summary, language)
    audience = views.shown(content.audience, language)
    assert title is not None  # noqa: S101 - a document has a title in one language
    own = _own_first(language)
    files = tuple(view for one in own if (view := file_view(document, one)))
    return DocumentView(
        document=document,
        title=title,
        summary=summary,
        audience=audience,
        files=files,
        thumbnail=_thumbnail(document, language),
        earlier=tuple(VersionView(one, _files_of(one, own)) for one in found.earlier),
        untranslated=any(part is not None and part.borrowed for part in (title, summary, audience)),
        structured=_structured(document, title, summary, files, base_url, address),
    )


def file_view(document: Document, language: Language) -> FileView | None:
    """The file of `document` in `language`; None if there is none."""
    file = getattr(document.content.files, language)
    return _file(file, getattr(document.facts, language), language) if file else None


def _own_first(language: Language) -> list[Language]:
    return sorted(LANGUAGES, key=lambda one: one != language)


def _thumbnail(document: Document, language: Language) -> str | None:
    """The first page of the file in `language`, else in the other one."""
    known = (getattr(document.facts, one) for one in _own_first(language))
    found = next((facts.thumbnail for facts in known if facts and facts.thumbnail), None)
    return file_path(found, "thumbnail.png") if found else None


def _files_of(version: DocumentVersion, own: list[Language]) -> tuple[FileView, ...]:
    named = [(one, file) for one in own if (file := getattr(version.files, one))]
    return tuple(_file(file, None, one) for one, file in named)


def _file(file: NamedFile, facts: StoredFile | None, language: Language) -> FileView:
    return FileView(
        language=language,
        name=file.name,
        path=file_path(file.sha256, file.name),
        size=facts.size if facts else None,
        media_type=facts.media_type if facts else None,
        pages=facts.pages if facts else None,
        opens=facts is not None and facts.media_type in _SHOWN_BY_BROWSERS,
        unread=facts.reading if facts and facts.reading != "read" else None,
    )


def _structured(
    document: Document,
    title: views.Shown,
    summary: views.Shown | None,
    files: tuple[FileView, ...],
    base_url: str,
    address: str,
) -> Markup:
    """schema.org's DigitalDocument."""
    content = document.content
    told = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "name": title.text,
        "description": summary.text if summary else None,
        "inLanguage": [file.language for file in files],
        "version": content.version,
        "datePublished": content.date.isoformat(),
        "keywords": [theme.value for theme in content.themes] or None,
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": base_url + file.path,
                "encodingFormat": file.media_type,
                "inLanguage": file.language,
            }
            for file in files
        ],
        "url": address,
    }
    return views.json_ld(told)
