"""Both engines beside their plain selves, and beside the last figures kept."""

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from elasticsearch import Elasticsearch
from rich.console import Console
from rich.table import Table

from bench.relevance.judged import DEPTH, Judged, Scores, collection, judged_queries, score
from bench.relevance.plain import PlainElasticsearch, PlainTantivy
from bench.report import Figure
from services.search.contracts import Search
from services.search.elastic_engine import ElasticEngine
from services.search.engine import SearchEngine
from services.search.matching.documents import document
from services.search.tantivy_engine import TantivyEngine

GOAL = 0.85
_TODAY = datetime.date(2026, 11, 23)
_KEPT = Path(__file__).with_name(
    "kept.json"
)  # figures of the analysis in use: a change shows before and after
_INDEX = "nexus-bench-relevance"

Ask = Callable[[Judged], Sequence[str]]


def measure(elasticsearch_url: str, folder: Path) -> list[Figure]:
    """nDCG@10 of each engine on the held-out queries and on all; a table says the rest."""
    client = Elasticsearch(elasticsearch_url, request_timeout=60)
    entries = collection()
    documents = [document(one) for one in entries]
    tantivy, elastic = TantivyEngine(folder / "index"), ElasticEngine(client, _INDEX)
    plain_tantivy = PlainTantivy(folder / "plain", entries)
    plain_elastic = PlainElasticsearch(client, entries)
    try:
        tantivy.write(documents)
        elastic.write(documents)
        asks: dict[str, Ask] = {
            "tantivy": _asking(tantivy),
            "Elasticsearch": _asking(elastic),
            "tantivy, plain": plain_tantivy.ask,
            "Elasticsearch, plain": plain_elastic.ask,
        }
        return _figures(asks, judged_queries())
    finally:
        plain_elastic.close()
        client.indices.delete(index=f"{_INDEX}-*", ignore_unavailable=True)
        tantivy.close()
        elastic.close()


def _asking(engine: SearchEngine) -> Ask:
    def ask(query: Judged) -> list[str]:
        found = engine.search(Search(q=query.q, lang=query.lang, per_page=DEPTH), None, _TODAY)
        return [hit.id for hit in found.items]

    return ask


def _figures(asks: dict[str, Ask], queries: list[Judged]) -> list[Figure]:
    sets = {"all": queries, "held out": [one for one in queries if one.set == "held_out"]}
    for label in sorted({label for one in queries for label in (one.kind, *one.traits)}):
        sets[label] = [one for one in queries if label in (one.kind, *one.traits)]
    told = {name: {label: score(chosen, ask) for label, chosen in sets.items()} for name, ask in asks.items()}
    _print(told, {label: len(chosen) for label, chosen in sets.items()})
    _KEPT.write_text(json.dumps(_as_json(told), indent=2) + "\n")
    return [
        Figure(
            f"nDCG@10, {label} queries, {name}",
            told[name][label].ndcg,
            "",
            "plain analysis",
            told[f"{name}, plain"][label].ndcg,
            f"≥ {GOAL}",
            told[name][label].ndcg >= GOAL,
        )
        for name in ("tantivy", "Elasticsearch")
        for label in ("all", "held out")
    ]


def _print(told: dict[str, dict[str, Scores]], counts: dict[str, int]) -> None:
    before = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    table = Table("queries", "n", *told, title="nDCG@10 (before) · MRR · share without an answer")
    for label, count in counts.items():
        cells = []
        for name, scores in told.items():
            was = before.get(name, {}).get(label, {}).get("ndcg")
            now = scores[label]
            shown = f"{now.ndcg:.3f}" + (f" ({was:.3f})" if was is not None else "")
            cells.append(f"{shown} · {now.mrr:.2f} · {now.unanswered:.0%}")
        table.add_row(label, str(count), *cells)
    Console(width=200).print(table)


def _as_json(told: dict[str, dict[str, Scores]]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        name: {
            label: {key: round(value, 4) for key, value in asdict(one).items()}
            for label, one in scores.items()
        }
        for name, scores in told.items()
    }
