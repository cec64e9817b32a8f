"""The file in which somebody takes their data: JSON for other systems, a page to read, and their documents."""

import re
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import IO, Any

import orjson

from gateway.i18n import translations
from gateway.privacy.words import DATA_KINDS, FIELDS, HOLDERS, VALUES
from gateway.rendering import Page
from gateway.sectors import Language
from gateway.words import named
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller
from services.meetings.contracts.privacy import ReadExportedDocument
from services.people.contracts.privacy import OwnExport

_IN_MEMORY = 5_000_000  # bytes; what is larger lies on the disk
_BLOCK = 65_536
_MARKS = re.compile(r"[^\w.() -]+")  # what some system would not have in the name of a file


@dataclass(frozen=True)
class Documents:
    """Reads the documents of an export from the meetings service."""

    bus: Bus
    caller: Caller
    grant: str

    async def write(self, meeting: str, document: str, size: int, out: IO[bytes]) -> None:
        """All bytes of one."""
        offset = 0
        while offset < size:
            query = ReadExportedDocument(grant=self.grant, meeting=meeting, document=document, offset=offset)
            part = (await self.bus.call(query, self.caller)).data
            if not part:
                return
            out.write(part)
            offset += len(part)


async def packed(export: OwnExport, documents: Documents, page: Page, language: Language) -> IO[bytes]:
    """The whole file, at its beginning."""
    data = {service: orjson.loads(told) for service, told in export.data.items()}
    paths = {one: f"/{one}/" for one in LANGUAGES}
    html = page.html(
        "privacy/export.html", language, paths, tables=readable(data, language), request=export.request
    )
    whole = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - who sends it closes it
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", orjson.dumps(data, option=orjson.OPT_INDENT_2))
        archive.writestr("index.html", bytes(html.body))
        for name, meeting, document in _documents(data):
            with archive.open(name, "w") as out:
                await documents.write(meeting, document["id"], document["size"], out)
    whole.seek(0)
    return whole


async def blocks(whole: IO[bytes]) -> AsyncIterator[bytes]:
    """The bytes of a file, which is closed then."""
    with whole:
        while block := whole.read(_BLOCK):
            yield block


def readable(data: dict[str, Any], language: Language) -> list[tuple[str, list[tuple[str, Any]]]]:
    """What a page shows: for each service its kinds of data in words, each with what there is, names in words."""
    words = translations(language)

    def worded(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            shown = {named(FIELDS, name, words): worded(one, name) for name, one in value.items()}
            return {name: one for name, one in shown.items() if one not in (None, "", [], {})}
        if isinstance(value, list):
            return [worded(one) for one in value]
        return named(VALUES[name], value, words) if name in VALUES and isinstance(value, str) else value

    return [
        (
            named(HOLDERS, service, words),
            [(named(DATA_KINDS | FIELDS, kind, words), worded(some)) for kind, some in kinds.items() if some],
        )
        for service, kinds in sorted(data.items())
    ]


def _documents(data: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each document the name that it has in the file, its meeting, and what is known of it."""
    number = 0
    for meeting in data.get("meetings", {}).get("meetings", ()):
        for document in meeting["documents"]:
            number += 1
            yield f"documents/{number}-{_MARKS.sub('_', document['name'])}", meeting["id"], document
