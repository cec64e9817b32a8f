"""What the staff of a sector is told of its site: each to an account, whose language is known once it is."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Message
from services.notifications.contracts import Language, Name, WebAddress
from services.notifications.contracts.webhooks import WhyDisabled


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
