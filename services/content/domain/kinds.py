"""The kinds of publications."""

from services.content.contracts.programs import Program, ProgramContent, ProgramPublished, ProgramRetired
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
