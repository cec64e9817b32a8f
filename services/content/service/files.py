"""What people do with files: send them in parts, and read them."""

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol

from nexus.audit import note
from nexus.blobs import joined
from nexus.caller import Caller, Scope
from nexus.errors import InvalidInput, NotFound
from services.content.contracts.files import LARGEST_FILE, FileTold, StoredFile
from services.content.domain.files import Found, told
from services.content.service.desk import EDITORS


class Uploads(Protocol):
    """Where parts are until all of them are there."""

    def parts(self, upload: str, count: int) -> Iterator[bytes]: ...
    def forget_parts(self, upload: str) -> None: ...


class Files(Uploads, Protocol):
    """Where files are kept."""

    def keep_part(self, upload: str, number: int, data: bytes, at: datetime) -> None: ...
    def get(self, sha256: str) -> StoredFile | None: ...
    def add(
        self, file: StoredFile, content: IO[bytes], texts: Iterable[str] = (), title: str | None = None
    ) -> StoredFile: ...
    def title(self, sha256: str) -> str | None: ...
    def texts(self, sha256: str) -> tuple[str, ...]: ...
    def read(self, sha256: str, offset: int, length: int) -> bytes | None: ...
    def tidy(self, now: datetime) -> int: ...


SENDERS = (*EDITORS, Scope.DOCUMENTS_WRITE, Scope.POSTS_WRITE)

ShowsFile = Callable[[str, str | None], bool]  # does something public in this sector name the file?


class FileDesk:
    """The use cases of files. Each checks role and sector of the caller itself."""

    def __init__(
        self,
        kept: Files,
        read_file: Callable[[Path], Found],
        shown: Iterable[ShowsFile],
        clock: Callable[[], datetime],
    ) -> None:
        self._kept = kept
        self._read_file = read_file
        self._shown = tuple(shown)
        self._clock = clock

    def keep_part(self, upload: str, number: int, data: bytes, caller: Caller) -> None:
        """Keep a part until the upload is finished."""
        caller.require(*SENDERS)
        self._kept.keep_part(upload, number, data, self._clock())

    def finish(self, upload: str, parts: int, caller: Caller) -> StoredFile:
        """Join the parts, read and store the file. Raises InvalidInput(`upload_incomplete`, `file_too_large`)."""
        caller.require(*SENDERS)
        with tempfile.NamedTemporaryFile(prefix="nexus-upload-") as whole:
            sha256, size = join(self._kept, upload, parts, whole, LARGEST_FILE)
            stored = self._kept.get(sha256) or self._store(sha256, size, whole)
        self._kept.forget_parts(upload)
        note("file", sha256, sha256[:12], after=stored.model_dump(include={"size", "media_type", "reading"}))
        return stored

    def get(self, sha256: str, caller: Caller) -> StoredFile:
        """What is known of a file that the caller may see. Raises NotFound(`file_not_found`)."""
        self._require_sight(sha256, caller)
        return self._kept.get(sha256) or _not_found(sha256)

    def describe(self, sha256: str, caller: Caller) -> FileTold:
        """What it says of itself. Raises NotFound(`file_not_found`)."""
        caller.require(*EDITORS)
        if self._kept.get(sha256) is None:
            _not_found(sha256)
        return told(self._kept.title(sha256), self._kept.texts(sha256))

    def read(self, sha256: str, offset: int, length: int, caller: Caller) -> bytes:
        """Some of its bytes. Raises NotFound(`file_not_found`)."""
        self._require_sight(sha256, caller)
        data = self._kept.read(sha256, offset, length)
        return _not_found(sha256) if data is None else data

    def tidy(self) -> None:
        """Remove what crashed uploads left behind."""
        self._kept.tidy(self._clock())

    def _require_sight(self, sha256: str, caller: Caller) -> None:
        if caller.roles.isdisjoint(EDITORS) and not any(
            shows(sha256, caller.sector) for shows in self._shown
        ):
            _not_found(sha256)

    def _store(self, sha256: str, size: int, whole: Any) -> StoredFile:
        found = self._read_file(Path(whole.name))
        file = StoredFile(
            sha256=sha256,
            size=size,
            media_type=found.media_type,
            reading=found.reading,
            pages=found.pages,
            thumbnail=self._store_thumbnail(found.thumbnail),
        )
        whole.seek(0)
        return self._kept.add(file, whole, found.texts, found.title)

    def _store_thumbnail(self, picture: bytes | None) -> str | None:
        if picture is None:
            return None
        file = StoredFile(
            sha256=hashlib.sha256(picture).hexdigest(),
            size=len(picture),
            media_type="image/webp",
            reading="unsupported",
        )
        return (self._kept.get(file.sha256) or self._kept.add(file, io.BytesIO(picture))).sha256


def join(kept: Uploads, upload: str, parts: int, whole: IO[bytes], most: int) -> tuple[str, int]:
    """Write what was sent, `most` bytes, into `whole`: its SHA-256 and its size. Raises
    InvalidInput(`upload_incomplete`, `file_too_large`)."""
    try:
        return joined(kept.parts(upload, parts), parts, whole, most)
    except InvalidInput as error:
        if error.code == "file_too_large":
            kept.forget_parts(upload)
        raise


def _not_found(sha256: str) -> NoReturn:
    raise NotFound("file_not_found", sha256=sha256)
