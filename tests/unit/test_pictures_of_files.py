"""The picture of a file: the one that it brings, else its first page drawn; never a stranger's bytes."""

import io
import time
from hashlib import sha256
from pathlib import Path

import docx
import pypdfium2
import pytest
from PIL import Image

from nexus import media_types as types
from services.content.extraction.limits import BROUGHT_BYTES, THUMBNAIL
from services.content.extraction.pictures import draw
from services.content.extraction.sheet import Box, Grid, Line, Sheet, make_pdf
from tests.support.office_files import a_picture, a_picture_bomb, an_odt, saved, with_parts

BROUGHT = "docProps/thumbnail.jpeg"  # the template of the library has one, all white


def picture_of(tmp_path: Path, data: bytes, kind: str = types.DOCX) -> Image.Image | None:
    path, folder = tmp_path / sha256(data).hexdigest(), tmp_path
    path.write_bytes(data)
    draw(kind, path, folder)
    kept = folder / "thumbnail.webp"
    return Image.open(io.BytesIO(kept.read_bytes())).convert("RGB") if kept.exists() else None


def a_docx(text: str = "Guide d’accueil", style: str = "Title") -> bytes:
    made = docx.Document()
    made.add_paragraph(text, style)
    return saved(made)


def ink(picture: Image.Image, left: float = 0, top: float = 0, right: float = 1, bottom: float = 1) -> int:
    """How many pixels of this part of the picture are not white, nearly."""
    wide, high = picture.size
    part = picture.convert("L").crop(
        (int(left * wide), int(top * high), int(right * wide), int(bottom * high))
    )
    return sum(part.histogram()[:200])


