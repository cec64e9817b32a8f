"""Imports of files: read in the background, shown before anything is written, then written; going on after a crash."""

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

from prometheus_client import Counter

from nexus.caller import Caller
from nexus.errors import Conflict, InvalidInput, NotFound
from nexus.mongo import AWAY
from nexus.service import every, rpc
from nexus.telemetry import log
from services.content.contracts.editing import ItemKind
from services.content.contracts.exchange import (
    GetImport,
    ImportJob,
    ImportList,
    ImportState,
    ImportView,
    ListImports,
    MappingName,
    PreviewImport,
    RowFault,
    RunImport,
    Uploaded,
)
from services.content.importing.files import MAX_BYTES
from services.content.importing.outside import ReadRows, Source, Unreadable
from services.content.service.bringing import Bringing, Recording
from services.content.service.desk import EDITORS
from services.content.service.editing import Editing
from services.content.service.files import Uploads, join
from services.content.store.import_files import FileRole, ImportFiles
from services.content.store.imports import WORKING, ImportStore, Overtaken, Phase, as_job, phase_of, totals

_CHUNK = 100  # rows treated at once
_SILENCE = timedelta(seconds=20)  # after which whoever worked at an import has died
_BEAT = 2.0  # seconds
_TRIES = 3  # an import at which so many have died is given up
Job = dict[str, Any]


REMOVED = Counter("nexus_import_files_removed_total", "Files of imports that ended or expired")


