"""The content service on its real collaborators."""

from nexus.composition import Composed, Resources
from nexus.shared_secrets import shared_secret
from services.content.contracts.editing import ItemKind
from services.content.domain.kinds import ACTIVITIES, DOCUMENTS, KINDS, PAGES, PARTNERS, POSTS, PROGRAMS
from services.content.domain.lifecycle import Kind
from services.content.extraction.outside import read
from services.content.service import Content
from services.content.service.catalogue import Catalogue
from services.content.service.desk import Attachments, Desk
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


def compose(resources: Resources) -> Composed:
    """Content on the database given. Makes its indexes; the database must answer."""
    files = FileStore(resources.database)
    files.prepare()
    attachments: dict[Kind, Attachments] = {
        DOCUMENTS: DocumentFiles(files),
        POSTS: Covers(files),
        PARTNERS: Logos(files),
    }
    sectors = SectorStore(resources.database)
    sectors.prepare()
    stores = {kind: _prepared(resources, kind) for kind in KINDS.values()}
    desks = {
        kind: Desk(kind, store, resources.clock, resources.wake, attachments.get(kind))
        for kind, store in stores.items()
    }
    shown = [store.shows_file for store in stores.values()]
    catalogues = {name: _catalogue(resources, name, stores[kind]) for name, kind in KINDS.items()}
    service = Content(
        programs=desks[PROGRAMS],
        documents=desks[DOCUMENTS],
        files=FileDesk(files, read, shown, resources.clock),
        posts=desks[POSTS],
        activities=desks[ACTIVITIES],
        pages=desks[PAGES],
        partners=desks[PARTNERS],
        sectors=SectorDesk(sectors, stores[PARTNERS], resources.clock, resources.wake),
        previews=Previews(_preview_secret(resources), resources.clock),
        matcher=Matcher(catalogues[ItemKind.PROGRAM], stores[PROGRAMS], resources.clock),
        editing={name: Editing(kind, desks[kind], catalogues[name]) for name, kind in KINDS.items()},
    )
    return Composed(service, outboxes=[*(store.items for store in stores.values()), sectors.items])


def _prepared(resources: Resources, kind: Kind) -> PublicationStore:
    store = PublicationStore(resources.database, kind)
    store.prepare()
    return store


def _catalogue(resources: Resources, name: ItemKind, store: PublicationStore) -> Catalogue:
    catalogue = Catalogue(name, store, shared=not resources.embedded)
    store.on_saved.append(catalogue.note)
    return catalogue


def _preview_secret(resources: Resources) -> str | None:
    """What is set; embedded, else one that is made at the first start; without one there are no previews."""
    given = resources.settings.preview_secret
    if given is None and not resources.embedded:
        return None
    return shared_secret(resources, given, "preview-secret")
