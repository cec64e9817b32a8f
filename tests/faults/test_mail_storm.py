"""A mail server that refuses, hangs up and stalls, and processes that are killed: no message is lost, and only what was
on its way at a kill may come twice."""

from pymongo.database import Database

from nexus.mongo import Document
from services.notifications.postman import MOST_HANDS
from tests.support.databases import database
from tests.support.storm import Storm

__all__ = ["database"]  # a fixture

MANY = 300
KILLS = (60, 140, 220)  # messages that have arrived by then


def test_each_message_arrives_whatever_the_server_and_the_kills_do(
    database: Database[Document], mongodb_url: str
) -> None:
    storm = Storm(database, mongodb_url, MANY)
    storm.fill()
    storm.rage(seconds=0.5)
    storm.box.start()
    try:
        for reached in (*KILLS, MANY):
            with storm.sender():
                storm.wait(reached, timeout=60)
                if reached == MANY:
                    storm.wait_until_noted(timeout=60)
    finally:
        storm.box.stop()
    arrived = storm.arrived
    assert set(arrived) == {f"m{number}" for number in range(MANY)}
    repeats = arrived.total() - MANY
    assert repeats <= MOST_HANDS * len(KILLS)
    assert database["messages"].count_documents({"state": "sent"}) == MANY
    assert storm.refused > MANY // 20
