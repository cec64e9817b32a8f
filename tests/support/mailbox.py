"""A real SMTP server on the loopback that keeps what it takes, and misbehaves when told to."""

import asyncio
import ssl
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Protocol
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.engines.programs import free_port

USER, PASSWORD = "nexus", "p@ss/word"
Misbehave = Callable[[Any, Envelope], str | None]


@dataclass
class Mailbox:
    """With `tls` it wants encryption and a password.

    `at_recipient` and `at_data` may say another answer than 250, or hang up (`hang_up`); `stall` says for how many
    seconds the server thinks about a mail."""

    tls: ssl.SSLContext | None = None
    port: int = field(default_factory=free_port)
    received: list[bytes] = field(default_factory=list)
    connections: int = 0
    at_recipient: Misbehave = lambda server, envelope: None
    at_data: Misbehave = lambda server, envelope: None
    stall: Callable[[], float] = lambda: 0
    _controller: Controller | None = None
    _read: list[EmailMessage] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What was received, oldest first; read once somebody looks."""
        for content in self.received[len(self._read) :]:
            mail: Any = message_from_bytes(content, policy=POLICY)
            self._read.append(mail)
        return self._read

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> "Mailbox":
        options: dict[str, Any] = {}
        if self.tls:
            options = {"tls_context": self.tls, "require_starttls": True}
            options |= {"authenticator": _authenticate, "auth_required": True}
        self._controller = Controller(_Receiver(self), hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def wait(self, count: int = 1, timeout: float = 15) -> list[EmailMessage]:
        """The mails, once there are so many."""
        deadline = time.monotonic() + timeout
        while len(self.mails) < count:
            assert time.monotonic() < deadline, f"{len(self.mails)} of {count} mails after {timeout} s"
            time.sleep(0.02)
        return self.mails

    def wait_for(self, address: str, timeout: float = 15) -> Any:
        """The latest mail to an address, once there is one."""
        deadline = time.monotonic() + timeout
        while not (found := [mail for mail in self.mails if mail["To"] == address]):
            assert time.monotonic() < deadline, f"no mail to {address} after {timeout} s"
            time.sleep(0.02)
        return found[-1]


class _Receiver:
    """What the server asks. Apart from the mailbox: for each connection aiosmtpd reads every attribute of it, and the
    mailbox's would be worked out in a second thread."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._box.connections += 1
        return responses

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if answer := self._box.at_recipient(server, envelope):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if answer := self._box.at_data(server, envelope):
            return answer
        if seconds := self._box.stall():
            await asyncio.sleep(seconds)
        self._box.received.append(bytes(envelope.content or b""))
        return "250 OK"


def hang_up(server: Any, envelope: Envelope) -> str | None:
    """Cut the connection."""
    server.transport.abort()
    return None


def _authenticate(
    server: Protocol, session: Any, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)  # the server answers, not we


def certificate(folder: Path) -> Path:
    """A certificate with its key that is good for 127.0.0.1, for a day."""
    made = folder / "mail.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", made, "-out",
         folder / "cert.pem", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with made.open("ab") as out:
        out.write((folder / "cert.pem").read_bytes())
    return made
