"""Hostile files end marked, within the limits of time and memory; real ones are read."""

import io
import resource
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from nexus import media_types as types
from services.content.domain.files import Found
from services.content.extraction.limits import CHARACTERS, MEMORY, SECONDS
from services.content.extraction.outside import read
from tests.support.files import a_pdf, a_stream, pdf_of
from tests.support.office_files import a_picture_bomb, an_odt, saved, with_parts


def _read(tmp_path: Path, data: bytes, seconds: float = SECONDS) -> Found:
    path = tmp_path / "file"
    path.write_bytes(data)
    start, before = time.monotonic(), _largest_child()
    found = read(path, seconds)
    assert time.monotonic() - start < seconds + 2
    assert _largest_child() <= max(before, MEMORY, _own())
    return found


def _own() -> int:
    """The most memory that this process had: a child counts with it until it runs its own program."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _largest_child() -> int:
    """The most memory, in bytes, that any process of ours that has ended had."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def docx_with(parts: dict[str, bytes]) -> bytes:
    import docx

    out = io.BytesIO()
    docx.Document().save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def zip_bomb() -> bytes:
    """A DOCX of some hundred kilobytes whose text is 300 MB of spaces."""
    source, out = io.BytesIO(docx_with({})), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
        with new.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same, its directory promising a kilobyte."""
    data = bytearray(zip_bomb())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    return bytes(data.replace(size.to_bytes(4, "little"), (1_024).to_bytes(4, "little")))


def _packed(text: bytes, times: int) -> bytes:
    """`text` compressed as if it came `times` over: the same block again and again."""
    squeeze = zlib.compressobj(9)
    start = squeeze.compress(b" ") + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(text) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return start + block * times + squeeze.flush()


def pdf_bomb() -> bytes:
    """Some kilobytes whose page unpacks to four gigabytes, packed three times."""
    packed = zlib.compress(zlib.compress(_packed(b"BT ET\n" * 1_000_000, 700), 9), 9)
    return pdf_of([*_PAGES_OF_ONE, _page(4), a_stream(packed, b"/Filter [" + _FLATE * 3 + b"]")])


def endless_pdf() -> bytes:
    """A thousand pages that share one long content, which does nothing for half a second."""
    content = _packed(b"q Q\n" * 1_000_000, 10)
    pages = [_page(3)] * 1_000
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(len(pages)))
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
            a_stream(content, b"/Filter [" + _FLATE + b"]"),
            *pages,
        ]
    )


_OPEN_TEXT = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>%s</office:text>'
    b"</office:body></office:document-content>"
)
_FLATE = b"/FlateDecode "
_PAGES_OF_ONE = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"]


def _page(content: int) -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R >>" % content


def test_a_zip_bomb_ends_as_too_large(tmp_path):
    bomb = zip_bomb()
    assert len(bomb) < 500_000
    assert _read(tmp_path, bomb).reading == "too_large"


def test_a_zip_bomb_that_lies_about_its_size_gets_no_further(tmp_path):
    assert _read(tmp_path, lying_bomb()).reading in ("damaged", "too_large")


def test_a_small_pdf_that_unpacks_to_gigabytes_ends_as_too_large(tmp_path):
    bomb = pdf_bomb()
    assert len(bomb) < 10_000
    found = _read(tmp_path, bomb)
    assert (found.media_type, found.reading) == (types.PDF, "too_large")


def test_an_endless_pdf_ends_when_its_time_is_up(tmp_path):
    found = _read(tmp_path, endless_pdf(), seconds=5)
    assert (found.media_type, found.reading) == (types.PDF, "too_slow")


def test_a_pdf_whose_pages_go_in_a_circle_ends(tmp_path):
    circle = pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1000000 /Kids [2 0 R 2 0 R] /Parent 2 0 R >>",
        ]
    )
    assert _read(tmp_path, circle).reading in ("damaged", "empty", "too_large", "too_slow")


def test_html_nested_beyond_reason_is_read(tmp_path):
    found = _read(tmp_path, b"<!doctype html>" + b"<div>" * 300_000 + b"texte")
    assert found.media_type == types.HTML
    assert found.reading == "read"


def test_entities_of_an_office_file_are_not_unfolded(tmp_path):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "haha"}">' for n in range(12))
    content = f'<!DOCTYPE d [{entities}]><d xmlns:text="t"><text:p>&e11;</text:p></d>'.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", types.ODT)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    found = _read(tmp_path, out.getvalue())
    assert (found.media_type, found.reading) == (types.ODT, "damaged")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked_and_the_page_is_drawn(tmp_path, kind):
    import docx

    document = docx.Document()
    document.add_paragraph("Guide d’accueil")
    bomb = a_picture_bomb(kind)
    found = _read(tmp_path, with_parts(saved(document), {"docProps/thumbnail.jpeg": bomb}))
    assert (found.media_type, found.reading) == (types.DOCX, "read")
    assert found.thumbnail


def test_a_file_whose_picture_cannot_be_drawn_keeps_its_text(tmp_path):
    body = b"<text:p>Texte</text:p>" + b"<text:p/>" * 1_000_000
    made = with_parts(
        an_odt("<text:p>Texte</text:p>"),
        {"styles.xml": b"<" + b"a:" * 10, "content.xml": _OPEN_TEXT % body},
    )
    found = _read(tmp_path, made)
    assert (found.media_type, found.reading, found.thumbnail) == (types.ODT, "read", None)


def test_text_beyond_the_limit_is_cut(tmp_path):
    found = _read(tmp_path, b"Une ligne de texte.\n" * 100_000)
    assert found.reading == "read"
    assert CHARACTERS - 100 < sum(map(len, found.texts)) <= CHARACTERS


def test_the_reader_gets_none_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("NEXUS_MONGODB_URL", "mongodb://user:secret@host")
    import subprocess

    seen = {}
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: seen.update(k) or real(*a, **k))
    assert _read(tmp_path, a_pdf("Bonjour")).reading == "read"
    assert "secret" not in str(seen["env"])


@pytest.mark.parametrize(
    ("name", "reading", "pages", "text"),
    [
        ("pdflatex-4-pages.pdf", "read", 4, "Hello, here is some text"),
        ("pdflatex-outline.pdf", "read", 4, "1 Foo 2"),
        ("google-doc-document.pdf", "read", 1, "Beautiful is better than ugly."),
        ("libreoffice-writer-password.pdf", "encrypted", None, ""),
        ("minimal-document.pdf", "read", 1, "Lorem ipsum dolor sit amet"),
    ],
)
def test_real_documents_are_read_page_by_page(real_documents, name, reading, pages, text):
    found = read(real_documents / name)
    assert (found.media_type, found.reading, found.pages) == (types.PDF, reading, pages)
    assert text in (found.texts[0] if found.texts else "")
    assert bool(found.thumbnail) is (reading == "read")
