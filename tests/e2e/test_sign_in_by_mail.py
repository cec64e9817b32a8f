"""Somebody signs in with the code of a mail: read on the page of mails embedded, from a mail server distributed."""

import re
import time
from typing import Any

from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer


def assert_signs_in(surfer: Surfer, mail: str, address: str) -> None:
    code = re.search(r"\n    (\d{6})\n", mail.replace("\r\n", "\n"))
    assert code, mail
    surfer.send("/fr/connexion/code", code=code[1])
    assert address in surfer.get("/fr/compte").text
    surfer.client.close()


def test_embedded(embedded: RunningPlatform):
    surfer, address = Surfer(embedded, "aero"), "anne-aero@exemple.ca"
    surfer.send("/fr/connexion", email=address)
    deadline = time.monotonic() + 15
    while address not in (mails := surfer.get("/fr/courriels").text):
        assert time.monotonic() < deadline, mails
        time.sleep(0.1)
    mail = surfer.get(re.findall(r'"(/fr/courriels/\w+-\w+)"', mails)[0]).text
    assert_signs_in(surfer, mail, address)


def test_distributed(distributed: DistributedPlatform):
    surfer, address, before = (
        Surfer(distributed, "tic"),
        "anne-tic@exemple.ca",
        len(distributed.mailbox.mails),
    )
    surfer.send("/fr/connexion", email=address)
    mail: Any = distributed.mailbox.wait(before + 1)[before]
    assert mail["To"] == address
    assert_signs_in(surfer, mail.get_body(("plain",)).get_content(), address)
