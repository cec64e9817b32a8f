"""Use cases of the documents of meetings: bring one, take it back, read it."""

import hashlib
import tempfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nexus.audit import note
from nexus.blobs import joined
from nexus.caller import Caller
from nexus.errors import Conflict, InvalidInput, NotFound
from nexus.service import every, rpc
from services.meetings.contracts.documents import (
    LARGEST_DOCUMENT,
    MOST_DOCUMENTS,
    PART,
    AddDocument,
    DocumentPart,
    KeepDocumentPart,
    ListMeetingDocuments,
    ListOwnDocuments,
    MeetingDocument,
    MeetingDocuments,
    ReadMeetingDocument,
    ReadOwnDocument,
    RemoveOwnDocument,
)
from services.meetings.contracts.meetings import Meeting, State
from services.meetings.service.agenda import AgendaDesk
from services.meetings.store.documents import DocumentStore

_READ = PART // 4 * 3  # bytes, which base64 makes a third longer
_OFFICE = "application/vnd.openxmlformats-officedocument"
TAKEN = frozenset(
    {
        "application/pdf",
        f"{_OFFICE}.wordprocessingml.document",
        f"{_OFFICE}.spreadsheetml.sheet",
        f"{_OFFICE}.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "text/plain",
        "text/markdown",
        "image/jpeg",
        "image/png",
        "image/webp",
    }
)

TypeOf = Callable[[Path], str]


@dataclass(frozen=True)
class DocumentDesk:
    """What companies bring with their link, and those who meet them read. `type_of` looks at the content."""

    documents: DocumentStore
    agenda: AgendaDesk
    type_of: TypeOf
    clock: Callable[[], datetime]

    def keep_part(self, command: KeepDocumentPart, caller: Caller) -> None:
        """Raises Conflict(`meeting_over`, `too_many_documents`)."""
        upload = _upload(command.token, command.upload)
        self._require_room(self._ahead(command.token, caller), _id_of(upload))
        self.documents.blobs.keep_part(upload, command.number, command.data, self.clock())

    def add(self, command: AddDocument, caller: Caller) -> MeetingDocuments:
        """Raises what parts are refused with, InvalidInput(`upload_incomplete`, `file_too_large`,
        `document_type_refused`), Conflict(`key_reused`)."""
        meeting, blobs = self._ahead(command.token, caller), self.documents.blobs
        upload = _upload(command.token, command.upload)
        before = self._require_room(meeting, _id_of(upload))
        try:
            with tempfile.NamedTemporaryFile(prefix="nexus-document-") as whole:
                _, size = joined(blobs.parts(upload, command.parts), command.parts, whole, LARGEST_DOCUMENT)
                found = self.type_of(Path(whole.name))
                if found not in TAKEN:
                    raise InvalidInput("document_type_refused", found=found)
                document = MeetingDocument(
                    id=_id_of(upload), name=command.name, size=size, media_type=found, added_at=self.clock()
                )
                whole.seek(0)
                if before is None and self.documents.add(meeting.id, document, whole):
                    self._note(meeting, None, document)
        finally:
            blobs.forget_parts(upload)
        if before is not None and before != document.model_copy(update={"added_at": before.added_at}):
            raise Conflict("key_reused")
        return MeetingDocuments(items=self.documents.of(meeting.id))

    def remove(self, command: RemoveOwnDocument, caller: Caller) -> MeetingDocuments:
        """Raises NotFound(`document_not_found`), Conflict(`meeting_over`)."""
        meeting = self._ahead(command.token, caller)
        document = next((one for one in self.documents.of(meeting.id) if one.id == command.document), None)
        if document is None or not self.documents.remove(meeting.id, command.document):
            raise NotFound("document_not_found", ref=command.document)
        self._note(meeting, document, None)
        return MeetingDocuments(items=self.documents.of(meeting.id))

    def listed(self, token: str, caller: Caller) -> MeetingDocuments:
        """Those of the meeting of a link."""
        return MeetingDocuments(items=self.documents.of(self._own(token, caller).id))

    def of_meeting(self, meeting_id: str, caller: Caller) -> MeetingDocuments:
        """Those of a meeting that the caller may see."""
        return MeetingDocuments(items=self.documents.of(self.agenda.get(meeting_id, caller).id))

    def read_own(self, token: str, document: str, offset: int, caller: Caller) -> DocumentPart:
        """Raises NotFound(`document_not_found`)."""
        return self._read(self._own(token, caller).id, document, offset)

    def read(self, meeting_id: str, document: str, offset: int, caller: Caller) -> DocumentPart:
        """Raises NotFound(`document_not_found`, `meeting_not_found`)."""
        return self._read(self.agenda.get(meeting_id, caller).id, document, offset)

    def tidy(self) -> None:
        """Remove what crashed uploads left behind."""
        self.documents.tidy(self.clock())

    def _read(self, meeting_id: str, document: str, offset: int) -> DocumentPart:
        found = self.documents.read(meeting_id, document, offset, _READ)
        if found is None:
            raise NotFound("document_not_found", ref=document)
        return DocumentPart(document=found[0], data=b64encode(found[1]))

    def _own(self, token: str, caller: Caller) -> Meeting:
        return self.agenda.booking.own(token, caller)

    def _ahead(self, token: str, caller: Caller) -> Meeting:
        meeting = self._own(token, caller)
        if meeting.state is not State.CONFIRMED or meeting.start <= self.clock():
            raise Conflict("meeting_over")
        return meeting

    def _require_room(self, meeting: Meeting, document: str) -> MeetingDocument | None:
        """The document itself, if it came before. Raises Conflict(`too_many_documents`)."""
        there = {one.id: one for one in self.documents.of(meeting.id)}
        if document not in there and len(there) >= MOST_DOCUMENTS:
            raise Conflict("too_many_documents", most=MOST_DOCUMENTS)
        return there.get(document)

    def _note(self, meeting: Meeting, before: MeetingDocument | None, after: MeetingDocument | None) -> None:
        told = [{"documents": one.media_type} if one else {} for one in (before, after)]
        note("meeting", meeting.id, meeting.type.name.fr, *told, sector=meeting.sector)


