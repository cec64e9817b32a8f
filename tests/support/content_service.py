"""The content service on a database, with a clock of the test's own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.content.contracts.editing import ItemKind
from services.content.domain.kinds import ACTIVITIES, DOCUMENTS, KINDS, PAGES, PARTNERS, POSTS, PROGRAMS
from services.content.domain.lifecycle import Kind
from services.content.extraction.outside import read
from services.content.service import Content
from services.content.service.catalogue import Catalogue
from services.content.service.desk import Desk
from services.content.service.documents import DocumentFiles
from services.content.service.editing import Editing
from services.content.service.files import FileDesk
from services.content.service.fitting import Matcher
from services.content.service.posts import Covers
from services.content.service.previews import Previews
from services.content.service.sectors import Logos, SectorDesk
from services.content.store.files import FileStore
from services.content.store.publications import PublicationStore
from services.content.store.sectors import SectorStore


def content_service(
    database: Any,
    clock: Callable[[], datetime],
    secret: str | None = "s" * 40,
    programs: PublicationStore | None = None,
) -> Content:
    """Every desk of content on `database`; that of programs on the store `programs`, if there is one."""

    files = FileStore(database)
    files.prepare()
    attachments = {DOCUMENTS: DocumentFiles(files), POSTS: Covers(files), PARTNERS: Logos(files)}
    sectors = SectorStore(database)
    sectors.prepare()

    def desk(kind: Kind) -> Desk:
        store = programs if programs and kind is PROGRAMS else PublicationStore(database, kind)
        store.prepare()
        return Desk(kind, store, clock, lambda: None, attachments.get(kind))

    kept = programs or PublicationStore(database, PROGRAMS)
    return Content(
        programs=desk(PROGRAMS),
        documents=desk(DOCUMENTS),
        files=FileDesk(files, read, [], clock),
        posts=desk(POSTS),
        activities=desk(ACTIVITIES),
        pages=desk(PAGES),
        partners=desk(PARTNERS),
        sectors=SectorDesk(sectors, PublicationStore(database, PARTNERS), clock, lambda: None),
        previews=Previews(secret, clock),
        matcher=Matcher(Catalogue(ItemKind.PROGRAM, kept), kept, clock),
        editing={
            name: Editing(kind, desk(kind), Catalogue(name, PublicationStore(database, kind)))
            for name, kind in KINDS.items()
        },
    )
