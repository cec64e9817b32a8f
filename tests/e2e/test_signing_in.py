"""Signing in through a sector's site, and what it opens. In both runtimes."""

import re
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.e2e.test_meetings import letters
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer


def an_address() -> str:
    return f"somebody-{uuid4().hex[:8]}@example.org"


@pytest.fixture
def surf(running: RunningPlatform) -> Iterator[Callable[..., Surfer]]:
    """Makes somebody new on a sector's site."""
    surfers: list[Surfer] = []

    def somebody(sector: str = "tic") -> Surfer:
        surfers.append(Surfer(running, sector))
        return surfers[-1]

    yield somebody
    for surfer in surfers:
        surfer.client.close()


Surf = Callable[..., Surfer]


@pytest.fixture
def admin(surf: Surf) -> Surfer:
    return surf().sign_in_as(an_address(), Role.ADMIN)


def test_an_invitation_signs_in_once(running: RunningPlatform, surf: Surf) -> None:
    address = an_address()
    link = running.nexus(
        "invite", "tic", address, "--url", "http://127.0.0.1:1", "--role", "editor"
    ).stdout.strip()
    token = link.rpartition("token=")[2]
    first, second = surf(), surf()
    assert address in first.send("/fr/connexion/lien", token=token).text
    refused = second.send("/fr/connexion/lien", token=token)
    assert refused.status_code == 403
    assert "Ce lien n’est plus valable" in refused.text


def test_opening_the_link_of_a_mail_signs_nobody_in_yet(running: RunningPlatform, surf: Surf) -> None:
    link = running.nexus("invite", "tic", an_address(), "--url", "http://127.0.0.1:1").stdout.strip()
    surfer = surf()
    token = link.rpartition("token=")[2]
    assert surfer.get(f"/fr/connexion/lien?token={token}").status_code == 200
    assert str(surfer.get("/fr/compte").url).endswith("/fr/connexion?next=/fr/compte")


def test_without_a_sign_in_the_back_office_leads_to_it(surf: Surf) -> None:
    reply = surf().get("/fr/admin/people")
    assert reply.status_code == 200
    assert str(reply.url).endswith("/fr/connexion?next=/fr/admin/people")


def test_an_administrator_invites_and_sees_who_is_there(admin: Surfer) -> None:
    address = an_address()
    sent = admin.post(
        "/fr/admin/people/invite",
        "/fr/admin/people",
        email=address,
        language="en",
        roles=["editor", "advisor"],
    )
    assert "L’invitation est en route." in sent.text
    assert "Administration" in admin.get("/fr/admin/people?role=admin").text


def test_an_editor_has_no_right_to_the_list_of_people(surf: Surf) -> None:
    editor = surf().sign_in_as(an_address(), Role.EDITOR)
    refused = editor.get("/fr/admin/people")
    assert refused.status_code == 403
    assert "Votre rôle ne le permet pas" in refused.text
    assert editor.get("/fr/admin").status_code == 200


def test_a_session_is_nothing_at_another_sector(surf: Surf, admin: Surfer) -> None:
    elsewhere = surf("aero")
    token = next(cookie.value for cookie in admin.client.cookies.jar)
    elsewhere.client.cookies.set("nexus-aero", token or "")
    assert "/fr/connexion" in str(elsewhere.get("/fr/admin/people").url)


def test_a_session_that_somebody_planted_in_a_browser_is_not_the_one_that_is_signed_in(
    running: RunningPlatform, surf: Surf
) -> None:
    eve, anne = surf(), surf()
    for surfer in (eve, anne):
        surfer.client.cookies.set("nexus-tic", "planted-by-eve")
    first = signed_in(anne)
    assert first != "planted-by-eve"
    assert "/fr/connexion" in str(eve.get("/fr/compte").url)
    assert signed_in(anne) != first  # with a session of before, too


def signed_in(surfer: Surfer) -> str:
    """The session's secret after one more sign-in."""
    surfer.sign_in_as(an_address(), Role.EDITOR)
    assert surfer.get("/fr/compte").status_code == 200
    return surfer.client.cookies.jar._cookies["127.0.0.1"]["/"]["nexus-tic"].value or ""  # type: ignore[attr-defined]


def test_a_form_without_the_token_of_the_session_is_refused(admin: Surfer) -> None:
    refused = admin.send("/fr/admin/people/invite", email=an_address(), roles=["editor"])
    assert refused.status_code == 403
    assert "Ce formulaire a expiré" in refused.text


def test_what_another_site_sends_is_refused(admin: Surfer) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        refused = admin.client.post("/fr/deconnexion", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "cross_site_request")
    assert admin.get("/fr/admin/people").status_code == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(surf: Surf, admin: Surfer) -> None:
    stolen = surf()
    for cookie in admin.client.cookies.jar:
        stolen.client.cookies.set(cookie.name, cookie.value or "")
    assert admin.post("/fr/deconnexion", "/fr/compte").status_code == 200
    assert "/fr/connexion" in str(stolen.get("/fr/compte").url)


def test_a_wrong_code_is_told_with_the_tries_that_are_left(surf: Surf) -> None:
    surfer = surf()
    assert surfer.send("/en/sign-in", email=an_address()).status_code == 200
    told = surfer.send("/en/sign-in/code", code="not it")
    assert (told.status_code, "six digits of the code" in told.text) == (400, True)
    told = surfer.send("/en/sign-in/code", code="000000")
    assert told.status_code == 403
    assert "4 tries are left" in told.text


@pytest.mark.parametrize("address", ["", "marie", "a@b", "x" * 300 + "@example.org", "a\x00b@example.org"])
def test_what_is_no_address_is_told_beside_the_field(surf: Surf, address: str) -> None:
    told = surf().send("/fr/connexion", email=address)
    assert told.status_code == 400
    assert "Donnez une adresse courriel" in told.text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_a_sign_in_never_leads_to_another_site(surf: Surf, wanted: str) -> None:
    surfer = surf()
    assert surfer.send("/fr/connexion", email=an_address(), next=wanted).status_code == 400


def test_a_member_names_the_company_and_invites_a_colleague(running: RunningPlatform, surf: Surf) -> None:
    member = surf().sign_in_as(an_address(), Role.MEMBER)
    refused = member.post("/fr/compte/company", "/fr/compte", name="Atelier Nord", neq="12")
    assert (refused.status_code, "dix chiffres du NEQ" in refused.text) == (400, True)
    assert (
        "L’entreprise est nommée."
        in member.post("/fr/compte/company", "/fr/compte", name="Atelier Nord").text
    )
    address = an_address()
    invited = member.post("/fr/compte/colleagues", "/fr/compte", email=address)
    assert "L’invitation est en route." in invited.text
    colleague = surf()
    colleague.send("/fr/connexion/lien", token=token_for(running, "Atelier Nord"))
    page = colleague.get("/fr/compte").text
    assert address in page
    assert 'value="Atelier Nord"' in page  # the same company, named once
    assert address in member.get("/fr/compte").text


def token_for(running: RunningPlatform, company: str) -> str:
    """Of the link that is mailed to who is invited into a company."""
    deadline = time.monotonic() + 20
    while True:
        for one in letters(running):
            if company in one.text and (found := re.search(r"/fr/connexion/lien\?token=(\S+)", one.text)):
                return found[1]
        assert time.monotonic() < deadline, "nobody was mailed"
        time.sleep(0.1)


def test_pages_of_one_person_are_kept_by_nobody(admin: Surfer) -> None:
    for path in ("/fr/compte", "/fr/admin", "/fr/admin/people", "/fr/connexion"):
        assert admin.get(path).headers["cache-control"] == "no-store"
