"""What became public is told to who asked for it: once, in the morning, in their language."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from nexus.mongo import Document
from services.content.contracts import (
    Activity,
    ActivityContent,
    ActivityPublished,
    LineText,
    ProgramPublished,
    ProgramRetired,
    SlugText,
    Status,
    Theme,
)
from services.notifications.contracts.consent import Topic, Unsubscribe
from tests.support.contents import program
from tests.support.letterbox import VISITOR, Letterbox, text_of, token_in

ANNE = "anne@exemple.ca"
HIRING = Topic(themes=("hiring",))
ALL = Topic()


@pytest.fixture
def box(database: Database[Document], tmp_path: Path) -> Letterbox:
    return Letterbox(database, tmp_path)


def publish(box: Letterbox, program_id: str, revision: int = 1, **fields: Any) -> None:
    made = program(program_id, revision, **{"themes": (Theme.HIRING,), **fields})
    box.service.note_program(
        ProgramPublished(program=made.model_copy(update={"published_at": box.now - timedelta(seconds=1)}))
    )


def announce(box: Letterbox, title: str, starts: datetime, **fields: Any) -> None:
    content = ActivityContent(
        title=LineText(fr=title),
        kind="training",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        **fields,
    )  # type: ignore[arg-type]
    times = dict.fromkeys(("created_at", "updated_at", "published_at"), box.now)
    slug = SlugText(fr=f"{title.lower()}-fr", en=f"{title.lower()}-en")
    made = Activity(id=title, revision=1, status=Status.PUBLISHED, slug=slug, content=content, **times)
    box.service.note_activity(ActivityPublished(activity=made))


def digests(box: Letterbox, to: str = ANNE) -> list[str]:
    return [text_of(mail) for mail in box.mails(to) if mail["List-Unsubscribe"]]


def test_what_is_published_is_told_the_next_morning_once(box: Letterbox):
    box.subscribe(ANNE, HIRING)
    publish(box, "p1", fr="Prime à l’embauche")
    publish(box, "p2", fr="Autre chose", themes=(Theme.TRAINING,))
    publish(box, "p3", fr="Ailleurs", sectors=("aero",))
    box.go(hours=1)
    assert digests(box) == []
    box.go(hours=20, minutes=1)  # 7:01 in Montréal
    (told,) = digests(box)
    assert "Prime à l’embauche\nhttps://tic.example.org/fr/programmes/p1\n" in told
    assert "Autre chose" not in told
    assert "Ailleurs" not in told
    for _ in range(3):
        box.go(days=1)
    assert len(digests(box)) == 1
    (sent,) = box.database["messages"].find({"kind": "digest"})
    (agreed,) = box.database["subscribers"].find_one({})["history"]  # type: ignore[index]
    assert (sent["basis"], sent["consent_at"]) == ("express", agreed["at"])


def test_nothing_is_sent_when_nothing_is_new(box: Letterbox):
    publish(box, "old", fr="D’avant l’abonnement")
    box.now += timedelta(minutes=1)
    box.subscribe(ANNE, ALL)
    box.go(days=8)
    assert digests(box) == []


def test_a_change_of_what_is_known_is_no_news_and_what_is_withdrawn_is_left_out(box: Letterbox):
    box.subscribe(ANNE, ALL)
    publish(box, "p1", fr="Ancien titre")
    publish(box, "p2", fr="Retiré")
    publish(box, "p1", revision=2, fr="Nouveau titre")
    publish(box, "p1", revision=1, fr="Ancien titre")
    box.service.drop_program(ProgramRetired(id="p2", revision=2, title=LineText(fr="Retiré")))
    box.go(days=1)
    (told,) = digests(box)
    assert "Nouveau titre" in told
    assert "Retiré" not in told
    publish(box, "p1", revision=3, fr="Encore un titre")
    box.go(days=2)
    assert len(digests(box)) == 1


def test_an_activity_is_told_with_its_day_and_not_once_it_has_begun(box: Letterbox):
    box.subscribe("eve@exemple.ca", Topic(types=("activity",)), language="en")
    announce(box, "Salon", datetime(2026, 12, 3, 19, 0, tzinfo=UTC))
    announce(box, "Atelier", box.now + timedelta(hours=3))
    announce(box, "Remis", datetime(2026, 12, 3, 19, 0, tzinfo=UTC), cancelled=True)
    publish(box, "p1")
    box.go(days=1)
    (told,) = digests(box, "eve@exemple.ca")
    assert (
        "Salon\nThursday, December 3, 2026, 2:00\xa0p.m.\nhttps://tic.example.org/en/activities/salon-en"
        in told
    )
    assert not any(word in told for word in ("Atelier", "Remis", "programs/p1"))


def test_a_weekly_digest_comes_on_monday(box: Letterbox):
    box.subscribe(ANNE, HIRING, "weekly")
    publish(box, "p1")
    box.go(days=6, hours=20, minutes=59)  # Monday, 6:59
    assert digests(box) == []
    box.go(minutes=2)
    assert len(digests(box)) == 1


def test_several_topics_make_one_mail(box: Letterbox):
    box.subscribe(ANNE, HIRING)
    box.subscribe(ANNE, Topic(words="subventions salariales"))
    publish(box, "p1", fr="Prime", themes=(Theme.HIRING,))
    publish(box, "p2", fr="Subvention salariale", themes=())
    publish(box, "p3", fr="Subvention", themes=())
    box.go(days=1)
    (told,) = digests(box)
    assert [f"programmes/{one}\n" in told for one in ("p1", "p2", "p3")] == [True, True, False]


def test_one_click_ends_digests_and_what_is_on_its_way(box: Letterbox):
    box.subscribe(ANNE, HIRING)
    publish(box, "p1")
    box.go(days=1)
    token = token_in(box.mails(ANNE)[-1], "desabonnement")
    publish(box, "p2")
    box.now += timedelta(days=1)
    box.service.make_digests()  # it waits to be sent
    box.service.unsubscribe(Unsubscribe(token=token), VISITOR)
    publish(box, "p3")
    box.go()
    box.go(days=3)
    assert len(digests(box)) == 1
    assert box.deliveries(kind="digest") == [("sent", "kept_in_folder"), ("suppressed", "consent_withdrawn")]


def test_a_digest_that_a_process_began_and_never_ended_is_made_once(box: Letterbox):
    box.subscribe(ANNE, HIRING)
    publish(box, "p1")
    box.now += timedelta(days=1)
    store = box.service.digests.subscribers
    begun = store.take_due(box.now)
    assert begun
    assert store.take_due(box.now) is None, "somebody else has it"
    box.service.digests._make(begun)  # …is stored, and then the process dies
    box.database["subscribers"].update_one(
        {}, {"$set": {"since": begun.since, "until": begun.until, "next_due": begun.next_due}}
    )
    box.now += timedelta(seconds=1)
    publish(box, "p2", fr="Entre-temps")
    box.go(minutes=4)
    assert len(digests(box)) == 1
    box.go(days=1)
    assert ["Entre-temps" in told for told in digests(box)] == [False, True]


def test_after_a_stop_of_days_one_digest_tells_all_that_is_still_of_use(box: Letterbox):
    box.subscribe(ANNE, HIRING)
    for day in range(3):
        publish(box, f"p{day}")
        box.now += timedelta(days=1)
    box.go()
    (told,) = digests(box)
    assert all(f"programmes/p{day}\n" in told for day in range(3))
