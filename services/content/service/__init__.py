"""The content service: one desk for each kind of publication, and their doors."""

from collections.abc import Mapping

from nexus.service import Service
from services.content.contracts.editing import ItemKind
from services.content.service.activities import ActivityDoors
from services.content.service.desk import Desk
from services.content.service.documents import DocumentDoors
from services.content.service.editing import Editing, EditingDoors
from services.content.service.files import FileDesk
from services.content.service.fitting import FittingDoors, Matcher
from services.content.service.imports import ImportDoors, Imports
from services.content.service.openings import Opening, OpeningDoors
from services.content.service.pages import PageDoors
from services.content.service.posts import PostDoors
from services.content.service.previews import Previews
from services.content.service.programs import ProgramDoors


class Content(
    ProgramDoors,
    FittingDoors,
    DocumentDoors,
    PostDoors,
    ActivityDoors,
    PageDoors,
    EditingDoors,
    ImportDoors,
    OpeningDoors,
    Service,
):
    """What a sector's site says."""

    name = "content"

    def __init__(
        self,
        *,
        programs: Desk,
        documents: Desk,
        files: FileDesk,
        posts: Desk,
        activities: Desk,
        pages: Desk,
        previews: Previews,
        matcher: Matcher,
        editing: Mapping[ItemKind, Editing],
        imports: Imports,
        opening: Opening,
    ) -> None:
        self.documents = documents
        self.files = files
        self.programs = programs
        self.posts = posts
        self.activities = activities
        self.pages = pages
        self.previews = previews
        self.matcher = matcher
        self.editing = editing
        self.imports = imports
        self.opening = opening
