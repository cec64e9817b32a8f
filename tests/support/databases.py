"""Databases of their own for tests."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pymongo.database import Database

from nexus.mongo import Document, connect


@pytest.fixture
def database(mongodb_url: str) -> Iterator[Database[Document]]:
    """An empty database, gone afterwards."""
    with connect(mongodb_url, "tests") as client:
        database = client[f"nexus-test-{uuid4().hex[:12]}"]
        yield database
        client.drop_database(database.name)
