"""Office files made by their libraries, or by hand where there is none."""

import io
import zipfile
from typing import Any

from nexus import media_types as types

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "fo": "xsl-fo-compatible",
        "draw": "drawing",
    }.items()
)


def saved(made: Any) -> bytes:
    """The bytes of a document or presentation of its library."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def an_odt(body: str, styles: str = "", automatic: str = "") -> bytes:
    """An ODT with this body, these common styles and page layouts, and these styles of its content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", types.ODT)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("styles.xml", f"<office:document-styles {_SPACES}>{styles}</office:document-styles>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {_SPACES}><office:automatic-styles>{automatic}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return out.getvalue()


def with_parts(archive: bytes, parts: dict[str, bytes]) -> bytes:
    """The same archive with these parts, instead of those of the same names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename not in parts:
                new.writestr(member, old.read(member))  # as it was: the type of an ODT must not be compressed
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def a_picture(kind: str = "PNG", size: tuple[int, int] = (198, 256), **more: Any) -> bytes:
    """A picture, red above and white below."""
    from PIL import Image

    picture, out = Image.new("RGB", size, "white"), io.BytesIO()
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    picture.save(out, kind, **more)
    return out.getvalue()


def a_picture_bomb(kind: str = "PNG") -> bytes:
    """A picture of some kilobytes that takes more than a gigabyte when it is unpacked."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", (20_000, 20_000)).save(out, kind, quality=1)
    return out.getvalue()
