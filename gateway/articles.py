"""Posts, activities and pages for a reader of one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from gateway.links import ACTIVITIES, BLOG, PAGES, file_path
from gateway.sectors import Language
from gateway.times import ZONE
from gateway.views import Shown, json_ld, shown
from services.content.contracts import Activity, LineText, Names, Page, Post


@dataclass(frozen=True)
class Picture:
    """A cover."""

    path: str
    alt: str


@dataclass(frozen=True)
class PostView:
    """A post; `tags` and `authors` in the language of its title."""

    post: Post
    path: str
    title: Shown
    summary: Shown | None
    body: Shown | None
    day: date
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    themes: tuple[str, ...]
    cover: Picture | None
    structured: Markup


@dataclass(frozen=True)
class ActivityView:
    """An activity; its times are Montréal's."""

    activity: Activity
    path: str
    title: Shown
    summary: Shown | None
    description: Shown | None
    place: Shown | None
    address: Shown | None
    organiser: Shown | None
    starts: datetime
    ends: datetime
    past: bool
    themes: tuple[str, ...]
    structured: Markup


@dataclass(frozen=True)
class PageView:
    """A page that stands by itself."""

    page: Page
    title: Shown
    summary: Shown | None
    body: Shown | None


def post_path(language: Language, post: Post) -> str:
    """The page of a post."""
    return f"/{language}/{BLOG[language]}/{getattr(post.slug, language)}"


def activity_path(language: Language, activity: Activity) -> str:
    """The page of an activity."""
    return f"/{language}/{ACTIVITIES[language]}/{getattr(activity.slug, language)}"


def page_path(language: Language, page: Page) -> str:
    """The address of a page."""
    return f"/{language}/{PAGES[language]}/{getattr(page.slug, language)}"


def post_view(post: Post, language: Language, base_url: str) -> PostView:
    """A post for a reader of `language`."""
    content, title = post.content, _title(post.content.title, language)
    path, day = post_path(language, post), content.date or post.day.astimezone(ZONE).date()
    summary, authors = shown(content.summary, language), _names(content.authors, language)
    told = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": title.text,
        "description": summary.text if summary else None,
        "datePublished": day.isoformat(),
        "dateModified": post.updated_at.isoformat(),
        "author": [{"@type": "Organization" if "NEXUS" in one else "Person", "name": one} for one in authors]
        or None,
        "image": base_url + file_path(content.cover.sha256) if content.cover else None,
        "inLanguage": f"{title.language}-CA",
        "keywords": list(_names(content.tags, language)) or None,
        "mainEntityOfPage": base_url + path,
    }
    return PostView(
        post=post,
        path=path,
        title=title,
        summary=summary,
        body=shown(content.body, language),
        day=day,
        authors=authors,
        tags=_names(content.tags, language),
        themes=tuple(theme.value for theme in content.themes),
        cover=_cover(post, language),
        structured=json_ld(told),
    )


def activity_view(activity: Activity, language: Language, base_url: str, now: datetime) -> ActivityView:
    """An activity for a reader of `language` at the moment `now`."""
    content, title = activity.content, _title(activity.content.title, language)
    starts, ends = content.starts_at.astimezone(ZONE), content.ends_at.astimezone(ZONE)
    view = ActivityView(
        activity=activity,
        path=activity_path(language, activity),
        title=title,
        summary=shown(content.summary, language),
        description=shown(content.description, language),
        place=shown(content.place, language),
        address=shown(content.address, language),
        organiser=shown(content.organiser, language),
        starts=starts,
        ends=ends,
        past=content.ends_at < now,
        themes=tuple(theme.value for theme in content.themes),
        structured=Markup(),
    )
    return _with_structure(view, base_url)


def activity_views(
    found: Sequence[Activity], language: Language, base_url: str, now: datetime
) -> list[ActivityView]:
    """Each of `found` for a reader of `language` at the moment `now`."""
    return [activity_view(one, language, base_url, now) for one in found]


def _with_structure(view: ActivityView, base_url: str) -> ActivityView:
    """schema.org's Event beside what the page says."""
    content = view.activity.content
    place = {"@type": "Place", "name": (view.place or view.address or view.title).text}
    if view.address:
        place["address"] = view.address.text
    online = {"@type": "VirtualLocation", "url": content.link or base_url + view.path}
    where = [one for one, there in ((place, view.place or view.address), (online, content.online)) if there]
    modes = {(True, True): "Mixed", (False, True): "Online", (True, False): "Offline"}
    mode = modes.get((bool(view.place or view.address), content.online))
    told = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": view.title.text,
        "description": view.summary.text if view.summary else None,
        "startDate": view.starts.isoformat(),
        "endDate": view.ends.isoformat(),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if content.cancelled else 'Scheduled'}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode" if mode else None,
        "location": where or None,
        "organizer": {"@type": "Organization", "name": view.organiser.text} if view.organiser else None,
        "url": base_url + view.path,
    }
    return ActivityView(**{**vars(view), "structured": json_ld(told)})


def page_view(page: Page, language: Language) -> PageView:
    """A page for a reader of `language`."""
    content = page.content
    title = _title(content.title, language)
    return PageView(page, title, shown(content.summary, language), shown(content.body, language))


def post_views(posts: Sequence[Post], language: Language, base_url: str) -> list[PostView]:
    """Each of `posts` for a reader of `language`."""
    return [post_view(post, language, base_url) for post in posts]


def _title(text: LineText, language: Language) -> Shown:
    title = shown(text, language)
    assert title is not None  # noqa: S101 - everything has a title in one language
    return title


def _names(names: Names, language: Language) -> tuple[str, ...]:
    own, other = (names.fr, names.en) if language == "fr" else (names.en, names.fr)
    return own or other


def _cover(post: Post, language: Language) -> Picture | None:
    if post.content.cover is None:
        return None
    alt = shown(post.content.cover.alt, language)
    return Picture(file_path(post.content.cover.sha256), alt.text if alt else "")
