"""Programs to measure with: the samples, and as many as wanted made from real ones."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from services.content.contracts import ImportRow, Program, ProgramContent, SlugText, Status
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


def _rows(mapping_name: str, path: Path) -> list[ImportRow]:
    mapping = load_mapping(mapping_name)
    reader = Reader(mapping)
    listing = list_files((path,), mapping.read.files, frozenset())
    records = [record for file in listing.files for record in reader.records(file)]
    return [row for record in records if record.data and (row := map_record(mapping, record.data).row)]


def sample_rows() -> list[ImportRow]:
    """The sample programs."""
    return _rows("nexus", SAMPLES)


def real_rows() -> list[ImportRow]:
    """The 187 real programs."""
    return _rows("aid-programs-fr", REAL)


def real_contents() -> list[ProgramContent]:
    """What the real programs say."""
    return [row.content for row in real_rows()]


def sample_documents() -> list[Document]:
    """The sample programs as an engine keeps them."""
    contents = [row.content for row in sample_rows()]
    return [document(program_entry(_program(number, content))) for number, content in enumerate(contents)]


def documents(number: int, batch: int = 500) -> Iterator[list[Document]]:
    """`number` documents made from the real ones, some at a time. No two are the same: each has the title,
    the description and the audience of three programs."""
    real = real_contents()
    numbers = iter(range(number))
    while part := list(islice(numbers, batch)):
        yield [document(program_entry(_program(n, _mixed(n, real)))) for n in part]


def _mixed(n: int, real: Sequence[ProgramContent]) -> ProgramContent:
    titled, described, meant = (
        real[k % len(real)] for k in (n, n + n // len(real), n + n // len(real) ** 2 + 1)
    )
    texts = {"summary": described.summary, "description": described.description, "audience": meant.audience}
    return titled.model_copy(update={**texts, "valid_until": None})
