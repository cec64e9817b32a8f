"""Who did what stands in the back office, for administrators of the sector. In both runtimes."""

import csv
import io
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer


def an_address() -> str:
    return f"somebody-{uuid4().hex[:8]}@example.org"


@pytest.fixture
def admin(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running).sign_in_as(an_address(), Role.ADMIN)
    yield surfer
    surfer.client.close()


def test_a_changed_account_stands_in_the_trail_with_before_and_after(
    running: RunningPlatform, admin: Surfer
) -> None:
    address = an_address()
    editor = Surfer(running).sign_in_as(address, Role.EDITOR)
    person = re.search(
        rf'href="([^"]+/people/\w+)">{address}', admin.get(f"/fr/admin/people?q={address}").text
    )
    assert person
    admin.post(person[1], person[1], revision="1", name="Zoé Roy", roles=["editor", "coordinator"])
    subject = person[1].rpartition("/")[2]
    page = admin.get(f"/fr/admin/audit?subject={subject}").text
    assert "Compte modifié" in page
    assert "Compte – Zoé Roy" in page  # as the account says it now: the trail keeps no name
    assert "127.0.0.1" in page
    rows = list(csv.DictReader(io.StringIO(admin.get(f"/fr/admin/audit/export?subject={subject}").text[1:])))
    assert [(row["before"], row["after"]) for row in rows if row["field"] == "named"] == [
        ("False", "True"),
        ("", "False"),
    ]
    assert all(address not in row["name"] + row["after"] for row in rows)
    assert editor.get("/fr/admin/audit").status_code == 403
    editor.client.close()


def test_another_sector_sees_nothing_of_it(running: RunningPlatform, admin: Surfer) -> None:
    address, told = f"z-{uuid4().hex[:8]}@zone.example.org", "z…@z…"
    admin.post("/fr/admin/people/invite", "/fr/admin/people", email=address, language="fr", roles=["advisor"])
    page = admin.get("/fr/admin/audit").text
    assert (told in page, address in page) == (True, False)
    other = Surfer(running, "aero").sign_in_as(an_address(), Role.ADMIN)
    assert told not in other.get("/fr/admin/audit").text
    assert told not in other.get("/fr/admin/audit/export").text
    other.client.close()


def test_the_whole_trail_is_as_it_was_written(admin: Surfer) -> None:
    checked = admin.post("/en/admin/audit", "/en/admin/audit").text
    assert "as they were written" in checked
    assert "is not as it was written" not in checked


@pytest.mark.parametrize(
    "query",
    ["since=tomorrow", "until=9999-12-31", "from=content.x_people", "kind=nothing", f"person={'x' * 500}"],
)
def test_a_strange_address_is_no_error(admin: Surfer, query: str) -> None:
    for page in ("", "/export"):
        assert admin.get(f"/fr/admin/audit{page}?{query}").status_code == 200
