"""Links are checked against a real server, and never in private networks; editors see what is broken."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from nexus.addresses import is_public
from nexus.caller import Caller, Role, anonymous
from nexus.errors import Forbidden, NotFound
from services.content.contracts.editing import ItemKind
from services.content.contracts.links import CheckLinkAgain, ListBrokenLinks
from services.content.contracts.programs import CreateProgram, EditProgram, PublishProgram, RetireProgram
from services.content.domain.kinds import PROGRAMS
from services.content.domain.linked import links_in
from services.content.domain.links import Outcome, Result
from services.content.linkcheck.checking import Checker
from services.content.linkcheck.outside import check_links
from services.content.service.links import LinkDesk
from services.content.store.links import LinkStore
from services.content.store.publications import PublicationStore
from tests.support.content_service import content_service
from tests.support.contents import NOON, content
from tests.support.web import serving

EDITOR = Caller(sector="tic", person="anne", roles=frozenset({Role.EDITOR}))
OTHER = Caller(sector="aero", person="paul", roles=frozenset({Role.EDITOR}))


def anywhere(_: str) -> bool:
    return True


def this_machine(address: str) -> bool:
    """Lets the test's own server be asked, and what is public."""
    return address == "127.0.0.1" or is_public(address)


def check(*urls: str, may_reach: Any = anywhere, pause: float = 0.0) -> dict[str, Result]:
    found: dict[str, Result] = {}

    async def run() -> None:
        await Checker("nexus@exemple.ca", may_reach, pause).check(urls, found.__setitem__)

    asyncio.run(run())
    return found


def outcomes(*urls: str, **options: Any) -> list[tuple[str, int | None]]:
    found = check(*urls, **options)
    return [(found[url].outcome.value, found[url].status) for url in urls]


def only_get(handler: Any) -> None:
    handler.send_response(405 if handler.command == "HEAD" else 206)
    handler.end_headers()


def endless(handler: Any) -> None:
    handler.send_response(500 if handler.command == "HEAD" else 200)
    handler.end_headers()
    while handler.command == "GET":
        handler.wfile.write(b"x" * 65_536)  # until the other side hangs up


def hang_up(handler: Any) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def no_http(handler: Any) -> None:
    handler.wfile.write(b"\x00\x01 nothing that is HTTP\r\n\r\n")


def test_what_servers_answer_is_told_apart() -> None:
    with serving(
        there=200, gone=404, gone_too=410, fault=503, only_get=only_get, closed=403, busy=429
    ) as web:
        names = ("there", "gone", "gone_too", "fault", "only_get", "closed", "busy")
        assert outcomes(*(web.url(f"/{name}") for name in names)) == [
            ("there", 200),
            ("gone", 404),
            ("gone", 410),
            ("refused", 503),
            ("there", 206),
            ("withheld", 403),
            ("withheld", 429),
        ]
        assert web.paths()[:3] == ["HEAD /there", "HEAD /gone", "GET /gone"]
        agents = {one.headers["User-Agent"] for one in web.asked}
        assert agents == {"EmploiNEXUS-links/1.0 (+nexus@exemple.ca)"}
        assert [one.headers["Range"] for one in web.asked if one.method == "GET" and "gone" in one.path] == [
            "bytes=0-0"
        ] * 2


def test_servers_that_misbehave_are_left() -> None:
    with serving(
        endless=endless, hang_up=hang_up, no_http=no_http, on="/on2", on2="/on3", on3="/on4", on4="/x"
    ) as web:
        assert outcomes(*(web.url(f"/{name}") for name in ("endless", "hang_up", "no_http", "on"))) == [
            ("there", 200),
            ("no_answer", None),
            ("no_answer", None),
            ("redirects", None),
        ]
        assert "HEAD /x" not in web.paths()


def test_a_redirect_is_followed_by_hand() -> None:
    with serving(old="/new", new=200, away="mailto:a@example.org") as web:
        assert outcomes(web.url("/old"), web.url("/away")) == [("there", 200), ("no_address", None)]


