"""What somebody agreed to be sent, and how they take it back: subscribing, unsubscribing, preferences.

Whoever has a link that we mailed may use it; no account is needed. Digests and questions after a meeting can be
refused (Canada's anti-spam law, S.C. 2010, c. 23; Québec's Law 25); codes, bookings and the like cannot: they are what
somebody asked for."""

import hashlib
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from nexus.messages import Command, Message, Query, without_control_characters
from services.notifications.contracts import EmailAddress, Language

Purpose = Literal["digest", "follow_up"]
Basis = Literal["express", "implied"]
Source = Literal["subscription", "preferences", "meeting", "unsubscribe_link"]
Frequency = Literal["daily", "weekly"]
NewsType = Literal["program", "activity"]
DEFAULT_ZONE = "America/Toronto"

Wording = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000),
    AfterValidator(without_control_characters),
]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Hour = Annotated[int, Field(ge=0, le=23)]
_Value = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
_Words = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(without_control_characters)
]


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone, such as America/Toronto")
    return name


Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)]


class Topic(Message):
    """What somebody wants to hear of: news that have all the words, and one of the values of each filter given. Empty:
    all programs and activities."""

    words: _Words = ""
    themes: tuple[_Value, ...] = Field((), max_length=7)
    types: tuple[NewsType, ...] = Field((), max_length=2)
    kinds: tuple[_Value, ...] = Field((), max_length=30)

    @property
    def id(self) -> str:
        """The same for the same topic."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class QuietHours(Message):
    """From this hour to that one, on the person's clock; also across midnight."""

    begin: Hour
    end: Hour

    @model_validator(mode="after")
    def _not_all_day(self) -> "QuietHours":
        if self.begin == self.end:
            raise ValueError("must begin and end at different hours")
        return self


class Consent(Message):
    """What somebody said last about being written to for a purpose. `wording`, in `language`, is what they were shown;
    none where the law takes their agreement from having met us."""

    purpose: Purpose
    basis: Basis
    source: Source
    wording: Wording | None = None
    language: Language
    at: AwareDatetime
    expires_at: AwareDatetime | None = None
    withdrawn_at: AwareDatetime | None = None


class Subscribe(Command[None], service="notifications"):
    """Mail me a link with which I confirm that I want digests. Nothing else is sent before.

    Refused with `subscription_asked_often` for a while after several, `topic_unknown`."""

    email: EmailAddress
    language: Language
    topic: Topic
    frequency: Frequency
    wording: Wording = Field(description="What they agreed to, as it was shown")


class Subscription(Message):
    """What somebody is about to confirm."""

    email: str
    topic: Topic
    frequency: Frequency
    confirmed: bool


class OpenSubscription(Query[Subscription], service="notifications"):
    """For who has the link. Refused with `subscription_link_invalid`, also once it is too old."""

    token: Token


class ConfirmSubscription(Command[str], service="notifications"):
    """Agree; doing it twice does no harm. Returns the token of the preferences. Refused with
    `subscription_link_invalid`."""

    token: Token


class Preferences(Message):
    """What somebody wants of us, and what they agreed to. `frequency` None: no digests."""

    email: str
    language: Language
    zone: str
    quiet: QuietHours | None
    frequency: Frequency | None
    topics: tuple[Topic, ...]
    consents: tuple[Consent, ...]
    follow_up: bool = Field(description="Whether we may ask how a meeting went")


class OpenPreferences(Query[Preferences], service="notifications"):
    """For who has the link. Refused with `preferences_link_invalid`."""

    token: Token


class ShownWords(Message):
    """What somebody agrees to where they say yes, for each purpose, as it was shown."""

    digest: Wording
    follow_up: Wording


class ChangePreferences(Command[Preferences], service="notifications"):
    """For who has the link. `topics` names those that are kept; where none is, there are no digests.

    Refused with `preferences_link_invalid`."""

    token: Token
    language: Language
    zone: Zone
    quiet: QuietHours | None
    frequency: Frequency | None
    topics: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")], ...] = Field(
        (), max_length=50
    )
    follow_up: bool
    shown: ShownWords


class OpenOwnPreferences(Command[str], service="notifications"):
    """The token of the preferences of whoever is signed in: `email` is that of their account. Refused with
    `sign_in_required`."""

    email: EmailAddress


class Refusable(Message):
    """What a link to unsubscribe is about."""

    purpose: Purpose
    refused: bool


class OpenRefusal(Query[Refusable], service="notifications"):
    """For who has the link. Refused with `unsubscribe_link_invalid`."""

    token: Token


class Unsubscribe(Command[Refusable], service="notifications"):
    """No more of these. Doing it twice does no harm. Refused with `unsubscribe_link_invalid`."""

    token: Token
