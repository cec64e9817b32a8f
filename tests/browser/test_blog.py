"""From an imported post to the blog and the feed that the blog's page links to, in a real browser."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import Open
from tests.support.platforms import RunningPlatform, fetch

FRONT = "---\ntitle: {title}\nsummary: {summary}\nthemes: [hiring]\n---\n{body}\n"


@pytest.fixture(scope="session")
def post(site: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A new post in both languages, published."""
    folder: Path = tmp_path_factory.mktemp("post")
    told = {
        "fr": ("Le café du lundi", "Une équipe se parle.", "## Pourquoi le lundi\n\nTout le monde est là."),
        "en": ("Monday coffee", "A team talks.", "## Why on Mondays\n\nEverybody is there."),
    }
    for language, (title, summary, body) in told.items():
        text = FRONT.format(title=title, summary=summary, body=body)
        (folder / f"lundi.{language}.md").write_text(text)
    site.nexus("import", "posts", str(folder), "--publish")
    site.eventually_finds("café du lundi")


@pytest.mark.parametrize(
    ("blog", "title", "heading"),
    [
        ("/fr/blogue", "Le café du lundi", "Pourquoi le lundi"),
        ("/en/blog", "Monday coffee", "Why on Mondays"),
    ],
)
def test_a_post_is_read_on_the_blog_and_stands_in_the_feed_that_the_page_links_to(
    open_page: Open, site: RunningPlatform, post: None, blog: str, title: str, heading: str
):
    page = open_page(blog)
    seen = page.locator('link[rel="alternate"][type="application/atom+xml"]').get_attribute("href")
    page.get_by_role("link", name="Atom").click(trial=True)  # people see the feed too
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_visible()
    feed = feedparser.parse(fetch(urljoin(site.url("tic", blog), seen)).body)
    assert not feed.bozo, feed.bozo_exception
    [entry] = [one for one in feed.entries if one.title == title]
    assert urlsplit(entry.link).path == urlsplit(page.url).path
    assert heading in entry.content[0].value
