"""Files brought in from the browser: chosen, read, looked at, then written."""

import re
from contextlib import suppress
from gettext import NullTranslations
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from gateway.admin.frame import IMPORT, ITEMS, admin_page, path_to
from gateway.admin.kinds import KINDS, Kind
from gateway.admin.naming import fault_in_row, label, labels_of
from gateway.admin.uploads import send_upload
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.people.forms import Fault
from gateway.reasons import reason
from gateway.words import (
    IMPORT_ERRORS,
    MAPPING_FAULTS,
    MAPPINGS,
    MEANT,
    N_,
    PLACES,
    READING_FAULTS,
    ROW_FAULTS,
)
from nexus.caller import LANGUAGES
from nexus.errors import Conflict, InvalidInput
from services.content.contracts.editing import ItemKind
from services.content.contracts.exchange import (
    LARGEST_IMPORT,
    OWN_MAPPING,
    ROWS_SHOWN,
    GetImport,
    ImportState,
    ImportView,
    ListImports,
    MappingName,
    PreviewImport,
    RowFault,
    RowReport,
    RunImport,
)
from services.content.contracts.publications import Outcome
from services.people.contracts.people import NamePeople

_BY_NAME = {kind.name: kind for kind in KINDS}
_MISSING = ROW_FAULTS["not_found"]
_PLACE = re.compile(r"\b(line|row|item|document) (\d+)")
_BY_MY_OWN = N_("By a mapping of my own")
_WORKING = (ImportState.READING, ImportState.IMPORTING)
_FIRST_SHOWN = (Outcome.REFUSED, Outcome.UPDATED, Outcome.CREATED, Outcome.UNCHANGED)
_FAULTS = {
    "file": N_("Choose a file: Excel (.xlsx), CSV, JSON, YAML, or a ZIP of several."),
    "mapping_file": N_("Choose the file of your mapping (.toml)."),
    "file_too_large": N_("The file has more than 10 MB. Split it into smaller ones."),
    "mapping_not_for_kind": N_(
        "Only programs can be brought in with a mapping. Choose “as exported from here”."
    ),
}


