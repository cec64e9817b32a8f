"""Posts and activities for tests."""

from datetime import UTC, datetime, timedelta

from services.content.contracts import (
    Activity,
    ActivityContent,
    ActivityKind,
    LineText,
    MarkdownText,
    Names,
    Page,
    PageContent,
    ParagraphText,
    Post,
    PostContent,
    SlugText,
    Status,
)
from tests.support.contents import NOON


def post_content(
    fr: str | None = "Chercher ici d’abord", en: str | None = "Look here first", **fields: object
):
    """What a post says; `fields` besides its texts."""
    told = {
        "summary": ParagraphText(fr="Un résumé.", en="A summary."),
        "body": MarkdownText(fr="## Un titre\n\nUn **corps**.", en="## A heading\n\nA **body**."),
        "authors": Names(fr=("Équipe NEXUS",), en=("NEXUS team",)),
        "tags": Names(fr=("mise à jour",), en=("update",)),
    }
    return PostContent(title=LineText(fr=fr, en=en), **{**told, **fields})  # type: ignore[arg-type]


def post(post_id: str = "b1", status: Status = Status.PUBLISHED, **fields: object) -> Post:
    """A post, published at noon."""
    return Post(**_about(post_id, status), content=post_content(**fields))  # type: ignore[arg-type]


def activity_content(title: str = "Forum de l’emploi", days: int = 10, **fields: object) -> ActivityContent:
    """What is announced of an activity that begins `days` after noon and lasts three hours."""
    starts = NOON + timedelta(days=days)
    told: dict[str, object] = {
        "kind": ActivityKind.JOB_FORUM,
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=3),
    }
    return ActivityContent(title=LineText(fr=title), **{**told, **fields})  # type: ignore[arg-type]


def activity(activity_id: str = "a1", **fields: object) -> Activity:
    """A published activity."""
    return Activity(**_about(activity_id, Status.PUBLISHED), content=activity_content(**fields))  # type: ignore[arg-type]


def site_page(page_id: str, fr: str, en: str) -> Page:
    """A published page."""
    content = PageContent(title=LineText(fr=fr, en=en), body=MarkdownText(fr="## Bon", en="## Good"))
    return Page(**_about(page_id, Status.PUBLISHED), content=content)  # type: ignore[arg-type]


def _about(item_id: str, status: Status) -> dict[str, object]:
    return {
        "id": item_id,
        "revision": 1,
        "status": status,
        "slug": SlugText(fr=f"{item_id}-fr", en=f"{item_id}-en"),
        "created_at": NOON,
        "updated_at": NOON,
        "published_at": NOON if status is Status.PUBLISHED else None,
    }


def at(day: int, hour: int = 12) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)
