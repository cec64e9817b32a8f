"""The life of a program."""

import pytest

from nexus.errors import Conflict, StaleRevision
from services.content.contracts import (
    ImportRow,
    LineText,
    ProgramPublished,
    ProgramRetired,
    SlugText,
    SlugWish,
    Status,
)
from services.content.domain import lifecycle as domain
from services.content.domain.kinds import PROGRAMS
from services.content.domain.lifecycle import Act, Change, Record
from tests.support.contents import NOON, content

ACT = Act(by="anne", at=NOON)


def draft(**fields: object) -> Record:
    return domain.create(
        PROGRAMS, "p1", content(**fields), SlugText(fr="un", en="un"), Status.DRAFT, ACT
    ).after


def published(**fields: object) -> Record:
    return done(domain.publish(draft(**fields), ACT)).after


def done(change: Change | None) -> Change:
    assert change is not None
    return change


def test_a_new_draft_is_told_to_nobody():
    change = domain.create(PROGRAMS, "p1", content(), SlugText(fr="un", en="un"), Status.DRAFT, ACT)
    assert (change.before, change.after.item.revision, change.events) == (None, 1, ())


def test_publishing_a_draft_tells_the_whole_program():
    change = done(domain.publish(draft(), ACT))
    assert change.events == (ProgramPublished(program=change.after.item),)
    assert change.after.item.published_at == NOON


def test_publishing_twice_changes_nothing():
    assert domain.publish(published(), ACT) is None


def test_editing_a_draft_is_told_to_nobody_and_editing_a_public_program_is_told():
    assert done(domain.edit(draft(), content("Autre"), SlugText(fr="un", en="un"), ACT)).events == ()
    change = done(domain.edit(published(), content("Autre"), SlugText(fr="un", en="un"), ACT))
    assert isinstance(change.events[0], ProgramPublished)


def test_an_edit_that_changes_nothing_makes_no_revision():
    record = draft()
    assert domain.edit(record, record.item.content, record.item.slug, ACT) is None


def test_a_retired_program_is_told_as_retired_and_can_be_published_again():
    retired = done(domain.retire(published(), ACT))
    assert isinstance(retired.events[0], ProgramRetired)
    again = done(domain.publish(retired.after, ACT))
    assert (again.after.item.status, again.after.item.revision) == (Status.PUBLISHED, 4)


def test_a_draft_cannot_be_retired():
    with pytest.raises(Conflict, match="not_published"):
        domain.retire(draft(), ACT)


def test_each_revision_notes_who_when_and_which_fields():
    note = done(domain.edit(draft(), content("Autre", "Other"), SlugText(fr="un", en="un"), ACT)).note
    assert (note.revision, note.by, note.at, note.changed) == (2, "anne", NOON, ("title",))


def test_a_stale_edit_is_refused_with_both_versions():
    record, mine = published(), content("Le mien")
    with pytest.raises(StaleRevision) as refused:
        domain.require_revision(record, 1, mine)
    assert refused.value.details["yours"]["content"]["title"]["fr"] == "Le mien"
    assert refused.value.details["current"]["revision"] == 2


def test_old_slugs_stay_with_their_program():
    change = done(domain.edit(draft(), content("Autre"), SlugText(fr="deux", en="un"), ACT))
    assert change.after.slugs == ("un", "deux")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("L’accueil d’une équipe à l’œuvre", "l-accueil-d-une-equipe-a-l-oeuvre"),
        ("Évaluation comparative : études", "evaluation-comparative-etudes"),
        ("???", "programme"),
    ],
)
def test_a_slug_is_made_from_the_title(title: str, slug: str):
    assert domain.wished_slugs(PROGRAMS, content(title), None).fr == slug


def test_a_language_without_a_title_borrows_the_slug_until_it_has_one():
    before = domain.create(
        PROGRAMS, "p1", content("Bonjour"), SlugText(fr="bonjour", en="bonjour"), Status.DRAFT, ACT
    )
    wished = domain.wished_slugs(PROGRAMS, content("Bonjour", "Hello"), before.after.item)
    assert wished == SlugText(fr="bonjour", en="hello")


def test_a_changed_title_keeps_its_address_unless_another_is_asked_for():
    before = draft(fr="Bonjour").item
    assert domain.wished_slugs(PROGRAMS, content("Bonsoir"), before).fr == "un"
    assert (
        domain.wished_slugs(PROGRAMS, content("Bonsoir", slug=SlugWish(fr="bonsoir")), before).fr == "bonsoir"
    )


def test_a_slug_that_is_taken_gets_a_number():
    assert domain.free_slugs(SlugText(fr="un", en="un"), {"un", "un-2"}) == SlugText(fr="un-3", en="un-3")


def imported(**fields: object) -> Record:
    row = ImportRow(external_id="x", content=content(**fields))
    return domain.import_as_new(
        PROGRAMS, "p1", "s:x", row.content, SlugText(fr="un", en="un"), False, ACT
    ).after


def again(record: Record, publish: bool = False, **fields: object) -> Change | None:
    row = ImportRow(external_id="x", content=content(**fields))
    return domain.import_again(record, row.content, record.item.slug, publish, ACT)


def test_importing_the_same_source_again_changes_nothing():
    assert again(imported(fr="Bonjour"), fr="Bonjour") is None


def test_a_changed_source_makes_a_new_revision():
    change = done(again(imported(fr="Bonjour"), fr="Bonsoir"))
    assert (change.after.item.revision, change.note.changed) == (2, ("title",))


def test_importing_again_leaves_what_was_edited_here_while_the_source_stands_still():
    record = imported(fr="Bonjour")
    edited = done(domain.edit(record, content("Mieux"), record.item.slug, ACT)).after
    assert again(edited, fr="Bonjour") is None


def test_importing_again_can_publish_a_draft_but_not_what_was_retired_here():
    shown = done(again(imported(fr="Bonjour"), publish=True, fr="Bonjour")).after
    assert shown.item.status is Status.PUBLISHED
    retired = done(domain.retire(shown, ACT)).after
    assert again(retired, publish=True, fr="Bonjour") is None


def test_a_program_needs_a_title_in_one_language():
    with pytest.raises(ValueError, match="a title in French or in English is needed"):
        content(None, None)
    assert content(None, "Hello").title == LineText(en="Hello")


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb", "a\x7fb"])
def test_control_characters_are_refused(bad: str):
    with pytest.raises(ValueError, match="control characters"):
        content(bad)


@pytest.mark.parametrize("bad", ["javascript:alert(1)", "ftp://example.org", "https://a b"])
def test_a_link_must_be_a_web_address(bad: str):
    with pytest.raises(ValueError, match="web address"):
        content(source_url=bad)
