"""The kinds of publications."""

from services.content.contracts.documents import (
    Document,
    DocumentContent,
    DocumentPublished,
    DocumentRetired,
)
from services.content.contracts.programs import Program, ProgramContent, ProgramPublished, ProgramRetired
from services.content.domain.documents import files_of
from services.content.domain.lifecycle import Kind

PROGRAMS = Kind(
    name="program",
    plural="programs",
    slug="programme",
    item=Program,
    content=ProgramContent,
    published=lambda item: ProgramPublished(program=item),
    retired=ProgramRetired,
)
DOCUMENTS = Kind(
    name="document",
    plural="documents",
    slug="document",
    item=Document,
    content=DocumentContent,
    published=lambda item: DocumentPublished(document=item),
    retired=DocumentRetired,
    files=files_of,
)
