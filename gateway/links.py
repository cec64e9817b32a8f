"""The addresses of pages: one place for their words in each language."""

from gateway.sectors import Language

PROGRAMS = {"fr": "programmes", "en": "programs"}
SEARCH = {"fr": "recherche", "en": "search"}
PROBLEMS = {"fr": "problemes", "en": "problems"}


def program_url(base_url: str, language: Language, slug: str) -> str:
    """The page of a program."""
    return f"{base_url}/{language}/{PROGRAMS[language]}/{slug}"


def problem_url(base_url: str, code: str) -> str:
    """What a refusal's code means, in the reader's language. Programs compare it: it never changes."""
    return f"{base_url}/problems/{code}"
