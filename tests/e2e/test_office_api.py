"""What systems with a key do with meetings, cases, referrals and the goal, over the API of both runtimes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest

from nexus.caller import Caller, Role, Scope
from services.people.contracts.keys import MakeKey
from tests.e2e.test_cases import a_company, booked, kind, let_pass
from tests.support.platforms import RunningPlatform

__all__ = ["kind"]
ADMIN = Caller(sector="tic", person="root", roles=frozenset({Role.ADMIN}))


@pytest.fixture
def system(running: RunningPlatform) -> Iterator[httpx2.Client]:
    """A system of tic with a key of meetings, cases and the goal."""
    scopes = frozenset({Scope.MEETINGS_WRITE, Scope.CASES_WRITE, Scope.GOAL_READ})
    with client(running, running.ask(MakeKey(name="Système", scopes=scopes), ADMIN).secret) as made:
        yield made


def client(running: RunningPlatform, secret: str, sector: str = "tic") -> httpx2.Client:
    base = running.url(sector, "/").rstrip("/") + "/api/v1"
    return httpx2.Client(base_url=base, timeout=20, headers={"Authorization": f"Bearer {secret}"})


def seen(reply: httpx2.Response) -> dict[str, str]:
    """What a change of it must name."""
    assert reply.status_code < 300, reply.text
    return {"If-Match": reply.headers["ETag"]}


def test_a_meeting_is_held_and_its_case_goes_from_need_to_closing(
    running: RunningPlatform, system: httpx2.Client, kind: str
) -> None:
    name, domain = a_company()
    meeting = booked(running, kind, name, f"eve@{domain}")
    let_pass(running, meeting)
    span = {"since": (date.today() - timedelta(days=9)).isoformat() + "T00:00Z"}
    span["until"] = (date.today() + timedelta(days=9)).isoformat() + "T00:00Z"
    listed = system.get("/agenda", params=span).json()["items"]
    assert meeting.id in {one["id"] for one in listed}
    path = f"/agenda/{meeting.id}"
    old = seen(system.get(path))
    held = system.post(f"{path}/outcome", json={"outcome": "held"}, headers=old)
    assert (held.json()["state"], held.headers["ETag"]) == ("held", f'"{held.json()["revision"]}"')
    late = system.post(f"{path}/outcome", json={"outcome": "no_show"}, headers=old)
    assert (late.status_code, late.json()["code"]) == (412, "stale_revision")
    assert late.json()["current"] == {"revision": held.json()["revision"]}

    case = f"/cases/{meeting.case}"
    assert system.get("/cases", params={"company": meeting.company}).json()["items"][0]["id"] == meeting.case
    file = system.get(case)
    assert file.json()["company"]["name"] == name
    need = {"need": {"themes": ["hiring"], "positions": 2}}
    done = system.put(f"{case}/need", json=need, headers=seen(file))
    recommended = [{"kind": "program", "id": "priime", "title": "PRIIME", "reason": "Première embauche"}]
    talk = {"shared": "Deux postes", "private": "À rappeler", "recommendations": recommended}
    done = system.post(f"{case}/conversation", json=talk, headers=seen(done))
    done = system.put(
        f"{case}/plan", json={"entries": [{"id": "e1", "title": "Appeler"}]}, headers=seen(done)
    )
    done = system.post(f"{case}/plan/e1", json={"done": True}, headers=seen(done))
    assert done.json()["plan"][0]["done_at"]
    done = system.post(f"{case}/plan/send", headers=seen(done))
    task = {"text": "Rappeler", "due": (date.today() + timedelta(days=3)).isoformat()}
    before = seen(done)
    done = system.post(f"{case}/tasks", json=task, headers=before)
    assert system.post(f"{case}/tasks", json=task, headers=before).status_code == 412  # done once alone
    done = system.post(f"{case}/tasks/{done.json()['tasks'][0]['id']}", json={}, headers=seen(done))
    refer = {"to": "aero", "reason": "Fait des ailes", "consent": True, "consent_by": "Eve"}
    done = system.post(f"{case}/referrals", json=refer, headers=seen(done))
    done = system.post(f"{case}/close", json={"closing": "helped"}, headers=seen(done))
    assert done.json()["state"] == "closed"
    assert {one["text"] for one in done.json()["notes"]} == {"Deux postes", "À rappeler"}
    assert seen(system.post(f"{case}/reopen", headers=seen(done)))

    elsewhere = Caller(sector="aero", person="root", roles=frozenset({Role.ADMIN}))
    made = running.ask(MakeKey(name="Aero", scopes=frozenset({Scope.CASES_WRITE})), elsewhere)
    with client(running, made.secret, "aero") as aero:
        assert aero.get(case).status_code == 404
        (letter,) = [one for one in aero.get("/referrals").json()["waiting"] if one["company"] == name]
        answer = aero.post(f"/referrals/{letter['id']}/answer", json={"accept": True})
        assert answer.json()["state"] == "accepted"
        again = aero.post(f"/referrals/{letter['id']}/answer", json={"accept": False})
        assert (again.status_code, again.json()["code"]) == (409, "referral_answered")
        assert aero.get("/goal").json()["code"] == "scope_required"

    assert system.get("/goal").json()["met"]["own"] >= 1
    companies = system.get("/goal/companies").json()["items"]
    assert meeting.company in {one["id"] for one in companies}
    assert meeting.id in {
        one["id"] for one in system.get("/goal/meetings", params={"which": "held"}).json()["items"]
    }


def test_a_system_says_who_can_be_met_when_and_for_what(
    system: httpx2.Client,
) -> None:
    words = {"fr": "Rencontre du système", "en": "Meeting of the system"}
    content = {"name": words, "minutes": 45, "places": ["phone"]}
    once = {"Idempotency-Key": uuid4().hex}
    made = system.post("/meeting-types", json=content, headers=once)
    assert made.status_code == 201, made.text
    assert system.post("/meeting-types", json=content, headers=once).json() == made.json()
    other = system.post("/meeting-types", json=content | {"minutes": 30}, headers=once)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    path = f"/meeting-types/{made.json()['id']}"
    longer = system.put(path, json=content | {"minutes": 60}, headers=seen(made))
    assert longer.json()["content"]["minutes"] == 60
    late = system.put(path, json=content, headers=seen(made))
    assert (late.status_code, late.json()["code"]) == (412, "stale_revision")

    advisor = f"/advisors/{uuid4().hex}/availability"
    assert system.get(advisor).json()["code"] == "advisor_not_found"
    days_of_week = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    hours = {"rrule": days_of_week, "since": "2026-01-01", "opens": "09:00", "closes": "12:00"}
    open_hours = {"name": "Système", "languages": ["zz"], "rules": [hours]}
    preview = {
        "content": open_hours,
        "type": made.json()["id"],
        "since": date.today().isoformat(),
        "days": 31,
    }
    days = system.post(f"{advisor}/preview", json=preview).json()
    first = datetime.fromisoformat(days[-1]["starts"][0])
    assert first.astimezone(ZoneInfo("America/Toronto")).hour == 9
    saved = system.put(advisor, json=open_hours, headers={"If-Match": '"0"'})
    assert saved.json()["revision"] == 1, saved.text
    assert "Système" in {one["name"] for one in system.get("/advisors").json()["items"]}
    elsewhere = advisor.replace("availability", "busy-calendar")
    read = system.put(elsewhere, json={"address": "webcal://calendrier.invalid/secret.ics"})
    assert read.json()["shown"] == "https://calendrier.invalid/…", read.text
    assert system.put(elsewhere, json={"address": None}).json()["shown"] is None
    assert system.get(elsewhere).json()["shown"] is None
    system.put(advisor, json=open_hours | {"accepting": False}, headers=seen(saved))
    archived = system.post(f"{path}/archive", json={}, headers=seen(longer))
    assert archived.json()["archived"]
    assert system.get(path).json() == archived.json()


def test_companies_are_found_said_anew_and_merged_and_parted_again(
    running: RunningPlatform, system: httpx2.Client, kind: str
) -> None:
    names = [a_company() for _ in range(2)]
    keep, other = (booked(running, kind, name, f"eve@{domain}").company for name, domain in names)
    found = system.get("/companies", params={"text": names[0][0]}).json()["items"]
    assert [one["company"]["id"] for one in found] == [keep]
    said = {"name": names[0][0], "size": "5-24"}
    saved = system.put(f"/companies/{keep}", json=said, headers=seen(system.get(f"/companies/{keep}")))
    assert saved.json()["size"] == "5-24", saved.text
    revision = system.get(f"/companies/{other}").json()["company"]["revision"]
    both = {"other": other, "other_revision": revision}
    merged = system.post(f"/companies/{keep}/merge", json=both, headers=seen(saved))
    assert len(merged.json()["contacts"]) == 2, merged.text
    file = system.get(f"/companies/{keep}")
    both["other_revision"] = file.json()["merged"][0]["revision"]
    parted = system.post(f"/companies/{keep}/part", json=both, headers=seen(file))
    assert (parted.json()["id"], parted.json()["merged_into"]) == (other, None), parted.text


def test_documents_come_with_a_link_once_for_a_key_and_are_read_by_the_office(
    running: RunningPlatform, system: httpx2.Client, kind: str
) -> None:
    name, domain = a_company()
    meeting = booked(running, kind, name, f"eve@{domain}")
    contact = {"name": "Eve", "company": name, "email": f"eve@{domain}"}
    asked = {"type": kind, "place": "video", "spoken": "yy", "days": 7}
    start = system.get("/meeting-slots", params=asked).json()["next"]
    wanted = {"type": kind, "place": "video", "start": start, "contact": contact, "consent": True}
    own = system.post("/meetings", json=wanted | {"need": {"language": "yy"}}).json()
    path = f"/meetings/{own['token']}/documents"
    sent = {"content": "Offre d’emploi : soudeur".encode(), "params": {"name": "offre.txt"}}
    kind_of = {"Content-Type": "application/octet-stream", "Idempotency-Key": uuid4().hex}
    first = system.post(path, **sent, headers=kind_of)
    assert first.status_code == 201, first.text
    assert system.post(path, **sent, headers=kind_of).json() == first.json()
    other = system.post(path, content=b"Autre chose", params={"name": "offre.txt"}, headers=kind_of)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    (document,) = system.get(path).json()["items"]
    assert system.get(f"{path}/{document['id']}").content == sent["content"]
    case = system.get(f"/cases/{meeting.case}").json()
    mine = next(one["id"] for one in case["meetings"] if one["start"] == own["start"])
    office = f"/agenda/{mine}/documents"
    assert system.get(office).json()["items"] == [document]
    assert system.get(f"{office}/{document['id']}").content == sent["content"]
    assert system.delete(f"{path}/{document['id']}").json() == {"items": []}
    assert system.get(f"{path}/{document['id']}").json()["code"] == "document_not_found"
    wrong = system.post(path, content=b"x", params={"name": "x"}, headers={"Content-Type": "text/plain"})
    assert wrong.status_code == 415
    assert system.post(f"/meetings/{own['token']}/calendar").status_code == 202


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/agenda?since=x&until=y", 400, "invalid_input"),
        ("/agenda?since=2026-01-02T00:00Z&until=2026-01-01T00:00Z", 400, "ends_before_start"),
        ("/agenda/nothing", 404, "meeting_not_found"),
        ("/cases/nothing", 404, "case_not_found"),
        ("/cases?state=lost", 400, "invalid_input"),
        ("/goal/meetings", 400, "invalid_input"),
        ("/waiting/x.y", 404, "wish_not_found"),
    ],
)
def test_a_bad_question_is_a_refusal_with_a_code(
    system: httpx2.Client, path: str, status: int, code: str
) -> None:
    reply = system.get(path)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/agenda", "/cases", "/referrals", "/goal", "/goal/cases", "/webhooks"])
def test_without_a_key_nothing_of_the_office_is_told(running: RunningPlatform, path: str) -> None:
    reply = httpx2.get(running.url("tic", f"/api/v1{path}"))
    assert (reply.status_code, reply.json()["code"]) == (401, "key_missing")
