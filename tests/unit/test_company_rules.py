"""How companies are told apart: names as they are compared, domains that are a company's own."""

import pytest

from services.meetings.domain.companies import folded, own_domain, words_of


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Métal Plus inc.", "METAL PLUS"),
        ("Ateliers Côté & Fils ltée", "ateliers cote et fils".replace(" et", "")),
        ("Groupe Tech, Ltd.", "groupe tech"),
        ("Avocats Roy S.E.N.C.R.L.", "avocats roy"),
        ("L’Œuvre", "l œuvre"),
        ("Inc.", "inc"),
    ],
)
def test_case_accents_punctuation_and_legal_form_make_no_other_name(written: str, same: str) -> None:
    assert folded(written) == folded(same)


def test_other_words_make_another_name() -> None:
    assert len({folded(name) for name in ("Métal Plus", "Métal Plus Laval", "Inc. Plus", "日本", "&")}) == 5


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("a@metalplus.ca", "metalplus.ca"),
        ("a@Mail.MetalPlus.ca", "mail.metalplus.ca"),
        ("a@gmail.com", None),
        ("a@VIDEOTRON.ca", None),
        ("a@example.org", None),
    ],
)
def test_an_address_that_anybody_can_have_tells_nothing_of_the_company(
    email: str, domain: str | None
) -> None:
    assert own_domain(email) == domain


def test_a_search_looks_at_words_whatever_their_case_and_accents() -> None:
    assert words_of("  Métal-PLUS paul@metalplus.ca ") == ["metal", "plus", "paul@metalplus.ca"]
