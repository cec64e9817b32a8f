"""Every word of the gateway is in French too, in French typography."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

GATEWAY = Path(__file__).parents[2] / "gateway"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}

with (GATEWAY / "locale/fr/LC_MESSAGES/gateway.po").open("rb") as source:
    CATALOGUE = {message.id: message for message in read_po(source, locale="fr") if message.id}
FRENCH = [
    text
    for message in CATALOGUE.values()
    for text in (message.string if isinstance(message.string, tuple) else (message.string,))
]


def used() -> set[object]:
    return {found[2] for found in extract_from_dir(GATEWAY, METHODS, OPTIONS, keywords=KEYWORDS)}


def test_every_message_has_a_french_translation_and_none_is_left_over():
    assert {key for key, message in CATALOGUE.items() if message.string and not message.fuzzy} == used()


@pytest.mark.parametrize("text", FRENCH)
def test_french_typography(text: str):
    assert not re.search(r"(?<!\xa0)[?!;:»%]", text.replace("%(", "")), "a non-breaking space goes before"
    assert not re.search(r"«(?!\xa0)", text), "a non-breaking space goes after"
    assert "'" not in text
    assert '"' not in text
