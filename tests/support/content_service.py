"""The content service on a database, with a clock of the test's own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from nexus.audit import Trail
from nexus.mongo import audit_database
from nexus.personal import PERSONAL_DATA
from nexus.personal_store import Answers
from nexus.seal import Seal
from nexus.signing import Signer
from services.content.contracts.comments import NOTICES
from services.content.contracts.editing import ItemKind
from services.content.contracts.verification import PURPOSE
from services.content.domain.kinds import ACTIVITIES, DOCUMENTS, KINDS, PAGES, PARTNERS, POSTS, PROGRAMS
from services.content.domain.lifecycle import Kind
from services.content.domain.linked import links_in
from services.content.extraction.outside import read
from services.content.importing.outside import rows_of
from services.content.service import Content
from services.content.service.catalogue import Catalogue
from services.content.service.comments import CommentDesk
from services.content.service.desk import Desk
from services.content.service.documents import DocumentFiles
from services.content.service.editing import Editing
from services.content.service.files import FileDesk
from services.content.service.fitting import Matcher
from services.content.service.imports import Imports
from services.content.service.links import LinkDesk
from services.content.service.openings import Opening
from services.content.service.posts import Covers
from services.content.service.previews import Previews
from services.content.service.privacy import Authorship
from services.content.service.repeats import Repeats
from services.content.service.sectors import Logos, SectorDesk
from services.content.service.verification import Verifications
from services.content.service.working import WorkDesk
from services.content.store.comments import CommentStore
from services.content.store.files import FileStore
from services.content.store.import_files import ImportFiles
from services.content.store.imports import ImportStore
from services.content.store.links import LinkStore
from services.content.store.openings import OpeningStore
from services.content.store.publications import PublicationStore
from services.content.store.repeats import RepeatStore
from services.content.store.rounds import RoundStore
from services.content.store.sectors import SectorStore
from services.content.store.working import WorkStore

SECRET = "a-secret-of-the-tests-0123456789-abcdef"


def content_service(
    database: Any,
    clock: Callable[[], datetime],
    secret: str = "s" * 40,
    programs: PublicationStore | None = None,
) -> Content:
    """Every desk of content on `database`; that of programs on the store `programs`, if there is one."""

    files = FileStore(database)
    files.prepare()
    working, sectors = WorkStore(database), SectorStore(database)
    working.prepare()
    sectors.prepare()
    notices = Seal(SECRET, NOTICES)
    comments = CommentStore(database)
    comments.prepare()
    attachments = {DOCUMENTS: DocumentFiles(files, notices), POSTS: Covers(files), PARTNERS: Logos(files)}

    def desk(kind: Kind) -> Desk:
        store = programs if programs and kind is PROGRAMS else PublicationStore(database, kind)
        store.prepare()
        return Desk(kind, store, clock, lambda: None, attachments.get(kind))

    kept = programs or PublicationStore(database, PROGRAMS)
    lines = Catalogue(ItemKind.PROGRAM, kept)
    signer = Signer(secret, PURPOSE) if secret else None
    of_programs = desk(PROGRAMS)
    editing = {
        name: Editing(kind, desk(kind), Catalogue(name, store), store)
        for name, kind in KINDS.items()
        if (store := PublicationStore(database, kind))
    }
    openings = OpeningStore(database)
    openings.prepare()
    imports = ImportStore(database)
    imports.prepare()
    trail = Trail(audit_database(database), Content.name, clock)
    return Content(
        programs=of_programs,
        documents=desk(DOCUMENTS),
        files=FileDesk(files, read, [], clock),
        posts=desk(POSTS),
        activities=desk(ACTIVITIES),
        pages=desk(PAGES),
        partners=desk(PARTNERS),
        sectors=SectorDesk(sectors, PublicationStore(database, PARTNERS), clock, lambda: None),
        previews=Previews(secret, clock),
        matcher=Matcher(lines, kept, clock),
        verifications=Verifications(of_programs, lines, kept, RoundStore(database), signer, lambda: None),
        links=LinkDesk(LinkStore(database), {}, links_in, None, clock),
        working=WorkDesk(working, clock),
        comments=CommentDesk(
            comments, {name: one.desk for name, one in editing.items()}, notices, clock, lambda: None
        ),
        repeats=Repeats(RepeatStore(database), clock),
        editing=editing,
        opening=Opening(
            openings,
            {name: PublicationStore(database, kind) for name, kind in KINDS.items()},
            {name: of_kind.catalogue for name, of_kind in editing.items()},
            clock,
        ),
        imports=Imports(imports, files, ImportFiles(database), editing, trail.recording, clock, rows_of),
        authorship=Authorship(
            database,
            [kind.plural for kind in KINDS.values()],
            Answers(database),
            Seal(SECRET, PERSONAL_DATA),
            clock,
            lambda: None,
        ),
    )
