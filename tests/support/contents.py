"""Programs for tests."""

from datetime import UTC, datetime

from services.content.contracts import (
    Kind,
    LineText,
    Program,
    ProgramContent,
    SlugText,
    Status,
)

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def content(
    fr: str | None = "Francisation en entreprise", en: str | None = None, **fields: object
) -> ProgramContent:
    """A content with a title and a kind, and what `fields` say."""
    return ProgramContent(title=LineText(fr=fr, en=en), **{"kind": Kind.TRAINING, **fields})  # type: ignore[arg-type]


def program(program_id: str = "p1", revision: int = 1, **fields: object) -> Program:
    """A published program."""
    return Program(
        id=program_id,
        revision=revision,
        status=Status.PUBLISHED,
        slug=SlugText(fr=program_id, en=program_id),
        content=content(**fields),  # type: ignore[arg-type]
        created_at=NOON,
        updated_at=NOON,
        published_at=NOON,
    )
