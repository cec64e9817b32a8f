"""kill -9 of a platform whose mail waits: each message arrives once it runs again, and none twice."""

from pathlib import Path

from nexus.caller import system
from tests.support.mailbox import Mailbox
from tests.support.mails import invitation
from tests.support.platforms import EmbeddedPlatform

MANY = 20


def test_messages_that_waited_when_the_platform_was_killed_arrive_once(tmp_path: Path):
    box = Mailbox()  # not started: the mail server is away
    platform = EmbeddedPlatform(tmp_path)
    platform.environment |= {
        "NEXUS_SMTP_URL": box.url,
        "NEXUS_MAIL_FROM": "nexus@exemple.ca",
        "NEXUS_RETRY_PAUSE": "0.1",
    }
    platform.spawn("run", "run", "--port", str(platform.first_port), "--no-samples")
    platform.wait_ready(platform.url("tic", "/healthz"))
    try:
        for number in range(MANY):
            platform.ask(invitation(to=f"anne{number}@exemple.ca"), system("people", "tic"))
        platform.kill("run")
        box.start()
        platform.start()
        expected = sorted(f"anne{number}@exemple.ca" for number in range(MANY))
        for address in expected:
            box.wait_for(address, timeout=30)
        assert platform.get("/fr/courriels").status == 404  # mail leaves this machine: none is shown here
        platform.ask(invitation(to="last@exemple.ca"), system("people", "tic"))
        box.wait_for("last@exemple.ca")  # whatever came twice came before it
        arrived = [mail for mail in box.mails if str(mail["To"]).startswith("anne")]
        assert sorted(str(mail["To"]) for mail in arrived) == expected
        assert len({mail["Message-ID"] for mail in box.mails}) == len(box.mails)
    finally:
        platform.stop()
        box.stop()
