"""The addresses of pages: one place for their words in each language."""

from gateway.sectors import Language

PROGRAMS = {"fr": "programmes", "en": "programs"}
SEARCH = {"fr": "recherche", "en": "search"}


def program_url(base_url: str, language: Language, slug: str) -> str:
    """The page of a program."""
    return f"{base_url}/{language}/{PROGRAMS[language]}/{slug}"


def search_url(base_url: str, language: Language) -> str:
    """The page of results."""
    return f"{base_url}/{language}/{SEARCH[language]}"
