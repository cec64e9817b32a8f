"""Somebody signs in with the code of a mail: read on the page of mails embedded, from a mail server distributed."""

import re
import time

from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer


def assert_signs_in(surfer: Surfer, mail: str, address: str) -> None:
    code = re.search(r"\n    (\d{6})\n", mail.replace("\r\n", "\n"))
    assert code, mail
    surfer.send("/fr/connexion/code", code=code[1])
    assert address in surfer.get("/fr/compte").text
    surfer.client.close()


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
    assert_signs_in(surfer, mail_page(surfer, address), address)


def test_distributed(distributed: DistributedPlatform) -> None:
    surfer, address = Surfer(distributed, "tic"), "anne-tic@exemple.ca"
    surfer.send("/fr/connexion", email=address)
    mail = distributed.mailbox.wait_for(address)
    assert_signs_in(surfer, mail.get_body(("plain",)).get_content(), address)
