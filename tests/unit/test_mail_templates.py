"""Words that a sector writes for its mails: as good as the shipped ones, or refused with a reason."""

import re
import time
import tracemalloc
from dataclasses import replace
from typing import Any, get_args

import pytest

from services.notifications.contracts import LANGUAGES, Language, NoticeKind
from services.notifications.contracts.templates import OwnKind
from services.notifications.domain.messages import KINDS, WayOut
from services.notifications.writing import Saying, said_in
from services.notifications.writing.own import filling
from services.notifications.writing.own.cases import CASES, LINK, example
from services.notifications.writing.own.fields import FIELDS, values_of
from services.notifications.writing.own.filling import Filled, Unusable, Words
from services.notifications.writing.own.shipped import shipped
from tests.support.html import html_faults
from tests.support.mails import (
    CODE,
    NOW,
    SENDER,
    code,
    digest,
    invitation,
    meeting,
    meeting_for_advisor,
    verification,
    written,
)
from tests.support.mails import LINK as REAL

ALL = [(kind, case, language) for kind in CASES for case in CASES[kind] for language in LANGUAGES]
GOOD = "Bonjour!\n\n[Ouvrir]({{ link }})"


def words(body: str = GOOD, subject: str = "Sujet", preview: str = "Aperçu") -> Words:
    return Words(subject, preview, body)


def filled(kind: NoticeKind, case: str, language: Language, own: Words) -> Filled:
    return filling.fill(own, kind, values_of(example(kind, case, language), SENDER, language))


def refused(body: str, kind: NoticeKind = "calendar", **more: str) -> tuple[str, str, int, str]:
    """The place, reason, line and thing of the first fault."""
    own = words(body, **more)
    for place, fault in filling.read(own, kind):
        return place, fault.reason, fault.line, fault.about
    try:
        for case in CASES[kind]:
            filling.require_links(filled(kind, case, "fr", own))
    except Unusable as why:
        return why.place, why.fault.reason, why.fault.line, why.fault.about
    return "nowhere", "none", 0, ""


def html_of(body: str, notice: Any = None, **more: str) -> str:
    notice = notice or meeting("fr")
    told = written(notice, own=words(body, **more))
    assert not told.fell_back
    return told.html


def test_every_kind_of_mail_can_be_written_by_a_sector() -> None:
    assert set(FIELDS) == set(CASES) == set(get_args(OwnKind))
    ours = {"personal_data", "webhook_stopped", "new_key", "meeting_text", "morning_list", "weekly_figures"}
    ours |= {"comment", "unreadable_documents", "events_parked"}
    assert set(KINDS) == set(FIELDS) | ours


@pytest.mark.parametrize(("kind", "case", "language"), ALL)
def test_shipped_words_written_as_a_sector_s_own_make_the_same_letter(
    kind: NoticeKind, case: str, language: Language
) -> None:
    own, notice = shipped(kind, language), example(kind, case, language)
    assert list(filling.read(own, kind)) == []
    ours = said_in(Saying(kind, notice, language, SENDER, filled(kind, case, language, own)))
    theirs = said_in(Saying(kind, notice, language, SENDER))
    assert (ours.subject, ours.preview) == (theirs.subject, theirs.preview)
    if kind not in ("verification_due", "digest"):  # whose items have a form of their own
        assert ours.text == theirs.text
        assert ours.html.split() == theirs.html.split()
    assert html_faults(re.sub(r' style="[^"]*"', "", ours.html)) == []


def test_the_text_of_each_kind_that_lists_things_has_all_of_them() -> None:
    told = written(verification("fr"), own=shipped("verification_due", "fr"))
    assert not told.fell_back
    assert all(one in told.text for one in ("PRIIME", "Interconnexion", "cle=secret0", "cle=secret1"))
    assert told.text.count("Dernière vérification") == 1  # the other never was


