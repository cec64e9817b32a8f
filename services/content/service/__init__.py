"""The content service: one desk for each kind of publication, and their doors."""

from collections.abc import Mapping

from nexus.service import Service
from services.content.contracts.editing import ItemKind
from services.content.service.activities import ActivityDoors
from services.content.service.comments import CommentDesk, CommentDoors
from services.content.service.desk import Desk
from services.content.service.documents import DocumentDoors
from services.content.service.editing import Editing, EditingDoors
from services.content.service.files import FileDesk
from services.content.service.fitting import FittingDoors, Matcher
from services.content.service.imports import ImportDoors, Imports
from services.content.service.links import LinkDesk, LinkDoors
from services.content.service.openings import Opening, OpeningDoors
from services.content.service.pages import PageDoors
from services.content.service.posts import PostDoors
from services.content.service.previews import Previews
from services.content.service.privacy import Authorship, PrivacyDoors
from services.content.service.programs import ProgramDoors
from services.content.service.repeats import Repeats
from services.content.service.sectors import SectorDesk, SectorDoors
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
    SectorDoors,
    EditingDoors,
    LinkDoors,
    WorkingDoors,
    CommentDoors,
    ImportDoors,
    OpeningDoors,
    PrivacyDoors,
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
        partners: Desk,
        sectors: SectorDesk,
        previews: Previews,
        matcher: Matcher,
        editing: Mapping[ItemKind, Editing],
        verifications: Verifications,
        links: LinkDesk,
        working: WorkDesk,
        comments: CommentDesk,
        repeats: Repeats,
        imports: Imports,
        opening: Opening,
        authorship: Authorship,
    ) -> None:
        self.documents = documents
        self.files = files
        self.programs = programs
        self.posts = posts
        self.activities = activities
        self.pages = pages
        self.partners = partners
        self.sectors = sectors
        self.previews = previews
        self.matcher = matcher
        self.editing = editing
        self.verifications = verifications
        self.links = links
        self.working = working
        self.comments = comments
        self.repeats = repeats
        self.imports = imports
        self.opening = opening
        self.authorship = authorship
