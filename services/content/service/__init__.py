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
from services.content.service.links import LinkDesk, LinkDoors
from services.content.service.pages import PageDoors
from services.content.service.posts import PostDoors
from services.content.service.previews import Previews
from services.content.service.programs import ProgramDoors
from services.content.service.repeats import Repeats
from services.content.service.verification import VerificationDoors, Verifications
from services.content.service.working import WorkDesk, WorkingDoors


class Content(
    ProgramDoors,
    VerificationDoors,
    FittingDoors,
    DocumentDoors,
    PostDoors,
    ActivityDoors,
    PageDoors,
    EditingDoors,
    LinkDoors,
    WorkingDoors,
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
        verifications: Verifications,
        links: LinkDesk,
        working: WorkDesk,
        repeats: Repeats,
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
        self.verifications = verifications
        self.links = links
        self.working = working
        self.repeats = repeats
