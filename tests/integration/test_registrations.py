"""Places in activities on the database: given once, kept in order, told to whom they concern."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from nexus.caller import Role
from services.content.contracts import LineText
from services.content.contracts.activities import Registration as Takes
from services.meetings.contracts.registrations import (
    ListHosted,
    NoteAttendance,
    PlacesLeft,
    RateActivity,
    RemoveRegistration,
)
from services.meetings.domain import registrations as rules
from tests.integration.test_personal_data import answer, asked
from tests.support.meetings_service import ANNE, VISITOR, MeetingsOnDatabase, refused, staff
from tests.support.registrations import BEGINS, EDITOR, ENDS, SITE, Hosted, another_address


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    return MeetingsOnDatabase(database)


@pytest.fixture
def forum(meetings) -> Hosted:
    return Hosted(meetings)


def left(forum: Hosted):
    return forum.meetings.service.places_left(PlacesLeft(activity=forum.id), VISITOR)


def test_places_are_given_then_turns_and_a_place_given_up_moves_the_line(forum):
    anna, ben, cleo, dan = (forum.token(name) for name in ("anna", "ben", "cleo", "dan"))
    assert [forum.opened(one).state for one in (anna, ben, cleo, dan)] == ["registered"] * 2 + ["waiting"] * 2
    assert [forum.opened(one).line for one in (cleo, dan)] == [1, 2]
    assert (left(forum).left, left(forum).taken, left(forum).waiting) == (0, 2, 2)
    assert forum.leave(anna).state == "left"
    assert forum.leave(anna).state == "left"  # once more does nothing more
    assert (forum.opened(cleo).state, forum.opened(dan).line) == ("registered", 1)
    assert Counter(forum.told()) == Counter(
        [
            ("Anna", "activity_joined"),
            ("Anna", "activity_left"),
            ("Ben", "activity_joined"),
            ("Cleo", "activity_awaited"),
            ("Cleo", "place_gained"),
            ("Dan", "activity_awaited"),
        ]
    )
    gone = next(one["data"] for one in forum.bodies() if one["type"].endswith("activity_left.v1"))
    assert (gone["by_us"], gone["waits"], gone["sequence"]) == (False, False, 1)
    sealed = forum.opened_seal(forum.bodies()[0])
    assert sealed == {"to": "anna@example.org", "name": "Anna", "link": f"{SITE}/fr/inscription/{anna}"}


def test_ten_of_forty_who_register_at_once_have_a_place_and_the_others_wait_in_one_order(database):
    forum = Hosted(MeetingsOnDatabase(database), seats=10)
    processes = [forum.meetings.process() for _ in range(4)]
    asked = [forum.asked(f"n{number}", email=another_address()) for number in range(40)]
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda n: processes[n % 4].register(asked[n], VISITOR), range(40)))
    found = [forum.opened(one.token) for one in answers]
    assert Counter(one.state for one in found) == {"registered": 10, "waiting": 30}
    assert sorted(one.line for one in found if one.line) == list(range(1, 31))
    assert Counter(what for _, what in forum.told()) == {"activity_joined": 10, "activity_awaited": 30}
    awaited = [one["data"]["line"] for one in forum.bodies() if "line" in one["data"]]
    assert sorted(awaited) == list(range(1, 31))


def test_many_who_leave_at_once_move_up_as_many_who_wait_longest(database):
    forum = Hosted(MeetingsOnDatabase(database), seats=8)
    processes = [forum.meetings.process() for _ in range(4)]
    tokens = [forum.token(f"n{number}", email=another_address()) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(forum.leave, tokens[:8]))
    assert [forum.opened(one).state for one in tokens] == ["left"] * 8 + ["registered"] * 8 + ["waiting"] * 4
    assert [forum.opened(one).line for one in tokens[16:]] == [1, 2, 3, 4]
    assert Counter(what for _, what in forum.told())["place_gained"] == 8
    assert processes


def test_who_only_knows_an_address_learns_nothing_and_its_owner_is_mailed_once_an_hour(forum):
    forum.token("paul")
    forum.meetings.later(minutes=30)
    again = forum.register("paul", company="Somebody else")
    assert (again.token, again.registration) == (None, None)
    assert forum.told() == [("Paul", "activity_joined")]
    forum.meetings.later(minutes=31)
    forum.register("paul", email="PAUL@example.org")
    forum.register("paul")
    assert forum.told() == [("Paul", "activity_joined")] * 2
    assert [one["data"]["revision"] for one in forum.bodies()] == [2, 3]
    assert left(forum).taken == 1


def test_one_address_has_one_place_also_when_it_asks_many_times_at_once(database):
    forum = Hosted(MeetingsOnDatabase(database), seats=10)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: forum.register("paul"), range(8)))
    assert left(forum).taken == 1
    assert sum(one.token is not None for one in answers) == 1
    assert forum.told() == [("Paul", "activity_joined")]


def test_a_key_is_answered_with_what_it_got_the_first_time(forum):
    first = forum.register("paul", key="key-12345678")
    assert forum.register("paul", key="key-12345678") == first
    assert left(forum).taken == 1
    assert refused(forum.register, "anna", key="key-12345678").code == "key_reused"
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: forum.register("eve", key="key-87654321"), range(6)))
    assert len({one.token for one in answers}) == 1
    assert answers[0].token


def test_who_left_can_register_again(forum):
    forum.leave(forum.token("paul"))
    assert forum.opened(forum.token("paul")).state == "registered"


def test_an_address_has_a_limited_number_ahead(meetings):
    for number in range(rules.MOST_OPEN):
        Hosted(meetings, id=f"a{number}").token("paul")
    one_more = Hosted(meetings, id="b")
    assert refused(one_more.register, "paul").code == "too_many_registrations"
    one_more.token("anna")


def test_one_registers_only_where_one_can(forum):
    service = forum.meetings.service
    unknown = forum.asked().model_copy(update={"activity": "unknown"})
    assert refused(service.register, unknown, VISITOR).code == "activity_not_found"
    forum.tell(sectors=("aero",))
    assert refused(forum.register).code == "activity_not_found"
    assert refused(left, forum).code == "activity_not_found"
    forum.tell(sectors=("tic", "aero"), registration=None)
    assert refused(forum.register).code == "registration_closed"
    forum.tell(registration=Takes(closes_at=BEGINS - timedelta(days=3)))
    forum.token("early")
    forum.until(BEGINS - timedelta(days=3))
    assert refused(forum.register).code == "registration_closed"
    assert left(forum).is_open is False


def test_older_news_changes_nothing(forum):
    older = forum.published(place=LineText(fr="Salle C"))
    forum.tell(place=LineText(fr="Salle A", en="Room A"), registration=Takes(seats=5))
    forum.meetings.service.hear_of_activity(older)
    assert left(forum).seats == 5
    assert left(forum).news == 3


def test_a_publication_that_comes_after_its_withdrawal_opens_nothing(meetings):
    forum = Hosted(meetings, id="first")
    forum.id, late = "second", forum.published()
    late = late.model_copy(update={"activity": late.activity.model_copy(update={"id": "second"})})
    forum.retire()
    meetings.service.hear_of_activity(late)
    assert refused(forum.register).code == "registration_closed"


def test_another_time_or_place_is_told_to_each_and_a_title_to_nobody(forum):
    tokens = [forum.token(name) for name in ("anna", "ben", "cleo")]
    before = len(forum.told())
    forum.tell(title="Grand forum")
    assert len(forum.told()) == before
    assert forum.opened(tokens[0]).title.fr == "Grand forum"
    forum.tell(starts_at=BEGINS + timedelta(days=1), ends_at=ENDS + timedelta(days=1))
    moved = [one["data"] for one in forum.bodies() if one["type"].endswith("activity_moved.v1")]
    assert [(one["waits"], one["sequence"]) for one in moved] == [(False, 1), (False, 1), (True, 1)]
    assert {one["before"] for one in moved} == {BEGINS.isoformat().replace("+00:00", "Z")}
    assert {one["where"] for one in moved} == {"Salle A"}
    forum.tell(place=LineText(fr="Salle B", en="Room B"))
    assert [one["data"]["sequence"] for one in forum.bodies() if one["data"].get("where") == "Salle B"] == [
        2,
        2,
        2,
    ]


def test_more_places_move_up_those_who_wait(forum):
    tokens = [forum.token(name) for name in ("anna", "ben", "cleo", "dan")]
    forum.tell(registration=Takes(seats=3))
    assert [forum.opened(one).state for one in tokens] == ["registered"] * 3 + ["waiting"]
    assert ("Cleo", "place_gained") in forum.told()
    forum.tell(registration=Takes(seats=1))
    assert [forum.opened(one).state for one in tokens] == ["registered"] * 3 + ["waiting"]


@pytest.mark.parametrize("how", ["cancelled", "retired"])
def test_what_is_called_off_is_told_to_each_and_stays_so(forum, how):
    tokens = [forum.token(name) for name in ("anna", "ben", "cleo")]
    if how == "retired":
        forum.retire()
    else:
        forum.tell(cancelled=True)
    assert [forum.opened(one).state for one in tokens] == ["called_off"] * 3
    off = [one["data"]["waits"] for one in forum.bodies() if one["type"].endswith("called_off.v1")]
    assert off == [False, False, True]
    assert refused(forum.register).code == "registration_closed"
    forum.tell(cancelled=False)
    assert [forum.opened(one).state for one in tokens] == ["called_off"] * 3
    assert left(forum).left == 2
    assert forum.opened(forum.token("anna")).state == "registered"


def test_whoever_is_stopped_midway_is_made_up_for(forum, monkeypatch):
    """Killed between the activity and the registrations; the same news comes again, or a minute passes."""
    tokens = [forum.token(name) for name in ("anna", "ben", "cleo")]
    store, count = forum.meetings.service.hosting.store, 0
    save = type(store).save

    def stopping(self, kept, before, *events):
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt
        return save(self, kept, before, *events)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "save", stopping)
        with pytest.raises(KeyboardInterrupt):
            forum.tell(cancelled=True)
    assert sorted(forum.opened(one).state for one in tokens) == ["called_off", "registered", "waiting"]
    forum.tell(cancelled=False)  # what was said before is told first
    assert [forum.opened(one).state for one in tokens] == ["called_off"] * 3
    assert Counter(what for _, what in forum.told())["activity_called_off"] == 3


def test_a_place_given_and_not_told_is_told_a_minute_later(forum, monkeypatch):
    store = forum.meetings.service.hosting.store
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            forum.register("anna")
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "save_activity", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            forum.register("ben")
    assert (left(forum).taken, forum.told()) == (1, [])
    forum.meetings.later(minutes=2)
    forum.meetings.service.look_after_registrations()
    forum.meetings.service.look_after_registrations()
    assert sorted(forum.told()) == [("Anna", "activity_joined"), ("Ben", "activity_joined")]
    assert left(forum).taken == 2


def test_who_took_part_is_thanked_once_and_says_what_they_thought(forum):
    anna, ben, cleo = (forum.token(name) for name in ("anna", "ben", "cleo"))
    service = forum.meetings.service
    assert (
        refused(service.rate_activity, RateActivity(token=anna, score=5), VISITOR).code == "activity_not_over"
    )
    away = forum.opened(ben).id
    service.note_attendance(NoteAttendance(id=away, came=False), EDITOR)
    forum.until(ENDS, minutes=1)
    for _ in range(2):
        service.look_after_registrations()
    assert [who for who, what in forum.told() if what == "activity_ended"] == ["Anna"]
    rated = service.rate_activity(RateActivity(token=anna, score=4, remark="Très utile"), VISITOR)
    assert (rated.score, rated.remark) == (4, "Très utile")
    service.rate_activity(RateActivity(token=anna, score=5), VISITOR)
    assert refused(service.rate_activity, RateActivity(token=cleo, score=5), VISITOR).code == "not_registered"
    assert refused(forum.leave, anna).code == "activity_over"
    listed = forum.listed()
    assert (listed.scores.counts, listed.scores.remarks, listed.came) == ((0, 0, 0, 0, 1), 0, 0)


def test_nobody_is_thanked_after_more_than_a_week(forum):
    forum.token("anna")
    forum.until(ENDS, days=8)
    forum.meetings.service.look_after_registrations()
    assert [what for _, what in forum.told()] == ["activity_joined"]


def test_staff_see_who_registered_by_their_own_site_note_who_came_and_take_places_back(forum):
    anna, ben = forum.token("anna", company="Atelier", needs="Une rampe"), forum.token("ben")
    elsewhere = VISITOR.model_copy(update={"sector": "aero"})
    forum.register("cleo", elsewhere)
    page = forum.listed(per_page=1)
    assert (page.total, page.places.taken, page.places.waiting) == (2, 2, 1)
    assert [one.registrant.name for one in page.items if one.registrant] == ["Anna"]
    assert [one.registrant.name for one in forum.listed(page=2, per_page=1).items if one.registrant] == [
        "Ben"
    ]
    assert forum.listed(staff("ida", Role.ADVISOR, sector="aero")).total == 1
    assert forum.listed(staff("ida", Role.ADVISOR, sector="svts")).total == 0
    service, mine = forum.meetings.service, forum.opened(anna).id
    assert refused(forum.listed, staff("max", Role.MEMBER)).code == "role_required"
    abroad = staff("ida", sector="aero")
    for do, command in (
        (service.remove_registration, RemoveRegistration(id=mine)),
        (service.note_attendance, NoteAttendance(id=mine, came=True)),
    ):
        assert refused(do, command, abroad).code == "registration_not_found"
        assert refused(do, command, VISITOR).code == "role_required"
    assert service.note_attendance(NoteAttendance(id=mine, came=True), ANNE).came is True
    assert service.remove_registration(RemoveRegistration(id=forum.opened(ben).id), EDITOR).state == "left"
    gone = next(one["data"] for one in forum.bodies() if one["type"].endswith("activity_left.v1"))
    assert (gone["by_us"], gone["waits"]) == (True, False)
    assert [one.state for one in forum.listed().items] == ["registered", "left"]
    assert forum.listed(staff("ida", sector="aero")).items[0].state == "registered"
    assert (
        refused(service.note_attendance, NoteAttendance(id=forum.opened(ben).id, came=True), ANNE).code
        == "not_registered"
    )


def test_a_link_is_good_on_the_site_of_its_sector_alone(forum):
    token = forum.token("anna")
    assert (
        refused(forum.opened, token[:-1] + ("0" if token[-1] != "0" else "1")).code
        == "registration_not_found"
    )
    assert refused(forum.opened, "x").code == "registration_not_found"


def test_staff_find_the_activities_of_their_sector_the_last_to_begin_first(meetings, forum):
    later = Hosted(meetings, id="later")
    later.tell(starts_at=BEGINS + timedelta(days=1), ends_at=ENDS + timedelta(days=1))
    Hosted(meetings, id="elsewhere").tell(sectors=("aero",))
    Hosted(meetings, id="without").tell(registration=None)
    later.token("anna")
    later.tell(registration=None)  # who registered before is still there
    forum.tell(cancelled=True)
    found = meetings.service.list_hosted(ListHosted(), EDITOR)
    assert [(one.id, one.off, one.places.taken) for one in found.items] == [
        ("later", False, 1),
        ("a1", True, 0),
    ]
    second = meetings.service.list_hosted(ListHosted(page=2, per_page=1), EDITOR)
    assert ([one.id for one in second.items], second.total) == (["a1"], 2)
    abroad = meetings.service.list_hosted(ListHosted(), staff("ida", sector="aero"))
    assert [one.id for one in abroad.items] == ["later", "a1", "elsewhere"]
    assert (
        refused(meetings.service.list_hosted, ListHosted(), staff("max", Role.MEMBER)).code == "role_required"
    )


def test_what_is_called_off_between_the_question_and_the_place_is_refused(forum, monkeypatch):
    desk = forum.meetings.service.hosting
    change = type(desk).change

    def overtaken(self, activity, do):
        done = change(self, activity, do)
        forum.tell(cancelled=True)
        return done

    monkeypatch.setattr(type(desk), "change", overtaken)
    monkeypatch.setattr(type(desk), "_settle", lambda *_: None)  # another process is at it
    assert refused(forum.register).code == "registration_closed"
    assert forum.meetings.database["registrations"].count_documents({}) == 0


def test_who_is_erased_gives_the_place_up_and_is_nowhere_any_more(forum):
    meetings, ended = forum.meetings, Hosted(forum.meetings, id="before")
    ended.tell(starts_at=meetings.now + timedelta(hours=1), ends_at=meetings.now + timedelta(hours=2))
    ended.token("anna", needs="Une rampe chez Anna")
    meetings.later(hours=3)
    anna, ben, cleo = (forum.token(name, company="Atelier Anna") for name in ("anna", "ben", "cleo"))
    meetings.service.answer_person(asked("export", "anna@example.org"))
    counts, data = answer(meetings)
    assert counts == {"registrations": (2, 0)}
    assert [one["registrant"]["name"] for one in data["registrations"]] == ["Anna", "Anna"]
    meetings.service.answer_person(asked("erasure", "anna@example.org", number="2"))
    assert answer(meetings, "2")[0] == {"registrations": (2, 2)}
    assert (forum.opened(anna).state, forum.opened(anna).registrant) == ("left", None)
    assert [forum.opened(one).state for one in (ben, cleo)] == ["registered", "registered"]
    left = [
        one for one in meetings.database["registrations"].find() if "anna@" in repr({**one, "outbox": None})
    ]
    assert left == []
    assert ended.listed().total == 1
    meetings.service.answer_person(asked("erasure", "anna@example.org", number="3"))
    assert answer(meetings, "3")[0] == {}


def test_a_year_after_an_activity_nobody_is_known_by_name(forum):
    anna = forum.token("anna", needs="Une rampe")
    forum.until(ENDS, minutes=1)
    forum.meetings.service.rate_activity(RateActivity(token=anna, score=4, remark="Anna dit bravo"), VISITOR)
    forum.until(ENDS, days=364)
    forum.meetings.service.purge_meetings()
    assert forum.opened(anna).registrant
    forum.until(ENDS, days=366)
    forum.meetings.service.purge_meetings()
    kept = forum.opened(anna)
    assert (kept.registrant, kept.remark, kept.score) == (None, None, 4)
