"""A company takes what the platform has on it, then has it erased, on the sites of both runtimes."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import orjson
import pytest

from nexus.caller import Role, anonymous
from services.meetings.contracts.documents import AddDocument, KeepDocumentPart
from services.meetings.contracts.goal import OpenGoal
from services.meetings.contracts.meetings import (
    BookMeeting,
    Contact,
    FindSlots,
    GetMeeting,
    Need,
    RecordOutcome,
)
from services.notifications.contracts import ListLocalMails, ShowLocalMail
from tests.e2e.test_cases import LEAD, kind, let_pass
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer

__all__ = ["kind"]  # a fixture

VISITOR = anonymous("tic")


@pytest.fixture
def visitor(running: RunningPlatform) -> Iterator[Surfer]:
    surfer = Surfer(running)
    yield surfer
    surfer.client.close()


def held(running: RunningPlatform, kind: str, email: str, mark: bytes) -> None:
    """A company met an advisor, and had brought a document that has `mark`."""
    wanted = {"type": kind, "place": "video"}
    start = running.ask(FindSlots(**wanted, language="yy"), VISITOR).next
    who = Contact(name=f"Ève {email[:6]}", company=f"Usine {email[:6]}", email=email)
    booked = running.ask(
        BookMeeting(
            **wanted,
            start=start,
            contact=who,
            consent=True,
            need=Need(language="yy", message=f"Répondre à {email}"),
            base_url=running.url("tic", "/").rstrip("/"),
        ),
        VISITOR,
    )
    upload = uuid4().hex
    data = base64.b64encode(b"%PDF-1.7\n" + mark)
    running.ask(KeepDocumentPart(token=booked.token, upload=upload, number=0, data=data), VISITOR)
    running.ask(AddDocument(token=booked.token, upload=upload, parts=1, name="offre.pdf"), VISITOR)
    meeting = until(lambda: running.ask(GetMeeting(id=booked.meeting.id), LEAD), lambda one: one.case)
    let_pass(running, meeting)
    done = RecordOutcome(id=meeting.id, revision=meeting.revision, outcome="held")
    running.ask(done, LEAD)


def until(look: Any, is_so: Any) -> Any:
    """What `look` finds, once it is so."""
    deadline = monotonic() + 30
    while not is_so(found := look()):
        assert monotonic() < deadline, found
        sleep(0.1)
    return found


def requested(running: RunningPlatform, visitor: Surfer, email: str, wanted: str, subject: str) -> str:
    """The page of a request that somebody made on the site, and began by the link of the mail."""
    visitor.send("/fr/mes-renseignements", email=email, kind=wanted)
    text = until(lambda: mailed(running, email, subject), lambda text: text)
    path = re.findall(r"/fr/mes-renseignements/demande/[\w-]+", text)[0]
    assert "<button" in visitor.get(path).text
    visitor.send(path)
    return str(path)


def mailed(running: RunningPlatform, email: str, subject: str) -> str | None:
    """What the mail to an address says, once it is there."""
    if isinstance(running, DistributedPlatform):
        mine = [one for one in running.mailbox.mails if one["To"] == email and subject in one["Subject"]]
        return str(mine[-1].get_body(("plain",)).get_content()) if mine else None
    listed = running.ask(ListLocalMails(), VISITOR).items
    found = next((one.id for one in listed if one.to == email and subject in one.subject), None)
    return running.ask(ShowLocalMail(id=found), VISITOR).text if found else None


def left(running: RunningPlatform, *words: str) -> list[str]:
    """Where any of some words stands in any database, the audit trail included."""
    prefix, found = running.environment.get("NEXUS_DATABASE_PREFIX", "nexus"), []
    with running.documents() as client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                database = client[name]
                found += [
                    f"{name}.{collection}: {one['_id']}"
                    for collection in database.list_collection_names()
                    for one in database[collection].find()
                    if any(word.lower() in repr(one).lower() for word in words)
                ]
    return found


def test_a_company_takes_its_data_then_is_erased_and_the_goal_counts_it_still(
    running: RunningPlatform, visitor: Surfer, kind: str
) -> None:
    email, mark = f"{uuid4().hex[:12]}@{uuid4().hex[:10]}.ca", uuid4().hex
    held(running, kind, email, mark.encode())
    before = running.ask(OpenGoal(), LEAD)
    page = requested(running, visitor, email, "export", "demande d’accès")
    until(lambda: visitor.get(page).text, lambda text: "data.zip" in text)
    with zipfile.ZipFile(io.BytesIO(visitor.get(f"{page}/data.zip").content)) as archive:
        assert archive.namelist() == ["data.json", "index.html", "documents/1-offre.pdf"]
        data = orjson.loads(archive.read("data.json"))
        assert data["meetings"]["meetings"][0]["contact"]["email"] == email
        assert email in archive.read("index.html").decode()
        assert mark.encode() in archive.read("documents/1-offre.pdf")
    assert left(running, email, mark) != []
    page = requested(running, visitor, email, "erasure", "demande d’effacement")
    until(lambda: visitor.get(page).text, lambda text: "ont été effacés" in text)
    name = f"Usine {email[:6]}"
    until(lambda: left(running, email, mark, name), lambda found: not found)
    after = running.ask(OpenGoal(), LEAD)
    assert (after.met, after.meetings.held) == (before.met, before.meetings.held)


def test_a_coordinator_sees_how_far_a_request_is_and_an_advisor_does_not(running: RunningPlatform) -> None:
    surfer = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.COORDINATOR)
    here = "/fr/admin/personal-data"
    given = {"email": f"{uuid4().hex}@example.org", "kind": "export", "language": "fr"}
    asked = surfer.post(here, here, **given, reason="Appel du 3", verified="Rappel")
    assert asked.status_code == 200
    until(
        lambda: surfer.get(asked.url.path).text,
        lambda text: ("badge" in text and "Terminé" in text) or "Fait" in text,
    )
    assert "Durées de conservation" in surfer.get(f"{here}/retention").text
    assert surfer.post(here, here, **given | {"email": "x"}, reason="", verified="").status_code == 400
    surfer.client.close()
    advisor = Surfer(running).sign_in_as(f"{uuid4().hex}@example.org", Role.ADVISOR)
    assert advisor.get(here).status_code == 403
    advisor.client.close()
