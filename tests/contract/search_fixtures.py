"""Engines to be held against the search contract: each test that asks for one runs on every kind."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.search.engine import SearchEngine
from tests.contract.search_cases import CORPUS, put

Make = Callable[[], SearchEngine]


def address_of_elasticsearch(request: pytest.FixtureRequest) -> str:
    try:
        return str(request.getfixturevalue("elasticsearch_url"))
    except pytest.FixtureLookupError:
        if url := os.environ.get("NEXUS_ELASTICSEARCH_URL"):
            return url
        pytest.skip("no Elasticsearch: NEXUS_ELASTICSEARCH_URL is not set")


def tantivy_engine(folder: Path) -> SearchEngine:
    from services.search.tantivy_engine import TantivyEngine

    return TantivyEngine(folder)


@pytest.fixture(scope="module", params=["tantivy", "elasticsearch"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Makes empty engines of one kind."""
    if request.param == "tantivy":
        yield lambda: tantivy_engine(tmp_path_factory.mktemp("index"))
        return
    from elasticsearch import Elasticsearch

    from services.search.elastic_engine import ElasticEngine

    client = Elasticsearch(address_of_elasticsearch(request))
    prefix = f"test-{uuid4().hex[:8]}"
    yield lambda: ElasticEngine(client, f"{prefix}-{uuid4().hex[:6]}")
    for index in client.indices.get(index=f"{prefix}*"):
        client.indices.delete(index=index)
    client.close()


@pytest.fixture(scope="module")
def engine(make: Make) -> SearchEngine:
    """An engine that holds CORPUS; not to be written to."""
    filled = make()
    put(filled, CORPUS, [])
    return filled


@pytest.fixture
def empty(make: Make) -> SearchEngine:
    return make()
