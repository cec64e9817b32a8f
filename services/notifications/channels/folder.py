"""Letters as `.eml` files, for the embedded platform: one folder for each sector.

They hold what lets somebody in: only the owner of the data may read them, and the oldest leave."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from nexus.errors import NotFound, Unavailable
from services.notifications.channels import Send
from services.notifications.channels.mime import as_email
from services.notifications.contracts import LocalMail, LocalMails, LocalMailSummary
from services.notifications.domain.messages import Letter

LATEST = "latest"
_KEPT = 200  # mails of a sector
_SHOWN = 100


class FolderChannel:
    """Puts mail under `folder`, and shows it."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address

    @contextmanager
    def open(self) -> Iterator[Send]:
        self.check()
        yield self._send

    def check(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable("mail_unavailable") from error

    def mails(self, sector: str) -> LocalMails:
        """The mails of a sector, newest first."""
        return LocalMails(items=tuple(_summary(file) for file in self._files(sector)[:_SHOWN]))

    def mail(self, sector: str, mail_id: str) -> LocalMail:
        """One of them. Raises NotFound(`local_mail_not_found`)."""
        for file in self._files(sector):
            if mail_id in (LATEST, file.stem):
                return _mail(file)
        raise NotFound("local_mail_not_found")

    def forget(self, sector: str, address: str) -> int:
        """Remove the mails to an address; how many there were."""
        mine = [file for file in self._files(sector) if str(_read(file)["To"]).lower() == address.lower()]
        for file in mine:
            file.unlink(missing_ok=True)
        return len(mine)

    def _files(self, sector: str) -> list[Path]:
        return sorted((self._folder / sector).glob("*.eml"), reverse=True)

    def _send(self, letter: Letter) -> str:
        name = f"{letter.written_at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{letter.id}.eml"
        folder = self._folder / letter.sector
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            _write(folder / name, as_email(letter, self._address))
            for old in self._files(letter.sector)[_KEPT:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable("mail_unavailable") from error
        return "kept_in_folder"


def _write(file: Path, content: bytes) -> None:
    """All of it or nothing, and on the disk."""
    made = file.with_suffix(".new")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    made.replace(file)


def _read(file: Path) -> EmailMessage:
    mail: Any = message_from_bytes(file.read_bytes(), policy=SMTP)
    return mail  # type: ignore[no-any-return]


def _told(file: Path, mail: EmailMessage) -> dict[str, Any]:
    return {
        "id": file.stem,
        "to": str(mail["To"]),
        "language": str(mail["Content-Language"])[:2],
        "subject": str(mail["Subject"]),
        "sent_at": parsedate_to_datetime(mail["Date"]),
    }


def _summary(file: Path) -> LocalMailSummary:
    return LocalMailSummary(**_told(file, _read(file)))


def _mail(file: Path) -> LocalMail:
    mail = _read(file)
    body = mail.get_body(("plain",))
    text = body.get_content().replace("\r\n", "\n") if body else ""
    return LocalMail(**_told(file, mail), sender=str(mail["From"]), text=text)
