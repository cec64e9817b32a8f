"""Imports under way and of late: one document for each, and one for each chunk of its rows.

Who works at an import holds it under a name of their own, and says at each step that they still do; another process
may take it from one that has been silent, and then the first one's steps fail."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo.database import Database

from nexus.mongo import Document
from services.content.contracts.exchange import OWN_MAPPING, ROWS_SHOWN, ImportJob, ImportState, RowReport
from services.content.contracts.publications import Outcome

Phase = Literal["preview", "report"]
WORKING = {ImportState.READING: "preview", ImportState.IMPORTING: "report"}
_KEPT = timedelta(days=30)


class Overtaken(Exception):
    """Somebody else works at this import now."""


class ImportStore:
    """The collections `imports` and `import_rows`."""

    def __init__(self, database: Database[Document]) -> None:
        self._jobs = database["imports"]
        self._rows = database["import_rows"]

    def prepare(self) -> None:
        """Make the indexes."""
        self._jobs.create_index([("sector", 1), ("at", -1)])
        self._jobs.create_index([("state", 1), ("beat", 1)])
        self._rows.create_index("job")

    def add(self, job: Mapping[str, Any]) -> None:
        """Keep a new one; its fields are those of the collection."""
        self._jobs.insert_one({"preview": {}, "report": {}, "tries": 0, "total": None, "error": None, **job})

    def get(self, job_id: str) -> Document | None:
        """An import as it is kept."""
        return self._jobs.find_one({"_id": job_id})

    def latest(self, sector: str | None, limit: int) -> list[Document]:
        """Those of a sector (None: of all)."""
        wanted = {"sector": sector} if sector else {}
        return list(self._jobs.find(wanted).sort("at", -1).limit(limit))

    def begin(self, job_id: str, owner: str, caller: Mapping[str, Any], now: datetime) -> bool:
        """Turn a preview that is ready into an import; False if it is not ready (any more)."""
        change = {
            "state": ImportState.IMPORTING.value,
            "owner": owner,
            "beat": now,
            "caller": caller,
            "tries": 0,
        }
        ready = {"_id": job_id, "state": ImportState.READY.value}
        return bool(self._jobs.update_one(ready, {"$set": change}).modified_count)

    def silent(self, since: datetime) -> list[Document]:
        """Those at which nobody has worked since then, though somebody should."""
        states = [state.value for state in WORKING]
        return list(self._jobs.find({"state": {"$in": states}, "beat": {"$lt": since}}))

    def take(self, job: Document, owner: str, now: datetime) -> bool:
        """Work at it from now on; False if somebody was quicker."""
        same = {"_id": job["_id"], "owner": job["owner"], "state": job["state"]}
        change = {"$set": {"owner": owner, "beat": now}, "$inc": {"tries": 1}}
        return bool(self._jobs.update_one(same, change).modified_count)

    def beat(self, job: Document, now: datetime, **fields: Any) -> None:
        """Say that it goes on, and `fields`. Raises Overtaken."""
        own = {"_id": job["_id"], "owner": job["owner"]}
        if not self._jobs.update_one(own, {"$set": {"beat": now, **fields}}).matched_count:
            raise Overtaken

    def add_rows(
        self, job: Document, phase: Phase, number: int, rows: Sequence[RowReport], now: datetime
    ) -> None:
        """Keep a chunk of rows; a repeat replaces it. Raises Overtaken."""
        key = f"{job['_id']}:{phase}:{number}"
        told = [row.model_dump(mode="json") for row in rows]
        self._rows.replace_one({"_id": key}, {"job": job["_id"], "rows": told}, upsert=True)
        counts = {outcome.value: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
        self.beat(job, now, **{f"{phase}.{number}": counts})

    def rows(self, job: Document, phase: Phase, outcome: Outcome | None, page: int) -> list[RowReport]:
        """Some of its rows, in the order of the file."""
        found: list[RowReport] = []
        skip = (page - 1) * ROWS_SHOWN
        for number, count in _counts(job, phase, outcome):
            if len(found) < ROWS_SHOWN and count > skip:
                wanted = [row for row in self._chunk(job, phase, number) if outcome in (None, row.outcome)]
                found += wanted[skip : skip + ROWS_SHOWN - len(found)]
            skip = max(0, skip - count)
        return found

    def forget(self, now: datetime) -> None:
        """Remove what is of the past."""
        old = [one["_id"] for one in self._jobs.find({"at": {"$lt": now - _KEPT}}, {"_id": 1})]
        if old:
            self._rows.delete_many({"job": {"$in": old}})
            self._jobs.delete_many({"_id": {"$in": old}})

    def wanting(self, job_ids: Iterable[str]) -> set[str]:
        """Those of `job_ids` that may read their file again."""
        ended = [ImportState.DONE.value, ImportState.FAILED.value]
        found = self._jobs.find({"_id": {"$in": list(job_ids)}, "state": {"$nin": ended}}, {"_id": 1})
        return {one["_id"] for one in found}

    def _chunk(self, job: Document, phase: Phase, number: int) -> list[RowReport]:
        kept = self._rows.find_one({"_id": f"{job['_id']}:{phase}:{number}"}) or {"rows": []}
        return [RowReport.read(row) for row in kept["rows"]]


def phase_of(job: Document) -> Phase:
    """What there is to see of an import: its report, once there is one."""
    importing = job["state"] in (ImportState.IMPORTING, ImportState.DONE)
    return "report" if importing or job["report"] else "preview"


def totals(job: Document, phase: Phase) -> dict[Outcome, int]:
    """How many rows had which outcome so far."""
    chunks = job[phase].values()
    return {outcome: sum(chunk[outcome.value] for chunk in chunks) for outcome in Outcome}


def as_job(job: Document) -> ImportJob:
    """An import as others see it."""
    counts = totals(job, phase_of(job))
    return ImportJob.read(
        {
            **job,
            "id": job["_id"],
            "mapping": OWN_MAPPING if job["own_mapping"] else job["mapping"],
            "counts": counts,
            "planned": totals(job, "preview"),
            "done": sum(counts.values()),
        }
    )


def _counts(job: Document, phase: Phase, outcome: Outcome | None) -> Iterator[tuple[int, int]]:
    """Each chunk's number, and how many rows of this outcome it has."""
    for number in sorted(map(int, job[phase])):
        counts = job[phase][str(number)]
        yield number, counts[outcome.value] if outcome else sum(counts.values())
