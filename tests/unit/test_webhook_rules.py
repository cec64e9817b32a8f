"""Which addresses may be told, what they are told and when they are tried again follow from rules without I/O."""

import json
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from gateway.developers import WEBHOOK_EXAMPLE
from gateway.webhook_words import TROUBLES, WEBHOOK_EVENTS, WEBHOOK_STATES, WHY_DISABLED
from nexus.errors import InvalidInput
from services.notifications.contracts.webhooks import (
    PUBLIC_EVENTS,
    PublicEvent,
    Trouble,
    WebhookDeliveryState,
    WhyDisabled,
)
from services.notifications.domain.webhooks import (
    GIVEN_UP_AFTER,
    Answer,
    News,
    body,
    checked_url,
    new_secret,
    next_attempt,
    rest_until,
    waited_for,
)
from services.notifications.webhooks.news import PUBLIC, news_of
from services.notifications.webhooks.signing import signed_headers
from tests.support.contents import NOON

REFUSED = Answer("msg", status=500, trouble="refused")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/hook", "webhook_url_not_https"),
        ("ftp://example.org/", "webhook_url_not_https"),
        ("example.org", "webhook_url_not_https"),
        ("https://anne:secret@example.org/", "webhook_url_credentials"),
        ("https://@example.org/", "webhook_url_credentials"),
        ("https://", "webhook_url_invalid"),
        ("https://example.org/#part", "webhook_url_invalid"),
        ("https://example.org:99999/", "webhook_url_invalid"),
        ("https://[::1", "webhook_url_invalid"),
        ("https://example.org/a b", "webhook_url_invalid"),
        ("https://example.org\\@127.0.0.1/", "webhook_url_invalid"),
        ("https://éxample.org/", "webhook_url_invalid"),
        ("https://localhost/", "webhook_url_not_public"),
        ("https://localhost./", "webhook_url_not_public"),
        ("https://rabbitmq:15672/", "webhook_url_not_public"),
        ("https://printer.local/", "webhook_url_not_public"),
        ("https://metadata.google.internal/", "webhook_url_not_public"),
        ("https://127.0.0.1/", "webhook_url_not_public"),
        ("https://10.1.2.3/", "webhook_url_not_public"),
        ("https://169.254.169.254/latest", "webhook_url_not_public"),
        ("https://2130706433/", "webhook_url_not_public"),
        ("https://0x7f.1/", "webhook_url_not_public"),
        ("https://[::1]/", "webhook_url_not_public"),
        ("https://[fd00::1]/", "webhook_url_not_public"),
        ("https://[::ffff:10.0.0.1]/", "webhook_url_not_public"),
        ("https://[64:ff9b::7f00:1]/", "webhook_url_not_public"),
        ("https://[fe80::1%25eth0]/", "webhook_url_not_public"),
        ("https://[x]/", "webhook_url_invalid"),
    ],
)
def test_an_address_that_must_not_be_told_is_refused_with_a_code(url: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_url(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/hook?token=x",
        "https://example.org:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700::1]/",
    ],
)
def test_public_addresses_of_https_are_taken_as_they_are(url: str) -> None:
    assert checked_url(url) == url


def test_this_machine_is_told_only_where_the_setting_says_so() -> None:
    assert checked_url("http://127.0.0.1:9/", loopback=True) == "http://127.0.0.1:9/"
    for url in ("http://10.0.0.1/", "https://10.0.0.1/", "http://example.org/"):
        with pytest.raises(InvalidInput):
            checked_url(url, loopback=True)


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        at,
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_secrets_are_long_and_differ() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert len(new_secret().removeprefix("whsec_")) == 44


def test_what_fails_is_tried_again_ten_times_in_three_days_and_then_given_up() -> None:
    now, pauses, attempts = NOON, [], 1
    while at := next_attempt(NOON, attempts, now, REFUSED, luck=0.0):
        pauses.append(at - now)
        now, attempts = at, attempts + 1
    assert [pause.total_seconds() for pause in pauses[:4]] == [5, 300, 1800, 7200]
    assert attempts == 10
    assert timedelta(days=2.9) < now - NOON <= GIVEN_UP_AFTER


