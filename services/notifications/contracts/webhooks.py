"""Webhooks: addresses of other systems that are told of what happens in a sector, and what became of each telling.

What leaves names things and says when: the sector, an id, a revision, a time. Nothing of a person ever does."""

from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.notifications.contracts import Name
from services.notifications.contracts.deliveries import Cursor, MessageId

PublicEvent = Literal[
    "program.published",
    "program.retired",
    "document.published",
    "document.retired",
    "post.published",
    "post.retired",
    "activity.published",
    "activity.retired",
    "meeting.booked",
    "meeting.moved",
    "meeting.cancelled",
    "meeting.held",
    "meeting.missed",
    "registration.joined",
    "registration.awaited",
    "registration.place_gained",
    "registration.moved",
    "registration.called_off",
    "registration.left",
    "registration.ended",
]
PUBLIC_EVENTS: tuple[PublicEvent, ...] = get_args(PublicEvent)
WhyDisabled = Literal["by_person", "gone", "failing"]
WebhookDeliveryState = Literal["queued", "sending", "sent", "failed"]
Trouble = Literal[
    "refused",
    "redirected",
    "not_public",
    "certificate",
    "no_host",
    "no_answer",
    "too_slow",
    "disabled",
]
WebhookId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[!-~]{8,100}$")]  # of what is asked for once
_Name = Annotated[Name, Field(max_length=120, examples=["Chambre de commerce"])]
_Events = Annotated[
    frozenset[PublicEvent],
    Field(
        min_length=1,
        description="What it is told of; what each means is on the developers’ page",
        examples=[["program.published", "meeting.booked"]],
    ),
]
_Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
    Field(
        description="Where it is told: with https, reachable from the Internet, without user or password",
        examples=["https://example.org/nexus?token=abc"],
    ),
]


class Webhook(Message):
    """An address of a sector, and the events that it is told of. `disabled` says why it is told nothing now."""

    id: str = Field(examples=["0c9d6b1a2e4c7f8d3b6a9e0c1f2d4b5f"])
    sector: str = Field(examples=["tic"])
    name: str = Field(examples=["Chambre de commerce"])
    url: str = Field(examples=["https://example.org/nexus?token=abc"])
    events: frozenset[PublicEvent] = Field(examples=[["program.published", "meeting.booked"]])
    revision: int
    disabled: WhyDisabled | None = None
    created_at: AwareDatetime
    created_by: str = Field(description="The id of who made it, its owner: a person, or a key (`key:…`)")
    accepted_at: AwareDatetime | None = Field(None, description="When it last accepted something")
    old_secret_until: AwareDatetime | None = Field(
        None, description="Until when what it is sent is signed with the secret before as well"
    )


class Webhooks(Message):
    """Newest first."""

    items: tuple[Webhook, ...]


class MadeWebhook(Message):
    """`secret` (`whsec_…`, as Standard Webhooks has it) is told this once."""

    webhook: Webhook
    secret: str = Field(repr=False, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="])


class MakeWebhook(Command[MadeWebhook], service="notifications"):
    """A new one in the caller's sector. For coordinators, administrators and keys of webhooks, as all that follow.

    For a day, the same caller's repetition with the same `key` is answered with what it made the first time. Refused
    with `webhook_url_invalid`, `webhook_url_not_https`, `webhook_url_credentials`, `webhook_url_not_public`,
    `webhooks_enough`, `key_reused`: something else was asked with it, or its secret is told no more."""

    name: _Name
    url: _Url
    events: _Events
    key: Key | None = None


class ListWebhooks(Query[Webhooks], service="notifications"):
    """Those of the caller's sector."""


class GetWebhook(Query[Webhook], service="notifications"):
    """One of them. Refused with `webhook_not_found`, as every request that names one."""

    id: WebhookId


class ChangeWebhook(Command[Webhook], service="notifications"):
    """Refused as `MakeWebhook` is, and with `stale_revision`."""

    id: WebhookId
    revision: int
    name: _Name
    url: _Url
    events: _Events


class RotateWebhookSecret(Command[MadeWebhook], service="notifications"):
    """A new secret. For a day what is sent is signed with the one before, too; and for as long, the same caller's
    repetition with the same `key` is answered with the same secret, unless there is another by then."""

    id: WebhookId
    key: Key | None = None


class TurnWebhook(Command[Webhook], service="notifications"):
    """Disable it: what waits is given up, what happens meanwhile is not told. Or enable it again."""

    id: WebhookId
    active: bool


class RemoveWebhook(Command[None], service="notifications"):
    """Remove it with all that is known of its deliveries."""

    id: WebhookId


class TestWebhook(Command[None], service="notifications"):
    """Send it an event `webhook.test`, also while it is disabled."""

    __test__ = False  # no test, whatever pytest thinks of the name

    id: WebhookId


class WebhookDelivery(Message):
    """One telling. `id` is its header `webhook-id`, the same in each attempt.

    Failed: nobody tries again, but on a person's word."""

    id: str = Field(examples=["msg_e433cb1a40f103cafc361493bc07cb17"])
    webhook: str
    event: PublicEvent | Literal["webhook.test"]
    subject: str = Field(description="The id of what it is about")
    state: WebhookDeliveryState
    attempts: int
    created_at: AwareDatetime
    next_attempt: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    status: int | None = Field(None, description="The last answer's HTTP status")
    trouble: Trouble | None = Field(None, description="What went wrong last")
    answer: str | None = Field(None, description="How the last answer began")


class WebhookDeliveries(Message):
    """Latest first. `next`, if any, is the `after` of the following page."""

    items: tuple[WebhookDelivery, ...]
    next: Cursor | None


class ListWebhookDeliveries(Query[WebhookDeliveries], service="notifications"):
    """What became of what a webhook was to be told, of the last 90 days."""

    id: WebhookId
    state: WebhookDeliveryState | None = None
    after: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class SendWebhookAgain(Command[None], service="notifications"):
    """Try one from its first attempt, whatever became of it, as the same message. Refused with
    `webhook_delivery_not_found`."""

    id: MessageId
