"""Somebody signs in with the code of a mail, and is mailed a result: read on the page of mails embedded, from a mail
server distributed."""

import re
import time
from html import unescape

from tests.e2e.test_editing import eventually
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer


def assert_signs_in(surfer: Surfer, mail: str, address: str) -> None:
    code = re.search(r"\n    (\d{6})\n", mail.replace("\r\n", "\n"))
    assert code, mail
    surfer.send("/fr/connexion/code", code=code[1])
    assert address in surfer.get("/fr/compte").text


def assert_asks_for_a_result(surfer: Surfer) -> None:
    """By the link that stands beside the result."""
    found = surfer.get("/fr/trouver?size=5-24&colour=red").text
    link = unescape(re.findall(r'href="(/fr/trouver/recevoir[^"]+)"', found)[0])
    assert "Il est en route" in surfer.post(link, link).text


def mail_page(surfer: Surfer, address: str) -> str:
    """The latest mail to an address, as the embedded platform shows it."""
    deadline = time.monotonic() + 15
    while not (
        found := re.search(rf'href="([^"]+)"(?:(?!href=).)*{address}', surfer.get("/fr/courriels").text, re.S)
    ):
        assert time.monotonic() < deadline, f"no mail to {address}"
        time.sleep(0.1)
    return surfer.get(found[1]).text


def test_embedded(embedded: RunningPlatform) -> None:
    surfer, address = Surfer(embedded, "aero"), "anne-aero@exemple.ca"
    surfer.send("/fr/connexion", email=address)
    assert surfer.get("/fr/trouver/recevoir?size=5-24").url.path == "/fr/connexion"
    assert_signs_in(surfer, mail_page(surfer, address), address)
    assert_asks_for_a_result(surfer)
    eventually(lambda: "/fr/trouver?size=5-24" in mail_page(surfer, address))
    surfer.client.close()


def test_distributed(distributed: DistributedPlatform) -> None:
    surfer, address = Surfer(distributed, "tic"), "anne-tic@exemple.ca"
    surfer.send("/fr/connexion", email=address)
    mail = distributed.mailbox.wait_for(address)
    assert_signs_in(surfer, mail.get_body(("plain",)).get_content(), address)
    assert_asks_for_a_result(surfer)
    eventually(
        lambda: (
            "/fr/trouver?size=5-24"
            in distributed.mailbox.wait_for(address).get_body(("plain",)).get_content()
        )
    )
    surfer.client.close()
