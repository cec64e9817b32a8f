"""A gateway with its own broker user speaks for its own sector, whatever it writes into its messages."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

import pytest

from nexus.caller import Caller, Role, anonymous
from nexus.errors import Forbidden, NexusError
from nexus.transports.amqp import AmqpBus
from services.content.contracts.editing import ItemKind, ListItems, SaveItem
from services.notifications.contracts import SendCode
from services.people.contracts.people import Invite, ListPeople
from tests.support.broker import Broker
from tests.support.platforms import DistributedPlatform

MIGHTY = frozenset({Role.ADMIN, Role.EDITOR})
FORGED = Caller(sector="aero", person="eve", roles=MIGHTY)


@pytest.fixture
def gateway_tic(broker: Broker, distributed: DistributedPlatform) -> str:
    """The address of the broker for the gateway of `tic`."""
    return broker.make_user("gateway-tic", distributed.environment["NEXUS_RABBITMQ_URL"])


def on_bus(url: str, work: Any) -> Any:
    async def run() -> Any:
        bus = AmqpBus(url)
        await bus.connect()
        try:
            return await work(bus)
        finally:
            await bus.close()

    return asyncio.run(run())


def refusal(url: str, message: Any, caller: Caller) -> str:
    async def ask(bus: AmqpBus) -> Coroutine[Any, Any, Any]:
        return await bus.call(message, caller)

    with pytest.raises(Forbidden) as caught:
        on_bus(url, ask)
    return caught.value.code


REQUESTS = (
    ListItems(kind=ItemKind.PROGRAM),
    SaveItem(kind=ItemKind.PROGRAM, content={"title": {"fr": "Faux"}, "kind": "grant"}),
    ListPeople(),
    Invite(email="eve@example.org", roles=frozenset({Role.ADMIN}), base_url="https://aero.example.org"),
)


@pytest.mark.parametrize("message", REQUESTS, ids=lambda message: type(message).__name__)
def test_a_forged_sector_is_refused(gateway_tic: str, message: Any) -> None:
    assert refusal(gateway_tic, message, FORGED) == "sector_not_proven"
    assert refusal(gateway_tic, message, FORGED.model_copy(update={"sector": None})) == "sector_not_proven"


def test_what_a_service_may_do_a_gateway_may_not(gateway_tic: str) -> None:
    as_service = Caller(sector="tic", person="service:people", roles=frozenset({Role.SYSTEM}))
    assert refusal(gateway_tic, ListPeople(), as_service) == "role_not_proven"


def test_a_gateway_cannot_have_mail_sent(gateway_tic: str) -> None:
    mail = SendCode(
        to="eve@example.org", language="fr", code="123456", link="https://evil.example/", minutes=15
    )

    async def ask(bus: AmqpBus) -> Any:
        return await bus.call(mail, anonymous("tic"), deadline=3)

    with pytest.raises(NexusError) as caught:
        on_bus(gateway_tic, ask)
    assert caught.value.code in ("broker_unavailable", "deadline_exceeded")


def test_in_its_own_sector_it_is_heard(gateway_tic: str) -> None:
    async def ask(bus: AmqpBus) -> Any:
        found = await bus.call(
            ListItems(kind=ItemKind.PROGRAM, q=uuid4().hex), FORGED.model_copy(update={"sector": "tic"})
        )
        return found.total

    assert on_bus(gateway_tic, ask) == 0
