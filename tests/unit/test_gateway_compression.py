"""Answers are compressed once, for those who take it."""

import gzip

import pytest

from gateway.cache import Cache
from tests.unit.test_gateway_cache import Site, ask, run

LONG = b"Emploi NEXUS " * 500


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("br", False),
        ("identity", False),
    ],
)
def test_who_takes_gzip_gets_it(accepted: str, compressed: bool):
    _, headers, body = run(ask(Cache(Site(body=LONG), "tic"), accept_encoding=accepted))
    assert (headers.get(b"content-encoding") == b"gzip") is compressed
    assert (gzip.decompress(body) if compressed else body) == LONG
    assert (headers[b"vary"], headers[b"content-length"]) == (b"Accept-Encoding", str(len(body)).encode())


def test_each_form_is_kept_with_its_own_etag():
    site = Site(body=LONG)
    cache = Cache(site, "tic")

    async def both() -> set[bytes]:
        return {
            (await ask(cache, accept_encoding=one))[1][b"etag"]
            for one in ("gzip", "identity", "gzip", "identity")
        }

    assert len(run(both())) == site.asked == 2


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b"short", (b"x-nothing", b"")),
        (LONG, (b"content-type", b"application/pdf")),
        (LONG, (b"content-encoding", b"br")),
        (LONG, (b"content-range", b"bytes 0-9/99")),
    ],
)
def test_what_gains_nothing_or_must_stay_as_it_is_is_left_alone(body: bytes, header: tuple[bytes, bytes]):
    site = Site(body=body)
    site.headers = [header]
    _, headers, sent = run(ask(Cache(site, "tic"), accept_encoding="gzip"))
    assert sent == body
    assert headers.get(b"content-encoding") in (None, b"br")


def test_a_large_answer_is_compressed_too():
    _, headers, body = run(ask(Cache(Site(body=LONG * 100), "tic"), accept_encoding="gzip"))
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == LONG * 100
