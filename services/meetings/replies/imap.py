"""A folder on a mail server, over IMAP (RFC 3501), encrypted but on the loopback.

What was dealt with is marked as read, what was refused as flagged too: what becomes of it is up to whoever runs the
server, and nothing is lost where people read the same folder."""

import imaplib
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from nexus.errors import InvalidInput
from nexus.settings import LOOPBACK
from services.meetings.domain.replies import LARGEST_MAIL, Waiting

_TIMEOUT = 20.0  # seconds for each step of the conversation
_PORT = 993


@dataclass(frozen=True)
class ImapMailbox:
    """The folder of an account."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    tls: bool

    @classmethod
    def at(cls, url: str) -> "ImapMailbox":
        """That of `imaps://user:password@host:993/FOLDER`; `imap://` on this machine alone. Raises InvalidInput."""
        wanted = "imaps://user:password@host:993/INBOX"
        try:
            parts = urlsplit(url)
            port = parts.port or _PORT
        except ValueError:
            raise InvalidInput("setting_invalid", setting="NEXUS_REPLIES_IMAP", wanted=wanted) from None
        plain = parts.scheme == "imap" and parts.hostname in LOOPBACK
        if not (plain or parts.scheme == "imaps") or not parts.hostname or not parts.username:
            raise InvalidInput("setting_invalid", setting="NEXUS_REPLIES_IMAP", wanted=wanted)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if not folder.isprintable() or '"' in folder or "\\" in folder:
            raise InvalidInput("setting_invalid", setting="NEXUS_REPLIES_IMAP", wanted=wanted)
        password = unquote(parts.password or "")
        return cls(parts.hostname, port, unquote(parts.username), password, folder, tls=not plain)

    def waiting(self, most: int) -> Generator[Waiting]:
        """Some unread mails; of one that is too large, only so much that this shows."""
        with self._opened() as server:
            found = _answer(server.uid("SEARCH", "UNSEEN"))
            for uid in found[0].split()[:most] if found and found[0] else ():
                told = _answer(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST_MAIL + 1}>)"))
                for part in told:
                    if isinstance(part, tuple):
                        yield part[1], partial(_put_away, server, uid)

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        """A conversation in the folder. What goes wrong in it is an OSError, as other mailboxes say it."""
        server: imaplib.IMAP4 | None = None
        try:
            server = self._connected()
            server.login(self.user, self.password)
            _answer(server.select(f'"{self.folder}"'))
            yield server
        except imaplib.IMAP4.error as error:  # its words may repeat the password
            raise ConnectionError(type(error).__name__) from None
        finally:
            if server:
                with suppress(OSError, imaplib.IMAP4.error):
                    server.logout()
                with suppress(OSError):  # logging out closes nothing where the server is gone
                    server.shutdown()

    def _connected(self) -> imaplib.IMAP4:
        if self.tls:
            tls = ssl.create_default_context()
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=tls, timeout=_TIMEOUT)
        return imaplib.IMAP4(self.host, self.port, timeout=_TIMEOUT)


def _put_away(server: imaplib.IMAP4, uid: str, refused: bool) -> None:
    flags = "(\\Seen \\Flagged)" if refused else "(\\Seen)"
    try:
        _answer(server.uid("STORE", uid, "+FLAGS", flags))
    except imaplib.IMAP4.error as error:
        raise ConnectionError(type(error).__name__) from None


def _answer(told: tuple[str, Any]) -> Any:
    """What a server said. Raises IMAP4.error unless it was a yes."""
    status, data = told
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data
