"""The content service on its real collaborators."""

import os
import secrets
from pathlib import Path

from nexus.composition import Composed, Resources
from services.content.domain.kinds import ACTIVITIES, DOCUMENTS, PAGES, POSTS, PROGRAMS
from services.content.domain.lifecycle import Kind
from services.content.extraction.outside import read
from services.content.service import Content
from services.content.service.desk import Desk
from services.content.service.documents import DocumentFiles
from services.content.service.files import FileDesk
from services.content.service.fitting import Matcher
from services.content.service.previews import Previews
from services.content.store.files import FileStore
from services.content.store.publications import PublicationStore


def compose(resources: Resources) -> Composed:
    """Content on the database given. Makes its indexes; the database must answer."""
    files = FileStore(resources.database)
    files.prepare()
    attachments = {DOCUMENTS: DocumentFiles(files)}
    kinds = (PROGRAMS, DOCUMENTS, POSTS, ACTIVITIES, PAGES)
    stores = {kind: _prepared(resources, kind) for kind in kinds}
    desks = {
        kind: Desk(kind, store, resources.clock, resources.wake, attachments.get(kind))
        for kind, store in stores.items()
    }
    shown = [store.shows_file for store in stores.values()]
    service = Content(
        programs=desks[PROGRAMS],
        documents=desks[DOCUMENTS],
        files=FileDesk(files, read, shown, resources.clock),
        posts=desks[POSTS],
        activities=desks[ACTIVITIES],
        pages=desks[PAGES],
        previews=Previews(_preview_secret(resources), resources.clock),
        matcher=Matcher(stores[PROGRAMS], resources.clock),
    )
    return Composed(service, outboxes=[store.items for store in stores.values()])


def _prepared(resources: Resources, kind: Kind) -> PublicationStore:
    store = PublicationStore(resources.database, kind)
    store.prepare()
    return store


def _preview_secret(resources: Resources) -> str | None:
    """What is set; embedded, else one that is made at the first start. Several processes must share it, so
    that a distributed platform has none of its own accord."""
    if resources.settings.preview_secret:
        return resources.settings.preview_secret.get_secret_value()
    return _kept_secret(resources.settings.data / "preview-secret") if resources.embedded else None


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".new")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        made.replace(path)
    return path.read_text()
