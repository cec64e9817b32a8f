"""Documents of a meeting over HTTP: sent in parts, refused in words, and opened by no browser by itself."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.sectors import load_sectors
from nexus.caller import Caller
from nexus.errors import InvalidInput
from services.meetings.contracts.documents import (
    AddDocument,
    DocumentPart,
    KeepDocumentPart,
    ListOwnDocuments,
    MeetingDocument,
    MeetingDocuments,
    ReadOwnDocument,
)
from services.meetings.contracts.meetings import OpenOwnMeeting
from services.meetings.contracts.waiting import FindOwnWish, OwnWish
from tests.support.fake_bus import FakeBus
from tests.support.html import html_faults
from tests.unit.test_gateway_calendars import START, a_meeting
from tests.unit.test_gateway_pages import BASE

BYTES = b"%PDF-1.7" + bytes(range(256)) * 3_000
TOLD = MeetingDocument(
    id="d1", name='Offre "été".pdf', size=len(BYTES), media_type="application/pdf", added_at=START
)


class Brought(FakeBus):
    """A meeting that is ahead, with one document."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal: Exception | None = None

    async def call(self, message: Any, caller: Caller, **more: Any) -> Any:
        soon = datetime.now(UTC) + timedelta(days=9)
        match message:
            case OpenOwnMeeting():
                return a_meeting(start=soon, end=soon + timedelta(hours=1))
            case FindOwnWish():
                return OwnWish()
            case ListOwnDocuments():
                return MeetingDocuments(items=(TOLD,))
            case ReadOwnDocument(offset=offset):
                data = BYTES[offset : offset + 300_000]
                return DocumentPart(document=TOLD, data=b64encode(data))
            case KeepDocumentPart() | AddDocument():
                self.asked.append((message, caller))
                if self.refusal:
                    raise self.refusal
                return MeetingDocuments(items=(TOLD,))
        return await super().call(message, caller, **more)


def site(bus: FakeBus) -> TestClient:
    app = create_app(load_sectors()["tic"], bus, BASE, rate_limit=0)
    return TestClient(app, base_url=BASE, headers={"Accept": "text/html"}, follow_redirects=False)


def test_a_document_is_an_attachment_that_nothing_sniffs() -> None:
    answer = site(Brought()).get("/fr/rencontre/m1.x/documents/d1")
    assert answer.content == BYTES
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith('attachment; filename="Offre __t__.pdf"')
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_what_is_sent_goes_in_parts_with_its_name_and_the_page_shows_it() -> None:
    bus = Brought()
    client = site(bus)
    files = {"document": ("C:/x/Offre 1.pdf", BYTES, "application/pdf")}
    answer = client.post("/fr/rencontre/m1.x/documents", files=files)
    assert answer.headers["location"] == "/fr/rencontre/m1.x?done=document#documents"
    parts = [one for one, _ in bus.asked if isinstance(one, KeepDocumentPart)]
    assert b"".join(part.data for part in parts) == BYTES
    assert all(len(part.data) < 400_000 for part in parts)
    added = bus.asked[-1][0]
    assert (added.name, added.parts) == ("C:-x-Offre 1.pdf", len(parts))
    page = client.get("/fr/rencontre/m1.x")
    assert "Offre &#34;été&#34;.pdf" in page.text
    assert html_faults(page.text) == []


def test_what_is_refused_is_told_on_the_page() -> None:
    bus = Brought()
    client = site(bus)
    empty = client.post("/fr/rencontre/m1.x/documents", files={"document": ("", b"")})
    assert (empty.status_code, "Choisissez d’abord un document." in empty.text) == (400, True)
    large = client.post("/fr/rencontre/m1.x/documents", files={"document": ("a.pdf", b"x" * 10_000_001)})
    assert (large.status_code, "dépasse 10\xa0Mo" in large.text) == (400, True)
    bus.refusal = InvalidInput("document_type_refused")
    wrong = client.post("/en/meeting/m1.x/documents", files={"document": ("a.exe", b"MZ")})
    assert (wrong.status_code, "This kind of file is not taken" in wrong.text) == (400, True)
