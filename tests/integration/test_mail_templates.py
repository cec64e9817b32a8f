"""Words that a sector writes are kept with their history, concern that sector alone, and are what its mails say."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Forbidden, InvalidInput, StaleRevision
from nexus.mongo import Document
from services.notifications.contracts import Language
from services.notifications.contracts.templates import (
    Bodies,
    GetTemplate,
    GetTemplateHistory,
    Lines,
    ListTemplates,
    MeetingExample,
    PreviewTemplate,
    SaveTemplate,
    TemplateContent,
)
from services.notifications.domain.messages import Sender
from services.notifications.template_desk import TemplateDesk
from services.notifications.template_store import TemplateStore
from services.notifications.templates import TemplateDoors
from tests.support.mails import NOW, SENDER, digest, meeting, meeting_for_advisor

LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))
OTHER = Caller(sector="aero", person="max", roles=frozenset({Role.ADMIN}))


class Signed:
    """Every sector signs alike."""

    def of(self, sector: str, language: Language) -> Sender:
        return replace(SENDER, address="1, rue de la Scène")


class Doors(TemplateDoors):
    def __init__(self, store: TemplateStore) -> None:
        self.templates = TemplateDesk(store, Signed(), lambda: NOW)


@pytest.fixture
def store(database: Database[Document]) -> TemplateStore:
    made = TemplateStore(database)
    made.prepare()
    return made


@pytest.fixture
def doors(store: TemplateStore) -> Doors:
    return Doors(store)


def content(subject: str = "Votre calendrier", body: str = "[Ouvrir]({{ link }})") -> TemplateContent:
    return TemplateContent(subject=Lines(fr=subject), preview=Lines(fr="Aperçu"), body=Bodies(fr=body))


def save(doors: Doors, revision: int = 0, caller: Caller = LEAD, **said: Any) -> Any:
    wanted = said.pop("content", None) or content(**said)
    return doors.save_template(SaveTemplate(kind="calendar", revision=revision, content=wanted), caller)


def test_what_is_saved_is_what_letters_say_in_that_language_and_sector_alone(
    doors: Doors, store: TemplateStore, database: Database[Document]
) -> None:
    assert save(doors).own == ("fr",)
    elsewhere = TemplateStore(database)  # another process, which nobody told
    found = elsewhere.words("tic", "calendar", "fr")
    assert found
    assert found.subject == "Votre calendrier"
    assert store.words("tic", "calendar", "en") is None
    assert store.words("aero", "calendar", "fr") is None
    assert store.words("tic", "code", "fr") is None
    listed = {one.kind: one.own for one in doors.list_templates(ListTemplates(), LEAD)}
    assert listed["calendar"] == ("fr",)
    assert listed["code"] == ()
    assert not any(one.own for one in doors.list_templates(ListTemplates(), OTHER))


def test_an_edit_of_what_is_no_longer_current_is_refused_with_both(doors: Doors) -> None:
    save(doors)
    with pytest.raises(StaleRevision) as refused:
        save(doors, subject="À moi")
    assert refused.value.details["yours"]["content"]["subject"]["fr"] == "À moi"
    assert refused.value.details["current"]["content"]["subject"]["fr"] == "Votre calendrier"
    assert save(doors, 1, subject="À moi").revision == 2


def test_two_who_save_at_once_are_not_both_told_that_they_have(doors: Doors, store: TemplateStore) -> None:
    save(doors)
    before = store.get("tic", "calendar")
    assert before
    first, second = (before.model_copy(update={"revision": 2, "by": who}) for who in ("lea", "zoe"))
    assert store.save("tic", "calendar", before, first)
    assert not store.save("tic", "calendar", before, second)
    assert not store.save("tic", "calendar", None, second)
    assert [one.by for one in store.history("tic", "calendar", 9)] == ["lea", "lea"]


def test_every_revision_is_kept_and_an_earlier_one_can_stand_again(
    doors: Doors, store: TemplateStore
) -> None:
    save(doors)
    save(doors, 1, subject="Deux")
    doors.save_template(SaveTemplate(kind="calendar", revision=2, content=None), LEAD)
    assert store.words("tic", "calendar", "fr") is None
    told = doors.get_template_history(GetTemplateHistory(kind="calendar"), LEAD).revisions
    assert [(one.revision, one.content and one.content.subject.fr) for one in told] == [
        (3, None), (2, "Deux"), (1, "Votre calendrier")
    ]  # fmt: skip
    save(doors, 3, content=told[1].content)
    found = store.words("tic", "calendar", "fr")
    assert found
    assert found.subject == "Deux"


def test_what_says_the_same_as_the_shipped_words_follows_them(doors: Doors, store: TemplateStore) -> None:
    shipped = doors.get_template(GetTemplate(kind="calendar", language="fr"), LEAD).shipped
    mixed = shipped.model_copy(
        update={"subject": shipped.subject.model_copy(update={"en": "Your own calendar"})}
    )
    assert save(doors, content=mixed).own == ("en",)
    assert store.words("tic", "calendar", "fr") is None
    assert save(doors, 1, content=shipped).own == ()
    assert doors.get_template(GetTemplate(kind="calendar", language="fr"), LEAD).content == TemplateContent()


def test_what_cannot_be_mailed_is_refused_with_place_line_and_reason_and_nothing_is_kept(
    doors: Doors, store: TemplateStore
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(doors, subject="{{ x }}", body="Voici\n{{ lien }}\n{% for a in range(10**9) %}{% endfor %}")
    assert refused.value.code == "template_refused"
    told = [(one["field"], one["line"], one["reason"]) for one in refused.value.details["faults"]]
    assert told == [
        ("subject.fr", 1, "unknown_field"), ("body.fr", 2, "unknown_field"), ("body.fr", 3, "loop_over_what")
    ]  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        save(doors, content=TemplateContent(subject=Lines(en="Alone")))
    assert [one["field"] for one in refused.value.details["faults"]] == ["preview.en", "body.en"]
    assert store.get("tic", "calendar") is None


def test_a_fault_that_shows_in_one_situation_only_names_it(doors: Doors) -> None:
    body = "{{ when }}{% if change != 'moved' %} {{ link }}{% endif %}"
    wanted = SaveTemplate(kind="meeting", revision=0, content=content(body=body))
    with pytest.raises(InvalidInput) as refused:
        doors.save_template(wanted, LEAD)
    (fault,) = refused.value.details["faults"]
    assert (fault["reason"], fault["about"], fault["case"]) == ("missing_field", "link", "moved")


def test_a_look_is_taken_before_anything_is_saved_with_a_real_meeting_and_no_real_link(
    doors: Doors, store: TemplateStore
) -> None:
    real = MeetingExample(
        title={"fr": "Première rencontre", "en": "First meeting"},
        **meeting().model_dump(include={"start", "end", "zone", "place", "where", "people"}),
        **meeting_for_advisor().model_dump(include={"company", "contact", "email", "phone"}),
    )
    words = content("{{ title }}", "Pour {{ name }}: {{ when }}\n\n{{ where }}\n\n[Voir]({{ link }})")
    ask = PreviewTemplate(kind="meeting", language="fr", content=words, case="moved", meeting=real)
    seen = doors.preview_template(ask, LEAD)
    assert (seen.case, seen.own, seen.subject) == ("moved", True, "Première rencontre")
    assert "Pour Anne Roy: mardi 1er décembre 2026, 14\xa0h" in seen.text
    assert 'href="https://lien.invalid/exemple"' in seen.html
    english = doors.preview_template(ask.model_copy(update={"language": "en"}), LEAD)
    assert not english.own
    assert english.subject.startswith("Your meeting is moved to Tuesday, December 1, 2026")
    assert "First meeting" in english.text
    unknown = doors.preview_template(ask.model_copy(update={"case": "none", "meeting": None}), LEAD)
    assert unknown.case == "booked"
    assert "(exemple)" in unknown.text
    assert store.get("tic", "meeting") is None


def test_a_look_at_a_digest_has_real_news_and_at_the_end_what_no_sector_can_leave_out(doors: Doors) -> None:
    real = digest("en").items
    ask = PreviewTemplate(kind="digest", language="en", content=TemplateContent(), news=real)
    seen = doors.preview_template(ask, LEAD)
    assert all(one.title in seen.text and one.url in seen.html for one in real)
    assert "example" not in seen.subject
    for one in (seen.text, seen.html):
        assert "You get this because you asked for it" in one
        assert "Unsubscribe" in one
        assert "1, rue de la Scène" in one
    alone = doors.preview_template(ask.model_copy(update={"case": "one"}), LEAD)
    assert (real[0].title in alone.text, real[1].title in alone.text) == (True, False)
    made_up = doors.preview_template(ask.model_copy(update={"news": real[:1]}), LEAD)
    assert "d’exemple 2" in made_up.text
    confirmation = doors.preview_template(ask.model_copy(update={"kind": "subscription"}), LEAD)
    assert "Unsubscribe" not in confirmation.text


def test_fields_are_told_in_the_language_of_who_writes(doors: Doors) -> None:
    told = {
        one.name: one for one in doors.get_template(GetTemplate(kind="meeting", language="fr"), LEAD).fields
    }
    assert told["when"].meaning == "Quand elle commence"
    assert told["when"].example.startswith("mardi 19 janvier 2027")
    assert told["change"].choices == ("booked", "moved", "reminder", "cancelled")
    assert told["link"].secret
    items = doors.get_template(GetTemplate(kind="verification_due", language="en"), LEAD).fields[1]
    assert [one.name for one in items.parts] == ["title", "url", "verified_on", "still_correct_link"]


@pytest.mark.parametrize(
    "caller",
    [
        anonymous("tic"),
        operator("tic"),
        *(
            Caller(sector="tic", person="x", roles=frozenset({role}))
            for role in (Role.MEMBER, Role.ADVISOR, Role.EDITOR)
        ),
    ],
)
def test_only_who_leads_a_sector_reads_or_writes_its_words(doors: Doors, caller: Caller) -> None:
    with pytest.raises(Forbidden):
        save(doors, caller=caller)
    with pytest.raises(Forbidden):
        doors.get_template(GetTemplate(kind="code", language="fr"), caller)
    with pytest.raises(Forbidden):
        doors.preview_template(PreviewTemplate(kind="code", language="fr", content=TemplateContent()), caller)
