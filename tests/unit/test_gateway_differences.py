"""What changed, as people read it."""

import time

import pytest

from gateway.admin.differences import clashing, compared, differences, said
from gateway.admin.kinds import ACTIVITIES, DOCUMENTS, PROGRAMS
from gateway.i18n import translations

FRENCH, ENGLISH = translations("fr"), translations("en")


def marked(before: str, after: str) -> str:
    """Both texts in one: [-gone-], {+come+}."""
    signs = {"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return "".join(signs[piece.kind].format(piece.text) for piece in compared(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "Une aide", "{+Une aide+}"),
        ("Une aide", "", "[-Une aide-]"),
        ("Une aide pour tous", "Une aide pour toutes", "Une aide pour [-tous-]{+toutes+}"),
        ("un deux trois", "un trois", "un [-deux -]trois"),
        ("Le chat noir dort", "Le chien blanc dort", "Le [-chat noir-]{+chien blanc+} dort"),
        ("Été, 5 000 $", "Été, 6 000 $", "Été, [-5-]{+6+} 000 $"),
    ],
)
def test_a_change_is_shown_word_by_word(before: str, after: str, told: str) -> None:
    assert marked(before, after) == told


def test_of_a_long_text_only_what_stands_near_a_change_is_shown() -> None:
    words = " ".join(f"mot{n}" for n in range(300))
    told = marked(f"{words} ici {words}", f"{words} là {words}")
    assert "[-ici-]{+là+}" in told
    assert len(told) < 300
    assert told.startswith(" … ")
    assert told.endswith(" … ")


def test_even_the_longest_texts_are_compared_at_once() -> None:
    lines = [f"Ligne {n} avec quelques mots de plus pour la remplir." for n in range(400)]
    changed = [line.replace("mots", "termes") if n % 7 == 0 else line for n, line in enumerate(lines)]
    start = time.process_time()
    pieces = compared("\n".join(lines), "\n".join(changed))
    assert time.process_time() - start < 0.5
    assert any(piece.kind == "ins" and "termes" in piece.text for piece in pieces)


def test_fields_and_values_are_called_as_in_the_form() -> None:
    before = {
        "title": {"fr": "Aide"},
        "kind": "grant",
        "themes": [],
        "eligibility": {"company_sizes": ["1-4"]},
    }
    after = {
        "title": {"fr": "Aide", "en": "Help"},
        "kind": "loan",
        "themes": ["hiring"],
        "eligibility": {"company_sizes": ["5-24"], "to_check": {"french": ["spoken"]}},
        "steps": [{"text": {"en": "Write"}}],
        "publish_at": "2026-12-01T13:00:00+00:00",
    }
    told = differences(PROGRAMS.fields, before, after, ENGLISH)
    assert [one.label for one in told] == [
        "Title, in English",
        "Kind of help",
        "Needs",
        "Who can have it › Size of the company",
        "Who can have it › Depends on the case › French",
        "Publish by itself on",
        "Step 1 › What to do, in English",
    ]
    assert told[-2].pieces[-1].text == "2026-12-01 08:00"
    assert "".join(piece.text for piece in told[2].pieces) == "Hire"


def test_flags_and_files_are_told_in_words() -> None:
    told = differences(ACTIVITIES.fields, {"cancelled": False}, {"cancelled": True}, FRENCH)
    assert [(one.label, [piece.text for piece in one.pieces]) for one in told] == [
        ("Annulée", ["non", "oui"])
    ]
    told = differences(ACTIVITIES.fields, {"registration": None}, {"registration": {"seats": 12}}, FRENCH)
    assert [(one.label, [piece.text for piece in one.pieces]) for one in told] == [
        ("Inscription ici", ["non", "oui"]),
        ("Inscription ici › Places", ["12"]),
    ]
    files = {"files": {"fr": {"sha256": "a" * 64, "name": "guide.pdf"}}}
    told = differences(DOCUMENTS.fields, {"files": {}}, files, FRENCH)
    assert [(one.label, one.pieces[0].text) for one in told] == [
        ("Fichiers › Français", "a" * 12),
        ("Fichiers › Français", "guide.pdf"),
    ]


def test_what_clashes_is_told_as_the_form_names_it() -> None:
    content = {"themes": ["hiring", "training"], "steps": [{"text": {"fr": "Un"}}, {"text": {"fr": "Deux"}}]}
    told = said(PROGRAMS.fields, content, FRENCH)
    assert clashing(told, "themes") == ("Besoins", "Embaucher, Former")
    assert clashing(told, "steps").text == "Un; Deux"
