"""What a channel for text messages does, with a real receiver behind apprise."""

import logging
from collections.abc import Iterator

import pytest

from nexus.errors import InvalidInput
from services.notifications.channels import Undeliverable
from services.notifications.channels.texts import AppriseChannel
from tests.support.mails import letter
from tests.support.texting import Provider

NUMBER = "+15145550123"
TEXT = letter(to=NUMBER, text='NEXUS : rencontre à 14 h "ici" <b>; https://a.example.org/x?y=1&z=2', html="")


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


def test_a_text_message_arrives_as_it_was_written_at_its_number_alone(provider: Provider) -> None:
    channel = AppriseChannel(provider.url)
    channel.check()
    with channel.open() as send:
        assert send(TEXT) == "text_taken"
    assert provider.taken == [(NUMBER, TEXT.text)]


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_what_is_not_taken_is_for_another_time_and_nothing_of_it_is_told(
    provider: Provider, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    provider.status = status
    channel = AppriseChannel(provider.url)
    with caplog.at_level(logging.DEBUG), pytest.raises(Undeliverable) as refused, channel.open() as send:
        send(TEXT)
    assert (refused.value.permanent, refused.value.answer, provider.asked) == (False, "text_not_taken", 1)
    assert "5550123" not in caplog.text


def test_a_provider_that_is_away_takes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    provider = Provider()
    channel = AppriseChannel(provider.url)
    provider.stop()
    with caplog.at_level(logging.INFO), pytest.raises(Undeliverable), channel.open() as send:
        send(TEXT)
    assert "5550123" not in caplog.text


@pytest.mark.parametrize(
    "url", ["", "nothing", "nosuch://a/{to}", "json://127.0.0.1/without", "twilio://SID/{to}", "{to}"]
)
def test_what_is_no_address_of_a_provider_is_refused_by_the_name_of_its_setting(url: str) -> None:
    with pytest.raises(InvalidInput, match="NEXUS_TEXT_URL") as refused:
        AppriseChannel(url)
    assert "SID" not in str(refused.value)


def test_addresses_of_providers_that_operators_use_are_known() -> None:
    for url in (
        f"twilio://AC{'0' * 32}:{'a' * 32}@15145550000/{{to}}",
        "vonage://a1b2c3d4:secret@15145550000/{to}",
        f"plivo://{'A' * 25}@{'b' * 40}/15145550000/{{to}}",
    ):
        AppriseChannel(url)
