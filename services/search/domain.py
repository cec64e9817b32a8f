"""What the search service knows of an entry, whatever it is an entry of."""

import datetime

from pydantic import AwareDatetime

from nexus.messages import Message
from services.search.contracts import EntryType, Language


class Words(Message):
    """A text in each language; a missing one is None."""

    fr: str | None = None
    en: str | None = None

    def best(self, language: Language) -> tuple[str, Language]:
        """The text in `language`, or in the other one, with the language it is in; "" when there is none."""
        own, other = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        if own or not other:
            return own or "", language
        return other, "en" if language == "fr" else "fr"


class Entry(Message):
    """Something that can be found: a program, a document.

    `title`, `lead`, `keywords`, `provider` and `body` are searched, in this order of weight; `body` is plain
    text. `sectors` empty: shared with all. After the day `expires` it is found no more. `date` orders. Its facts were
    verified on the day `verified`; from `stale` on, that was too long ago.
    """

    type: EntryType
    id: str
    revision: int
    slug: Words
    title: Words
    lead: Words = Words()
    body: Words = Words()
    keywords: Words = Words()
    provider: Words = Words()
    kind: str | None = None
    themes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    expires: datetime.date | None = None
    verified: datetime.date | None = None
    stale: datetime.date | None = None
    date: AwareDatetime


class Page(Message):
    """A page of an entry's file in `language`; without a `number` where the file has no pages."""

    language: Language
    number: int | None
    text: str


class Removal(Message):
    """An entry that must be found no more."""

    id: str
    revision: int
