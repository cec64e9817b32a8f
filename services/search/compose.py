"""The search service on its real collaborators. A process imports only the engine that it uses."""

from nexus.composition import Composed, Resources
from services.search.engine import SearchEngine
from services.search.misses import WordStore
from services.search.pages import PageStore
from services.search.service import SearchService
from services.search.store import EntryStore


def compose(resources: Resources) -> Composed:
    """Search on Elasticsearch, or embedded on tantivy. Makes its indexes; the database must answer."""
    store, pages = EntryStore(resources.database), PageStore(resources.database)
    misses, searches = WordStore(resources.database), WordStore(resources.database, "searches")
    for kept in (pages, misses, searches):
        kept.prepare()
    engine = _tantivy(resources) if resources.embedded else _elasticsearch(resources)
    return Composed(
        SearchService(store, pages, misses, searches, engine, resources.clock, resources.wake),
        outboxes=[store.state],
        checks={"search_engine": engine.check},
        close=engine.close,
    )


def _tantivy(resources: Resources) -> SearchEngine:
    from services.search.tantivy_engine import TantivyEngine

    return TantivyEngine(resources.settings.data / "search")


def _elasticsearch(resources: Resources) -> SearchEngine:
    from elasticsearch import Elasticsearch, OrjsonSerializer

    from services.search.elastic_engine import ElasticEngine

    client = Elasticsearch(
        resources.settings.need("elasticsearch_url"),
        serializer=OrjsonSerializer(),
        request_timeout=10,
        max_retries=1,
    )
    return ElasticEngine(client, index=f"{resources.settings.database_prefix}-search")