class Imports:
    """The use cases. Each checks role and sector of the caller itself."""

    def __init__(
        self,
        kept: ImportStore,
        uploads: Uploads,
        files: ImportFiles,
        editing: Mapping[ItemKind, Editing],
        recording: Recording,
        clock: Callable[[], datetime],
        read: ReadRows,
    ) -> None:
        self._kept = kept
        self._uploads = uploads
        self._files = files
        self._editing = editing
        self._recording = recording
        self._clock = clock
        self._read = read
        self._turn = threading.Lock()  # one at a time in this process: reading takes memory

    def preview(self, command: PreviewImport, caller: Caller) -> ImportJob:
        """Begin to read."""
        caller.require(*EDITORS)
        own = command.mapping_file
        if command.kind is not ItemKind.PROGRAM and (own or command.mapping is not MappingName.HOUSE):
            raise InvalidInput("mapping_not_for_kind", kind=command.kind)
        job = self._new(command, caller)
        self._keep(job["_id"], "file", command.file)
        if own:
            self._keep(job["_id"], "mapping", own)
        self._kept.add(job)
        self._spawn(job["_id"])
        return self._told(job["_id"])

    def run(self, command: RunImport, caller: Caller) -> ImportJob:
        """Begin to write what was previewed."""
        self._own(command.id, caller)
        owner = uuid4().hex
        if not self._kept.begin(command.id, owner, _kept_caller(caller), self._clock()):
            raise Conflict("import_not_ready", id=command.id)
        self._spawn(command.id)
        return self._told(command.id)

    def view(self, query: GetImport, caller: Caller) -> ImportView:
        """How far it is."""
        job = self._own(query.id, caller)
        phase = phase_of(job)
        counts = totals(job, phase)
        rows = self._kept.rows(job, phase, query.outcome, query.page)
        total = counts[query.outcome] if query.outcome else sum(counts.values())
        return ImportView(job=as_job(job), rows=tuple(rows), total=total)

    def latest(self, query: ListImports, caller: Caller) -> ImportList:
        """Those of the caller's sector."""
        caller.require(*EDITORS)
        return ImportList(items=tuple(map(as_job, self._kept.latest(caller.sector, query.limit))))

    def resume(self) -> None:
        """Go on with what others began and died at."""
        for job in self._kept.silent(self._clock() - _SILENCE):
            owner = uuid4().hex
            if self._kept.take(job, owner, self._clock()):
                log.warning("import_resumed", id=job["_id"], tries=job["tries"] + 1)
                if job["tries"] + 1 >= _TRIES:
                    self._fail({**job, "owner": owner}, "import_died")
                else:
                    self._spawn(job["_id"])

    def forget(self) -> None:
        """Remove what is of the past, and the files that no import will read any more."""
        self._kept.forget(self._clock())
        for job_id in self._files.strays(self._kept.wanting, self._clock()):
            self._remove_files(job_id)

    def work(self, job_id: str) -> None:
        """Read and treat all rows of an import that this process holds."""
        job = self._kept.get(job_id)
        if job is None or job["state"] not in WORKING:
            return
        with suppress(Overtaken, *AWAY), self._turn:  # without an engine: it is silent, and taken up again
            try:
                self._work(job)
            except Unreadable as error:
                self._fail(job, error.code, error.faults)
            except (Overtaken, *AWAY):
                raise
            except Exception:
                log.exception("import_failed", id=job_id)
                self._fail(job, "internal_error")

    def _work(self, job: Job) -> None:
        phase: Phase = "preview" if job["state"] == ImportState.READING else "report"
        own = self._bytes(job["_id"], "mapping") if job["own_mapping"] else None
        source = Source(job["file"], self._bytes(job["_id"], "file"), job["mapping"], own)
        with self._read(source, self._beating(job)) as reading:
            self._kept.beat(job, self._clock(), total=reading.total)
            bringing = self._bringing(job, reading.source, dry_run=phase == "preview")
            number = 0
            while chunk := list(islice(reading.rows, _CHUNK)):
                if str(number) in job[phase]:
                    bringing.skip(chunk)  # somebody did these before it was taken up
                else:
                    self._kept.add_rows(job, phase, number, bringing.bring(chunk), self._clock())
                number += 1
        done = ImportState.READY if phase == "preview" else ImportState.DONE
        self._kept.beat(job, self._clock(), state=done.value)
        if done is ImportState.DONE:
            self._remove_files(job["_id"])

    def _bringing(self, job: Job, source: str, *, dry_run: bool) -> Bringing:
        of_kind = self._editing[ItemKind(job["kind"])]
        return Bringing(
            kind=of_kind.kind,
            desk=of_kind.desk,
            kept=of_kind.kept,
            recording=self._recording,
            caller=Caller.model_validate(job["caller"]),
            source=source,
            publish=job["publish"],
            dry_run=dry_run,
        )

    def _new(self, command: PreviewImport, caller: Caller) -> Job:
        job_id = uuid4().hex
        return {
            "_id": job_id,
            "kind": command.kind.value,
            "file": command.name,
            "mapping": command.mapping.value,
            "own_mapping": command.mapping_file is not None,
            "publish": command.publish,
            "sector": caller.sector,
            "caller": _kept_caller(caller),
            "by": caller.person,
            "at": self._clock(),
            "state": ImportState.READING.value,
            "owner": job_id,
            "beat": self._clock(),
            "faults": [],
        }

    def _keep(self, job_id: str, role: FileRole, sent: Uploaded) -> None:
        with tempfile.TemporaryFile(prefix="nexus-import-") as whole:
            join(self._uploads, sent.upload, sent.parts, whole, MAX_BYTES)
            whole.seek(0)
            self._files.add(job_id, role, whole)
        self._uploads.forget_parts(sent.upload)

    def _bytes(self, job_id: str, role: FileRole) -> bytes:
        data = self._files.read(job_id, role)
        if data is None:
            raise Unreadable("file_not_found")
        return data

    def _remove_files(self, job_id: str) -> None:
        REMOVED.inc(self._files.remove(job_id))

    def _beating(self, job: Job) -> Callable[[], None]:
        last = time.monotonic()

        def beat() -> None:
            nonlocal last
            if time.monotonic() - last > _BEAT:
                last = time.monotonic()
                self._kept.beat(job, self._clock())

        return beat

    def _fail(self, job: Job, code: str, faults: tuple[RowFault, ...] = ()) -> None:
        told = [fault.model_dump(mode="json") for fault in faults]
        self._kept.beat(job, self._clock(), state=ImportState.FAILED.value, error=code, faults=told)
        self._remove_files(job["_id"])

    def _own(self, job_id: str, caller: Caller) -> Job:
        caller.require(*EDITORS)
        job = self._kept.get(job_id)
        if job is None or caller.sector not in (None, job["sector"]):
            raise NotFound("import_not_found", id=job_id)
        return job

    def _told(self, job_id: str) -> ImportJob:
        job = self._kept.get(job_id)
        if job is None:
            raise NotFound("import_not_found", id=job_id)
        return as_job(job)

    def _spawn(self, job_id: str) -> None:
        threading.Thread(target=self.work, args=(job_id,), name="nexus-import", daemon=True).start()


def _kept_caller(caller: Caller) -> dict[str, Any]:
    return caller.model_dump(mode="json")


class ImportDoors:
    """What the service answers about imports."""

    imports: Imports

    @rpc
    def preview_import(self, command: PreviewImport, caller: Caller) -> ImportJob:
        return self.imports.preview(command, caller)

    @rpc
    def run_import(self, command: RunImport, caller: Caller) -> ImportJob:
        return self.imports.run(command, caller)

    @rpc
    def get_import(self, query: GetImport, caller: Caller) -> ImportView:
        return self.imports.view(query, caller)

    @rpc
    def list_imports(self, query: ListImports, caller: Caller) -> ImportList:
        return self.imports.latest(query, caller)

    @every(seconds=5)
    def resume_imports(self) -> None:
        self.imports.resume()

    @every(minutes=60)
    def forget_old_imports(self) -> None:
        self.imports.forget()
