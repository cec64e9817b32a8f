"""A receiver that refuses, hangs up and stalls, and processes that are killed: it is told of every event, and only what
was on its way at a kill may come twice."""

from pymongo.database import Database

from nexus.mongo import Document
from tests.support.databases import database
from tests.support.hook_storm import HookStorm

__all__ = ["database"]  # a fixture

MANY = 200
KILLS = (40, 90, 140)  # events that have arrived by then


def test_a_receiver_is_told_of_each_event_whatever_it_and_the_kills_do(
    database: Database[Document], mongodb_url: str
) -> None:
    storm = HookStorm(database, mongodb_url, MANY)
    with storm.receiver() as web:
        storm.fill(web.url("/hook"))
        storm.rage(stall=0.5)
        with storm.sender() as process:
            storm.wait(KILLS[0], timeout=60)
            storm.kill_outgoing(process)
            storm.wait(KILLS[1], timeout=60)
        with storm.sender():
            storm.wait(KILLS[2], timeout=60)
        with storm.sender():
            storm.wait(MANY, timeout=60)
            storm.wait_until_noted(timeout=60)
    assert len(storm.arrived) == MANY
    assert {len(bodies) for bodies in storm.bodies.values()} == {1}  # the same message each time
    assert storm.repeated <= storm.under_way
    assert storm.refused > MANY // 20
