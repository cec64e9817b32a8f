"""Programs to measure with: the samples, and as many as wanted made from real ones."""

import os
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import yaml

from services.content.contracts import Program, ProgramContent, SlugText, Status
from services.content.importing.files import list_files
from services.content.importing.mapping import map_record
from services.content.importing.reading import Reader
from services.content.importing.spec import load_mapping
from services.search.matching.documents import Document, document
from services.search.projections import program_entry
from tests.support.contents import NOON
from tests.support.platforms import SAMPLES

REAL = Path(os.environ.get("NEXUS_TEST_DATA", "../shared/data")) / "aid-programs-fr"


def _program(number: int, content: ProgramContent) -> Program:
    slug = SlugText(fr=f"p{number}", en=f"p{number}")
    return Program(
        id=f"p{number}",
        revision=1,
        status=Status.PUBLISHED,
        slug=slug,
        content=content,
        created_at=NOON,
        updated_at=NOON,
    )


def sample_documents() -> list[Document]:
    """The sample programs as the index knows them."""
    contents = [
        ProgramContent.read(yaml.safe_load(file.read_text())) for file in sorted(SAMPLES.glob("*.yaml"))
    ]
    return [document(program_entry(_program(number, content))) for number, content in enumerate(contents)]


def real_contents() -> list[ProgramContent]:
    """The 187 real programs."""
    mapping = load_mapping("aid-programs-fr")
    reader = Reader(mapping)
    listing = list_files((REAL,), mapping.read.files, frozenset())
    records = [record for file in listing.files for record in reader.records(file)]
    rows = [map_record(mapping, record.data).row for record in records if record.data]
    return [row.content for row in rows if row]


def documents(number: int, batch: int = 500) -> Iterator[list[Document]]:
    """`number` documents made from the real ones by repeating them under other names, some at a time."""
    made: list[Document] = []
    for n, content in zip(range(number), cycle(real_contents()), strict=False):
        made.append(document(program_entry(_program(n, content.model_copy(update={"valid_until": None})))))
        if len(made) == batch:
            yield made
            made = []
    if made:
        yield made
