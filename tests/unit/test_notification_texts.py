"""What messages say: in both languages, in two forms, with headers that nobody can add to."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.notifications.channels.mime import as_email
from services.notifications.contracts import LANGUAGES, Language
from services.notifications.domain.messages import Notice
from tests.support.html import html_faults
from tests.support.mails import (
    CODE,
    LINK,
    NOW,
    SENDER,
    WAY_OUT,
    activity,
    calendar,
    code,
    confirmation,
    digest,
    follow_up,
    invitation,
    letter,
    meeting,
    meeting_for_advisor,
    morning_list,
    offer,
    result,
    verification,
    weekly_figures,
    written,
)

WRITING = Path(__file__).parents[2] / "services/notifications/writing"
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}

with (WRITING / "locale/fr/LC_MESSAGES/notifications.po").open("rb") as source:
    CATALOGUE = {one.id: one for one in read_po(source, locale="fr") if one.id}
FRENCH = [
    text
    for one in CATALOGUE.values()
    for text in (one.string if isinstance(one.string, tuple) else (one.string,))
]
NOTICES = [
    make(language)
    for make in (
        code,
        invitation,
        verification,
        meeting,
        offer,
        calendar,
        follow_up,
        result,
        confirmation,
        digest,
    )
    for language in LANGUAGES
]
NOTICES += [meeting("fr", change) for change in ("moved", "cancelled", "reminder")]
NOTICES += [meeting(language, "moved", same_time=True) for language in LANGUAGES]
NOTICES += [meeting_for_advisor("moved", same_time=True)]
NOTICES += [morning_list(), morning_list(meetings=()), weekly_figures(), weekly_figures(per_month=None)]
NOTICES += [follow_up("fr", what) for what in ("feedback", "outcome")]
NOTICES += [meeting_for_advisor(change) for change in ("booked", "moved", "cancelled")]
NOTICES += [activity(language, "awaited", waits=True, line=2) for language in LANGUAGES]
NOTICES += [
    activity(language, change)
    for change in ("joined", "gained", "moved", "reminder", "called_off", "left", "ended")
    for language in LANGUAGES
]


def read(raw: bytes) -> Any:
    return message_from_bytes(raw, policy=SMTP)


def visible(html: str) -> str:
    """The words of an HTML part."""
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<body") :]).split())


def test_every_message_has_a_french_translation_and_none_is_left_over():
    used = {found[2] for found in extract_from_dir(WRITING, METHODS, OPTIONS, keywords=KEYWORDS)}
    assert {key for key, one in CATALOGUE.items() if one.string and not one.fuzzy} == used


@pytest.mark.parametrize("text", FRENCH)
def test_french_typography(text: str):
    assert not re.search(r"(?<!\xa0)[?!;:»%]", text.replace("%(", "")), "a non-breaking space goes before"
    assert "'" not in text
    assert '"' not in text


def test_who_meets_somebody_else_at_the_same_time_is_not_told_of_another_time():
    told = written(meeting("en", "moved", same_time=True))
    assert told.subject == "Your meeting of Tuesday, December 1, 2026, 2:00\xa0p.m.: with somebody else"
    assert "at another time" not in told.text
    assert "stays as it was" in told.text
    assert "has a meeting with you" in written(meeting_for_advisor("moved", same_time=True), "en").text


def test_a_code_comes_with_its_link_and_how_long_both_are_good():
    told = written(code("fr", minutes=15))
    assert told.subject == "Votre code de connexion à Emploi NEXUS TIC"
    assert told.text.startswith("Bonjour,\n\nVoici le code que vous avez demandé pour vous connecter")
    assert f"\n    {CODE}\n" in told.text
    assert f"Me connecter\xa0:\n{LINK}\n" in told.text
    assert "servent une seule fois, d’ici 15\xa0minutes." in told.text


def test_a_result_is_a_link_and_says_that_it_holds_the_answers():
    told = written(result("fr"))
    assert told.subject == "Programmes qui conviennent à votre entreprise – Emploi NEXUS TIC"
    assert f"Voir le résultat\xa0:\n{LINK}\n" in told.text
    assert "L’adresse contient vos réponses" in told.text
    assert written(result("en")).subject == "Programs that fit your company – Emploi NEXUS TIC"


def test_what_can_be_refused_says_how_in_its_headers_and_below_its_text():
    told = written(digest("fr"), way_out=WAY_OUT)
    assert told.subject == "2\xa0nouveautés sur Emploi NEXUS TIC\xa0: PRIIME…"
    assert "parce que vous l’avez demandé le 1er novembre 2026." in told.text
    for way in (WAY_OUT.unsubscribe, WAY_OUT.preferences):
        assert f"\xa0: {way}\n" in told.text
        assert f'href="{way}"' in told.html
    mail = read(as_email(told, "nexus@exemple.ca"))
    assert mail["List-Unsubscribe"] == f"<{WAY_OUT.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_ends_with_the_postal_address_of_who_sends_it_where_there_is_one():
    told = written(digest("fr"), sender=replace(SENDER, address="1, rue de la Scène, Montréal"))
    assert "TECHNOCompétences, 1, rue de la Scène, Montréal\n" in told.text
    assert "<br>TECHNOCompétences, 1, rue de la Scène, Montréal</p>" in told.html
    assert "TECHNOCompétences, " not in written(digest("fr")).text.partition("-- ")[2].splitlines()[1]


def test_what_cannot_be_refused_has_no_way_to():
    for notice in NOTICES:
        assert "List-Unsubscribe" not in read(as_email(written(notice), "nexus@exemple.ca"))


def test_a_digest_says_when_an_activity_is_and_how_much_more_there_is():
    told = written(digest("en", more=3)).text
    assert "Salon\nThursday, December 3, 2026, 2:00\xa0p.m.\nDe l’aide" in told
    assert "And 3 more, on the site:\n\nhttps://tic.example.org/fr/\n" in told


def test_a_code_in_english():
    told = written(code("en", minutes=1))
    assert told.subject == "Your code to sign in to Emploi NEXUS TIC"
    assert "work once, within 1 minute." in told.text
    assert f"Sign in:\n{LINK}\n" in told.text


def test_a_code_is_not_in_the_subject_which_lies_open_on_locked_screens():
    assert not any(CODE in written(code(language)).subject for language in LANGUAGES)


def test_after_too_many_wrong_codes_there_is_a_link_alone():
    told = written(code("fr", code=None))
    assert told.subject == "Votre lien de connexion à Emploi NEXUS TIC"
    assert f"Me connecter\xa0:\n{LINK}\n" in told.text
    assert "Le lien sert une seule fois, d’ici 15\xa0minutes." in told.text
    assert "None" not in told.text + told.html


def test_an_invitation_of_those_who_run_the_platform_names_nobody():
    told = written(invitation("en", inviter=None, organisation="ACME", role="admin, editor"))
    assert told.subject == "You are invited to Emploi NEXUS TIC"
    assert "You are invited to take part in Emploi NEXUS TIC for ACME." in told.text
    assert "Your role: administrator, editor." in told.text
    assert "On vous invite à participer à Emploi NEXUS TIC." in written(invitation("fr", inviter=None)).text


def test_an_invitation_says_who_invites_to_what_for_whom():
    told = written(invitation("fr", organisation="Atelier d’Olivier"))
    assert told.subject == "Zoé Roy vous invite à rejoindre Emploi NEXUS TIC"
    assert "Zoé Roy vous invite à participer à Emploi NEXUS TIC pour Atelier d’Olivier." in told.text
    assert "Votre rôle\xa0: rédactrice ou rédacteur." in told.text
    assert "pour" not in written(invitation("fr")).text.split("Votre rôle")[0].split("TIC")[1]


def test_a_role_without_a_word_of_its_own_is_shown_as_it_is():
    assert "Your role: Liaison." in written(invitation("en", role="Liaison")).text


def test_what_is_due_is_listed_with_a_click_for_each():
    told = written(verification("fr", "PRIIME", "Interconnexion"))
    assert told.subject == "2\xa0textes à vérifier sur Emploi NEXUS TIC"
    assert (
        "PRIIME\nDernière vérification\xa0: 1er octobre 2026.\nLe lire ou le corriger\xa0: https://tic.example.org/fr/0\n"
        in told.text
    )
    assert "Interconnexion\nJamais vérifié jusqu’ici.\n" in told.text
    assert "Toujours exact\xa0: https://tic.example.org/exact?n=1&cle=secret1" in told.text
    assert written(verification("en", "PRIIME")).subject == "1 text to verify on Emploi NEXUS TIC"


def test_a_meeting_says_when_where_with_whom_and_how_to_change_it():
    told = written(meeting("fr"))
    assert told.subject == "Votre rencontre du mardi 1er décembre 2026, 14\xa0h"
    assert "mardi 1er décembre 2026, 14\xa0h\n" in told.text
    assert "En vidéo\n" in told.text
    assert f"Voir, déplacer ou annuler la rencontre\xa0:\n{LINK}\n" in told.text
    gone = written(meeting("en", "cancelled"))
    assert gone.subject == "Your meeting of Tuesday, December 1, 2026, 2:00\xa0p.m. is cancelled"
    assert "We had to cancel" in gone.text
    assert "as you asked" in written(meeting("en", "cancelled", by_company=True)).text


def test_a_registration_says_when_where_what_holds_and_how_to_give_it_up():
    told = written(activity("fr", online=True))
    assert told.subject == "Inscription confirmée\xa0: Embaucher sans frontières"
    assert "mardi 1er décembre 2026, 14\xa0h – 16\xa0h\n" in told.text
    assert "Salle A, 1, rue de la Scène, Montréal, ou en ligne\n" in told.text
    assert f"Voir ou retirer mon inscription\xa0:\n{LINK}\n" in told.text
    waits = written(activity("en", "awaited", waits=True, line=2)).text
    assert "You are number 2 on the waiting list." in waits
    assert "Online\n" in written(activity("en", where=None, online=True)).text


def test_a_registration_that_changes_says_what_does_and_whether_the_place_stays():
    moved = written(activity("en", "moved", before=NOW)).text
    assert "Before, it was to begin on Monday, November 23, 2026, 10:00\xa0a.m.\n" in moved
    assert "You have a place.\n" in moved
    changed = written(activity("fr", "moved", waits=True)).text
    assert "sa fin ou son lieu a changé" in changed
    assert "Début prévu auparavant" not in changed
    assert "Vous êtes sur la liste d’attente.\n" in changed


def test_a_registration_that_ended_says_why_and_asks_what_one_thought_of_it():
    assert "comme vous l’avez demandé" in written(activity("fr", "left")).text
    assert "We had to take your registration back" in written(activity("en", "left", by_us=True)).text
    assert f"Dire ce que j’en ai pensé\xa0:\n{LINK}\n" in written(activity("fr", "ended")).text
    assert "give" not in written(activity("en", "called_off")).text


@pytest.mark.parametrize(
    ("what", "subject"),
    [
        ("plan", "Votre plan, comme convenu"),
        ("feedback", "Notre rencontre vous a-t-elle été utile\xa0?"),
        ("outcome", "Quelles ont été les suites de notre rencontre\xa0?"),
    ],
)
def test_what_follows_a_meeting_leads_to_its_page(what: str, subject: str):
    told = written(follow_up("fr", what))
    assert told.subject == subject
    assert LINK in told.text


def test_an_answer_goes_to_the_sector_s_address_where_it_has_one():
    told = written(code(), sender=replace(SENDER, reply_to="tic@exemple.ca"))
    assert "Pour nous écrire, répondez-y." in told.text
    assert read(as_email(told, "nexus@exemple.ca"))["Reply-To"] == "Emploi NEXUS TIC <tic@exemple.ca>"


@pytest.mark.parametrize("notice", NOTICES, ids=lambda one: type(one).__name__)
def test_both_forms_say_the_same(notice: Notice):
    told = written(notice)
    seen = visible(told.html).replace("&nbsp;", "\xa0").replace("&amp;", "&")
    for line in told.text.replace("-- ", "").splitlines():
        for sentence in re.split(r"(?<=[.;,])\s|\xa0?:(?:\s|$)", line.strip().removeprefix("– ")):
            assert sentence.startswith("http") or sentence.rstrip(",") in seen, sentence
    links = set(re.findall(r"https?://\S+", told.text))
    assert links == set(re.findall(r'href="([^"]+)"', told.html.replace("&amp;", "&")))


@pytest.mark.parametrize("notice", NOTICES, ids=lambda one: type(one).__name__)
def test_the_html_part_is_well_formed_and_asks_nobody_for_anything(notice: Notice):
    told = written(notice)
    html = told.html
    assert html_faults(re.sub(r' style="[^"]*"', "", html)) == []  # mail clients know no other styles
    assert not re.search(r"<img|<link|<script|url\(|@import| src=", html)
    assert f'<html lang="{told.language}-CA">' in html
    assert 'style="' in html


def test_a_letter_does_not_show_what_it_says():
    assert not any(secret in repr(written(code())) for secret in (CODE, LINK))


def test_names_are_words_and_never_markup():
    html = written(invitation(inviter='<b>Zoé</b> & "Cie"', organisation="<script>x</script>")).html
    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;b&gt;Zoé&lt;/b&gt; &amp; " in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_ascii_in_both_forms_with_headers_that_tell_what_it_is(language: Language):
    raw = as_email(written(invitation(language)), "nexus@exemple.ca")
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    mail: Any = message_from_bytes(raw, policy=SMTP)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html"
    ]  # fmt: skip
    assert mail["From"] == "Emploi NEXUS TIC <nexus@exemple.ca>"
    assert mail["Message-ID"] == "<a1@exemple.ca>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == f"{language}-CA"
    assert mail["Date"].datetime == written(invitation()).written_at
    assert mail["Subject"] == written(invitation(language)).subject
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == written(invitation(language)).text


def test_a_message_that_is_written_twice_is_the_same():
    first, second = (as_email(written(meeting("en")), "nexus@exemple.ca") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\x0b"])
@pytest.mark.parametrize("field", ["subject", "sender"])
def test_no_text_can_start_a_header(field: str, end: str):
    evil = f"Zoé{end}Bcc: all@exemple.ca{end}{end}<p>"
    raw = as_email(letter(**{field: evil}), "nexus@exemple.ca")
    mail = message_from_bytes(raw, policy=SMTP)
    assert mail["Bcc"] is None
    assert set(mail.keys()) == set(message_from_bytes(as_email(letter(), "n@exemple.ca")).keys())


def test_an_offer_says_until_when_the_time_is_kept_and_what_stays_as_it_is():
    told = written(offer("fr"))
    assert told.subject == "Un moment s’est libéré\xa0: mercredi 25 novembre 2026, 9\xa0h"
    assert "Il vous est réservé jusqu’au lundi 23 novembre 2026, 12\xa0h\n" in told.text
    assert "vendredi 27 novembre 2026, 9\xa0h" in told.text
    assert "your meeting is now" not in written(offer("en", before=None)).text
