"""Files over HTTP: whole, in ranges, and without harm."""

import pytest

from services.content.contracts.files import PART, ReadFile
from tests.support.documents import FRENCH, stored
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import site

CONTENT = bytes(range(256)) * 5_000  # more than two parts
PATH = f"/files/{FRENCH}/guide.pdf"


def bus(content: bytes = CONTENT, media_type: str = "application/pdf") -> FakeBus:
    made = FakeBus()
    made.files = {FRENCH: (stored(size=len(content), media_type=media_type), content)}
    return made


def test_a_file_is_passed_on_part_by_part_and_whole():
    spoken = bus()
    reply = site(spoken).get(PATH)
    assert reply.content == CONTENT
    assert reply.headers["content-length"] == str(len(CONTENT))
    assert reply.headers["etag"] == f'"{FRENCH}"'
    assert "immutable" in reply.headers["cache-control"]
    reads = [message for message, _ in spoken.asked if isinstance(message, ReadFile)]
    assert [read.offset for read in reads] == list(range(0, len(CONTENT), PART))


def test_files_are_asked_for_each_time_and_never_kept_by_the_gateway():
    spoken = bus(b"small")
    client = site(spoken)
    client.get(PATH)
    before = len(spoken.asked)
    assert client.get(PATH).content == b"small"
    assert len(spoken.asked) == 2 * before


def test_head_tells_the_length_and_reads_nothing():
    spoken = bus()
    reply = site(spoken).head(PATH)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["content-length"] == str(len(CONTENT))
    assert not any(isinstance(message, ReadFile) for message, _ in spoken.asked)


def test_who_has_the_file_is_not_sent_it_again():
    reply = site(bus()).get(PATH, headers={"If-None-Match": f'W/"x", "{FRENCH}"'})
    assert (reply.status_code, reply.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1279990-", 1_279_990, 1_280_000),
        ("bytes=-5", 1_279_995, 1_280_000),
        ("bytes=5-9999999999", 5, 1_280_000),
        (f"bytes={PART - 1}-{PART}", PART - 1, PART + 1),
    ],
)
def test_a_range_is_sent_alone(asked: str, start: int, end: int):
    reply = site(bus()).get(PATH, headers={"Range": asked})
    assert reply.status_code == 206
    assert reply.content == CONTENT[start:end]
    assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert reply.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=0-1", "bytes=9-5", "bytes=-", "nonsense"])
def test_what_is_no_single_range_of_bytes_means_the_whole(asked: str):
    reply = site(bus()).get(PATH, headers={"Range": asked})
    assert (reply.status_code, len(reply.content)) == (200, len(CONTENT))


@pytest.mark.parametrize("asked", ["bytes=1280000-", "bytes=99999999-100000000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_length(asked: str):
    reply = site(bus()).get(PATH, headers={"Range": asked, "Accept": "application/json"})
    assert reply.status_code == 416
    assert reply.headers["content-range"] == f"bytes */{len(CONTENT)}"
    assert reply.json()["code"] == "range_not_satisfiable"


def test_a_range_of_another_file_than_the_one_begun_is_sent_whole():
    client = site(bus())
    own = client.get(PATH, headers={"Range": "bytes=0-4", "If-Range": f'"{FRENCH}"'})
    other = client.get(PATH, headers={"Range": "bytes=0-4", "If-Range": '"other"'})
    assert (own.status_code, other.status_code) == (206, 200)


def test_an_empty_file_is_sent():
    reply = site(bus(b"")).get(PATH)
    assert (reply.status_code, reply.content, reply.headers["content-length"]) == (200, b"", "0")


@pytest.mark.parametrize(
    ("media_type", "way"),
    [
        ("application/pdf", "inline"),
        ("text/plain", "inline"),
        ("text/markdown", "inline"),
        ("image/png", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/zip", "attachment"),
    ],
)
def test_only_what_does_no_harm_is_shown_by_the_browser(media_type: str, way: str):
    client = site(bus(b"<script>alert(1)</script>", media_type))
    reply = client.get(PATH)
    assert reply.headers["content-disposition"].startswith(f"{way};")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers.get_list("content-security-policy") == [reply.headers["content-security-policy"]]
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert ("sandbox" in reply.headers["content-security-policy"]) == (media_type != "application/pdf")
    assert client.get(f"{PATH}?download=1").headers["content-disposition"].startswith("attachment;")


def test_markdown_is_shown_as_plain_text():
    assert site(bus(b"# a", "text/markdown")).get(PATH).headers["content-type"] == "text/plain; charset=utf-8"


def test_a_name_is_told_in_ascii_and_as_it_is_written():
    reply = site(bus()).head(f"/files/{FRENCH}/Guide%20d%E2%80%99%22%C3%A9t%C3%A9%22.pdf")
    assert reply.headers["content-disposition"] == (
        "inline; filename=\"Guide d___t__.pdf\"; filename*=UTF-8''Guide%20d%E2%80%99%22%C3%A9t%C3%A9%22.pdf"
    )


@pytest.mark.parametrize(
    "path", [f"/files/{'d' * 64}/guide.pdf", "/files/short/guide.pdf", "/files/" + "d" * 64]
)
def test_a_file_that_is_not_there_is_a_404(path: str):
    reply = site(bus()).get(path, headers={"Accept": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (404, "file_not_found")
