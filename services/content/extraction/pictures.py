"""A small picture of a file: the one that it brings, else its first page drawn from what it says."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nexus import media_types as types
from services.content.extraction.limits import BROUGHT_BYTES, BROUGHT_PIXELS, BROUGHT_SIDE, THUMBNAIL
from services.content.extraction.sheet import Sheet, make_pdf

_BROUGHT = {  # where office programs put a picture of the first page
    "docProps/thumbnail.jpeg",
    "docProps/thumbnail.jpg",
    "docProps/thumbnail.png",
    "Thumbnails/thumbnail.png",
}
_GREYS = 24  # of 255: a picture with fewer between its lightest and darkest shows an empty page


def draw(kind: str, source: Path, folder: Path) -> None:
    """Put `thumbnail.webp` into `folder`, if a picture can be had of a file of this type. Raises what the readers
    of its type raise."""
    target = folder / "thumbnail.webp"
    if kind == types.PDF:
        _draw_pdf(source, target)
    elif (reader := _first_page_of(kind)) and not _keep_brought(source, target):
        sheet = reader(source)
        if sheet.has_words() and (page := make_pdf(sheet)):
            drawn = folder / "sheet.pdf"
            drawn.write_bytes(page)
            _draw_pdf(drawn, target)


def _draw_pdf(source: Path, target: Path) -> None:
    from services.content.extraction import pdf

    _keep(pdf.picture(source), target)


def _first_page_of(kind: str) -> Callable[[Path], Sheet] | None:
    match kind:
        case types.DOCX:
            from services.content.extraction.firstpages.docx import first_page
        case types.ODT:
            from services.content.extraction.firstpages.odt import first_page
        case types.PPTX:
            from services.content.extraction.firstpages.pptx import first_page
        case types.XLSX:
            from services.content.extraction.firstpages.xlsx import first_page
        case _:
            return None
    return first_page


def _keep_brought(source: Path, target: Path) -> bool:
    """Whether the file brings a picture that shows something. A hostile or empty one counts as none."""
    try:
        picture = _brought(source)
        if picture is None:
            return False
        _keep(picture, target)
    except Exception:  # whatever is wrong with it: the page can still be drawn
        return False
    return True


def _brought(source: Path) -> Any | None:
    from PIL import Image

    with zipfile.ZipFile(source) as archive:
        found = [one for one in archive.infolist() if one.filename in _BROUGHT]
        if not found or found[0].file_size > BROUGHT_BYTES:
            return None
        with archive.open(found[0]) as file, Image.open(file, formats=("PNG", "JPEG")) as picture:
            wide, high = picture.size
            if wide * high > BROUGHT_PIXELS or max(wide, high) < BROUGHT_SIDE:
                return None
            opaque = Image.new("RGB", picture.size, "white")
            shown = picture.convert("RGBA")
            opaque.paste(shown, mask=shown)
    return opaque if _shows_something(opaque) else None


def _shows_something(picture: Any) -> bool:
    darkest, lightest = picture.convert("L").getextrema()
    return bool(lightest - darkest >= _GREYS)


def _keep(picture: Any, target: Path) -> None:
    """Write `picture` anew, so that nothing of a stranger's bytes is served."""
    from PIL import WebPImagePlugin  # noqa: F401 - the one format wanted: else Pillow loads all it knows

    picture.thumbnail(THUMBNAIL)
    picture.save(target, "WEBP", quality=80, method=4)
