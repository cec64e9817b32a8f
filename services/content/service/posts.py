"""Posts: their covers, previews of drafts, and their doors."""

from collections.abc import Iterable
from typing import Protocol

from nexus.caller import Caller, Role
from nexus.errors import NotFound
from nexus.service import rpc
from services.content.contracts.files import StoredFile
from services.content.contracts.posts import (
    GetPost,
    GetPreview,
    ImportPosts,
    ListPosts,
    MakePreview,
    Post,
    PostContent,
    PostPage,
    Preview,
    PublishPost,
    RetirePost,
)
from services.content.contracts.publications import ImportReport, Status
from services.content.domain.lifecycle import Change
from services.content.service.desk import EDITORS, Desk
from services.content.service.previews import Previews

PICTURES = {"image/png", "image/jpeg", "image/webp", "image/gif"}  # that every browser shows


class KnownFiles(Protocol):
    """What is known of files."""

    def get_many(self, wanted: Iterable[str]) -> dict[str, StoredFile]: ...


class Covers:
    """The attachments of posts: a cover is a stored picture."""

    def __init__(self, files: KnownFiles) -> None:
        self._files = files

    def problem(self, content: PostContent) -> str | None:
        if content.cover is None:
            return None
        cover = self._files.get_many([content.cover.sha256]).get(content.cover.sha256)
        if cover is None:
            return "file_not_found"
        return None if cover.media_type in PICTURES else "cover_not_a_picture"

    def complete(self, change: Change, caller: Caller) -> Change:
        return change


class PostDoors:
    """What the service answers about posts."""

    posts: Desk
    previews: Previews

    @rpc
    def get_post(self, query: GetPost, caller: Caller) -> Post:
        found: Post = self.posts.get(query.ref, caller)
        return found

    @rpc
    def list_posts(self, query: ListPosts, caller: Caller) -> PostPage:
        wanted = {"theme": query.theme, "tag": query.tag}
        return PostPage(**self.posts.by_date(query, caller, wanted))

    @rpc
    def publish_post(self, command: PublishPost, caller: Caller) -> Post:
        published: Post = self.posts.publish(command.id, command.revision, caller)
        return published

    @rpc
    def retire_post(self, command: RetirePost, caller: Caller) -> Post:
        retired: Post = self.posts.retire(command.id, command.revision, caller)
        return retired

    @rpc
    def import_posts(self, command: ImportPosts, caller: Caller) -> ImportReport:
        return self.posts.bring_in(
            command.source, command.rows, caller, publish=command.publish, dry_run=command.dry_run
        )

    @rpc
    def make_preview(self, query: MakePreview, caller: Caller) -> Preview:
        caller.require(*EDITORS)
        post: Post = self.posts.get(query.ref, caller)
        token, expires = self.previews.sign(post.id)
        return Preview(token=token, post=post, expires=expires)

    @rpc
    def get_preview(self, query: GetPreview, caller: Caller) -> Post:
        reader = caller.model_copy(update={"roles": frozenset({Role.EDITOR})})  # the token is the right to it
        post: Post = self.posts.get(self.previews.checked(query.token), reader)
        if post.status is Status.RETIRED:
            raise NotFound("post_retired", title=post.content.title.model_dump())
        return post
