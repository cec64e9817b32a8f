"""The blog as Atom and RSS."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed

from gateway.articles import PostView
from gateway.markdown import to_html
from gateway.sectors import Language

FEEDS: dict[str, tuple[type[SyndicationFeed], str]] = {
    "atom.xml": (Atom1Feed, "application/atom+xml"),
    "rss.xml": (Rss201rev2Feed, "application/rss+xml"),
}


def feed(
    name: str,
    title: str,
    about: str,
    language: Language,
    base_url: str,
    paths: tuple[str, str],
    posts: Sequence[PostView],
) -> bytes:
    """`posts` as the feed `name`; `paths` are those of the blog's page and of the feed itself."""
    kind, _ = FEEDS[name]
    made = kind(
        title=title,
        link=base_url + paths[0],
        description=about,
        language=f"{language}-ca",
        feed_url=base_url + paths[1],
        author_name=title,
    )
    for post in posts:
        body = str(to_html(post.body.text, 2)) if post.body else ""
        made.add_item(
            title=post.title.text,
            link=base_url + post.path,
            description=post.summary.text if post.summary else post.title.text,
            content=body.replace('href="/', f'href="{base_url}/') or None,
            author_name=", ".join(post.authors) or None,
            pubdate=post.post.day,
            updateddate=post.post.updated_at,
            categories=post.tags,
            unique_id=f"urn:uuid:{uuid5(NAMESPACE_URL, f'emploi-nexus:post:{post.post.id}:{language}')}",
            unique_id_is_permalink=False,
        )
    text: str = made.writeString("utf-8")
    return text.encode()
