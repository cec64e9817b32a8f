"""Rules of documents."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.content.contracts.documents import Document, DocumentContent, DocumentVersion, Files
from services.content.contracts.files import Reading, StoredFile
from services.content.contracts.publications import Status
from services.content.contracts.texts import LANGUAGES, Language
from services.content.domain.lifecycle import Note

# What whoever uploaded it can do something about. A picture without text, or a type that is never read, is shown
# where files are uploaded, and is often what was meant.
FAILED: Final[frozenset[Reading]] = frozenset({"encrypted", "damaged", "too_large", "too_slow"})


def named_files(content: DocumentContent) -> dict[Language, str]:
    """The SHA-256 of the file in each language that has one."""
    return {one: file.sha256 for one in LANGUAGES if (file := getattr(content.files, one))}


def unreadable(content: DocumentContent, known: Mapping[str, StoredFile]) -> dict[Language, str]:
    """Those of its files whose text could not be read."""
    named = named_files(content)
    return {one: key for one, key in named.items() if key in known and known[key].reading in FAILED}


def files_of(document: Document) -> tuple[str, ...]:
    """The SHA-256 of each file that a document names, its thumbnails included."""
    named = (document.content.files.fr, document.content.files.en)
    facts = (document.facts.fr, document.facts.en)
    wanted = [*(one.sha256 for one in named if one), *(one.thumbnail for one in facts if one)]
    return tuple(dict.fromkeys(sha256 for sha256 in wanted if sha256))


def earlier_versions(revisions: Iterable[tuple[Note, Any]]) -> tuple[DocumentVersion, ...]:
    """The states in which a document was public with other files than later, newest first.

    `revisions` come newest first; a draft that nobody saw is no version."""
    versions: list[DocumentVersion] = []
    later: list[Files] = []
    for note, content in revisions:
        public = note.status is Status.PUBLISHED
        if later and public and content.files not in later:
            versions.append(_version(note, content))
        if public or not later:  # the first one is what stands
            later.append(content.files)
    return tuple(versions)


def _version(note: Note, content: DocumentContent) -> DocumentVersion:
    return DocumentVersion(
        revision=note.revision, version=content.version, date=content.date, files=content.files
    )
