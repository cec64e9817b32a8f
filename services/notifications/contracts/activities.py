"""What is said of a registration for an activity, to who registered."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from services.notifications.contracts import Appointment, EmailAddress, Language, Name, WebAddress


class ActivityTold(Appointment):
    """What became of it. `link` leads to the page of the registration: a place is given up there, and once the activity
    is over, one says what one thought of it. `registration` and `sequence` name its entry in calendars (RFC 5545)."""

    to: EmailAddress
    language: Language
    name: Name | None = Field(None, repr=False)
    change: Literal["joined", "awaited", "gained", "moved", "called_off", "left", "ended", "reminder"]
    title: Name = Field(description="Of the activity")
    online: bool = Field(False, description="Whether one can take part from afar")
    before: AwareDatetime | None = Field(
        None, description="Of a move: when it was to begin; None: that stays"
    )
    waits: bool = Field(False, description="Whether they have no place yet, or had none")
    line: int | None = Field(None, ge=1, description="Of who waits: 1 is the next one")
    by_us: bool = Field(False, description="Whether we took the registration back")
    registration: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,64}$")]
    link: WebAddress = Field(repr=False)

    @property
    def entry(self) -> str | None:
        return None if self.waits else self.registration
