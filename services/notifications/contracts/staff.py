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
