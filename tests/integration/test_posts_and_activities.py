"""Posts and activities in the database, through the service's own use cases."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from nexus.caller import anonymous, operator
from nexus.delivery.outbox import Outbox
from nexus.errors import Forbidden, NotFound
from services.content.contracts import (
    ActivityRow,
    GetPost,
    GetPreview,
    ImportActivities,
    ImportPosts,
    ListActivities,
    ListPosts,
    MakePreview,
    Names,
    Outcome,
    PostContent,
    PostRow,
    PublishPost,
    RetirePost,
    Status,
    Theme,
)
from services.content.contracts.files import FinishUpload, KeepPart
from services.content.contracts.posts import Cover
from services.content.contracts.texts import LineText
from services.content.service import Content
from tests.support.articles import activity_content, post_content
from tests.support.content_service import content_service
from tests.support.contents import NOON

ANNE = operator("anne")
VISITOR = anonymous("tic")


@pytest.fixture
def service(database, clock) -> Content:
    return content_service(database, clock)


def bring(service: Content, publish: bool = True, **posts: PostContent):
    rows = tuple(PostRow(external_id=key, content=one) for key, one in posts.items())
    command = ImportPosts(source="partner", rows=rows, publish=publish)
    return service.import_posts(command, ANNE).rows


def titles(service: Content, caller=VISITOR, **asked: object) -> list[str | None]:
    return [post.content.title.fr for post in service.list_posts(ListPosts(**asked), caller).items]


def events(database, collection: str = "posts") -> list[str]:
    return [event.envelope.type.split(".")[-2] for event in Outbox(database[collection]).waiting()]


def test_posts_are_listed_newest_first_by_the_day_that_they_bear(service):
    days = {name: post_content(name, date=(NOON - timedelta(days=n)).date()) for n, name in enumerate("abc")}
    bring(service, **dict(reversed(days.items())))
    assert titles(service) == ["a", "b", "c"]


def test_posts_come_in_pages(service):
    bring(service, **{f"p{n}": post_content(f"Billet {n}") for n in range(5)})
    first, last = (service.list_posts(ListPosts(page=n, per_page=3), VISITOR) for n in (1, 2))
    assert (len(first.items), len(last.items), last.total) == (3, 2, 5)
    assert not {one.id for one in first.items} & {one.id for one in last.items}


def test_posts_are_found_by_theme_and_by_tag_in_either_language(service):
    bring(
        service,
        a=post_content("Un", themes=(Theme.HIRING,)),
        b=post_content("Deux", tags=Names(fr=("forum",), en=("fair",))),
    )
    assert titles(service, theme=Theme.HIRING) == ["Un"]
    assert titles(service, tag="fair") == ["Deux"]
    assert titles(service, tag="nothing") == []


def test_a_sector_lists_its_own_and_shared_posts(service):
    bring(service, a=post_content("Ici", sectors=("tic",)), b=post_content("Ailleurs", sectors=("aero",)))
    assert titles(service) == ["Ici"]
    with pytest.raises(NotFound, match="post_not_found"):
        service.get_post(GetPost(ref="ailleurs"), VISITOR)


def test_drafts_are_listed_for_editors_alone(service):
    bring(service, publish=False, a=post_content("Brouillon"))
    assert titles(service) == []
    assert titles(service, ANNE, status=Status.DRAFT) == ["Brouillon"]
    with pytest.raises(Forbidden):
        titles(service, status=Status.DRAFT)


def test_importing_again_changes_nothing(service):
    bring(service, a=post_content())
    assert [row.outcome for row in bring(service, a=post_content())] == [Outcome.UNCHANGED]


def test_a_scheduled_post_waits_as_a_draft_and_publishes_itself_at_its_moment(service, clock, database):
    bring(service, a=post_content("Bientôt", publish_at=NOON + timedelta(hours=1)))
    service.publish_due()
    assert titles(service) == []
    clock.now += timedelta(hours=1)
    service.publish_due()
    assert titles(service) == ["Bientôt"]
    assert service.get_post(GetPost(ref="bientot"), VISITOR).published_at == clock.now
    assert events(database) == ["post_published"]


def test_a_draft_without_a_moment_never_publishes_itself(service, clock):
    bring(service, publish=False, a=post_content(date=NOON.date()))
    clock.now += timedelta(days=400)
    service.publish_due()
    assert titles(service) == []


def test_a_due_post_is_published_once_by_however_many_processes(service, clock, database):
    bring(service, a=post_content(publish_at=NOON + timedelta(minutes=1)))
    clock.now += timedelta(minutes=2)
    others = [content_service(database, clock) for _ in range(4)]
    with ThreadPoolExecutor(len(others)) as pool:
        for running in [pool.submit(other.publish_due) for other in others]:
            running.result()
    assert service.get_post(GetPost(ref="chercher-ici-d-abord"), VISITOR).revision == 2
    assert events(database) == ["post_published"]


def test_a_scheduled_post_that_was_retired_stays_retired(service, clock):
    [row] = bring(service, a=post_content(publish_at=NOON + timedelta(hours=1)))
    service.publish_post(PublishPost(id=row.item_id), ANNE)
    service.retire_post(RetirePost(id=row.item_id), ANNE)
    clock.now += timedelta(hours=2)
    service.publish_due()
    with pytest.raises(NotFound, match="post_retired"):
        service.get_post(GetPost(ref=row.item_id), VISITOR)


def test_a_preview_shows_a_draft_to_whoever_has_its_token(service):
    bring(service, publish=False, a=post_content("Brouillon"))
    token = service.make_preview(MakePreview(ref="brouillon"), ANNE).token
    assert service.get_preview(GetPreview(token=token), VISITOR).content.title.fr == "Brouillon"


def test_a_preview_of_another_sector_s_draft_shows_nothing(service):
    bring(service, publish=False, a=post_content("Brouillon", sectors=("aero",)))
    token = service.make_preview(MakePreview(ref="brouillon"), ANNE).token
    with pytest.raises(NotFound, match="post_not_found"):
        service.get_preview(GetPreview(token=token), VISITOR)


def test_previews_are_made_for_editors_alone(service):
    bring(service, a=post_content())
    with pytest.raises(Forbidden):
        service.make_preview(MakePreview(ref="chercher-ici-d-abord"), VISITOR)


def test_a_token_of_another_secret_is_refused(service, database, clock):
    bring(service, publish=False, a=post_content("Brouillon"))
    other = content_service(database, clock, secret="o" * 40)
    token = other.make_preview(MakePreview(ref="brouillon"), ANNE).token
    for wrong in (token, "", "x.y.z"):
        with pytest.raises(NotFound, match="preview_invalid"):
            service.get_preview(GetPreview(token=wrong), VISITOR)


def test_upcoming_activities_come_next_first_and_until_they_end(service, clock):
    days = {"hier": -1, "demain": 1, "bientôt": 7}
    rows = tuple(ActivityRow(external_id=t, content=activity_content(t, n)) for t, n in days.items())
    service.import_activities(ImportActivities(source="partner", rows=rows, publish=True), ANNE)

    def listed(**asked: object) -> list[str | None]:
        found = service.list_activities(ListActivities(**asked), VISITOR)
        return [one.content.title.fr for one in found.items]

    assert listed(upcoming=True) == ["demain", "bientôt"]
    assert listed() == ["bientôt", "demain", "hier"]
    clock.now += timedelta(days=1, hours=2)
    assert listed(upcoming=True) == ["demain", "bientôt"], "it goes on"
    clock.now += timedelta(hours=1)
    assert listed(upcoming=True) == ["bientôt"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(None, "file_not_found"), (b"Un texte.", "cover_not_a_picture"), (b"GIF89a" + bytes(30), None)],
)
def test_a_cover_is_a_stored_picture(service, data, code):
    key = hashlib.sha256(data or b"nowhere").hexdigest()
    if data:
        part = base64.b64encode(data)
        service.keep_part(KeepPart(upload="a" * 32, number=0, data=part), ANNE)
        assert service.finish_upload(FinishUpload(upload="a" * 32, parts=1), ANNE).sha256 == key
    cover = Cover(sha256=key, alt=LineText(fr="Une équipe"))
    [row] = bring(service, un=post_content().model_copy(update={"cover": cover}))
    assert row.code == code
