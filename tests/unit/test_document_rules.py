"""Rules of documents: what they name, which earlier versions they have."""

from datetime import timedelta

from services.content.contracts.documents import DocumentContent
from services.content.contracts.publications import Status
from services.content.domain import lifecycle
from services.content.domain.documents import earlier_versions
from services.content.domain.kinds import DOCUMENTS
from services.content.domain.lifecycle import Act, Note, with_shown_files
from tests.support.contents import NOON

OLD, NEW = "0" * 64, "1" * 64


def content(sha256: str, version: str = "1.0", **fields: object) -> DocumentContent:
    named = {"fr": {"sha256": sha256, "name": "guide.pdf"}}
    told = {"title": {"fr": "Guide"}, "date": "2026-11-23", "version": version, "files": named}
    return DocumentContent.model_validate({**told, **fields})


def note(revision: int, status: Status) -> Note:
    return Note(revision, NOON + timedelta(days=revision), "anne", status, (), "digest")


def versions(*revisions: tuple[Status, DocumentContent]) -> list[tuple[int, str]]:
    """Earlier versions of a document whose revisions are given oldest first."""
    noted = [(note(n, status), one) for n, (status, one) in enumerate(revisions, 1)]
    return [(one.revision, one.version) for one in earlier_versions(reversed(noted))]


PUBLISHED, DRAFT, RETIRED = Status.PUBLISHED, Status.DRAFT, Status.RETIRED


def test_other_words_with_the_same_files_are_no_other_version():
    assert versions((PUBLISHED, content(OLD)), (PUBLISHED, content(OLD, title={"fr": "Le guide"}))) == []


def test_each_set_of_files_that_was_public_is_a_version_newest_first():
    assert versions(
        (PUBLISHED, content(OLD, "1.0")),
        (PUBLISHED, content(NEW, "2.0")),
        (PUBLISHED, content("2" * 64, "3.0")),
    ) == [(2, "2.0"), (1, "1.0")]


def test_a_draft_that_nobody_saw_is_no_version():
    assert versions((DRAFT, content(OLD)), (PUBLISHED, content(NEW))) == []


def test_a_version_is_told_once_by_its_last_revision():
    assert versions(
        (PUBLISHED, content(OLD)),
        (PUBLISHED, content(OLD, "1.1")),
        (RETIRED, content(OLD, "1.1")),
        (PUBLISHED, content(NEW, "2.0")),
    ) == [(2, "1.1")]


def test_files_are_remembered_from_the_moment_they_are_public():
    act = Act("anne", NOON)
    one = content(OLD)
    made = lifecycle.create(
        DOCUMENTS, "d1", one, lifecycle.wished_slugs(DOCUMENTS, one, None), Status.DRAFT, act
    )
    draft = with_shown_files(made).after
    assert draft.files == ()
    shown = with_shown_files(lifecycle.publish(draft, act)).after
    changed = with_shown_files(lifecycle.edit(shown, content(NEW), shown.item.slug, act)).after
    assert changed.files == (OLD, NEW)