def test_no_luck_brings_an_attempt_beyond_three_days() -> None:
    for attempts in range(1, 12):
        at = next_attempt(NOON, attempts, NOON + timedelta(days=2.99), REFUSED, luck=1.0)
        assert at is None or at <= NOON + GIVEN_UP_AFTER


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999999999999999", timedelta(days=1)),
        ("-5", timedelta(0)),
        ("soon", timedelta(0)),
        ("", timedelta(0)),
        ("٣", timedelta(0)),
        ("Tue, 24 Nov 2026 12:10:00 GMT", None),
        ("Wed, 01 Jan 2020 00:00:00 GMT", timedelta(0)),
        ("Fri, 32 Nov 2026 12:10:00 GMT", timedelta(0)),
    ],
)
def test_a_receiver_may_ask_for_a_pause_of_a_day_at_most(header: str, waited: timedelta | None) -> None:
    at = waited_for(header, NOON)
    assert NOON <= at <= NOON + timedelta(days=1)
    assert waited is None or at - NOON == waited


def test_who_asks_for_a_pause_is_told_nothing_until_it_is_over() -> None:
    busy = Answer("msg", status=429, trouble="refused", wait="600")
    at = next_attempt(NOON, 1, NOON, busy, luck=0.0)
    assert at == NOON + timedelta(minutes=10)
    assert rest_until(busy, at, NOON) == at
    silent = Answer("msg", trouble="too_slow")
    assert rest_until(silent, NOON + timedelta(hours=5), NOON) == NOON + timedelta(minutes=5)
    assert rest_until(REFUSED, at, NOON) is None
    assert next_attempt(NOON, 1, NOON, Answer("m", status=500, trouble="refused", wait="600"), 0.0) != at


def test_a_telling_is_a_cloudevent_that_names_and_dates_and_links() -> None:
    news = News("program.published", "p1", 3, ("tic",), {})
    told = json.loads(body(news, "tic", "https://tic.example.org", NOON))
    assert told == {
        "specversion": "1.0",
        "id": news.id,
        "source": "https://tic.example.org",
        "type": "ca.emploinexus.program.published.v1",
        "subject": "p1",
        "time": NOON.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "id": "p1",
            "revision": 3,
            "sector": "tic",
            "url": "https://tic.example.org/api/v1/programs/p1",
        },
    }
    assert "url" not in json.loads(body(news, "tic", None, NOON))["data"]


def test_each_public_event_is_made_of_one_of_the_platform_s() -> None:
    assert len(PUBLIC) == len(PUBLIC_EVENTS) == len(get_args(PublicEvent))


def test_nothing_of_a_person_leaves_with_a_meeting_or_a_registration() -> None:
    for event in PUBLIC:
        if event.source != "meetings":
            continue
        made = event.model_construct(
            id="m1", revision=2, sector="tic", meeting_type="t", place="video", advisors=("adv-7",),
            start=NOON, end=NOON, zone="America/Toronto", title=None, language="fr", by="person-9",
            sealed="sealed", by_company=True, before=NOON, activity="act-1", line=3, waits=False,
        )  # fmt: skip
        news = news_of(made)
        assert set(news.told) <= {"start", "end", "before", "activity"}
        assert ("activity" in news.told) == news.event.startswith("registration.")
        told = body(news, "tic", None, NOON)
        assert not any(secret in told for secret in ("adv-7", "person-9", "sealed"))


def test_developers_see_what_is_really_sent() -> None:
    program = WEBHOOK_EXAMPLE["subject"]
    news = News("program.published", str(program), 3, (), {})
    assert json.loads(body(news, "tic", "https://tic.example.org", NOON)) == WEBHOOK_EXAMPLE


def test_each_event_trouble_and_state_has_words() -> None:
    assert tuple(WEBHOOK_EVENTS) == PUBLIC_EVENTS
    assert set(TROUBLES) == set(get_args(Trouble))
    assert set(WEBHOOK_STATES) == set(get_args(WebhookDeliveryState))
    assert set(WHY_DISABLED) == set(get_args(WhyDisabled))
