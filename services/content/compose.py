"""The content service on its real collaborators."""

from collections.abc import Mapping, Sequence

from nexus.audit import Trail
from nexus.composition import Composed, Resources
from nexus.mongo import audit_database
from nexus.personal import PERSONAL_DATA
from nexus.personal_store import Answers
from nexus.seal import Seal
from nexus.shared_secrets import link_secret
from nexus.signing import Signer
from nexus.sites import site_urls
from services.content.contracts.comments import NOTICES
from services.content.contracts.editing import ItemKind
from services.content.contracts.verification import PURPOSE
from services.content.domain.kinds import ACTIVITIES, DOCUMENTS, KINDS, PAGES, PARTNERS, POSTS, PROGRAMS
from services.content.domain.lifecycle import Kind
from services.content.domain.linked import links_in
from services.content.domain.links import Result
from services.content.extraction.outside import read
from services.content.importing.outside import rows_of
from services.content.linkcheck.outside import check_links
from services.content.service import Content
from services.content.service.catalogue import Catalogue
from services.content.service.comments import CommentDesk
from services.content.service.desk import Attachments, Desk
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


def compose(resources: Resources) -> Composed:
    """Content on the database given. Makes its indexes; the database must answer.

    Raises InvalidInput(`setting_missing`, `setting_weak`) without a secret for previews that deserves the name."""
    secret = link_secret(resources)
    files = FileStore(resources.database)
    working, repeats = WorkStore(resources.database), RepeatStore(resources.database)
    sectors = SectorStore(resources.database)
    comments = CommentStore(resources.database)
    for kept in (files, working, repeats, sectors, comments):
        kept.prepare()
    notices = Seal(secret, NOTICES)
    attachments: dict[Kind, Attachments] = {
        DOCUMENTS: DocumentFiles(files, notices),
        POSTS: Covers(files),
        PARTNERS: Logos(files),
    }
    stores = {kind: _prepared(resources, kind) for kind in KINDS.values()}
    desks = {
        kind: Desk(kind, store, resources.clock, resources.wake, attachments.get(kind))
        for kind, store in stores.items()
    }
    shown = [store.shows_file for store in stores.values()]
    catalogues = {name: _catalogue(resources, name, stores[kind]) for name, kind in KINDS.items()}
    rounds = RoundStore(resources.database)
    answers = Answers(resources.database)
    answers.prepare()
    editing = {
        name: Editing(kind, desks[kind], catalogues[name], stores[kind]) for name, kind in KINDS.items()
    }
    service = Content(
        programs=desks[PROGRAMS],
        documents=desks[DOCUMENTS],
        files=FileDesk(files, read, shown, resources.clock),
        posts=desks[POSTS],
        activities=desks[ACTIVITIES],
        pages=desks[PAGES],
        partners=desks[PARTNERS],
        sectors=SectorDesk(sectors, stores[PARTNERS], resources.clock, resources.wake),
        previews=Previews(secret, resources.clock),
        matcher=Matcher(catalogues[ItemKind.PROGRAM], stores[PROGRAMS], resources.clock),
        editing=editing,
        imports=_imports(resources, files, editing),
        opening=_opening(resources, {name: stores[kind] for name, kind in KINDS.items()}, catalogues),
        verifications=Verifications(
            desks[PROGRAMS],
            catalogues[ItemKind.PROGRAM],
            stores[PROGRAMS],
            rounds,
            Signer(secret, PURPOSE),
            resources.wake,
        ),
        links=_links(resources, stores),
        working=WorkDesk(working, resources.clock),
        comments=CommentDesk(
            comments,
            {name: desks[kind] for name, kind in KINDS.items()},
            notices,
            resources.clock,
            resources.wake,
        ),
        repeats=Repeats(repeats, resources.clock),
        authorship=Authorship(
            resources.database,
            [kind.plural for kind in KINDS.values()],
            answers,
            Seal(secret, PERSONAL_DATA),
            resources.clock,
            resources.wake,
        ),
    )
    told = [rounds.rounds, sectors.items, answers.answers, comments.items]
    outboxes = [*(store.items for store in stores.values()), *told]
    return Composed(service, outboxes=outboxes)


def _imports(resources: Resources, files: FileStore, editing: dict[ItemKind, Editing]) -> Imports:
    kept = ImportStore(resources.database)
    kept.prepare()
    trail = Trail(
        audit_database(resources.database), Content.name, resources.clock
    )  # what is done later, in no call
    return Imports(
        kept, files, ImportFiles(resources.database), editing, trail.recording, resources.clock, rows_of
    )


def _opening(
    resources: Resources, stores: dict[ItemKind, PublicationStore], catalogues: dict[ItemKind, Catalogue]
) -> Opening:
    kept = OpeningStore(resources.database)
    kept.prepare()
    return Opening(kept, stores, catalogues, resources.clock)


def _prepared(resources: Resources, kind: Kind) -> PublicationStore:
    store = PublicationStore(resources.database, kind)
    store.prepare()
    return store


def _catalogue(resources: Resources, name: ItemKind, store: PublicationStore) -> Catalogue:
    catalogue = Catalogue(name, store, shared=not resources.embedded)
    store.on_saved.append(catalogue.note)
    return catalogue


def _links(resources: Resources, stores: Mapping[Kind, PublicationStore]) -> LinkDesk:
    kept = LinkStore(resources.database)
    kept.prepare()
    contact = resources.settings.mail_from or next(iter(site_urls(resources).values()), "")

    def check(urls: Sequence[str]) -> Mapping[str, Result]:
        return check_links(urls, contact)

    published = {name: stores[kind] for name, kind in KINDS.items()}
    checks = check if resources.settings.link_checks else None
    return LinkDesk(kept, published, links_in, checks, resources.clock)
