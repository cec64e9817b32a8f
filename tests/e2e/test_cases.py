"""From a booking over a held meeting to a plan that its company ticks, on the sites of both runtimes."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from html import unescape
from time import monotonic, sleep
from uuid import uuid4

import httpx2
import pypdfium2
import pytest

from nexus.caller import Caller, Role, anonymous, operator
from services.meetings.contracts.availability import AvailabilityContent, Rule, SaveAvailability
from services.meetings.contracts.meetings import BookMeeting, Contact, FindSlots, GetMeeting, Meeting, Need
from services.meetings.contracts.types import SaveMeetingType, TypeContent
from services.meetings.contracts.words import BothLines
from tests.e2e.test_meetings import letters, mailed
from tests.support.html import html_faults
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer

LEAD = Caller(sector="tic", person="lead", roles=frozenset({Role.COORDINATOR}))
_EVERY_DAY = {"rrule": "FREQ=DAILY", "since": date(2026, 1, 1), "opens": time(0), "closes": time(23, 55)}


@pytest.fixture(scope="module")
def kind(running: RunningPlatform) -> str:
    """A type that one advisor of these tests alone can hold."""
    content = TypeContent(
        name=BothLines(fr="Suivi", en="Follow-up"), places=("video",), notice_hours=0, audience="invited"
    )
    made = running.ask(SaveMeetingType(content=content, sector="tic"), operator("root")).id
    rule = Rule(**_EVERY_DAY, types=(made,))  # type: ignore[arg-type]
    advisor = AvailabilityContent(name="Noé Suivi", languages=("yy",), rules=(rule,))
    running.ask(SaveAvailability(content=advisor, advisor=uuid4().hex, sector="tic"), operator("root"))
    return made


@pytest.fixture
def lead(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    yield surfer
    surfer.client.close()


def booked(running: RunningPlatform, kind: str, company: str, email: str) -> Meeting:
    """A meeting that is part of a case."""
    visitor, wanted = anonymous("tic"), {"type": kind, "place": "video"}
    start = running.ask(FindSlots(**wanted, language="yy"), visitor).next
    command = BookMeeting(
        **wanted,
        start=start,
        contact=Contact(name="Eve", company=company, email=email),
        consent=True,
        need=Need(language="yy", themes=("hiring",), answers={"size": ("5-24",)}, message="Deux postes"),
        base_url=running.url("tic", "/").rstrip("/"),
    )
    made: Meeting = running.ask(command, visitor).meeting
    deadline = monotonic() + 20
    while (found := running.ask(GetMeeting(id=made.id), LEAD)).case is None:
        assert monotonic() < deadline, "it was not taken in"
        sleep(0.05)
    return found


def a_company() -> tuple[str, str]:
    """A name and a mail domain of its own."""
    return f"Usine {uuid4().hex[:8]}", f"{uuid4().hex[:10]}.ca"


def let_pass(running: RunningPlatform, meeting: Meeting) -> None:
    """The test lets a week pass in the database."""
    past = {name: getattr(meeting, name) - timedelta(days=7) for name in ("start", "end")}
    with running.documents() as client:
        client[running.database("meetings")]["meetings"].update_one({"_id": meeting.id}, {"$set": past})


def posted(surfer: Surfer, page: str, below: str, **fields: str | list[str]) -> httpx2.Response:
    """A form of a case, with the revision that its page shows."""
    revision = re.findall(r'name="revision" value="(\d+)"', surfer.get(page).text)[0]
    return surfer.post(f"{page}/{below}", page, revision=revision, **fields)


def a_ticked_plan_entry(page: str) -> str:
    return re.findall(r'name="done" value="([^"]+)"', page)[0]


def test_a_company_is_met_gets_a_plan_and_ticks_it(running: RunningPlatform, lead: Surfer, kind: str) -> None:
    name, domain = a_company()
    meeting = booked(running, kind, name, f"eve@{domain}")
    let_pass(running, meeting)
    before = lead.get(f"/fr/admin/meetings/{meeting.id}")
    assert "Deux postes" in before.text
    assert 'name="recommend" value="program:' in before.text
    assert html_faults(before.text) == []
    page = f"/fr/admin/cases/{meeting.case}"
    assert "done=outcome" in str(
        lead.post(
            f"/fr/admin/meetings/{meeting.id}/outcome",
            f"/fr/admin/meetings/{meeting.id}",
            revision=str(meeting.revision),
            outcome="held",
        ).url
    )

    program = re.findall(r'name="recommend" value="(program:[^"]+)"', before.text)[0]
    title = unescape(re.findall(rf'name="title.{re.escape(program)}" value="([^"]+)"', before.text)[0])
    notes = {"shared": "Vient de déménager", "private": "À ménager"}
    told = {f"title.{program}": title, f"reason.{program}": "Pour votre taille"}
    done = posted(lead, page, "conversation", recommend=program, **notes, **told)
    assert "Les notes et les recommandations sont enregistrées." in done.text
    other = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.ADMIN)
    read = other.get(page).text
    assert "Vient de déménager" in read
    assert "À ménager" not in read
    other.client.close()

    kind_of, _, ref = program.partition(":")
    entries = {
        "entries.0.title": title,
        "entries.0.of": kind_of,
        "entries.0.ref": ref,
        "entries.0.reason": "Pour votre taille",
        "entries.0.keep": "yes",
        "entries.0.due": "2026-12-31",
        "entries.1.title": "Relire l’offre",
        "entries.1.who": "advisor",
        "entries.1.is": "new",
    }
    wrong = posted(lead, page, "plan", **entries | {"entries.0.due": "demain"})
    assert wrong.status_code == 400
    assert html_faults(wrong.text) == []
    sent = posted(lead, page, "plan", do="send", **entries)
    assert "Le plan est en route" in sent.text
    assert html_faults(sent.text) == []
    address = unescape(re.findall(r"(/fr/plan/[^<\s]+)", sent.text)[0])
    assert mailed(running, "Votre plan", address)
    assert all(name not in one.text for one in letters(running) if "Votre plan" in one.subject)

    visitor = Surfer(running)
    plan = visitor.get(address)
    assert html_faults(plan.text) == []
    ticked = visitor.send(address, done=a_ticked_plan_entry(plan.text))
    assert "Merci, c’est noté" in ticked.text
    assert "checked" in visitor.get(address.replace("/fr/", "/en/")).text
    for language in ("fr", "en"):
        paper = visitor.get(f"{address.replace('/fr/', f'/{language}/')}/plan.pdf")
        read_back = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_range()
        assert "Relire l’offre" in read_back
        assert name in read_back
    visitor.client.close()
    assert "Étapes du plan cochées" in lead.get(page).text
    again = booked(running, kind, name.upper(), f"bob@{domain}")
    assert (again.company, again.case) == (meeting.company, meeting.case)
    trail = lead_trail(running, meeting)
    assert {"get_case", "note_conversation", "save_plan", "send_plan", "tick_own_plan"} <= trail


def lead_trail(running: RunningPlatform, meeting: Meeting) -> set[str]:
    """The commands that the audit trail has about a case."""
    admin = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.ADMIN)
    page = admin.get(f"/en/admin/audit?subject={meeting.case}")
    admin.client.close()
    words = {
        "get_case": "Read a case",
        "note_conversation": "Wrote notes or recommendations",
        "save_plan": "Changed a plan",
        "send_plan": "Sent a plan",
        "tick_own_plan": "Ticked a step of a plan",
    }
    return {command for command, told in words.items() if told in page.text}


def test_two_companies_are_merged_by_hand_and_a_case_is_handed_over_and_closed(
    running: RunningPlatform, lead: Surfer, kind: str
) -> None:
    name, domain = a_company()
    other_name, other_domain = a_company()
    one, two = (
        booked(running, kind, name, f"eve@{domain}"),
        booked(running, kind, other_name, f"ann@{other_domain}"),
    )
    page = f"/fr/admin/companies/{one.company}"
    found = lead.get(f"{page}?q={other_domain}")
    assert html_faults(found.text) == []
    form = {
        field: re.findall(rf'name="{field}" value="([^"]+)"', found.text)[-1]
        for field in ("revision", "other", "other_revision")
    }
    merged = lead.post(f"{page}/merge", page, **form)
    assert "n’en font plus qu’une" in merged.text
    assert other_domain in merged.text
    assert lead.get(f"/fr/admin/companies/{two.company}").url.path == page
    assert name in lead.get(f"/fr/admin/companies?q=ann@{other_domain}").text
    assert lead.post(f"{page}/merge", page, **form).status_code == 409  # of what was seen before

    case = f"/fr/admin/cases/{one.case}"
    assert posted(lead, case, "refer", to="svts", refer_reason="Biologie").status_code == 400  # no consent
    agreed = {"consent": "yes", "consent_by": "Eve", "to": "svts", "refer_reason": "Biologie"}
    assert "L’autre secteur est prévenu" in posted(lead, case, "refer", **agreed).text
    assert posted(lead, case, "refer", **agreed).status_code == 409
    svts = Surfer(running, "svts").sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    asked = svts.get("/en/admin/cases")
    assert name in asked.text
    assert html_faults(asked.text) == []
    assert svts.get(f"/en/admin/cases/{one.case}").status_code == 404
    referral = re.findall(r'name="id" value="([0-9a-f]{32})"', asked.text[asked.text.index(name) :])[0]
    assert (
        "noted"
        in svts.post("/en/admin/cases/referrals", "/en/admin/cases", id=referral, answer="accept").text
    )
    assert name in svts.get("/en/admin/cases?whose=all").text
    svts.client.close()
    assert "L’autre secteur a accepté" in lead.get(case).text
    assert posted(lead, case, "state", do="close").status_code == 400
    assert "Le dossier est fermé." in posted(lead, case, "state", do="close", closing="helped").text
    assert "de nouveau ouvert" in posted(lead, case, "state", do="reopen").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fr/plan/x", 404),
        ("/en/plan/x.y", 404),
        ("/fr/plan/x/plan.pdf", 404),
        ("/fr/suivi/x", 404),
        ("/en/follow-up/%00", 404),
        ("/en/follow-up/" + "x" * 5_000, 404),
    ],
)
def test_a_bad_link_is_a_refusal_and_never_a_500(running: RunningPlatform, path: str, status: int) -> None:
    assert running.get(path).status == status


def test_the_back_office_answers_bad_input_with_a_refusal(
    running: RunningPlatform, lead: Surfer, kind: str
) -> None:
    name, domain = a_company()
    meeting = booked(running, kind, name, f"eve@{domain}")
    case, company = f"/fr/admin/cases/{meeting.case}", f"/fr/admin/companies/{meeting.company}"
    assert lead.get("/fr/admin/cases/x").status_code == lead.get("/fr/admin/companies/x").status_code == 404
    for below, wrong in (
        ("need", {"positions": "beaucoup"}),
        ("need", {"jobs": "x" * 5_000}),
        ("conversation", {"recommend": "thing:x"}),
        ("plan", {"entries.0.title": "T", "entries.0.is": "new", "entries.0.who": "personne"}),
        ("task", {"text": "x", "due": "2026-02-30"}),
        ("step", {"entry": "nothing", "done": "yes"}),
        ("charge", {"advisor": "nobody"}),
        ("state", {"closing": "fini"}),
    ):
        assert posted(lead, case, below, **wrong).status_code in (400, 404), below
    stale = lead.post(f"{case}/need", case, revision="0", jobs="Gardé malgré tout")
    assert (stale.status_code, "Gardé malgré tout" in stale.text) == (409, True)
    assert posted(lead, company, "", name="", neq="12").status_code in (400, 404)
    bad = lead.post(company, company, revision="1", name="", neq="12")
    assert (bad.status_code, html_faults(bad.text)) == (400, [])
