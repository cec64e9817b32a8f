"""Files: bytes named by their SHA-256, sent and read in parts, so that no message is large."""

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.content.contracts.texts import Language

LARGEST_FILE = 50_000_000  # bytes
PART = 512_000  # bytes of a file in one message, at most

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
UploadId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Part = Annotated[Base64Bytes, Field(max_length=PART)]

Reading = Literal["read", "empty", "encrypted", "damaged", "too_large", "too_slow", "unsupported"]


class StoredFile(Message):
    """A file as it was found to be: its type is told by its content. `reading` says what became of its text:
    all but `read` say why there is none. `pages` None: it has no pages, or they could not be counted."""

    sha256: Sha256
    size: int
    media_type: str
    reading: Reading
    pages: int | None = None
    thumbnail: Sha256 | None = None


class KeepPart(Command[None], service="content"):
    """Part `number` (from 0) of an upload under way; `upload` is chosen by the sender. For editors, and
    keys that write documents or posts."""

    upload: UploadId
    number: int = Field(ge=0, lt=200)
    data: Part


class FinishUpload(Command[StoredFile], service="content"):
    """All `parts` were sent: store the file, read its text. May take 40 seconds. For the same.

    Refused: `upload_incomplete`, `file_too_large`. A file that cannot be read is kept all the same."""

    upload: UploadId
    parts: int = Field(ge=1, le=200)


class FileTold(Message):
    """What a file says of itself: the title that its maker gave it, the language of its text, its first words."""

    title: str | None = None
    language: Language | None = None
    opening: str = ""


class DescribeFile(Query[FileTold], service="content"):
    """For editors, who are to say something about it. Refused: `file_not_found`."""

    sha256: Sha256


class GetFile(Query[StoredFile], service="content"):
    """A file that something public in the caller's sector names; editors: any. Refused: `file_not_found`."""

    sha256: Sha256


class FilePart(Message):
    """Some bytes of a file."""

    data: Base64Bytes


class ReadFile(Query[FilePart], service="content"):
    """Up to `length` bytes from `offset` on. The same rights and refusals as GetFile."""

    sha256: Sha256
    offset: int = Field(0, ge=0)
    length: int = Field(PART, ge=1, le=PART)
