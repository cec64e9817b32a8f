"""The content service on its real collaborators."""

from nexus.composition import Composed, Resources
from services.content.service import Content
from services.content.store import ProgramStore


def compose(resources: Resources) -> Composed:
    """Content on the database given. Makes its indexes; the database must answer."""
    store = ProgramStore(resources.database)
    store.prepare()
    return Composed(Content(store, resources.clock, resources.wake), outboxes=[store.programs])
