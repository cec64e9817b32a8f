"""Documents that a company brings to its meeting: for those who take part in it, and nobody else."""

from typing import Annotated

from pydantic import AwareDatetime, Base64Bytes, Field, StringConstraints

from nexus.messages import Command, Message, Query
from services.meetings.contracts.words import Id, Line, Secret

LARGEST_DOCUMENT = 10_000_000  # bytes
MOST_DOCUMENTS = 5  # of one meeting
PART = 512_000  # bytes in one message, at most

Upload = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Part = Annotated[Base64Bytes, Field(max_length=PART)]
FileName = Annotated[Line, StringConstraints(max_length=150)]


class MeetingDocument(Message):
    """A document. `media_type` is told by its content, never by its name."""

    id: str
    name: str
    size: int
    media_type: str
    added_at: AwareDatetime


class MeetingDocuments(Message):
    """The oldest first."""

    items: tuple[MeetingDocument, ...]


class KeepDocumentPart(Command[None], service="meetings"):
    """Part `number` (from 0) of a document under way; `upload` is chosen by the sender. For who has the link of a
    meeting that is ahead. Refused with `meeting_over`, `too_many_documents`."""

    token: Secret
    upload: Upload
    number: int = Field(ge=0, lt=40)
    data: Part


class AddDocument(Command[MeetingDocuments], service="meetings"):
    """All `parts` were sent: the document belongs to the meeting. The same `upload` again is the same document. Refused
    as the parts are, and with `upload_incomplete`, `file_too_large`, `document_type_refused`, `key_reused`: another
    document came as this upload before."""

    token: Secret
    upload: Upload
    parts: int = Field(ge=1, le=40)
    name: FileName


class RemoveOwnDocument(Command[MeetingDocuments], service="meetings"):
    """Take one back, until the meeting begins. Refused with `document_not_found`, `meeting_over`."""

    token: Secret
    document: Id


class ListOwnDocuments(Query[MeetingDocuments], service="meetings"):
    """Those of the meeting of a link."""

    token: Secret


class ListMeetingDocuments(Query[MeetingDocuments], service="meetings"):
    """Those of a meeting, for those of GetMeeting."""

    id: Id


class DocumentPart(Message):
    """Some bytes of a document, and what is known of it."""

    document: MeetingDocument
    data: Base64Bytes


class ReadOwnDocument(Query[DocumentPart], service="meetings"):
    """Some bytes from `offset` on, with a link. Refused with `document_not_found`."""

    token: Secret
    document: Id
    offset: int = Field(0, ge=0)


class ReadMeetingDocument(Query[DocumentPart], service="meetings"):
    """The same for those of GetMeeting."""

    id: Id
    document: Id
    offset: int = Field(0, ge=0)
