"""Several files at once: each becomes a draft document of its own, with what was found in it.

One request may bring one file (the script sends them so, with progress) or many (a plain form does)."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from gateway.admin.frame import EDITORS, ITEMS, admin_page, path_to
from gateway.admin.kinds import DOCUMENTS
from gateway.admin.uploads import store_upload
from gateway.i18n import translations
from gateway.people.desk import Desk, Signed
from gateway.sectors import Language
from gateway.times import ZONE
from gateway.uploading import name_of
from gateway.words import N_
from nexus.caller import LANGUAGES
from nexus.errors import NexusError
from services.content.contracts.editing import Item, SaveItem
from services.content.contracts.files import LARGEST_FILE, DescribeFile, FileTold, StoredFile

_SECTION = ITEMS[DOCUMENTS.name]
_MOST = 20  # files of one form
_REFUSED = {
    "file_too_large": N_("This file is larger than 50 MB, the most that is taken."),
    "upload_incomplete": N_("This file is empty, or did not arrive whole."),
    "invalid_message": N_("The name of this file cannot be used. Rename it, then send it again."),
}
_REFUSED_OTHERWISE = N_("This file could not be kept. Try again in a few seconds.")
_JOINTS = re.compile(r"[\s_\-–.]+")


@dataclass(frozen=True)
class Uploaded:
    """What became of a file: `refused` says why it was not taken."""

    name: str
    item: Item | None = None
    file: StoredFile | None = None
    told: FileTold | None = None
    language: Language = "fr"
    guessed: bool = False
    refused: str = ""

    @property
    def title(self) -> str:
        """What its draft is called."""
        title = self.item.content["title"] if self.item else {}
        return title.get("fr") or title.get("en") or self.name


def uploading_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page that takes files, and what its script sends them to."""

    def page(signed: Signed, done: list[Uploaded]) -> Response:
        return admin_page(
            desk, signed, _SECTION, "upload.html", below="/upload", uploaded=done, largest=LARGEST_FILE
        )

    async def show(signed: Signed) -> Response:
        return page(signed, [])

    async def take(signed: Signed) -> Response:
        sent = (await signed.sent()).getlist("files")
        files = [one for one in sent if isinstance(one, UploadFile) and one.filename][:_MOST]
        done = [await _taken(one, signed) for one in files]
        if signed.form.get("part") == "rows":
            return desk.html("admin/_uploaded.html", signed, {}, uploaded=done)
        return page(signed, done)

    for language in LANGUAGES:
        add = partial(desk.add, router, language=language, roles=EDITORS)
        add("GET", path_to(language, _SECTION, "/upload"), handle=show)
        add("POST", path_to(language, _SECTION, "/upload"), handle=take)


async def _taken(given: UploadFile, signed: Signed) -> Uploaded:
    name = name_of(given)
    try:
        file = await store_upload(given, signed)
        told = await signed.call(DescribeFile(sha256=file.sha256))
        asked = signed.form.get("language")
        language = asked if asked in LANGUAGES else told.language or signed.language
        item = await signed.call(SaveItem(kind=DOCUMENTS.name, content=_draft(name, file, told, language)))
    except NexusError as error:
        words = _REFUSED.get(error.code, _REFUSED_OTHERWISE)
        return Uploaded(name, refused=translations(signed.language).gettext(words))
    return Uploaded(name, item, file, told, language, guessed=asked not in LANGUAGES)


def _draft(name: str, file: StoredFile, told: FileTold, language: Language) -> dict[str, Any]:
    return {
        "title": {language: told.title or title_from(name)},
        "date": datetime.now(ZONE).date().isoformat(),
        "files": {language: {"sha256": file.sha256, "name": name}},
    }


def title_from(name: str) -> str:
    """What a file is called, as words: `guide_d-accueil.v2.pdf` is `Guide d accueil v2`."""
    stem = name.rpartition(".")[0] or name
    words = _JOINTS.sub(" ", stem).strip() or name
    return words[:1].upper() + words[1:]
