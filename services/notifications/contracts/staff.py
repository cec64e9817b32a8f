"""What the staff of a sector is told of its site: each to an account, whose language is known once it is."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Message
from services.notifications.contracts import Language, Name, WebAddress
from services.notifications.contracts.webhooks import WhyDisabled

ItemKind = Literal["program", "document", "post", "activity", "page", "partner"]
Reading = Literal["encrypted", "damaged", "too_large", "too_slow"]
Titles = dict[Language, Annotated[str, StringConstraints(max_length=500)]]
_LISTS: dict[ItemKind, str] = {
    "program": "programs",
    "document": "documents",
    "post": "posts",
    "activity": "activities",
    "page": "pages",
    "partner": "partners",
}
MOST_DOCUMENTS = 50


class ForStaff(Message):
    """To the account whose id is `person`. `site` is where its back office is, as far as that is known."""

    person: str
    site: WebAddress | None = None

    def page(self, language: Language, below: str) -> str | None:
        """A page of the back office."""
        return f"{self.site}/{language}/admin/{below}" if self.site else None


class WebhookStopped(ForStaff):
    """To who made a webhook: it is told nothing any more."""

    webhook: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    name: Name
    why: WhyDisabled


class NewKey(ForStaff):
    """To administrators: somebody made a key."""

    name: Name
    ends: Annotated[str, StringConstraints(max_length=10)] = Field(
        description="The last characters of its secret"
    )
    expires_at: AwareDatetime | None = None


class ParkedSum(Message):
    """How many events a handler gave up for the same reason since then. The handler `notifications.mail` stands for
    mails that could not be sent."""

    handler: str
    code: str = Field(description="Why: of a refusal, `internal_error` or `mail_refused`")
    count: int = Field(ge=1)
    since: AwareDatetime


class EventsParked(ForStaff):
    """To administrators: what was given up on since they were told last. `more`: how many beyond those of `sums`."""

    sums: Annotated[tuple[ParkedSum, ...], Field(min_length=1)]
    more: int = 0


def titled(titles: Titles, language: Language) -> str:
    """The title in a language, or else in the other one."""
    return titles.get(language) or next(iter(titles.values()), "")


class CommentTold(ForStaff):
    """To who is asked to look at a publication; who asked is answered, or who was asked is told something more: then
    `asked` is what was asked."""

    what: Literal["asked", "answered", "added"]
    kind: ItemKind
    item: Annotated[str, StringConstraints(max_length=200)]
    title: Titles = Field(repr=False)
    by: Name | None = Field(None, repr=False, description="None: their name is not known")
    text: Annotated[str, StringConstraints(max_length=1_000)] = Field(repr=False)
    asked: Annotated[str, StringConstraints(max_length=1_000)] | None = Field(None, repr=False)

    def about(self, language: Language) -> str:
        """What the publication is called."""
        return titled(self.title, language)

    def comments(self, language: Language) -> str | None:
        """Where it is answered."""
        return self.page(language, f"{_LISTS[self.kind]}/{self.item}#comments")


class UnreadableFile(Message):
    """A file, and why there is no text of it."""

    language: Language
    name: Annotated[str, StringConstraints(max_length=200)]
    reading: Reading


class UnreadableDocument(Message):
    """A document with files whose text could not be read."""

    id: Annotated[str, StringConstraints(max_length=200)]
    title: Titles
    files: Annotated[tuple[UnreadableFile, ...], Field(min_length=1, max_length=2)]

    def about(self, language: Language) -> str:
        """What it is called."""
        return titled(self.title, language)


class UnreadableDocuments(ForStaff):
    """To who uploaded them, all at once. `more`: how many are not listed."""

    items: Annotated[tuple[UnreadableDocument, ...], Field(min_length=1, max_length=MOST_DOCUMENTS)]
    more: int = Field(0, ge=0)

    def document(self, language: Language, item: str) -> str | None:
        """Where one is edited."""
        return self.page(language, f"documents/{item}")
