"""What deployment lets each service do on the broker is what its declaration asks for."""

import json
import re
from pathlib import Path

import pytest

from gateway.activity_pages import PLACES_CHANGE
from nexus.composition import declaration, service_names
from nexus.delivery.topology import events_exchange, subscriptions
from nexus.service import Subscription

_DEFINITIONS = json.loads(
    (Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json").read_text()
)
RIGHTS = {one["user"]: one for one in _DEFINITIONS["permissions"]}
ALL = subscriptions(declaration(name) for name in service_names())


@pytest.mark.parametrize("wanted", ALL, ids=lambda one: one.queue)
def test_whoever_starts_first_may_declare_and_bind_the_queue_of_every_subscription(
    wanted: Subscription,
) -> None:
    for service in service_names():
        may = RIGHTS[service]
        assert re.search(may["configure"], wanted.queue), service
        assert re.search(may["write"], wanted.queue), service
        assert re.search(may["read"], events_exchange(wanted.event.source)), service


@pytest.mark.parametrize("wanted", ALL, ids=lambda one: one.queue)
def test_each_service_reads_its_own_queues_and_nobody_else_s(wanted: Subscription) -> None:
    readers = [name for name in service_names() if re.search(RIGHTS[name]["read"], wanted.queue)]
    assert readers == [wanted.service]


def test_a_gateway_hears_of_meetings_no_more_than_that_places_in_activities_change() -> None:
    topics = {(one["user"], one["exchange"]): one for one in _DEFINITIONS["topic_permissions"]}
    every = {one.event.type for one in ALL if one.event.source == "meetings"}
    for sector in ("tic", "svts", "aero"):
        may = topics[f"gateway-{sector}", "meetings.events"]
        assert re.search(RIGHTS[f"gateway-{sector}"]["read"], "meetings.events")
        assert all(re.search(may["read"], event.type) for event in PLACES_CHANGE)
        assert not [
            kind for kind in every - {event.type for event in PLACES_CHANGE} if re.search(may["read"], kind)
        ]
        assert not re.search(may["read"], "#")
