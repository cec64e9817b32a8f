"""Files given to the content service, and imports of them followed to their end."""

import base64
import time
from typing import Any
from uuid import uuid4

from nexus.caller import Caller
from services.content.contracts.exchange import GetImport, ImportState, ImportView, PreviewImport, RunImport
from services.content.contracts.files import PART, FinishUpload, KeepPart
from services.content.service import Content

_WORKING = (ImportState.READING, ImportState.IMPORTING)


def store(service: Content, data: bytes, caller: Caller) -> str:
    """The SHA-256 of a file that was sent in parts."""
    return service.finish_upload(FinishUpload(**send(service, data, caller)), caller).sha256


def send(service: Content, data: bytes, caller: Caller) -> dict[str, Any]:
    """What a file is called that was sent in parts."""
    upload, parts = uuid4().hex, range(0, len(data), PART)
    for number, at in enumerate(parts):
        part = base64.b64encode(data[at : at + PART])
        service.keep_part(KeepPart(upload=upload, number=number, data=part), caller)
    return {"upload": upload, "parts": len(parts)}


def preview(service: Content, name: str, data: bytes, caller: Caller, **options: Any) -> ImportView:
    """What an import of `data` would do."""
    given = {"kind": "program", "file": send(service, data, caller), "name": name} | options
    return followed(service, service.preview_import(PreviewImport(**given), caller).id, caller)


def run(service: Content, view: ImportView, caller: Caller) -> ImportView:
    """What an import did."""
    return followed(service, service.run_import(RunImport(id=view.job.id), caller).id, caller)


def followed(service: Content, job_id: str, caller: Caller) -> ImportView:
    """The view of an import once nobody works at it any more."""
    deadline = time.monotonic() + 60
    while True:
        view = service.get_import(GetImport(id=job_id), caller)
        if view.job.state not in _WORKING:
            return view
        assert time.monotonic() < deadline, view.job
        time.sleep(0.05)
