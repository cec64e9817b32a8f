"""The kinds of publications."""

from nexus.caller import Scope
from services.content.contracts.activities import (
    Activity,
    ActivityContent,
    ActivityPublished,
    ActivityRetired,
)
from services.content.contracts.documents import (
    Document,
    DocumentContent,
    DocumentPublished,
    DocumentRetired,
)
from services.content.contracts.editing import ItemKind
from services.content.contracts.pages import Page, PageContent, PagePublished, PageRetired
from services.content.contracts.partners import Partner, PartnerContent, PartnerPublished, PartnerRetired
from services.content.contracts.posts import Post, PostContent, PostPublished, PostRetired
from services.content.contracts.programs import Program, ProgramContent, ProgramPublished, ProgramRetired
from services.content.domain import freshness
from services.content.domain.documents import files_of
from services.content.domain.lifecycle import Kind

PROGRAMS = Kind(
    name="program",
    plural="programs",
    slug="programme",
    item=Program,
    content=ProgramContent,
    published=lambda item: ProgramPublished(program=item),
    retired=ProgramRetired,
    completed=freshness.completed,
    public=freshness.public,
    scope=Scope.PROGRAMS_WRITE,
)
DOCUMENTS = Kind(
    name="document",
    plural="documents",
    slug="document",
    item=Document,
    content=DocumentContent,
    published=lambda item: DocumentPublished(document=item),
    retired=DocumentRetired,
    files=files_of,
    scope=Scope.DOCUMENTS_WRITE,
)
POSTS = Kind(
    name="post",
    plural="posts",
    slug="billet",
    item=Post,
    content=PostContent,
    published=lambda item: PostPublished(post=item),
    retired=PostRetired,
    span=lambda item: (item.day, item.day),
    files=lambda item: (item.content.cover.sha256,) if item.content.cover else (),
    scope=Scope.POSTS_WRITE,
)
ACTIVITIES = Kind(
    name="activity",
    plural="activities",
    slug="activite",
    item=Activity,
    content=ActivityContent,
    published=lambda item: ActivityPublished(activity=item),
    retired=ActivityRetired,
    span=lambda item: (item.content.starts_at, item.content.ends_at),
)
PAGES = Kind(
    name="site_page",  # "page" is already what a list has
    plural="pages",
    slug="page",
    item=Page,
    content=PageContent,
    published=lambda item: PagePublished(page=item),
    retired=PageRetired,
)
PARTNERS = Kind(
    name="partner",
    plural="partners",
    slug="partenaire",
    item=Partner,
    content=PartnerContent,
    published=lambda item: PartnerPublished(partner=item),
    retired=PartnerRetired,
    files=lambda item: (item.content.logo.sha256,) if item.content.logo else (),
)
KINDS = {
    ItemKind.PROGRAM: PROGRAMS,
    ItemKind.DOCUMENT: DOCUMENTS,
    ItemKind.POST: POSTS,
    ItemKind.ACTIVITY: ACTIVITIES,
    ItemKind.PAGE: PAGES,
    ItemKind.PARTNER: PARTNERS,
}
