"""Whatever a receiver does, it is bounded and told by a code; no private address is reached, whatever it is called."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nexus.addresses import is_public
from services.notifications.domain.webhooks import Answer, new_secret
from services.notifications.webhooks.outgoing.asking import Asking
from services.notifications.webhooks.outgoing.outside import Outside
from services.notifications.webhooks.signing import signed_headers
from tests.support.hooks import verified
from tests.support.web import Web, serving

SECRET = new_secret()


def anywhere(_: str) -> bool:
    return True


def request(url: str, number: int = 1, webhook: str = "w") -> dict[str, Any]:
    headers = signed_headers(f"msg_{number}", '{"id": 1}', [SECRET], datetime.now(UTC))
    return {"id": f"msg_{number}", "webhook": webhook, "url": url, "headers": headers, "body": '{"id": 1}'}


def asked(*requests: dict[str, Any], may_reach: Callable[[str], bool] = anywhere) -> list[Answer]:
    told: list[Answer] = []
    asyncio.run(Asking(may_reach, seconds=1.0).ask(requests, told.append))
    return told


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def streams(handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        handler.close_connection = True


def drips(handler: Any) -> None:
    try:
        for one in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60:
            handler.wfile.write(bytes([one]))
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True


def never_ends(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000000")
    handler.end_headers()
    handler.wfile.write(b"hello ")
    handler.wfile.flush()
    time.sleep(3)
    handler.close_connection = True


def babbles(handler: Any) -> None:
    handler.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n" * 50)
    handler.close_connection = True


@pytest.fixture
def web() -> Iterator[Web]:
    pages: dict[str, Any] = {
        "fine": says(202, b" <b>Thank</b>\x00 \x1b[31m you\n"), "gone": 410, "wrong": says(500, b"Oops"),
        "busy": says(503, Retry_After="120"), "streams": streams, "drips": drips, "never_ends": never_ends,
        "babbles": babbles, "headers": says(200, X="x" * 100_000),
    }  # fmt: skip
    with serving(**pages) as served:
        served.pages["/moved"] = served.url("/fine")
        yield served


def test_what_arrives_is_what_the_reference_library_verifies(web: Web) -> None:
    (answer,) = asked(request(web.url("/fine")))
    assert answer == Answer("msg_1", status=202, excerpt="<b>Thank</b> [31m you")
    assert verified(SECRET, web.asked[0]) == {"id": 1}
    assert web.asked[0].headers["content-type"] == "application/cloudevents+json; charset=utf-8"


@pytest.mark.parametrize(
    ("page", "status", "trouble"),
    [
        ("gone", 410, "refused"),
        ("wrong", 500, "refused"),
        ("nothing", 404, "refused"),
        ("streams", 200, None),
        ("never_ends", 200, None),
        ("drips", None, "too_slow"),
        ("babbles", None, "no_answer"),
        ("headers", None, "no_answer"),
    ],
)
def test_each_way_to_fail_is_bounded_and_has_a_code(
    web: Web, page: str, status: int | None, trouble: str | None
) -> None:
    began = time.monotonic()
    (answer,) = asked(request(web.url(f"/{page}")))
    assert (answer.status, answer.trouble) == (status, trouble)
    assert len(answer.excerpt or "") <= 200
    assert time.monotonic() - began < 3.5


def test_a_pause_that_is_asked_for_is_told(web: Web) -> None:
    (answer,) = asked(request(web.url("/busy")))
    assert (answer.asks_to_wait, answer.wait) == (True, "120")


def test_no_redirection_is_followed(web: Web) -> None:
    (answer,) = asked(request(web.url("/moved")))
    assert (answer.status, answer.trouble) == (302, "redirected")
    assert web.paths() == ["POST /moved"]


@pytest.mark.parametrize(
    ("host", "trouble"),
    [
        *(
            (host, "not_public")
            for host in ("localhost", "127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]")
        ),
        ("0.0.0.0", "not_public"),  # noqa: S104 - asked, not listened at
        ("2130706433", "no_answer"),  # the client takes it for no address; the rule refuses it before
    ],
)
def test_no_private_address_is_reached_whatever_it_is_called(web: Web, host: str, trouble: str) -> None:
    (answer,) = asked(request(web.url("/fine", host)), may_reach=is_public)
    assert answer.trouble == trouble
    assert web.asked == []


def test_a_name_that_nobody_has_and_a_door_that_is_closed_are_told_apart() -> None:
    assert asked(request("https://nobody.invalid/"))[0].trouble == "no_host"
    assert asked(request("http://127.0.0.1:1/"))[0].trouble == "no_answer"


def test_one_that_is_silent_is_spared_the_rest_and_holds_no_other_up(web: Web) -> None:
    slow = [request(web.url("/drips"), number, "slow") for number in range(10)]
    quick = [request(web.url("/fine"), number, "quick") for number in range(10, 20)]
    told = asked(*slow, *quick)
    assert [answer.status for answer in told[:10]] == [202] * 10
    assert [answer.trouble for answer in told[10:]] == ["too_slow"] * 2


def test_nobody_is_told_anything_once_nobody_listens(web: Web) -> None:
    requests, told = [request(web.url("/fine"), number) for number in range(10)], list[Answer]()
    asking = Asking(anywhere, seconds=1.0, listens=lambda: len(told) < 3)
    asyncio.run(asking.ask(requests, told.append))
    assert 3 <= len(web.asked) <= 4


def test_a_certificate_that_nobody_vouches_for_is_refused(web: Web, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with serving(fine=200, tls=context) as secure:
        url = secure.url("/fine").replace("http:", "https:")
        assert asked(request(url))[0].trouble == "certificate"


def self_signed(folder: Path) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    made = builder.sign(key, hashes.SHA256())
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "self-signed.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_the_process_that_sends_tells_what_became_of_each(web: Web) -> None:
    told: list[Answer] = []
    requests = [request(web.url("/fine"), 1), request(web.url("/wrong"), 2)]
    Outside(loopback=True)(requests, told.append)
    assert sorted((answer.id, answer.status) for answer in told) == [("msg_1", 202), ("msg_2", 500)]
    told.clear()
    Outside(loopback=False)(requests[:1], told.append)
    assert [answer.trouble for answer in told] == ["not_public"]
    assert verified(SECRET, web.asked[0]) == {"id": 1}