def test_one_request_at_a_time_with_a_pause_to_one_site() -> None:
    with serving(a=200, b=200, c=200) as web:
        check(*(web.url(f"/{name}") for name in "abc"), pause=0.1)
        asked = sorted(web.asked, key=lambda one: one.began)
    assert len(asked) == 4  # robots.txt once
    assert all(after.began - before.ended > 0.05 for before, after in pairwise(asked))


def test_what_a_site_does_not_want_to_be_asked_is_not_asked() -> None:
    def robots(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"User-agent: *\nDisallow: /private\n")

    with serving(private=200, public=200) as web:
        web.pages["/robots.txt"] = robots
        assert outcomes(web.url("/private"), web.url("/public")) == [("withheld", None), ("there", 200)]
        assert web.paths() == ["HEAD /public"]


def test_private_addresses_are_refused_however_they_are_written() -> None:
    with serving(secret=200) as web:
        urls = [
            web.url("/secret"),
            web.url("/secret", host="localhost"),
            web.url("/secret", host="0x7f.1"),
            web.url("/secret", host="[::1]"),
            web.url("/secret", host="[::ffff:127.0.0.1]"),
            "http://10.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data/",
        ]
        assert outcomes(*urls, may_reach=is_public) == [("private", None)] * len(urls)
        odd = [web.url("/secret", host=host) for host in ("2130706433", "127.1")]
        assert outcomes(*odd, may_reach=is_public) == [("no_address", None)] * 2
        assert web.asked == []


def test_a_redirect_into_a_private_network_is_refused() -> None:
    with serving(
        out="http://10.0.0.1/", back="http://[::ffff:10.0.0.1]/", name="http://inside.example/"
    ) as web:
        found = outcomes(web.url("/out"), web.url("/back"), may_reach=this_machine)
    assert found == [("private", None)] * 2


