"""Links: where they stand in publications, when one is broken, and which addresses are never asked."""

from datetime import timedelta

import pytest

from nexus.addresses import is_public
from services.content.contracts import Contact, MarkdownText, ParagraphText, Step
from services.content.domain.linked import links_in
from services.content.domain.links import AGAIN, Link, Outcome, Result
from tests.support.contents import NOON, content

NEW = Link("https://a.example.org", NOON)
DAY = timedelta(days=1)


def test_links_stand_in_fields_of_their_own_and_in_markdown():
    found = links_in(
        content(
            source_url="https://a.example.org/x#part",
            steps=(Step(text=ParagraphText(fr="Écrire"), url="https://b.example.org"),),
            contact=Contact(url="https://c.example.org"),
            description=MarkdownText(
                fr="Voir [ici](https://d.example.org/é?a=1&b=2), <https://e.example.org>, [là](/fr/), "
                "`https://code.example.org` et [moi](mailto:a@example.org).",
                en="![picture](https://p.example.org/p.png) [x](javascript:alert(1))",
            ),
        )
    )
    assert found == {
        "https://a.example.org/x",
        "https://b.example.org",
        "https://c.example.org",
        "https://d.example.org/%C3%A9?a=1&b=2",
        "https://e.example.org",
    }


@pytest.mark.parametrize("outcome", [Outcome.THERE, Outcome.WITHHELD])
def test_what_is_there_is_looked_at_again_in_a_week_and_its_past_is_forgotten(outcome: Outcome):
    failed = NEW.after(Result(Outcome.NO_HOST), NOON)
    found = failed.after(Result(outcome, 200), NOON + DAY)
    assert (found.is_broken, found.since, found.failed_on, found.next_check) == (
        False,
        None,
        (),
        NOON + DAY + AGAIN,
    )


def test_what_is_gone_is_broken_at_once():
    found = NEW.after(Result(Outcome.GONE, 404), NOON)
    assert (found.is_broken, found.since, found.status) == (True, NOON, 404)


def test_what_fails_is_broken_after_three_days_and_is_asked_more_and_more_rarely():
    link, pauses = NEW, []
    for day in (0, 1, 3, 7):
        now = NOON + day * DAY
        link = link.after(Result(Outcome.NO_ANSWER), now)
        pauses.append(((link.next_check - now).days, link.is_broken))
    assert pauses == [(1, False), (2, False), (4, True), (4, True)]
    assert link.since == NOON


def test_failures_of_one_day_count_once():
    link = NEW
    for hour in range(5):
        link = link.after(Result(Outcome.NO_ANSWER), NOON + timedelta(hours=hour / 2))
    assert (link.is_broken, len(link.failed_on)) == (False, 1)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
        *("255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1"),
        *(
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "fe80::1%eth0",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
        ),
        *("64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::"),
    ],
)
def test_private_addresses_are_never_asked(address: str):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "142.250.0.1", "2607:f8b0:4020::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_ones_are(address: str):
    assert is_public(address)
