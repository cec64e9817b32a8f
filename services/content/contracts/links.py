"""Links of what is published that lead nowhere any more."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from nexus.messages import Command, Message, Query
from services.content.contracts.editing import ItemKind
from services.content.contracts.texts import LineText, WebAddress


class Outcome(StrEnum):
    """What came of a look at a link."""

    THERE = "there"
    WITHHELD = "withheld"  # the site wants no programs, or lets nobody in without a password
    GONE = "gone"  # 404, 410
    REFUSED = "refused"  # any other status that means a fault
    NO_HOST = "no_host"  # there is no such name
    NO_ANSWER = "no_answer"  # not in time, or not a proper one
    CERTIFICATE = "certificate"  # browsers would warn
    PRIVATE = "private"  # it leads into a private network, where nobody else comes
    REDIRECTS = "redirects"  # it leads on and on
    NO_ADDRESS = "no_address"


class LinkUse(Message):
    """Something published that has the link."""

    kind: ItemKind
    id: str
    title: LineText


class BrokenLink(Message):
    """`since` when it has failed, what it said last and when. `waits`: it is to be looked at again soon."""

    url: str
    since: AwareDatetime
    checked_at: AwareDatetime
    outcome: Outcome
    status: int | None
    waits: bool
    uses: tuple[LinkUse, ...]


class BrokenLinks(Message):
    """The longest broken first. `known`: how many links are looked at; `on`: whether they are, in this installation."""

    items: tuple[BrokenLink, ...]
    known: int
    on: bool


class ListBrokenLinks(Query[BrokenLinks], service="content"):
    """Those of what the caller may edit. For editors."""

    limit: int = Field(200, ge=1, le=500)


class CheckLinkAgain(Command[None], service="content"):
    """Look at a broken link again, within a few minutes. For editors. Refused with `link_not_found`."""

    url: WebAddress
