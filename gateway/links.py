"""The addresses of pages: one place for their words in each language."""

from urllib.parse import quote

from gateway.sectors import Language

PROGRAMS = {"fr": "programmes", "en": "programs"}
SEARCH = {"fr": "recherche", "en": "search"}
PROBLEMS = {"fr": "problemes", "en": "problems"}
DOCUMENTS = {"fr": "boite-a-outils", "en": "toolbox"}
OPEN = {"fr": "ouvrir", "en": "open"}  # below the page of a document
BLOG = {"fr": "blogue", "en": "blog"}
ACTIVITIES = {"fr": "activites", "en": "activities"}
_ENTRIES = {"program": PROGRAMS, "document": DOCUMENTS, "post": BLOG, "activity": ACTIVITIES}


def entry_path(language: Language, kind: str, slug: str) -> str:
    """The page of something that search finds; `kind` is its EntryType."""
    return f"/{language}/{_ENTRIES[kind][language]}/{slug}"


def passage_path(language: Language, slug: str, file_language: Language, page: int | None) -> str:
    """Leads to the file of a document in `file_language`, opened at `page` where that can be."""
    at = f"&page={page}" if page else ""
    return f"{entry_path(language, 'document', slug)}/{OPEN[language]}?file={file_language}{at}"


def file_path(sha256: str, name: str) -> str:
    """A stored file, saved under `name`."""
    return f"/files/{sha256}/{quote(name, safe='')}"


def program_url(base_url: str, language: Language, slug: str) -> str:
    """The page of a program."""
    return f"{base_url}/{language}/{PROGRAMS[language]}/{slug}"


def problem_url(base_url: str, code: str) -> str:
    """What a refusal's code means, in the reader's language. Programs compare it: it never changes."""
    return f"{base_url}/problems/{code}"