def is_red(picture: Image.Image) -> bool:
    red, green, blue = picture.getpixel((picture.width // 2, picture.height // 4))
    return red > 200 and green < 60 and blue < 60


def text_of(sheet: Sheet) -> str:
    made = make_pdf(sheet)
    assert made is not None
    return pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()


def test_a_page_is_drawn_with_its_title_at_the_top_and_its_margins_empty(tmp_path):
    picture = picture_of(tmp_path, a_docx())
    assert picture is not None
    assert picture.size[1] <= THUMBNAIL[1]
    assert abs(picture.width / picture.height - 8.5 / 11) < 0.01
    assert ink(picture, top=0.09, bottom=0.2) > 200
    assert ink(picture, top=0.2) == ink(picture, bottom=0.08) == ink(picture, right=0.14) == 0


def test_a_title_is_larger_than_text(tmp_path):
    title, text = picture_of(tmp_path, a_docx()), picture_of(tmp_path, a_docx(style="Normal"))
    assert ink(title) > 2 * ink(text) > 100


@pytest.mark.parametrize(
    ("name", "kind"),
    [(BROUGHT, "JPEG"), ("docProps/thumbnail.png", "PNG"), ("Thumbnails/thumbnail.png", "PNG")],
)
def test_the_picture_that_a_file_brings_is_taken(tmp_path, name, kind):
    made = with_parts(a_docx(), {BROUGHT: b"none", name: a_picture(kind)})
    if name != BROUGHT:
        made = with_parts(an_odt("<text:p>Texte</text:p>"), {name: a_picture(kind)})
    picture = picture_of(tmp_path, made, types.DOCX if name == BROUGHT else types.ODT)
    assert picture.size == (198, 256)
    assert is_red(picture)


def test_it_is_written_anew_and_no_larger_than_others(tmp_path):
    brought = a_picture("JPEG", (1_200, 1_600), comment=b"a word of the maker", exif=b"Exif\0\0secret")
    picture = picture_of(tmp_path, with_parts(a_docx(), {BROUGHT: brought}))
    assert picture.size == (360, 480)
    kept = (tmp_path / "thumbnail.webp").read_bytes()
    assert b"maker" not in kept
    assert b"secret" not in kept


def a_plain_picture(grey: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (198, 256), grey).save(out, "JPEG")
    return out.getvalue()


HOSTILE = {
    "nothing": b"",
    "nearly white": a_plain_picture(250),
    "black": a_plain_picture(0),
    "a bomb": a_picture_bomb("PNG"),
    "a bomb of another type": a_picture_bomb("JPEG"),
    "too small": a_picture("PNG", (32, 40)),
    "cut off": a_picture("PNG", (400, 500))[:200],
    "of too many bytes": a_picture("PNG") + bytes(BROUGHT_BYTES),
    "of a type that no program puts there": a_picture("GIF"),
    "no picture": b"<svg onload='alert(1)'/>",
}


@pytest.mark.parametrize("brought", HOSTILE.values(), ids=HOSTILE)
def test_instead_of_one_that_cannot_be_taken_the_page_is_drawn(tmp_path, brought):
    start = time.monotonic()
    picture = picture_of(tmp_path, with_parts(a_docx(), {BROUGHT: brought}))
    assert time.monotonic() - start < 3
    assert not is_red(picture)
    assert ink(picture, top=0.09, bottom=0.2) > 200


def test_an_empty_file_of_a_template_has_none(tmp_path):
    assert picture_of(tmp_path, saved(docx.Document())) is None


@pytest.mark.parametrize("kind", [types.MARKDOWN, types.HTML, types.PLAIN, types.ZIP, "image/png"])
def test_other_types_have_none(tmp_path, kind):
    assert picture_of(tmp_path, b"x", kind) is None


@pytest.mark.parametrize(
    "text", ["Où naître, cœur, ça, Œuvre, « été », –", "Привет", "Ελλάδα", "Tiếng Việt", "Łódź, İstanbul"]
)
def test_accents_and_other_alphabets_are_drawn_whole(text):
    assert text in text_of(Sheet(parts=(Line(text),)))


@pytest.mark.parametrize("text", ["مرحبا بكم في المدينة", "שלום לכולם"])
def test_words_from_right_to_left_begin_at_the_right(tmp_path, text):
    picture = picture_of(tmp_path, a_docx(text, "Normal"))
    assert ink(picture, left=0.6) > 20
    assert ink(picture, right=0.5) == 0


@pytest.mark.parametrize("text", ["漢字とかな", "안녕하세요", "ಕನ್ನಡ"])
def test_a_page_in_letters_that_no_font_has_is_not_drawn(tmp_path, text):
    assert picture_of(tmp_path, a_docx(f"Guide {text}")) is None


def test_signs_that_are_no_letters_are_left_out(tmp_path):
    assert "Bien venue" in " ".join(text_of(Sheet(parts=(Line("Bien 🫶🏽 venue \ue0b7"),))).split())


def test_words_are_never_read_as_orders():
    text = '#read("/etc/passwd") $x$ *gras* [a] \\ #panic()'
    assert " ".join(text_of(Sheet(parts=(Line(text),))).split()) == text


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(parts=(Line("x" * 300_000, size=1e9, above=-5, below=1e12, depth=10**9),)),
        Sheet(parts=(Line("Mot"),), width=1e12, height=0, margins=(1e9, -3, 1e9, 1e9)),
        Sheet(parts=tuple(Line("Mot " * 50, size=0.01) for _ in range(10_000))),
        Sheet(parts=(Grid(tuple((Line("a"),) * 12 for _ in range(60))),) * 50),
        Sheet(boxes=(Box(-1e9, 1e9, 0, 1e9, (Line("Mot"),)),) * 10_000, margins=(0, 0, 0, 0)),
        Sheet(parts=(Line("\n" * 5_000),)),
    ],
    ids=["huge", "no paper", "many", "tables", "boxes", "empty lines"],
)
def test_whatever_a_file_asks_for_is_laid_out_within_bounds(sheet):
    start = time.monotonic()
    made = make_pdf(sheet)
    assert time.monotonic() - start < 3
    assert made is None or len(made) < 2_000_000
