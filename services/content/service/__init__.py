"""The content service: one desk for each kind of publication, and their doors."""

from nexus.service import Service
from services.content.service.desk import Desk
from services.content.service.documents import DocumentDoors
from services.content.service.files import FileDesk
from services.content.service.programs import ProgramDoors


class Content(ProgramDoors, DocumentDoors, Service):
    """What a sector's site says."""

    name = "content"

    def __init__(self, *, programs: Desk, documents: Desk, files: FileDesk) -> None:
        self.programs = programs
        self.documents = documents
        self.files = files
