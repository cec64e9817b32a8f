"""Reminders by text message: their words, whom they can reach, and when they are due."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from nexus.errors import InvalidInput
from services.meetings.contracts.meetings import MeetingBooked, MeetingMoved, TextReminderChosen
from services.meetings.phones import number_to_text
from services.notifications.contracts import LANGUAGES, Language, MeetingText
from services.notifications.domain.messages import Letter, Message, Recipient, without_secrets
from services.notifications.domain.notices import table
from services.notifications.meetings import MeetingNotices
from services.notifications.writing.texts import _GSM, as_gsm, write_text
from tests.support.mails import NOW, SENDER, meeting, message
from tests.unit.test_calendar_mails import OPENED, WINTER, event

NUMBER = "+15145550123"
LINK = f"https://tic.emploinexus.example/fr/rencontre/{'0' * 32}.{'a' * 40}"


def text(language: Language = "fr", **fields: Any) -> MeetingText:
    facts = meeting(change="reminder").model_dump(
        include={"change", "start", "end", "zone", "place", "where", "meeting"}
    )
    return MeetingText(language=language, **facts | {"to": NUMBER, "link": LINK} | fields)


def written(notice: MeetingText) -> Letter:
    return write_text(message(notice), Recipient(NUMBER, notice.language), SENDER)


def test_a_text_says_who_writes_when_and_where_it_is_and_leads_to_the_meeting() -> None:
    assert written(text("fr")).text == (
        "Emploi NEXUS TIC : rappel, rencontre du mardi 1er décembre 2026, 14 h (en vidéo). "
        f"Voir, déplacer, annuler, cesser les textos : {LINK}"
    )
    assert written(text("en")).text == (
        "Emploi NEXUS TIC: reminder of your meeting of Tuesday, December 1, 2026, 2:00 p.m. (by video). "
        f"See, move, cancel, no more texts: {LINK}"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", ["partner_office", "company_premises", "phone", "video"])
def test_its_words_fit_one_text_and_with_the_link_two(language: Language, place: str) -> None:
    recipient, aero = (
        Recipient(NUMBER, language),
        dataclasses.replace(SENDER, site="Emploi NEXUS Aérospatiale"),
    )
    for month in range(1, 13):
        notice = text(language, place=place, start=WINTER.replace(month=month))
        told = write_text(message(notice), recipient, aero).text
        assert set(told) <= _GSM
        assert len(written(notice).text.replace(LINK, "")) <= 160
        assert len(told) <= 2 * 153  # two parts of a longer one: 3GPP TS 23.040, 9.2.3.24.1


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("14\xa0h\u202f30, août – «\xa0l’été\xa0»…", '14 h 30, aout - " l\'été "...'),
        ("Ça va, où? À l’œuvre", "Ça va, où? A l'œuvre"),
        ("e\u0301te\u0301 ① 中", "été 1 中"),
    ],
)
def test_signs_that_would_make_a_text_cost_twice_become_others(given: str, sent: str) -> None:
    assert as_gsm(given) == sent


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("514 873-4000", "+15148734000"),
        (" (514) 873.4000 ", "+15148734000"),
        ("1-514-873-4000", "+15148734000"),
        ("+1 212 736 5000", "+12127365000"),
        ("٥١٤ ٨٧٣ ٤٠٠٠", "+15148734000"),
        ("514 873-4000 poste 12", None),
        ("1 800 463-5229", None),  # costs who is called; nothing to read a text with
        ("1 900 555-1234", None),
        ("+33 6 12 34 56 78", None),
        ("1 876 926 3500", None),  # Jamaica has the same country code
        ("873-4000", None),
        ("911", None),
        ("999 999-9999", None),
        ("", None),
        ("no number", None),
        ("+" * 300, None),
    ],
)
def test_numbers_of_canada_and_the_united_states_can_be_texted(given: str, number: str | None) -> None:
    assert number_to_text(given) == number


@pytest.mark.parametrize(
    "to", ["5145550123", "+0145550123", "+1514555012\n", "+1", "+15145550123456789", "+1 514"]
)
def test_a_number_is_kept_in_the_form_of_e_164(to: str) -> None:
    with pytest.raises(InvalidInput):
        MeetingText.read(text().model_dump() | {"to": to})


def test_neither_the_number_nor_the_link_is_shown_or_kept_with_an_answer() -> None:
    assert NUMBER not in repr(text())
    assert LINK not in repr(text())
    assert without_secrets(f"no route to {NUMBER} {LINK}", message(text()), NUMBER) == "no route to … …"
    assert without_secrets("said nothing", message(text(to=None))) == "said nothing"


def test_texts_are_in_the_table_where_there_is_a_way_out_for_them() -> None:
    assert {rule.channel for rule in table((48, 2), texts=False)} == {"mail"}
    rules = [rule for rule in table((), texts=True) if rule.channel == "text"]
    assert [(one.event, one.to, one.kind, one.hours, one.lapses) for one in rules] == [
        (happened, "company", "meeting_text", 2, True)
        for happened in ("meeting_booked", "meeting_moved", "text_reminder_chosen")
    ]


class Open:
    """A seal that is not closed."""

    def __init__(self, text_to: str | None = NUMBER) -> None:
        self.told = OPENED | {"text_to": text_to}

    def open(self, sealed: str) -> dict[str, str | None]:
        return self.told


def texts(told: Any, change: Any, seal: Any, now: Any = NOW, offered: bool = True) -> list[Message]:
    made = MeetingNotices(seal, lambda _: (48, 2), offered).of(told, change, now)
    return [one for one in made if one.channel == "text"]


def test_a_text_is_due_two_hours_before_and_lapses() -> None:
    for told, change in (
        (event(MeetingBooked, 0), "booked"),
        (event(MeetingMoved, 1, before=WINTER), "moved"),
        (event(TextReminderChosen, 1), "text_reminder_chosen"),
    ):
        (one,) = texts(told, change, Open())
        assert (one.due, one.until) == (WINTER - timedelta(hours=2), WINTER)
        assert one.about is not None
        assert dataclasses.astuple(one.about) == ("m1", told.revision, True)
        assert isinstance(one.notice, MeetingText)
        assert (one.notice.to, one.notice.language, one.notice.link) == (NUMBER, "en", OPENED["link"])


def test_who_did_not_ask_for_a_text_gets_none_and_nobody_where_there_is_no_way_out() -> None:
    assert texts(event(MeetingBooked, 0), "booked", Open(None)) == []
    assert texts(event(MeetingBooked, 0), "booked", Open(), offered=False) == []
    old = Open()
    del old.told["text_to"]  # an event from before
    assert texts(event(MeetingBooked, 0), "booked", old) == []


def test_a_text_that_would_come_less_than_two_hours_before_is_not_sent() -> None:
    soon = WINTER - timedelta(hours=1, minutes=59)
    assert texts(event(MeetingBooked, 0), "booked", Open(), soon) == []


def test_that_no_text_is_wanted_any_more_overtakes_the_one_that_waits_whatever_the_hour() -> None:
    soon = WINTER - timedelta(minutes=10)
    (one,) = texts(event(TextReminderChosen, 1), "text_reminder_chosen", Open(None), soon)
    assert isinstance(one.notice, MeetingText)
    assert (one.notice.to, one.due) == (None, None)
