"""The content service on its real collaborators."""

from nexus.composition import Composed, Resources
from services.content.domain.kinds import PROGRAMS
from services.content.domain.lifecycle import Kind
from services.content.service import Content
from services.content.service.desk import Desk
from services.content.store.publications import PublicationStore


def compose(resources: Resources) -> Composed:
    """Content on the database given. Makes its indexes; the database must answer."""
    stores = {kind: _prepared(resources, kind) for kind in (PROGRAMS,)}
    desks = {kind: Desk(kind, store, resources.clock, resources.wake) for kind, store in stores.items()}
    return Composed(Content(programs=desks[PROGRAMS]), outboxes=[store.items for store in stores.values()])


def _prepared(resources: Resources, kind: Kind) -> PublicationStore:
    store = PublicationStore(resources.database, kind)
    store.prepare()
    return store
