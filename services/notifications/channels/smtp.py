"""Letters over SMTP (RFC 5321), encrypted but on the loopback.

One connection serves all letters of a round. What a server says of a letter is told apart from what keeps it
from serving at all: bad credentials are no fault of the letter."""

import ipaddress
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from nexus.errors import InvalidInput, Unavailable
from services.notifications.channels import Send, Undeliverable
from services.notifications.channels.mime import as_email
from services.notifications.domain.messages import Letter

_TIMEOUT = 20.0  # seconds for each step of the conversation
_REACHED_FOR = (
    60.0  # seconds that a connection is believed to be still possible: servers do not like to be probed
)
_AWAY_FOR = 5.0  # seconds that it is believed to be still impossible
_CLOSING = 421
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """Where mail is handed in."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False
    starttls: bool = True

    @classmethod
    def at(cls, url: str) -> "Server":
        """The server of `smtp://user:password@host:587` or `smtps://…:465`. Raises InvalidInput."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            port = 0
        if not port or not parts.hostname:
            raise InvalidInput(
                "setting_invalid", setting="NEXUS_SMTP_URL", wanted="smtp(s)://user:password@host:port"
            )
        return cls(
            host=parts.hostname,
            port=port,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            implicit_tls=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp" and not _is_loopback(parts.hostname),
        )


class SmtpChannel:
    """Hands mail in at `server`, from `address`."""

    def __init__(
        self,
        server: Server,
        address: str,
        tls: ssl.SSLContext | None = None,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        """`sign` makes a signed mail of one that is not."""
        self._server = server
        self._sign = sign
        self._address = address
        self._tls = tls or ssl.create_default_context()
        self._believed_until = 0.0
        self._reached = False

    @contextmanager
    def open(self) -> Iterator[Send]:
        conversation = _Conversation(self._connect, self._address, self._sign or bytes)
        conversation.connection()
        try:
            yield conversation.send
        finally:
            conversation.close()

    def check(self) -> None:
        if time.monotonic() >= self._believed_until:
            with self.open():
                pass
        if not self._reached:
            raise Unavailable("mail_unavailable")

    def _connect(self) -> smtplib.SMTP:
        self._believed_until = time.monotonic() + _AWAY_FOR  # meanwhile nobody else need try
        try:
            connection = self._greeted()
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            self._reached = False
            raise Unavailable("mail_unavailable", reason=type(error).__name__) from None
        self._believed_until, self._reached = time.monotonic() + _REACHED_FOR, True
        return connection

    def _greeted(self) -> smtplib.SMTP:
        server, name = self._server, self._address.rpartition("@")[2]
        if server.implicit_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=_TIMEOUT, context=self._tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, name, timeout=_TIMEOUT)
        try:
            if server.starttls:
                connection.starttls(context=self._tls)  # raises when the server does not offer it
            if server.user:
                connection.login(server.user, server.password or "")
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection


class _Conversation:
    """A connection that is made again when it was lost."""

    def __init__(
        self, connect: Callable[[], smtplib.SMTP], address: str, sign: Callable[[bytes], bytes]
    ) -> None:
        self._connect = connect
        self._sign = sign
        self._address = address
        self._connection: smtplib.SMTP | None = None

    def connection(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def send(self, letter: Letter) -> str:
        mail = self._sign(as_email(letter, self._address))
        connection = self.connection()
        try:
            return self._handed_in(connection, letter.to, mail)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == _CLOSING:
                self._drop()
            else:
                self._reset(connection)
            raise _refused(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            self._drop()  # whether the letter was taken is not known: it is sent again, the same
            raise Undeliverable(type(error).__name__, permanent=False) from None

    def _handed_in(self, connection: smtplib.SMTP, to: str, mail: bytes) -> str:
        """As `sendmail` does it, which forgets what the server says at the end: under which number it has it."""
        size = [f"size={len(mail)}"] if connection.has_extn("size") else []
        _taken(*connection.mail(self._address, size))
        _taken(*connection.rcpt(to))
        return _taken(*connection.data(mail))

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def close(self) -> None:
        if self._connection:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._drop()

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def _taken(code: int, answer: bytes) -> str:
    """What the server said. Raises SMTPResponseException unless it was a yes."""
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, answer)
    return f"{code} {_words(answer)}"


def _refused(code: int, answer: bytes | str) -> Undeliverable:
    return Undeliverable(f"{code} {_words(answer)}", permanent=500 <= code < 600)


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
