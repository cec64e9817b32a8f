"""Nothing that can be refused is sent without consent, and a refusal counts at once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from nexus.caller import Caller, Role, anonymous
from nexus.errors import Conflict, Forbidden, InvalidInput, NotFound
from nexus.mongo import Document
from nexus.seal import Seal
from services.meetings.contracts.cases import CompanyWritten
from services.notifications.contracts.consent import (
    ChangePreferences,
    ConfirmSubscription,
    OpenOwnPreferences,
    OpenPreferences,
    OpenRefusal,
    OpenSubscription,
    QuietHours,
    Topic,
    Unsubscribe,
)
from services.notifications.contracts.deliveries import ListDeliveries
from tests.support.letterbox import VISITOR, WORDING, Letterbox, text_of, token_in
from tests.support.meetings_service import SECRET

ANNE = "anne@exemple.ca"
LEAD = Caller(sector="tic", person="lea", roles=frozenset({Role.COORDINATOR}))
HIRING = Topic(themes=("hiring",))


@pytest.fixture
def box(database: Database[Document], tmp_path: Path) -> Letterbox:
    return Letterbox(database, tmp_path)


def written(box: Letterbox, what: Any, about: str = "ask1", met: timedelta = timedelta(days=10)) -> None:
    sealed = Seal(SECRET, "mail").close({"to": ANNE, "link": f"https://tic.example.org/fr/suivi/{about}.x"})
    event = CompanyWritten(
        id=about, revision=1, sector="tic", what=what, language="fr", sealed=sealed, met_at=box.now - met
    )
    box.service.mail_follow_up(event)
    box.go()


def changes(token: str, **fields: Any) -> ChangePreferences:
    told: dict[str, Any] = {
        "token": token, "language": "fr", "zone": "America/Toronto", "quiet": None, "frequency": "daily",
        "topics": (HIRING.id,), "follow_up": True, "shown": {"digest": "Oui.", "follow_up": "Oui aussi."},
    }  # fmt: skip
    return ChangePreferences(**told | fields)


def test_who_asks_is_mailed_a_link_alone_and_has_agreed_once_it_is_confirmed(box: Letterbox):
    token = box.ask(ANNE, HIRING)
    asked = box.service.open_subscription(OpenSubscription(token=token), VISITOR)
    assert (asked.email, asked.topic, asked.confirmed) == (ANNE, HIRING, False)
    assert box.database["subscribers"].count_documents({}) == 0
    preferences = box.service.confirm_subscription(ConfirmSubscription(token=token), VISITOR)
    assert box.service.confirm_subscription(ConfirmSubscription(token=token), VISITOR) == preferences
    shown = box.service.open_preferences(OpenPreferences(token=preferences), VISITOR)
    (consent,) = shown.consents
    assert (consent.purpose, consent.basis, consent.source) == ("digest", "express", "subscription")
    assert (consent.wording, consent.language, consent.at) == (WORDING, "fr", box.now)
    assert (shown.frequency, shown.topics, shown.follow_up) == ("daily", (HIRING,), False)
    kept = repr(list(box.database["subscribers"].find())) + repr(list(box.database["wishes"].find()))
    assert ANNE not in kept


def test_a_link_is_good_for_three_days_and_for_its_own_sector(box: Letterbox):
    token = box.ask(ANNE, HIRING)
    with pytest.raises(NotFound, match="subscription_link_invalid"):
        box.service.open_subscription(OpenSubscription(token=token), anonymous("aero"))
    with pytest.raises(NotFound, match="subscription_link_invalid"):
        box.service.open_subscription(OpenSubscription(token=token[:-1] + "_"), VISITOR)
    box.now += timedelta(days=3, seconds=1)
    with pytest.raises(NotFound, match="subscription_link_invalid"):
        box.service.confirm_subscription(ConfirmSubscription(token=token), VISITOR)


def test_nobody_fills_a_mailbox_with_confirmations(box: Letterbox):
    for _ in range(3):
        box.ask(ANNE, HIRING)
    with pytest.raises(Conflict, match="subscription_asked_often"):
        box.ask(ANNE, HIRING)
    box.now += timedelta(hours=1, seconds=1)
    box.ask(ANNE, HIRING)
    assert len(box.mails(ANNE)) == 4


def test_a_topic_that_does_not_exist_is_refused(box: Letterbox):
    with pytest.raises(InvalidInput, match="topic_unknown"):
        box.ask(ANNE, Topic(themes=("cooking",)))


def test_a_question_after_a_meeting_may_be_refused_and_a_plan_may_not(box: Letterbox):
    written(box, "feedback")
    mail = box.mails(ANNE)[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert token_in(mail, "desabonnement") == token
    assert not box.service.open_refusal(OpenRefusal(token=token), VISITOR).refused
    for _ in range(2):
        told = box.service.unsubscribe(Unsubscribe(token=token), VISITOR)
        assert (told.purpose, told.refused) == ("follow_up", True)
    assert box.service.open_refusal(OpenRefusal(token=token), VISITOR).refused
    written(box, "outcome", about="ask2")
    written(box, "plan", about="case1")
    assert "List-Unsubscribe" not in box.mails(ANNE)[-1]
    assert box.deliveries() == [
        ("sent", "kept_in_folder"),
        ("suppressed", "consent_withdrawn"),
        ("sent", "kept_in_folder"),
    ]
    told = box.service.list_deliveries(ListDeliveries(), LEAD).items
    sent = {(one.basis, one.consent_at) for one in told if one.state == "sent"}
    assert sent == {("implied", box.now - timedelta(days=10)), ("transactional", None)}
    assert [one.basis for one in told if one.state == "suppressed"] == [None]
    history = [one["withdrawn_at"] for one in box.database["subscribers"].find_one({})["history"]]  # type: ignore[index]
    assert history == [None, box.now]


def test_what_a_meeting_implies_ends_two_years_after_it(box: Letterbox):
    written(box, "feedback", met=timedelta(days=365))
    written(box, "outcome", about="ask2", met=timedelta(days=731))
    assert box.deliveries() == [("sent", "kept_in_folder"), ("suppressed", "consent_expired")]


def test_a_forged_link_unsubscribes_nobody(box: Letterbox):
    written(box, "feedback")
    token = token_in(box.mails(ANNE)[-1], "desabonnement")
    for wrong in (token.replace("-follow_up", "-digest"), token[:-1] + "_", "x", token.partition(".")[0]):
        with pytest.raises(NotFound, match="unsubscribe_link_invalid"):
            box.service.unsubscribe(Unsubscribe(token=wrong), VISITOR)
    with pytest.raises(NotFound, match="unsubscribe_link_invalid"):
        box.service.unsubscribe(Unsubscribe(token=token), anonymous("aero"))


def test_preferences_change_what_is_agreed_to_and_its_history_stays(box: Letterbox):
    token = box.subscribe(ANNE, HIRING)
    off = box.service.change_preferences(changes(token, frequency=None, follow_up=False), VISITOR)
    assert off.frequency is None
    assert off.consents[0].withdrawn_at == box.now
    box.now += timedelta(days=1)
    on = box.service.change_preferences(changes(token, frequency="weekly", language="en"), VISITOR)
    assert (on.frequency, on.language, on.topics, on.follow_up) == ("weekly", "en", (HIRING,), True)
    told = {one.purpose: (one.basis, one.source, one.wording) for one in on.consents}
    assert told == {
        "digest": ("express", "preferences", "Oui."),
        "follow_up": ("express", "preferences", "Oui aussi."),
    }
    history = box.database["subscribers"].find_one({})["history"]  # type: ignore[index]
    assert [(one["purpose"], one["withdrawn_at"] is not None) for one in history] == [
        ("digest", False),
        ("digest", True),
        ("digest", False),
        ("follow_up", False),
    ]


def test_without_a_topic_there_are_no_digests(box: Letterbox):
    token = box.subscribe(ANNE, HIRING)
    none = box.service.change_preferences(changes(token, topics=()), VISITOR)
    assert none.frequency is None
    assert box.database["subscribers"].count_documents({"next_due": {"$gt": box.now}}) == 0


def test_a_question_waits_until_quiet_hours_are_over_and_a_plan_does_not(box: Letterbox):
    token = box.subscribe(ANNE, HIRING)
    quiet = QuietHours(begin=9, end=13)
    box.service.change_preferences(changes(token, quiet=quiet), VISITOR)
    written(box, "feedback")
    written(box, "plan", about="case1")
    assert [text_of(mail).count("plan") > 0 for mail in box.mails(ANNE)[1:]] == [True]
    box.go(hours=2, minutes=59)
    assert len(box.mails(ANNE)) == 2
    box.go(minutes=1)
    assert len(box.mails(ANNE)) == 3


def test_who_is_signed_in_finds_their_own_preferences(box: Letterbox):
    member = Caller(sector="tic", person="p1", roles=frozenset({Role.MEMBER}))
    token = box.service.open_own_preferences(OpenOwnPreferences(email=ANNE), member)
    assert box.service.open_preferences(OpenPreferences(token=token), VISITOR).consents == ()
    with pytest.raises(Forbidden, match="sign_in_required"):
        box.service.open_own_preferences(OpenOwnPreferences(email=ANNE), VISITOR)
    with pytest.raises(NotFound, match="preferences_link_invalid"):
        box.service.open_preferences(OpenPreferences(token=token), anonymous("aero"))