@pytest.mark.parametrize(
    ("body", "reason", "line", "about"),
    [
        ("Bonjour\n\n{{ link", "syntax", 3, None),
        ("a\n{% if link %}b", "syntax", 2, None),
        ("a\n{{ nom }} {{ link }}", "unknown_field", 2, "nom"),
        ("{{ link.upper() }}", "not_allowed", 1, "call"),
        ("{{ link.__class__ }}", "unknown_field", 1, "….__class__"),
        ("{{ link|center(1000000000) }}", "not_allowed", 1, "filter"),
        ("{{ 'a' * 10 ** 9 }}", "not_allowed", 1, "mul"),
        ("{{ 10 ** 10 ** 10 }}", "not_allowed", 1, "pow"),
        ("{{ 'a' ~ link }}", "not_allowed", 1, "concat"),
        ("{{ link[0] }}", "not_allowed", 1, "getitem"),
        ("{% for x in range(10**9) %}{% endfor %}", "loop_over_what", 1, ""),
        ("{% for x in link %}{{ x }}{% endfor %}", "loop_over_what", 1, ""),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "not_allowed", 1, "macro"),
        ("{% include 'code.jinja' %}", "not_allowed", 1, "include"),
        ("{% set x = 1 %}", "not_allowed", 1, "assign"),
        ("{% if link == 'a' %}{% endif %}", "not_compared", 1, "link"),
        ("{{ " + "(" * 3000 + "link" + ")" * 3000 + " }}", "too_deep", 1, ""),
        ("{% if link %}" * 40 + "{% endif %}" * 40, "too_deep", 1, ""),
        ("{{ " + "9" * 5000 + " }}", "syntax", 1, ""),
        ("x" * 10_001, "too_long", 1, ""),
        ("  ", "empty", 1, ""),
        ("Sans lien.", "missing_field", 1, "link"),
        ("[x](https://evil.example/?l={{ link }})", "secret_in_address", 1, "link"),
        ("[x](<https://evil.example/?l= {{ link }}>) {{ link }}", "bad_link", 1, ""),
        ("https://evil.example/{{ link }} {{ link }}", "secret_in_address", 1, "link"),
        ("[x](javascript:alert(1)) {{ link }}", "bad_link", 1, ""),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_line_and_reason(
    body: str, reason: str, line: int, about: str | None
) -> None:
    found = refused(body)
    assert found[:3] == ("body", reason, line)
    assert about is None or found[3] == about


@pytest.mark.parametrize(
    ("kind", "body", "reason", "about"),
    [
        ("code", "{{ link }}{% if code == '802513' %}!{% endif %}", "not_compared", "code"),
        ("code", "{{ link }}", "missing_field", "code"),
        ("code", "{{ code }}\n{{ link }}\nhttps://evil.example/{{ code }}", "secret_in_address", "code"),
        ("meeting", "{{ when }} {{ link }}{% if change == 'move' %}!{% endif %}", "unknown_value", "change == move"),
        ("meeting", "{% if change != 'cancelled' %}{{ when }}{% endif %} {{ link }}", "missing_field", "when"),
        ("verification_due", "{{ items }}", "needs_loop", "items"),
        ("verification_due", "{% for i in items %}{{ i }}{% endfor %}", "needs_loop", "i"),
        ("verification_due", "{% for i in items %}{{ i.titre }}{% endfor %}", "unknown_field", "….titre"),
        (
            "verification_due",
            "{% for i in items %}{% for j in items %}{{ j.title }}{% endfor %}{% endfor %}",
            "nested_loop",
            "",
        ),
        (
            "verification_due",
            "{% for i in items %}{{ i.title }}{% endfor %}",
            "missing_field",
            "items.still_correct_link",
        ),
    ],
)  # fmt: skip
def test_each_kind_has_its_own_rules(kind: NoticeKind, body: str, reason: str, about: str) -> None:
    place, found, _, told = refused(body, kind)
    assert (place, found, told) == ("body", reason, about)


def test_what_lets_somebody_in_is_in_no_subject_but_whether_there_is_any_can_be_asked() -> None:
    body = "{{ code }}\n\n{{ link }}"
    assert refused(body, "code", subject="{{ code }}")[:2] == ("subject", "secret_here")
    assert refused(body, "code", preview="{{ link }}")[:2] == ("preview", "secret_here")
    asked = words(body, subject="{% if code %}Code{% else %}Lien{% endif %}")
    assert list(filling.read(asked, "code")) == []
    assert filled("code", "link_alone", "fr", asked).subject == "Lien"


@pytest.mark.parametrize(
    "body",
    [
        "[" * 9_000,
        "{% for i in items %}" + "[" * 2_000 + "{% endfor %}",
        "*a **b " * 1_400,
        "> " * 5_000,
        "- " * 5_000,
        "{{ site }}" * 1_000,
        "".join("{% for i in items %}{{ i.title }}{{ i.url }}{% endfor %}" for _ in range(150)),
        "\\" * 10_000,
        "{% if site %}x{% endif %}" * 400,
    ],
    ids=lambda one: one[:12],
)
def test_no_template_takes_long_or_much_whatever_it_says(body: str) -> None:
    many = verification("fr", *(f"Titre {n} " + "x" * 150 for n in range(200)))
    tracemalloc.start()
    start = time.process_time()
    told = written(many, own=words(body))
    spent, (_, most) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.fell_back  # none of them has its links
    assert "Titre 199" in told.text
    assert spent < 5  # seconds, ten times what it takes
    assert most < 60_000_000  # bytes


def test_what_a_field_says_is_words_and_never_markup() -> None:
    evil = '[x](https://evil.example) **b** <img src=x onerror=y> # t {{ site }} {% if %} \\ `c`\n- "q"'
    told = written(
        invitation("fr", inviter=evil.replace("\n", " "), organisation="<script>alert(1)</script>"),
        own=words("{{ inviter }}\n\n{{ organisation }}\n\n{{ link }}", subject="{{ inviter }}"),
    )
    assert not told.fell_back
    assert evil.replace("\n", " ") in told.text
    assert told.subject == evil.replace("\n", " ")
    assert "<img" not in told.html
    assert "<script" not in told.html
    assert 'href="https://evil' not in told.html


def test_html_of_who_writes_is_shown_as_words() -> None:
    html = html_of(
        "<b onclick=x>Gras</b> <script>y</script> ![p](https://exemple.ca/p.png)\n\n{{ when }}\n\n[Voir]({{ link }})"
    )
    assert "&lt;b onclick=x&gt;" in html
    assert "<script" not in html
    assert "<img" not in html


def test_both_parts_come_from_one_text() -> None:
    body = (
        "# Grand\n\n## Titre\n\nUn *mot* et **deux**\nlignes, [notre site](https://exemple.ca/a?b=1&c=2).\n\n"
        "- un\n- deux\n  - trois\n\n1. premier\n2. second\n\n**{{ when }}**\n\n{{ where }}\n\n[Voir]({{ link }})"
    )
    told = written(meeting("fr"), own=words(body))
    assert not told.fell_back
    for said in ("Grand\n", "Titre\n", "Un mot et deux\nlignes, notre site (https://exemple.ca/a?b=1&c=2).",
                 "– un\n– deux\n– trois", "1. premier\n2. second", f"Voir\xa0:\n{REAL}\n"):  # fmt: skip
        assert said in told.text
    for said in (
        'class="code"',
        "<h2",
        "<em>mot</em>",
        "<li>un</li>",
        'href="https://exemple.ca/a?b=1&amp;c=2"',
    ):
        assert said in told.html
    assert 'href="https://video.example.org/x"' in told.html
    assert html_faults(re.sub(r' style="[^"]*"', "", told.html)) == []


def test_a_digest_in_own_words_has_each_of_its_news_and_the_way_out() -> None:
    listed = "{% for one in items %}\n- [{{ one.title }}]({{ one.url }})\n{% endfor %}"
    own = words(f"En {{{{ count }}}} points.\n\n{listed}", subject="{{ first }}")
    ours, way_out = digest("fr"), WayOut("digest", "express", NOW, f"{REAL}-non", f"{REAL}-choix")
    told = written(ours, own=own, way_out=way_out, sender=replace(SENDER, address="1, rue de la Scène"))
    assert not told.fell_back
    assert (told.subject, told.unsubscribe) == (ours.first, f"{REAL}-non")
    said = ("En 2 points.", "1, rue de la Scène", f"{REAL}-non", f"{REAL}-choix")
    for one in (*said, *(item.url for item in ours.items)):
        assert one in told.text
        assert one.replace("&", "&amp;") in told.html


@pytest.mark.parametrize(
    "body", ["Du neuf sur le site.", "{% for one in items %}{{ one.title }} {% endfor %}", "{{ address }}"]
)
def test_a_digest_without_its_news_is_refused(body: str) -> None:
    assert refused(body, "digest") == ("body", "missing_field", 1, "items.url")


def test_what_is_empty_leaves_nothing_behind() -> None:
    body = "**{{ where }}**\n\n[Voir]({{ page }})\n\n{{ phone }}\n\n{{ when }}"
    told = written(meeting_for_advisor(site=None, phone=None, where=None), own=words(body))
    assert not told.fell_back
    assert "Voir" not in told.text + told.html
    assert "**" not in told.text
    assert "None" not in told.text + told.html


def test_a_letter_that_own_words_cannot_make_goes_in_shipped_ones_and_says_so() -> None:
    told = written(code("fr"), own=words("{{ gone }}"))
    assert told.fell_back
    assert told.subject == written(code("fr")).subject
    assert CODE in told.text
    assert not written(code("fr")).fell_back


def test_examples_lead_nowhere() -> None:
    for kind, case, language in ALL:
        values = values_of(example(kind, case, language), SENDER, language)
        assert values.get("link", LINK) == LINK
        assert values.get("code") in (None, "000000")
