"""A gateway shows its sector as its people have it, from the first page on and after each change."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.following import overlaid, settings_of, with_settings
from gateway.sectors import load_sectors
from services.content.contracts.partners import Partner, PartnerContent
from services.content.contracts.publications import Status
from services.content.contracts.sectors import SectorChanged, SectorSettings, SectorState, Shorts
from services.content.contracts.texts import SlugText
from tests.support.fake_bus import FakeBus
from tests.support.sectors import settings
from tests.unit.test_gateway_pages import BASE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHANGED = SectorChanged(sector="tic", revision=1, settings=None)


def site(bus: FakeBus) -> TestClient:
    return TestClient(create_app(load_sectors()["tic"], bus, BASE))


def partner(name: str, **told: object) -> Partner:
    content = PartnerContent.model_validate({"title": {"fr": name}, "sectors": ("tic",), **told})
    return Partner(
        id=name,
        revision=1,
        status=Status.PUBLISHED,
        slug=SlugText(fr="p", en="p"),
        content=content,
        created_at=NOW,
        updated_at=NOW,
    )


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_changed_before_is_there_on_the_first_page() -> None:
    bus = FakeBus()
    bus.sector = SectorState(settings=settings(), revision=3)
    with site(bus) as client:
        page = client.get("/fr/").text
        assert "Embauchez des musiciens." in page
        assert "TECHNOCompétences" in page  # nobody changed the partners
        style = re.findall(r'rel="stylesheet" href="([^"]+)"', page)[0]
        assert "--accent:#8a1c4a" in client.get(style).text


def test_a_change_is_shown_without_a_start_and_kept_pages_go() -> None:
    bus = FakeBus()
    with site(bus) as client:
        before = client.get("/fr/").text
        assert "Embauchez des musiciens." not in before
        bus.sector = SectorState(settings=settings(lead={"fr": "Pour tous.", "en": "For all."}), revision=1)
        bus.say(CHANGED)
        eventually(lambda: "Embauchez des musiciens." in client.get("/fr/").text)
        assert "For all." in client.get("/en/").text
        old = re.findall(r'rel="stylesheet" href="([^"]+)"', before)[0]
        late = client.get(old)  # of a page that somebody opened before
        assert (late.headers["cache-control"], "--accent:#8a1c4a" in late.text) == ("no-store", True)
        bus.sector = SectorState(revision=2)
        bus.say(None)  # the connection was lost: something may have been missed
        eventually(lambda: client.get("/fr/").text == before)


def test_while_the_content_service_is_away_the_file_is_shown_and_then_what_was_known_last() -> None:
    bus = FakeBus()
    bus.sector = SectorState(settings=settings(), revision=1)
    bus.away.add("content")
    with site(bus) as client:
        assert "entreprise de technologie" in client.get("/fr/").text
        bus.away.clear()
        eventually(lambda: "Embauchez des musiciens." in client.get("/fr/").text)
        bus.away.add("content")
        bus.say(CHANGED)
        time.sleep(0.1)
        assert "Embauchez des musiciens." in client.get("/fr/").text


def test_partners_of_the_list_replace_those_of_the_file() -> None:
    bus = FakeBus()
    logo = {"sha256": "a" * 64, "alt": {"fr": "Une lyre"}}
    bus.sector = SectorState(
        partners=(partner("La Lyre", logo=logo), partner("Le Luth", url="https://example.org"))
    )
    with site(bus) as client:
        page = client.get("/en/partners").text
    assert re.findall(r'<img class="logo" src="([^"]+)" alt="([^"]+)"', page) == [
        (f"/files/{'a' * 64}", "Une lyre")
    ]
    assert page.index("La Lyre") < page.index('<a href="https://example.org" rel="noopener">Le Luth</a>')
    assert "Services Québec" not in page


def test_a_list_without_partners_shows_none() -> None:
    assert overlaid(load_sectors()["tic"], SectorState(partners=())).partners == ()


def test_the_file_of_every_sector_is_what_its_form_can_save() -> None:
    for sector in load_sectors().values():
        content = SectorSettings.model_validate(settings_of(sector))
        assert with_settings(sector, content) == sector


def test_the_list_of_sectors_has_the_short_names_that_others_gave_themselves() -> None:
    file = load_sectors()["tic"]
    others = {"aero": Shorts(fr="Ciel", en="Sky"), "of-no-file": Shorts(fr="Rien", en="Nothing")}
    shown = overlaid(file, SectorState(settings=settings(), revision=1, others=others))
    assert {name: short.fr for name, short in shown.known.items()} == {
        "tic": settings().short.fr,
        "svts": file.known["svts"].fr,
        "aero": "Ciel",
    }
