"""An editor brings a post; a visitor reads it, finds it, follows it in a feed. In both runtimes."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import feedparser
import pytest

from tests.support.platforms import EmbeddedPlatform, Reply, RunningPlatform

_PATIENCE = 20.0  # seconds for what happens by itself


def write_post(folder: Path, name: str, title: str, *front: str) -> None:
    """A post in both languages."""
    for language, told in (("fr", title), ("en", f"{title} in English")):
        lines = ["---", f"title: {told}", "summary: Un essai.", *front, "---", f"Le mot {name} y est."]
        (folder / f"{name}.{language}.md").write_text("\n".join(lines) + "\n")


def eventually(running: RunningPlatform, path: str, words: str) -> Reply:
    deadline = time.monotonic() + _PATIENCE
    while words not in (reply := running.get(path)).text:
        assert time.monotonic() < deadline, f"{words!r} did not come to {path}: {reply.status}"
        time.sleep(0.1)
    return reply


def wait_for_samples(platform: EmbeddedPlatform) -> None:
    """The documents among them are made and read before, which takes a slow machine half a minute."""
    deadline = time.monotonic() + 120
    while "Press Ctrl-C" not in platform.log("run"):
        assert time.monotonic() < deadline, platform.log("run")
        time.sleep(0.1)


def header(reply: Reply, name: str) -> str:
    return {key.lower(): value for key, value in reply.headers.items()}.get(name, "")


@pytest.fixture
def word() -> str:
    return f"billet{uuid4().hex[:8]}"


def test_a_post_comes_to_its_page_the_search_and_the_feeds(
    running: RunningPlatform, tmp_path: Path, word: str
):
    write_post(tmp_path, word, f"Titre {word}", "themes: [hiring]")
    assert "1 created" in running.nexus("import", "posts", str(tmp_path), "--publish").stdout
    assert f"Titre {word}" in eventually(running, f"/fr/blogue/titre-{word}", "BlogPosting").text
    running.eventually_finds(word)
    for feed, language in (("/fr/blogue/atom.xml?theme=hiring", "fr"), ("/en/blog/rss.xml", "en")):
        told = feedparser.parse(eventually(running, feed, word).body)
        assert not told.bozo
        [entry] = [one for one in told.entries if word in one.title]
        assert f"/{language}/" in entry.link
        assert running.get(f"/{entry.link.split('/', 3)[3]}").status == 200
    assert "1 unchanged" in running.nexus("import", "posts", str(tmp_path), "--publish").stdout


def test_a_renamed_post_is_found_at_its_old_address(running: RunningPlatform, tmp_path: Path, word: str):
    write_post(tmp_path, word, f"Titre {word}")
    running.nexus("import", "posts", str(tmp_path), "--publish")
    write_post(tmp_path, word, f"Titre {word}", f"slug: autre-{word}")
    running.nexus("import", "posts", str(tmp_path), "--publish")
    eventually(running, f"/fr/blogue/autre-{word}", word)
    reply = running.get(f"/fr/blogue/titre-{word}")
    assert (reply.status, header(reply, "location").endswith(f"/fr/blogue/autre-{word}")) == (301, True)


def test_a_scheduled_post_publishes_itself(running: RunningPlatform, tmp_path: Path, word: str):
    moment = datetime.now(UTC) + timedelta(seconds=4)
    write_post(tmp_path, word, f"Titre {word}", f"publish_at: {moment.isoformat()}")
    running.nexus("import", "posts", str(tmp_path), "--publish")
    if datetime.now(UTC) < moment:
        assert running.get(f"/fr/blogue/titre-{word}").status == 404
    eventually(running, f"/fr/blogue/titre-{word}", word)


def test_a_draft_is_seen_through_its_preview_alone(running: RunningPlatform, tmp_path: Path, word: str):
    write_post(tmp_path, word, f"Titre {word}")
    running.nexus("import", "posts", str(tmp_path))
    printed = running.nexus("preview", "post", f"titre-{word}", "--site", "https://x.example").stdout
    path = printed.splitlines()[0].removeprefix("https://x.example")
    reply = running.get(path)
    assert word in reply.text
    assert header(reply, "cache-control") == "no-store"
    assert running.get(path + "x").status == 404
    assert running.get(f"/fr/blogue/titre-{word}").status == 404


def test_a_bad_file_is_named_and_does_not_keep_the_others_out(
    running: RunningPlatform, tmp_path: Path, word: str
):
    write_post(tmp_path, word, f"Titre {word}")
    (tmp_path / "faux.fr.md").write_text("pas de front matter\n")
    done = running.nexus("import", "posts", str(tmp_path), "--dry-run", check=False)
    assert (done.returncode, "1 created" in done.stdout, "faux.fr.md" in done.stderr) == (1, True, True)
    running.nexus("import", "posts", str(tmp_path), "--publish", check=False)
    eventually(running, f"/fr/blogue/titre-{word}", word)


def test_the_first_start_brings_the_sample_posts_and_pages(tmp_path: Path):
    platform = EmbeddedPlatform(tmp_path)
    platform.spawn("run", "run", "--port", str(platform.first_port))
    try:
        platform.wait_ready(platform.url("tic", "/readyz"))
        wait_for_samples(platform)
        eventually(platform, "/fr/pages/a-propos", "Emploi NEXUS aide les entreprises")
        eventually(platform, "/en/blog", "Six outdated facts")
    finally:
        platform.stop()
