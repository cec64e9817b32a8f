"""What the templates of the toolbox show."""

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
class Toolbox:
    """The list of documents."""

    results: views.Results
    themes: tuple[views.Link, ...]


def toolbox(
    asked: views.SearchQuery, found: SearchResults, language: Language, catalogue: NullTranslations
) -> Toolbox:
    """One page of the list, narrowed by theme where one is chosen."""
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
    return Toolbox(results, (everything, *chosen) if chosen else ())


def document_view(
    found: DocumentWithVersions, language: Language, base_url: str, address: str
) -> DocumentView:
    """A document for a reader of `language`; `address` is its page's, in full."""
    document, content = found.document, found.document.content
    title, summary = views.shown(content.title, language), views.shown(content.summary, language)
    audience = views.shown(content.audience, language)
    assert title is not None  # noqa: S101 - a document has a title in one language
    own: list[Language] = sorted(LANGUAGES, key=lambda one: one != language)
    files = tuple(view for one in own if (view := file_view(document, one)))
    thumbnails = [
        facts.thumbnail for one in own if (facts := getattr(document.facts, one)) and facts.thumbnail
    ]
    return DocumentView(
        document=document,
        title=title,
        summary=summary,
        audience=audience,
        files=files,
        thumbnail=file_path(thumbnails[0], "thumbnail.png") if thumbnails else None,
        earlier=tuple(VersionView(one, _files_of(one, own)) for one in found.earlier),
        untranslated=any(part is not None and part.borrowed for part in (title, summary, audience)),
        structured=_structured(document, title, summary, files, base_url, address),
    )


def file_view(document: Document, language: Language) -> FileView | None:
    """The file of `document` in `language`; None if there is none."""
    file = getattr(document.content.files, language)
    return _file(file, getattr(document.facts, language), language) if file else None


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