def imports_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages."""
    pages = _Imports(desk)
    for language in LANGUAGES:
        start = path_to(language, IMPORT)
        for method, path, handle in (
            ("GET", start, pages.start),
            ("POST", start, pages.preview),
            ("GET", f"{start}/{{id}}", pages.show),
            ("POST", f"{start}/{{id}}", pages.run),
        ):
            desk.add(router, method, path, language, handle, IMPORT.roles)


class _Imports:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def start(self, signed: Signed) -> Response:
        """The form, and the latest imports."""
        return await self._form(signed)

    async def preview(self, signed: Signed) -> Response:
        """Take the file, and have it read."""
        chosen = signed.form.get("mapping", "")
        file, own = await _file(signed, "file"), await _file(signed, "mapping_file")
        if file is None or (chosen == OWN_MAPPING and own is None):
            return await self._form(signed, "mapping_file" if file else "file")
        kind = signed.form.get("kind", "")
        try:
            command = PreviewImport(
                kind=ItemKind(kind) if kind in _BY_NAME else ItemKind.PROGRAM,
                file=await send_upload(file, signed, LARGEST_IMPORT),
                name=_name(file),
                mapping=MappingName(chosen) if chosen in MAPPINGS else MappingName.HOUSE,
                mapping_file=await send_upload(own, signed, LARGEST_IMPORT)
                if own and chosen == OWN_MAPPING
                else None,
                publish=signed.form.get("publish") == "yes",
            )
            job = await signed.call(command)
        except InvalidInput as error:
            return await self._form(signed, error.code)
        return RedirectResponse(path_to(signed.language, IMPORT, f"/{job.id}"), 303)

    async def show(self, signed: Signed) -> Response:
        """How far it is, and what becomes of each row."""
        asked = signed.query("show")
        outcome = Outcome(asked) if asked in set(Outcome) else None
        view = await self._view(signed, outcome)
        if outcome is None:  # what needs to be looked at first
            counts = view.job.counts
            outcome = next((one for one in _FIRST_SHOWN if counts.get(one)), Outcome.REFUSED)
            view = await self._view(signed, outcome)
        return self._page(signed, view, outcome)

    async def run(self, signed: Signed) -> Response:
        """Write what was looked at. Pressed twice, it is done once."""
        job_id = str(signed.request.path_params["id"])[:64]
        with suppress(Conflict):  # its page tells how far it is
            await signed.call(RunImport.read({"id": job_id}))
        return RedirectResponse(path_to(signed.language, IMPORT, f"/{job_id}"), 303)

    async def _view(self, signed: Signed, outcome: Outcome | None) -> ImportView:
        job_id = str(signed.request.path_params["id"])[:64]
        return await signed.call(GetImport.read({"id": job_id, "outcome": outcome, "page": _page_of(signed)}))

    def _page(self, signed: Signed, view: ImportView, outcome: Outcome) -> Response:
        words, kind = translations(signed.language), _BY_NAME[view.job.kind]
        labels = labels_of(kind, words)
        values: dict[str, Any] = {
            "job": view.job,
            "working": view.job.state in _WORKING,
            "kind": kind,
            "mapping": MAPPINGS.get(view.job.mapping, _BY_MY_OWN),
            "rows": [_shown(row, kind, labels, words) for row in view.rows],
            "outcome": outcome,
            "outcomes": _FIRST_SHOWN,
            "total": view.total,
            "page": _page_of(signed),
            "per_page": ROWS_SHOWN,
            "error": IMPORT_ERRORS.get(view.job.error or "", ""),
            "faults": [(one.field, told_mapping_fault(one, words)) for one in view.job.faults],
            "items_path": path_to(signed.language, ITEMS[kind.name]),
        }
        return admin_page(self._desk, signed, IMPORT, "import.html", below=f"/{view.job.id}", **values)

    async def _form(self, signed: Signed, fault: str = "") -> Response:
        words = translations(signed.language)
        latest = (await signed.call(ListImports())).items
        people = tuple({one.by for one in latest})
        values: dict[str, Any] = {
            "kinds": KINDS,
            "titles": {kind.name: kind.title for kind in KINDS},
            "mappings": MAPPINGS,
            "form": signed.form,
            "faults": [_fault(fault, words)] if fault else [],
            "latest": latest,
            "names": await signed.call(NamePeople(ids=people)) if people else {},
        }
        return admin_page(self._desk, signed, IMPORT, "imports.html", 400 if fault else 200, **values)


async def _file(signed: Signed, name: str) -> UploadFile | None:
    given = (await signed.sent()).get(name)
    return given if isinstance(given, UploadFile) and given.filename else None


def _page_of(signed: Signed) -> int:
    page = signed.query("page")
    return max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 5 else 1


def _name(file: UploadFile) -> str:
    """The name of a file, without what has no place in one."""
    kept = "".join(sign for sign in file.filename or "" if sign.isprintable() and sign not in "/\\")
    return kept[-150:] or "file"


def _fault(code: str, words: Any) -> Fault:
    field = {"mapping_file": "mapping_file", "mapping_not_for_kind": "mapping"}.get(code, "file")
    return Fault(field, words.gettext(_FAULTS.get(code, _FAULTS["file"])))


def _shown(row: RowReport, kind: Kind, labels: dict[str, str], words: Any) -> dict[str, Any]:
    return {
        "place": _PLACE.sub(lambda found: words.gettext(PLACES[found[1]]) % {"number": found[2]}, row.place),
        "label": row.label,
        "item_id": row.item_id,
        "faults": [told_fault(fault, kind, labels, words) for fault in row.faults],
        "changes": [(label(one.field, labels, first=1), one.before, one.after) for one in row.changes],
    }


def told_fault(fault: RowFault, kind: Kind, labels: dict[str, str], words: Any) -> tuple[str, str]:
    """The field, and what is wrong with it."""
    field = label(fault.field, labels, first=1) if fault.field else ""
    if fault.code in ROW_FAULTS:
        return field, words.gettext(ROW_FAULTS[fault.code])
    if fault.code in READING_FAULTS:
        return field, words.gettext(READING_FAULTS[fault.code]) % fault.details
    if fault.code.endswith("_not_found"):
        return field, words.gettext(_MISSING)
    return field, fault_in_row(fault.field, fault.code, fault.reason, kind.fields, words)


def told_mapping_fault(fault: RowFault, words: NullTranslations) -> str:
    """What is wrong with a key of a mapping."""
    if fault.code not in MAPPING_FAULTS:
        return reason(fault.code, fault.details, words)
    told = words.gettext(MAPPING_FAULTS[fault.code]) % fault.details
    return f"{told} {words.gettext(MEANT) % fault.details}" if fault.details.get("close") else told
