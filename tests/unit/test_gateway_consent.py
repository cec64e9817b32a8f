"""The pages of subscriptions and consent: what they ask of the service, and that looking at one changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.consent.topics import subscribe_path, topic_of, topic_words
from gateway.links import PREFERENCES, SUBSCRIPTION, UNSUBSCRIBE, entry_path
from gateway.privacy.exporting import readable
from gateway.sectors import load_sectors
from gateway.words import ALWAYS_COMES
from nexus.caller import LANGUAGES, Caller
from nexus.errors import Conflict
from services.notifications.consent import PAGES
from services.notifications.contracts import MeetingForAdvisor
from services.notifications.contracts.consent import (
    ChangePreferences,
    ConfirmSubscription,
    Consent,
    OpenPreferences,
    OpenRefusal,
    OpenSubscription,
    Preferences,
    QuietHours,
    Refusable,
    Subscribe,
    Subscription,
    Topic,
    Unsubscribe,
)
from services.notifications.contracts.staff import ForStaff
from services.notifications.domain.digests import PATHS
from services.notifications.domain.messages import KINDS
from services.notifications.domain.notices import table
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults
from tests.unit.test_gateway_pages import BASE

TOPIC = Topic(words="ingénieur", themes=("hiring",))
AT = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
AGREED = Consent(
    purpose="digest", basis="express", source="subscription", wording="Oui.", language="fr", at=AT
)


class Consents(FakeBus):
    """`often`: too many confirmations were asked for."""

    often = False

    async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
        preferences = Preferences(
            email="anne@exemple.ca",
            language="fr",
            zone="Europe/Paris",
            quiet=QuietHours(begin=21, end=7),
            frequency="daily",
            topics=(TOPIC,),
            consents=(AGREED,),
            follow_up=False,
        )
        asked = Subscription(email="anne@exemple.ca", topic=TOPIC, frequency="weekly", confirmed=False)
        answers: dict[type[Any], Any] = {
            Subscribe: None,
            OpenSubscription: asked,
            ConfirmSubscription: "p.abc",
            OpenPreferences: preferences,
            ChangePreferences: preferences,
            OpenRefusal: Refusable(purpose="digest", refused=False),
            Unsubscribe: Refusable(purpose="digest", refused=True),
        }
        if type(message) not in answers:
            return await super().call(message, caller, **more)
        self.asked.append((message, caller))
        if self.often and isinstance(message, Subscribe):
            raise Conflict("subscription_asked_often")
        return answers[type(message)]


def site(bus: FakeBus) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE, rate_limit=0)
    return TestClient(app, base_url=BASE, headers={"Accept": "text/html"}, follow_redirects=False)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/abonnement?theme=hiring&q=ing%C3%A9nieur",
        "/en/subscription?done=sent",
        "/fr/abonnement/s.abc",
        "/en/preferences/p.abc?done=saved",
        "/fr/preferences/p.abc?done=confirmed",
        "/fr/desabonnement/u.abc",
        "/en/unsubscribe/u.abc",
    ],
)
def test_each_page_is_sound_kept_by_nobody_and_changes_nothing(path: str) -> None:
    bus = Consents()
    answer = site(bus).get(path)
    assert answer.status_code == 200
    assert html_faults(answer.text) == []
    assert answer.headers["Cache-Control"] == "no-store"
    changing = Subscribe | ConfirmSubscription | ChangePreferences | Unsubscribe
    assert not any(isinstance(message, changing) for message, _ in bus.asked)


def test_what_somebody_agrees_to_is_what_they_were_shown() -> None:
    bus = Consents()
    client = site(bus)
    form = client.get("/fr/abonnement?theme=hiring&theme=x&q=ing%C3%A9nieur&type=document&kind=grant")
    sent = {"email": "anne@exemple.ca", "theme": "hiring", "q": "ingénieur", "kind": "grant"}
    answer = client.post("/fr/abonnement", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/abonnement?done=sent")
    command = bus.asked[-1][0]
    assert isinstance(command, Subscribe)
    assert command.topic == Topic(words="ingénieur", themes=("hiring",), kinds=("grant",))
    assert command.frequency == "weekly"
    assert command.wording in form.text
    assert "TECHNOCompétences" in command.wording


def test_preferences_list_what_always_comes_kind_by_kind() -> None:
    staff = {kind for kind, notice in KINDS.items() if issubclass(notice, MeetingForAdvisor | ForStaff)}
    asked_for = {rule.kind for rule in table((48, 2), texts=True) if rule.purpose is None} - staff
    assert set(ALWAYS_COMES) == asked_for
    page = site(Consents()).get("/en/preferences/p.abc").text
    assert all(words in page for words in ALWAYS_COMES.values())


def test_what_is_handed_over_says_on_which_ground_in_words() -> None:
    sent = {"kind": "digest", "basis": "express", "consent_at": "2026-11-01T15:00:00Z"}
    ((_, kinds),) = readable(
        {"notifications": {"mails": [sent, {"kind": "code", "basis": "transactional"}]}}, "fr"
    )
    ((_, (digest, code)),) = kinds
    assert digest["À quel titre"] == "Avec un consentement exprès"
    assert digest["Consentement du"] == "2026-11-01T15:00:00Z"
    assert code["À quel titre"].startswith("Transactionnel")


def test_who_mistypes_their_address_keeps_what_they_chose() -> None:
    answer = site(Consents()).post(
        "/fr/abonnement", data={"email": "anne@", "theme": "hiring", "frequency": "daily"}
    )
    assert answer.status_code == 400
    assert 'value="anne@"' in answer.text
    assert 'name="theme" value="hiring"' in answer.text
    assert 'value="daily" checked' in answer.text
    assert html_faults(answer.text) == []


def test_who_asks_too_often_is_told_so() -> None:
    bus = Consents()
    bus.often = True
    answer = site(bus).post("/fr/abonnement", data={"email": "anne@exemple.ca"})
    assert answer.status_code == 409
    assert "Plusieurs courriels de confirmation" in answer.text


def test_preferences_are_kept_as_the_form_says() -> None:
    bus = Consents()
    sent = {
        "language": "en", "zone": "America/Toronto", "topic": [TOPIC.id], "frequency": "", "quiet_begin": "21",
        "quiet_end": "7", "follow_up": "yes",
    }  # fmt: skip
    answer = site(bus).post("/fr/preferences/p.abc", data=sent)
    assert answer.headers["location"] == "/fr/preferences/p.abc?done=saved"
    command = bus.asked[-1][0]
    assert isinstance(command, ChangePreferences)
    assert (command.frequency, command.follow_up, command.topics) == (None, True, (TOPIC.id,))
    assert command.quiet == QuietHours(begin=21, end=7)


@pytest.mark.parametrize("hours", [("21", ""), ("21", "21"), ("x", "7"), ("25", "7")])
def test_quiet_hours_that_are_none_are_told_beside_the_field(hours: tuple[str, str]) -> None:
    sent = {"language": "fr", "quiet_begin": hours[0], "quiet_end": hours[1]}
    answer = site(Consents()).post("/fr/preferences/p.abc", data=sent)
    assert answer.status_code == 400
    assert 'id="quiet-fault"' in answer.text


def test_a_mail_program_unsubscribes_with_one_post_from_wherever_it_is() -> None:
    bus = Consents()
    headers = {"Origin": "https://mail.example.org", "Sec-Fetch-Site": "cross-site"}
    answer = site(bus).post(
        "/fr/desabonnement/u.abc", data={"List-Unsubscribe": "One-Click"}, headers=headers
    )
    assert answer.status_code == 200
    assert isinstance(bus.asked[-1][0], Unsubscribe)
    elsewhere = site(Consents()).post("/fr/preferences/p.abc", data={}, headers=headers)
    assert elsewhere.status_code == 403


def test_the_links_of_mails_are_the_addresses_of_pages() -> None:
    pages = {"subscription": SUBSCRIPTION, "preferences": PREFERENCES, "unsubscribe": UNSUBSCRIBE}
    assert pages == PAGES
    for kind, words in PATHS.items():
        for language in LANGUAGES:
            assert entry_path(language, kind, "x") == f"/{language}/{words[language]}/x"


def test_a_search_leads_to_its_subscription_in_words() -> None:
    topic = topic_of("  ingénieur\x00 logiciel ", ["hiring"], ["program", "document"], ["grant", "x"])
    path = subscribe_path("fr", topic)
    assert path == "/fr/abonnement?q=ing%C3%A9nieur+logiciel&theme=hiring&type=program&kind=grant"
    assert topic_words(topic, "fr") == "programmes – Subvention – Embaucher – «\xa0ingénieur logiciel\xa0»"
    assert topic_words(Topic(), "en") == "new programs and activities"
