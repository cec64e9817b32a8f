"""What services name by codes has words for people."""

from gateway.words import EVENTS
from nexus.composition import declaration, service_names
from services.notifications.domain import KINDS as MAILS


def test_each_event_and_mail_that_may_be_parked_has_a_name():
    handled = {door.event for name in service_names() for door in declaration(name).subscriptions}
    names = {event.type.split(".")[-2] for event in handled}
    # what nobody can be told of is an operator's (decision 31)
    assert (names - {"verification_due"}) | set(MAILS) <= set(EVENTS)
