"""The API's part about webhooks, for systems with a key: make one, change it, see what became of what it was sent. What
is refused here and on the pages of the back office is the same."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from gateway.api import Parameters, keyed_refusals
from gateway.api_writes import IfMatch, Nothing, revision_of
from gateway.meetings.api import fresh
from gateway.meetings.api_office import Office, body_of
from nexus.caller import Caller, Scope
from nexus.messages import Command
from services.notifications.contracts.deliveries import Cursor, MessageId
from services.notifications.contracts.webhooks import (
    ChangeWebhook,
    GetWebhook,
    Key,
    ListWebhookDeliveries,
    ListWebhooks,
    MadeWebhook,
    MakeWebhook,
    RemoveWebhook,
    RotateWebhookSecret,
    SendWebhookAgain,
    TestWebhook,
    TurnWebhook,
    Webhook,
    WebhookDeliveries,
    WebhookDeliveryState,
    WebhookId,
    Webhooks,
)

_Named = Annotated[WebhookId, Path(description="Its id", examples=["0c9d6b1a2e4c7f8d3b6a9e0c1f2d4b5f"])]
_Sent = Annotated[
    MessageId,
    Path(
        description="The id of a delivery, its header webhook-id",
        examples=["msg_e433cb1a40f103cafc361493bc07cb17"],
    ),
]
_Once = Annotated[
    Key | SkipJsonSchema[None],
    Header(
        alias="Idempotency-Key",
        description="Chosen by you, of 8 to 100 printable characters: for a day, a repetition with it is answered "
        "with the secret of the first time, and makes none",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


class DeliveryParameters(Parameters):
    """Which deliveries. Without `state`, all of the last 90 days."""

    state: WebhookDeliveryState | None = None
    after: Cursor | None = Field(None, description="`next` of the answer before")
    limit: int = Field(50, ge=1, le=200)


def add_webhooks(router: APIRouter, office: Office) -> None:
    """Webhooks of the sector, and their deliveries."""
    key = Annotated[Caller, Depends(office.key(Scope.WEBHOOKS_WRITE))]
    _add_list(router, office, key)
    _add_one(router, office, key)
    _add_doing(router, office, key)
    _add_deliveries(router, office, key)


def _add_list(router: APIRouter, office: Office, key: Any) -> None:
    body = body_of(MakeWebhook, {"key"})

    @router.get("/webhooks", response_model=Webhooks, responses=keyed_refusals(), tags=["webhooks"])
    async def webhooks(key: key, _: Nothing) -> Response:
        """The webhooks of the sector, the newest first; without their secrets."""
        found = await office.bus.call(ListWebhooks(), key)
        return fresh(found)

    @router.post(
        "/webhooks",
        response_model=MadeWebhook,
        status_code=201,
        responses=keyed_refusals(409),
        tags=["webhooks"],
    )
    async def make(key: key, wanted: body, _: Nothing, once: _Once = None) -> Response:  # type: ignore[valid-type]
        """Make one; twenty at most. The answer alone has its secret: keep it, to verify what you are sent."""
        made = await office.bus.call(MakeWebhook(key=once, **dict(wanted)), key)
        return _with_secret(made, 201)


def _add_one(router: APIRouter, office: Office, key: Any) -> None:
    path, body = "/webhooks/{id}", body_of(ChangeWebhook, {"id"})

    @router.get(path, response_model=Webhook, responses=keyed_refusals(404), tags=["webhooks"])
    async def show(key: key, id: _Named, _: Nothing) -> Response:
        """One of them, with the ETag that a change of it must name."""
        found = await office.bus.call(GetWebhook(id=id), key)
        return _revised(found)

    @router.put(path, response_model=Webhook, responses=keyed_refusals(404, 412), tags=["webhooks"])
    async def change(
        key: key,
        id: _Named,
        seen: IfMatch,
        wanted: body,  # type: ignore[valid-type]
        _: Nothing,
    ) -> Response:
        """Change its name, its address and what it is told of. Its secret stays."""
        command = ChangeWebhook(id=id, revision=revision_of(seen), **dict(wanted))
        found = await office.bus.call(command, key)
        return _revised(found)

    @router.delete(path, status_code=204, responses=keyed_refusals(404), tags=["webhooks"])
    async def remove(key: key, id: _Named, _: Nothing) -> Response:
        """Remove it, with all that is known of its deliveries."""
        await office.bus.call(RemoveWebhook(id=id), key)
        return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _add_doing(router: APIRouter, office: Office, key: Any) -> None:
    @router.post(
        "/webhooks/{id}/rotate",
        response_model=MadeWebhook,
        responses=keyed_refusals(404, 412),
        tags=["webhooks"],
    )
    async def rotate(key: key, id: _Named, _: Nothing, once: _Once = None) -> Response:
        """Give it another secret, which the answer alone has. For a day, the one before signs as well."""
        made = await office.bus.call(RotateWebhookSecret(id=id, key=once), key)
        return _with_secret(made)

    @router.post("/webhooks/{id}/test", status_code=202, responses=keyed_refusals(404), tags=["webhooks"])
    async def test(key: key, id: _Named, _: Nothing) -> Response:
        """Send it an event `webhook.test`, also while it is paused; its deliveries tell what became of it."""
        return await _taken(office, TestWebhook(id=id), key)

    for what, active, summary in (
        ("pause", False, "Tell it nothing; what waits is given up, what happens meanwhile is not told later"),
        ("resume", True, "Tell it what happens from now on"),
    ):
        _add_turning(router, office, key, what, active, summary)


def _add_turning(router: APIRouter, office: Office, key: Any, what: str, active: bool, summary: str) -> None:
    async def turn(key: key, id: _Named, _: Nothing) -> Response:
        found = await office.bus.call(TurnWebhook(id=id, active=active), key)
        return _revised(found)

    router.add_api_route(
        f"/webhooks/{{id}}/{what}",
        turn,
        methods=["POST"],
        response_model=Webhook,
        responses=keyed_refusals(404),
        tags=["webhooks"],
        summary=summary,
        description="No body is needed. One that is so already stays as it is.",
        name=f"{what}_webhook",
    )


def _add_deliveries(router: APIRouter, office: Office, key: Any) -> None:
    @router.get(
        "/webhooks/{id}/deliveries",
        response_model=WebhookDeliveries,
        responses=keyed_refusals(404),
        tags=["webhooks"],
    )
    async def deliveries(key: key, id: _Named, given: Annotated[DeliveryParameters, Query()]) -> Response:
        """What became of what it was to be told, the latest first; ask again with `after` = `next` until it is null."""
        found = await office.bus.call(ListWebhookDeliveries(id=id, **given.model_dump()), key)
        return fresh(found)

    @router.post(
        "/webhook-deliveries/{id}/send", status_code=202, responses=keyed_refusals(404), tags=["webhooks"]
    )
    async def again(key: key, id: _Sent, _: Nothing) -> Response:
        """Send one again, whatever became of it, as the same message."""
        return await _taken(office, SendWebhookAgain(id=id), key)


async def _taken(office: Office, command: Command[None], key: Caller) -> Response:
    await office.bus.call(command, key)
    return Response("null", 202, {"Cache-Control": "no-store"}, media_type="application/json")


def _revised(one: Webhook) -> Response:
    response = fresh(one)
    response.headers["ETag"] = f'"{one.revision}"'
    return response


def _with_secret(made: MadeWebhook, status: int = 200) -> Response:
    response = fresh(made, status)
    response.headers["ETag"] = f'"{made.webhook.revision}"'
    return response
