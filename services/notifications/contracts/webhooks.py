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
_Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
_Name = Annotated[Name, Field(max_length=120)]
_Events = Annotated[frozenset[PublicEvent], Field(min_length=1)]
_Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Webhook(Message):
    """An address of a sector, and the events that it is told of. `disabled` says why it is told nothing now."""

    id: str
    sector: str
    name: str
    url: str
    events: frozenset[PublicEvent]
    revision: int
    disabled: WhyDisabled | None = None
    created_at: AwareDatetime
    created_by: str = Field(description="The id of who made it, its owner")
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
    secret: str = Field(repr=False)


class MakeWebhook(Command[MadeWebhook], service="notifications"):
    """A new one in the caller's sector. For coordinators and administrators, as all that follow.

    Refused with `webhook_url_invalid`, `webhook_url_not_https`, `webhook_url_credentials`, `webhook_url_not_public`,
    `webhooks_enough`."""

    name: _Name
    url: _Url
    events: _Events


class ListWebhooks(Query[Webhooks], service="notifications"):
    """Those of the caller's sector."""


class GetWebhook(Query[Webhook], service="notifications"):
    """One of them. Refused with `webhook_not_found`, as every request that names one."""

    id: _Id


class ChangeWebhook(Command[Webhook], service="notifications"):
    """Refused as `MakeWebhook` is, and with `stale_revision`."""

    id: _Id
    revision: int
    name: _Name
    url: _Url
    events: _Events


class RotateWebhookSecret(Command[MadeWebhook], service="notifications"):
    """A new secret. For a day what is sent is signed with the one before, too."""

    id: _Id


class TurnWebhook(Command[Webhook], service="notifications"):
    """Disable it: what waits is given up, what happens meanwhile is not told. Or enable it again."""

    id: _Id
    active: bool


class RemoveWebhook(Command[None], service="notifications"):
    """Remove it with all that is known of its deliveries."""

    id: _Id


class TestWebhook(Command[None], service="notifications"):
    """Send it an event `webhook.test`, also while it is disabled."""

    __test__ = False  # no test, whatever pytest thinks of the name

    id: _Id


class WebhookDelivery(Message):
    """One telling. `id` is its header `webhook-id`, the same in each attempt.

    Failed: nobody tries again, but on a person's word."""

    id: str
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

    id: _Id
    after: Cursor | None = None
    limit: int = Field(50, ge=1, le=200)


class SendWebhookAgain(Command[None], service="notifications"):
    """Try one from its first attempt, whatever became of it, as the same message. Refused with
    `webhook_delivery_not_found`."""

    id: MessageId