def _upload(token: str, upload: str) -> str:
    """Nobody adds to the upload of another meeting, whatever name they choose."""
    return f"{token.rpartition('.')[0]}-{upload}"


def _id_of(upload: str) -> str:
    """The same upload is the same document, however often it is sent."""
    return hashlib.sha256(upload.encode()).hexdigest()[:32]


class DocumentDoors:
    """What the service answers about documents of a meeting."""

    documents: DocumentDesk

    @rpc
    def keep_document_part(self, command: KeepDocumentPart, caller: Caller) -> None:
        self.documents.keep_part(command, caller)

    @rpc
    def add_document(self, command: AddDocument, caller: Caller) -> MeetingDocuments:
        return self.documents.add(command, caller)

    @rpc
    def remove_own_document(self, command: RemoveOwnDocument, caller: Caller) -> MeetingDocuments:
        return self.documents.remove(command, caller)

    @rpc
    def list_own_documents(self, query: ListOwnDocuments, caller: Caller) -> MeetingDocuments:
        return self.documents.listed(query.token, caller)

    @rpc
    def list_meeting_documents(self, query: ListMeetingDocuments, caller: Caller) -> MeetingDocuments:
        return self.documents.of_meeting(query.id, caller)

    @rpc
    def read_own_document(self, query: ReadOwnDocument, caller: Caller) -> DocumentPart:
        return self.documents.read_own(query.token, query.document, query.offset, caller)

    @rpc
    def read_meeting_document(self, query: ReadMeetingDocument, caller: Caller) -> DocumentPart:
        return self.documents.read(query.id, query.document, query.offset, caller)

    @every(minutes=60)
    def tidy_documents(self) -> None:
        """What crashed uploads left behind goes."""
        self.documents.tidy()
