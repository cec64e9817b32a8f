"""The doors of documents and of their files, and what a document tells about its files."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

import orjson

from nexus.caller import Caller
from nexus.service import every, rpc
from services.content.contracts.documents import (
    Document,
    DocumentContent,
    DocumentPage,
    DocumentPublished,
    DocumentUnreadable,
    DocumentWithVersions,
    FileFacts,
    GetDocument,
    ImportDocuments,
    ListDocuments,
    PageTexts,
    PublishDocument,
    RetireDocument,
)
from services.content.contracts.files import (
    DescribeFile,
    FilePart,
    FileTold,
    FinishUpload,
    GetFile,
    KeepPart,
    ReadFile,
    StoredFile,
)
from services.content.contracts.publications import ImportReport
from services.content.contracts.texts import Language
from services.content.domain.documents import earlier_versions, named_files, unreadable
from services.content.domain.lifecycle import Change, Item
from services.content.service.desk import EDITORS, Desk
from services.content.service.files import FileDesk


class KnownFiles(Protocol):
    """What is known of files."""

    def get_many(self, wanted: Iterable[str]) -> dict[str, StoredFile]: ...
    def texts(self, sha256: str) -> tuple[str, ...]: ...


class Closes(Protocol):
    """Seals what only the notifications service may read."""

    def close(self, fields: dict[str, str | None]) -> str: ...


class DocumentFiles:
    """The attachments of documents: their files' facts stand in them, and their news carry the texts. That one cannot
    be read is told with the change that names it."""

    def __init__(self, files: KnownFiles, seal: Closes) -> None:
        self._files = files
        self._seal = seal

    def problem(self, content: DocumentContent) -> str | None:
        named = named_files(content)
        missing = set(named.values()) - self._files.get_many(named.values()).keys()
        return "file_not_found" if missing else None

    def complete(self, change: Change, caller: Caller) -> Change:
        item = change.after.item
        named = named_files(item.content)
        known = self._files.get_many(named.values())
        facts = FileFacts(**{str(language): known.get(key) for language, key in named.items()})
        document = item.model_copy(update={"facts": facts})
        events = tuple(
            self._with_texts(event, document, named) if isinstance(event, DocumentPublished) else event
            for event in change.events
        )
        events += self._told(change, known, caller)
        return replace(change, after=replace(change.after, item=document), events=events)

    def _with_texts(
        self, event: DocumentPublished, document: Item, named: dict[Language, str]
    ) -> DocumentPublished:
        texts = PageTexts(**{str(language): self._files.texts(key) for language, key in named.items()})
        return event.model_copy(update={"document": document, "texts": texts})

    def _told(
        self, change: Change, known: Mapping[str, StoredFile], caller: Caller
    ) -> tuple[DocumentUnreadable, ...]:
        """That its files cannot be read, or that this is no longer so; nothing where neither is news."""
        item, before = change.after.item, change.replaced
        if change.before is not None and before is None:
            return ()
        earlier = self._files.get_many(named_files(before).values()) if before else {}
        failed, had = unreadable(item.content, known), unreadable(before, earlier) if before else {}
        if failed == had:
            return ()
        staff = caller.sector is not None and caller.has(*EDITORS)  # neither a key nor a command line
        told = DocumentUnreadable(
            id=item.id,
            revision=item.revision,
            sectors=item.content.sectors,
            sector=caller.sector if staff else None,
            person=caller.person if staff else None,
            sealed=self._sealed(item.content, failed, known) if failed else None,
        )
        return (told,)

    def _sealed(
        self, content: DocumentContent, failed: Mapping[Language, str], known: Mapping[str, StoredFile]
    ) -> str:
        files = [
            {"language": one, "name": getattr(content.files, one).name, "reading": known[key].reading}
            for one, key in failed.items()
        ]
        told = {"fr": content.title.fr, "en": content.title.en, "files": orjson.dumps(files).decode()}
        return self._seal.close(told)


class DocumentDoors:
    """What the service answers about documents and files."""

    documents: Desk
    files: FileDesk

    @rpc
    def get_document(self, query: GetDocument, caller: Caller) -> DocumentWithVersions:
        document: Document = self.documents.get(query.ref, caller)
        earlier = earlier_versions(self.documents.revisions(document.id))
        return DocumentWithVersions(document=document, earlier=earlier)

    @rpc
    def list_documents(self, query: ListDocuments, caller: Caller) -> DocumentPage:
        return DocumentPage(**self.documents.page(query.status, query.after, query.limit, caller))

    @rpc
    def publish_document(self, command: PublishDocument, caller: Caller) -> Document:
        published: Document = self.documents.publish(command.id, command.revision, caller)
        return published

    @rpc
    def retire_document(self, command: RetireDocument, caller: Caller) -> Document:
        retired: Document = self.documents.retire(command.id, command.revision, caller)
        return retired

    @rpc
    def import_documents(self, command: ImportDocuments, caller: Caller) -> ImportReport:
        return self.documents.bring_in(
            command.source, command.rows, caller, publish=command.publish, dry_run=command.dry_run
        )

    @rpc
    def keep_part(self, command: KeepPart, caller: Caller) -> None:
        self.files.keep_part(command.upload, command.number, command.data, caller)

    @rpc
    def finish_upload(self, command: FinishUpload, caller: Caller) -> StoredFile:
        return self.files.finish(command.upload, command.parts, caller)

    @rpc
    def describe_file(self, query: DescribeFile, caller: Caller) -> FileTold:
        return self.files.describe(query.sha256, caller)

    @rpc
    def get_file(self, query: GetFile, caller: Caller) -> StoredFile:
        return self.files.get(query.sha256, caller)

    @rpc
    def read_file(self, query: ReadFile, caller: Caller) -> FilePart:
        data = self.files.read(query.sha256, query.offset, query.length, caller)
        return FilePart(data=base64.b64encode(data))

    @every(minutes=60)
    def remove_stray_bytes(self) -> None:
        """Bytes of uploads that crashed before their file was named."""
        self.files.tidy()
