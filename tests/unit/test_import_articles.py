"""Posts and activities read from files written by hand."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from services.content.contracts import ActivityRow, PageRow, PostContent, PostRow, SourceRow
from services.content.importing.articles import Article, read_articles, read_list

ROOT = Path(__file__).parents[2]


def write(folder: Path, name: str, front: str, body: str = "Un corps.") -> None:
    (folder / name).write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")


def only(articles: list[Article]) -> Article:
    [article] = articles
    return article


def faults(article: Article) -> str:
    return "; ".join(f"{fault.field} {fault.reason}".strip() for fault in article.faults)


def test_two_files_are_one_post_in_two_languages(tmp_path: Path):
    write(tmp_path, "un.fr.md", "title: Un\ntags: [essai]\ndate: 2026-11-19\nthemes: [hiring]", "Bonjour.")
    write(tmp_path, "un.en.md", "title: One\ntags: [trial]\ndate: 2026-11-19", "Hello.")
    row = only(read_articles(tmp_path, PostRow)).row
    assert row
    content: PostContent = row.content
    assert (row.external_id, content.title.fr, content.title.en) == ("un", "Un", "One")
    assert (content.body.fr, content.body.en) == ("Bonjour.", "Hello.")
    assert (content.tags.fr, content.tags.en) == (("essai",), ("trial",))
    assert [theme.value for theme in content.themes] == ["hiring"]


def test_one_file_of_a_pair_brings_the_other(tmp_path: Path):
    for name in ("un.fr.md", "un.en.md", "deux.fr.md"):
        write(tmp_path, name, f"title: {name}")
    row = only(read_articles(tmp_path / "un.fr.md", PostRow)).row
    assert row
    assert row.content.title.en == "un.en.md"


def test_a_cover_is_named_with_what_it_shows(tmp_path: Path):
    write(tmp_path, "un.fr.md", f"title: Un\ncover: {'a' * 64}\ncover_alt: Une équipe")
    row = only(read_articles(tmp_path, PostRow)).row
    assert row
    assert row.content.cover.alt.fr == "Une équipe"


def test_a_cover_is_a_picture_beside_the_text(tmp_path: Path):
    (tmp_path / "team.png").write_bytes(b"\x89PNG")
    write(tmp_path, "un.fr.md", "title: Un\ncover: team.png\ncover_alt: Une équipe")
    article = only(read_articles(tmp_path, PostRow))
    assert article.row
    assert article.picture == tmp_path / "team.png"
    assert article.row.content.cover.sha256 == sha256(b"\x89PNG").hexdigest()


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("title: Un\ncover: absent.png\ncover_alt: Rien", "there is no file 'absent.png' in the folder"),
        ("title: Un\ncover: team.png", "a cover is two fields"),
        ("title: Un\ncover_alt: Une équipe", "a cover is two fields"),
        ("title: Un\ndate: hier", "content.date"),
        ("title: Un\nthemes: [rien]", "content.themes.0"),
        ("title: Un\ncouleur: bleu", "content.couleur"),
        ("summary: Sans titre", "content.title"),
        ("title: Un\npublish_at: 2026-12-01T08:00:00", "content.publish_at"),
        ("- title", "named fields"),
        ("title: [", "not YAML"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, front: str, told: str):
    write(tmp_path, "un.fr.md", front)
    article = only(read_articles(tmp_path, PostRow))
    assert article.row is None
    assert told in faults(article)


def test_languages_that_contradict_each_other_are_refused(tmp_path: Path):
    write(tmp_path, "un.fr.md", "title: Un\ndate: 2026-11-19")
    write(tmp_path, "un.en.md", "title: One\ndate: 2026-11-20")
    assert "date is not the same in both languages" in faults(only(read_articles(tmp_path, PostRow)))


def test_a_bad_file_does_not_keep_the_others_out(tmp_path: Path):
    (tmp_path / "faux.fr.md").write_bytes(b"\xff\xfe\x00")
    write(tmp_path, "un.fr.md", "title: Un")
    assert [one.row is not None for one in read_articles(tmp_path, PostRow)] == [False, True]


def test_a_name_without_a_language_is_told(tmp_path: Path):
    (tmp_path / "un.md").write_text("Bonjour")
    assert ".fr.md" in faults(only(read_articles(tmp_path / "un.md", PostRow)))


@pytest.mark.parametrize(("folder", "row"), [("posts", PostRow), ("pages", PageRow)])
def test_the_samples_are_whole_in_both_languages(folder: str, row: type[SourceRow]):
    articles = read_articles(ROOT / "samples" / folder, row)
    assert articles
    for article in articles:
        assert article.row, faults(article)
        content = article.row.content
        assert all((content.title.fr, content.title.en, content.summary.fr, content.summary.en))
        assert content.body.fr
        assert content.body.en


def test_links_of_the_samples_lead_to_sample_programs_and_pages():
    programs = "".join(file.read_text() for file in (ROOT / "samples" / "programs").glob("*.yaml"))
    for file in [*(ROOT / "samples" / "posts").glob("*.md"), *(ROOT / "samples" / "pages").glob("*.md")]:
        for slug in re.findall(r"\]\(/(?:fr/programmes|en/programs)/([^)#]+)\)", file.read_text()):
            assert re.search(rf"\b{re.escape(slug)}\b", programs), f"{file.name}: {slug}"


def test_the_documented_activities_can_be_imported(tmp_path: Path):
    text = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- example: activities.yaml -->\n```yaml\n(.*?)```", text, re.DOTALL)
    assert found
    (tmp_path / "a.yaml").write_text(found[1], encoding="utf-8")
    row = only(read_list(tmp_path / "a.yaml", ActivityRow)).row
    assert row
    assert row.content.kind.value == "training"
    assert row.content.registration
    assert row.content.registration.seats == 12


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- external_id: a\n  kind: training", "content.title"),
        ("- external_id: a\n  title: {fr: Un}\n  kind: training\n  starts_at: 2026-12-03T15:00:00Z\n"
         "  ends_at: 2026-12-03T13:00:00Z", "ends_at must not come before starts_at"),
        ("- un", "named fields"),
        ("- title: {fr: Un}", "external_id"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_activity_is_told(tmp_path: Path, text: str, told: str):
    (tmp_path / "a.yaml").write_text(text)
    assert told in faults(only(read_list(tmp_path / "a.yaml", ActivityRow)))
