"""How often one address may ask."""

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from tests.support.fake_bus import FakeBus
from tests.unit.test_gateway_pages import BASE


def site(rate_limit: int, client: tuple[str, int] = ("203.0.113.7", 1)) -> TestClient:
    app = create_app(load_sectors()["tic"], FakeBus(), BASE, rate_limit=rate_limit)
    return TestClient(app, client=client, headers={"Accept": "text/html"})


def statuses(client: TestClient, count: int, path: str = "/fr/recherche?q=") -> list[int]:
    return [client.get(f"{path}{n}").status_code for n in range(count)]


def test_who_asks_too_often_is_told_to_wait() -> None:
    client = site(5)
    assert statuses(client, 5) == [200] * 5
    refused = client.get("/api/v1/search?q=once-more")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert int(refused.headers["retry-after"]) >= 1


def test_what_the_cache_answers_is_not_counted() -> None:
    client = site(5)
    assert [client.get("/fr/recherche?q=salaire").status_code for _ in range(50)] == [200] * 50


def test_health_and_styles_are_never_refused() -> None:
    client = site(1)
    statuses(client, 3)
    assert statuses(client, 20, "/healthz?") == [200] * 20
    assert statuses(client, 20, "/static/site/icon.svg?") == [200] * 20


def test_one_address_does_not_use_up_what_another_may_ask() -> None:
    app = create_app(load_sectors()["tic"], FakeBus(), BASE, rate_limit=2)
    for address in ("203.0.113.7", "203.0.113.8"):
        client = TestClient(app, client=(address, 1), headers={"Accept": "text/html"})
        assert statuses(client, 2, f"/fr/recherche?q={address}") == [200, 200]


@pytest.mark.parametrize("path", ["/fr/connexion", "/en/sign-in/code"])
def test_attempts_to_sign_in_are_fewer(path: str) -> None:
    client = site(40)
    told = [client.post(path, data={"email": "x", "code": "x"}).status_code for _ in range(3)]
    assert told == [400, 400, 429]


def test_without_a_limit_anybody_may_ask_anything() -> None:
    assert set(statuses(site(0), 50)) == {200}
