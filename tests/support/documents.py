"""Documents for tests."""

from datetime import date
from typing import Any

from services.content.contracts import LineText, ParagraphText, SlugText, Status, Theme
from services.content.contracts.documents import (
    Document,
    DocumentContent,
    FileFacts,
    Files,
    NamedFile,
)
from services.content.contracts.files import Reading, StoredFile
from tests.support.contents import NOON

FRENCH, ENGLISH, PICTURE = "a" * 64, "b" * 64, "c" * 64


def stored(
    sha256: str = FRENCH, size: int = 1_234_567, reading: Reading = "read", **fields: Any
) -> StoredFile:
    """What is known of a PDF of 12 pages, unless `fields` say otherwise."""
    told = {"media_type": "application/pdf", "pages": 12, **fields}
    return StoredFile(sha256=sha256, size=size, reading=reading, **told)


def document(
    document_id: str = "d1", revision: int = 1, facts: FileFacts | None = None, **fields: Any
) -> Document:
    """A published document with a file in each language."""
    told = {
        "title": LineText(fr="Guide d’accueil", en="Welcome guide"),
        "summary": ParagraphText(fr="Les dix premiers jours.", en="The first ten days."),
        "audience": ParagraphText(fr="Chefs d’équipe", en="Team leaders"),
        "themes": (Theme.INTEGRATION,),
        "version": "2.1",
        "date": date(2026, 12, 1),
        "files": Files(
            fr=NamedFile(sha256=FRENCH, name="Guide d’été.pdf"),
            en=NamedFile(sha256=ENGLISH, name="guide.pdf"),
        ),
        **fields,
    }
    known = FileFacts(fr=stored(thumbnail=PICTURE), en=stored(ENGLISH, 350_000, pages=1))
    return Document(
        id=document_id,
        revision=revision,
        status=Status.PUBLISHED,
        slug=SlugText(fr="guide-accueil", en="welcome-guide"),
        content=DocumentContent(**told),
        created_at=NOON,
        updated_at=NOON,
        published_at=NOON,
        facts=facts or known,
    )