def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = socket.getaddrinfo

    def inside(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        return resolved("10.0.0.7" if host == "inside.example.org" else host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    with serving(name="http://inside.example.org/") as web:
        found = outcomes("http://inside.example.org/", web.url("/name"), may_reach=this_machine)
    assert found == [("private", None)] * 2


def test_the_process_of_its_own_has_the_real_guard_and_ends_in_time() -> None:
    with serving(secret=200) as web:
        url = web.url("/secret")
        assert check_links([url, "http://[::1]:1/"], "", seconds=10) == {
            url: Result(Outcome.PRIVATE),
            "http://[::1]:1/": Result(Outcome.PRIVATE),
        }
        assert web.asked == []


class Answers:
    """What a look at links comes to."""

    def __init__(self) -> None:
        self.of: dict[str, Result] = {}
        self.asked: list[str] = []

    def __call__(self, urls: Sequence[str]) -> Mapping[str, Result]:
        self.asked += urls
        return {url: self.of.get(url, Result(Outcome.THERE, 200)) for url in urls}


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


GONE, GOOD = "https://a.example.org/gone", "https://b.example.org/"


@pytest.fixture
def checked(database: Any) -> tuple[LinkDesk, Any, Answers, Clock]:
    """The desk, the service whose programs it looks at, what its looks come to, and the time."""
    answers, clock = Answers(), Clock()
    service = content_service(database, clock)
    store = LinkStore(database)
    store.prepare()
    kept = PublicationStore(database, PROGRAMS)
    return LinkDesk(store, {ItemKind.PROGRAM: kept}, links_in, answers, clock), service, answers, clock


def broken(desk: LinkDesk, caller: Caller = EDITOR) -> list[tuple[str, list[str | None]]]:
    return [(one.url, [use.title.fr for use in one.uses]) for one in desk.broken(100, caller).items]


def test_a_broken_link_is_listed_with_where_it_stands_until_it_is_mended(
    checked: tuple[LinkDesk, Any, Answers, Clock],
) -> None:
    desk, service, answers, clock = checked
    answers.of[GONE] = Result(Outcome.GONE, 404)
    made = service.create_program(
        CreateProgram(content=content("Aide", source_url=GONE, sectors=("tic",))), EDITOR
    )
    draft = service.create_program(CreateProgram(content=content("Brouillon", source_url=GOOD)), EDITOR)
    service.publish_program(PublishProgram(id=made.id), EDITOR)
    desk.check_due()
    assert answers.asked == [GONE]  # what nobody can see is not looked at
    assert broken(desk) == [(GONE, ["Aide"])]
    assert broken(desk, OTHER) == []
    desk.check_due()
    assert len(answers.asked) == 1  # not again before a week

    desk.again(GONE, EDITOR)
    assert desk.broken(100, EDITOR).items[0].waits
    desk.check_due()
    assert answers.asked == [GONE, GONE]
    clock.now += timedelta(days=8)
    desk.check_due()
    assert len(answers.asked) == 3

    service.edit_program(
        EditProgram(id=made.id, revision=2, content=content("Aide", source_url=GOOD, sectors=("tic",))),
        EDITOR,
    )
    desk.check_due()
    assert broken(desk) == []
    assert answers.asked[-1] == GOOD
    service.retire_program(RetireProgram(id=made.id), EDITOR)
    desk.check_due()
    assert desk.broken(100, EDITOR).known == 0
    assert draft.status == "draft"


def test_a_link_that_fails_is_broken_on_the_third_day(checked: tuple[LinkDesk, Any, Answers, Clock]) -> None:
    desk, service, answers, clock = checked
    answers.of[GONE] = Result(Outcome.NO_ANSWER)
    made = service.create_program(CreateProgram(content=content("Aide", source_url=GONE)), EDITOR)
    service.publish_program(PublishProgram(id=made.id), EDITOR)
    listed = []
    for _ in range(6):
        desk.check_due()
        listed.append(bool(broken(desk)))
        clock.now += timedelta(days=1)
    assert listed == [False, False, False, True, True, True]  # looked at on days 0, 1 and 3
    answers.of.clear()
    clock.now += timedelta(days=4)
    desk.check_due()
    assert broken(desk) == []


def test_of_several_processes_one_checks(
    database: Any, checked: tuple[LinkDesk, Any, Answers, Clock]
) -> None:
    desk, service, answers, clock = checked
    made = service.create_program(CreateProgram(content=content("Aide", source_url=GOOD)), EDITOR)
    service.publish_program(PublishProgram(id=made.id), EDITOR)
    other = LinkStore(database)
    assert other.take_turn(clock(), timedelta(minutes=10))  # and then its process dies
    desk.check_due()
    assert answers.asked == []
    clock.now += timedelta(minutes=11)
    desk.check_due()
    assert answers.asked == [GOOD]


def test_what_there_was_no_time_for_is_looked_at_in_the_next_run(
    checked: tuple[LinkDesk, Any, Answers, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, service, answers, _ = checked
    made = service.create_program(CreateProgram(content=content("Aide", source_url=GOOD)), EDITOR)
    service.publish_program(PublishProgram(id=made.id), EDITOR)
    monkeypatch.setattr(desk, "_check", lambda urls: {})
    desk.check_due()
    monkeypatch.setattr(desk, "_check", answers)
    desk.check_due()
    assert answers.asked == [GOOD]


def test_links_are_for_editors_of_the_sector(checked: tuple[LinkDesk, Any, Answers, Clock]) -> None:
    desk, service, answers, _ = checked
    answers.of[GONE] = Result(Outcome.GONE, 410)
    made = service.create_program(
        CreateProgram(content=content("Aide", source_url=GONE, sectors=("tic",))), EDITOR
    )
    service.publish_program(PublishProgram(id=made.id), EDITOR)
    desk.check_due()
    with pytest.raises(Forbidden):
        service.list_broken_links(ListBrokenLinks(), anonymous("tic"))
    with pytest.raises(Forbidden):
        service.check_link_again(CheckLinkAgain(url=GONE), anonymous("tic"))
    with pytest.raises(NotFound, match="link_not_found"):
        desk.again(GONE, OTHER)
