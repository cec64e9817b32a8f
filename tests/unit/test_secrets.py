"""A start with a missing or weak secret is refused in production, for every secret of every process."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gateway.app import create_app
from gateway.sectors import IdentityProvider, load_sectors
from nexus.composition import Resources, composition
from nexus.errors import InvalidInput
from nexus.settings import Settings
from nexus.shared_secrets import sealing_secret
from tests.support.fake_bus import FakeBus

GOOD = "3f6c1b2a9d8e7f405162738495a6b7c8"
WEAK = ("", "short", "a" * 64, "abcabcabc" * 8)
MAIL = {"smtp_url": "smtps://u:p@mail.example:465", "mail_from": "nexus@exemple.ca"}
SECRETS = {"content": "preview_secret", "people": "sealing_secret", "notifications": "sealing_secret"}
ENGINES = {
    "rabbitmq_url": "amqp://people:{}@rabbitmq:5672/nexus",
    "mongodb_url": "mongodb://people:{}@mongo-1:27017,mongo-2:27017/?replicaSet=nexus",
    "elasticsearch_url": "https://search:{}@elasticsearch:9200",
}


def composed(service: str, **settings: Any) -> None:
    """Compose a service of the distributed platform; it must look at its secrets before its database."""
    composition(service)(Resources(Settings(**settings), None, embedded=False))  # type: ignore[arg-type]


@pytest.mark.parametrize(("service", "setting"), SECRETS.items())
def test_a_service_without_its_secret_does_not_start(service: str, setting: str) -> None:
    with pytest.raises(InvalidInput, match="setting_missing") as refused:
        composed(service, **MAIL)
    assert refused.value.details["setting"] == f"NEXUS_{setting.upper()}"


@pytest.mark.parametrize("weak", WEAK)
@pytest.mark.parametrize(("service", "setting"), SECRETS.items())
def test_a_service_with_a_weak_secret_does_not_start(service: str, setting: str, weak: str) -> None:
    with pytest.raises(InvalidInput, match="setting_weak") as refused:
        composed(service, **MAIL, **{setting: SecretStr(weak)})
    assert refused.value.details["setting"] == f"NEXUS_{setting.upper()}"
    assert not weak or weak not in str(refused.value)


@pytest.mark.parametrize("weak", ["", "guest", "changeme", "aaaaaaaaaaaaaaaaaaaaaaaa"])
@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_beyond_this_machine_is_not_opened_with_a_weak_password(name: Any, weak: str) -> None:
    with pytest.raises(InvalidInput, match="setting_weak") as refused:
        Settings(**{name: ENGINES[name].format(weak)}).need(name)
    assert refused.value.details["setting"] == f"NEXUS_{name.upper()}"
    assert not weak or weak not in str(refused.value)


@pytest.mark.parametrize("url", ["amqp://rabbitmq/nexus", "amqp://guest@rabbitmq:5672", "amqp://:@rabbitmq"])
def test_a_broker_beyond_this_machine_needs_a_password(url: str) -> None:
    with pytest.raises(InvalidInput, match="setting_weak"):
        Settings(rabbitmq_url=SecretStr(url)).need("rabbitmq_url")


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_with_a_good_password_is_opened(name: Any) -> None:
    url = ENGINES[name].format(GOOD)
    assert Settings(**{name: url}).need(name) == url


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("rabbitmq_url", "amqp://guest:guest@127.0.0.1:5672"),
        ("mongodb_url", "mongodb://localhost:27017"),
        ("mongodb_url", "mongodb://[::1]:27017"),
        (
            "elasticsearch_url",
            "http://elasticsearch:9200",
        ),  # nobody but services reaches it, docs/operations.md
    ],
)
def test_what_is_for_trying_or_stands_in_a_network_of_its_own_is_opened(name: Any, url: str) -> None:
    assert Settings(**{name: url}).need(name) == url


def with_provider(secret: str | None, base_url: str = "https://tic.example.org") -> Any:
    tic = load_sectors()["tic"]
    fields = {"issuer": "https://login.example", "client_id": "nexus", "name": tic.short}
    sector = tic.model_copy(update={"provider": IdentityProvider.model_validate(fields)})
    return create_app(
        sector, FakeBus(), base_url, oidc_secret=SecretStr(secret) if secret is not None else None
    )


def test_a_gateway_whose_provider_has_no_secret_does_not_start() -> None:
    with pytest.raises(InvalidInput, match="setting_missing"):
        with_provider(None)
    assert with_provider(GOOD)


@pytest.mark.parametrize("weak", WEAK)
def test_a_gateway_whose_provider_has_a_weak_secret_does_not_start(weak: str) -> None:
    with pytest.raises(InvalidInput, match="setting_weak") as refused:
        with_provider(weak)
    assert not weak or weak not in str(refused.value)


def test_a_gateway_with_a_provider_has_a_safe_address() -> None:
    with pytest.raises(InvalidInput, match="setting_invalid"):
        with_provider(GOOD, "http://tic.example.org")
    assert with_provider(GOOD, "http://localhost:8001")


def test_secrets_are_read_from_files_and_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "nexus_oidc_secrets").write_text(f'{{"tic": "{GOOD}"}}')
    (tmp_path / "nexus_sealing_secret").write_text(GOOD)
    settings = Settings(_secrets_dir=tmp_path)  # type: ignore[call-arg]
    assert settings.oidc_secrets["tic"].get_secret_value() == GOOD
    assert settings.sealing_secret
    assert GOOD not in repr(settings) + str(settings) + str(settings.oidc_secrets)


def test_embedded_secrets_are_made_and_kept_for_their_owner_alone(tmp_path: Path) -> None:
    resources = Resources(Settings(data=tmp_path), None, embedded=True)  # type: ignore[arg-type]
    made = sealing_secret(resources)
    assert (sealing_secret(resources), len(made) >= 32) == (made, True)
    assert (tmp_path / "sealing-secret").stat().st_mode & 0o077 == 0
