"""Documents that a company brings are told by their content, and read by those who take part and nobody else."""

import base64
from uuid import uuid4

import pytest

from nexus.caller import Role
from nexus.errors import NexusError
from services.meetings.contracts.documents import (
    AddDocument,
    KeepDocumentPart,
    ListMeetingDocuments,
    ListOwnDocuments,
    MeetingDocuments,
    ReadMeetingDocument,
    ReadOwnDocument,
    RemoveOwnDocument,
)
from services.meetings.contracts.meetings import Booked
from tests.support.meetings_service import ANNE, LEAD, VISITOR, MeetingsOnDatabase, contact, staff

PDF = b"%PDF-1.7\n" + b"x" * 700_000


@pytest.fixture
def meetings(database) -> MeetingsOnDatabase:
    return MeetingsOnDatabase(database)


@pytest.fixture
def booked(meetings) -> Booked:
    kind = meetings.a_type()
    meetings.advisor()
    return meetings.book(kind, "2026-11-25T09:00")


def bring(meetings: MeetingsOnDatabase, token: str, data: bytes, name: str = "offre.pdf") -> MeetingDocuments:
    upload, pieces = uuid4().hex, [data[at : at + 380_000] for at in range(0, len(data), 380_000)]
    for number, piece in enumerate(pieces):
        part = KeepDocumentPart(token=token, upload=upload, number=number, data=base64.b64encode(piece))
        meetings.service.keep_document_part(part, VISITOR)
    add = AddDocument(token=token, upload=upload, parts=max(len(pieces), 1), name=name)
    return meetings.service.add_document(add, VISITOR)


def refused(do, *arguments) -> str:
    with pytest.raises(NexusError) as error:
        do(*arguments)
    return error.value.code


def test_who_takes_part_reads_what_the_company_brought_byte_by_byte(meetings, booked) -> None:
    (document,) = bring(meetings, booked.token, PDF).items
    assert (document.name, document.size, document.media_type) == ("offre.pdf", len(PDF), "application/pdf")
    listed = meetings.service.list_meeting_documents(ListMeetingDocuments(id=booked.meeting.id), ANNE)
    assert listed.items == (document,)
    read = b""
    while len(read) < document.size:
        query = ReadMeetingDocument(id=booked.meeting.id, document=document.id, offset=len(read))
        read += meetings.service.read_meeting_document(query, ANNE).data
    assert read == PDF
    own = ReadOwnDocument(token=booked.token, document=document.id, offset=len(PDF) + 9)
    assert meetings.service.read_own_document(own, VISITOR).data == b""


def test_nobody_else_reads_it_and_no_other_link_reaches_it(meetings, booked) -> None:
    (document,) = bring(meetings, booked.token, PDF).items
    query = ReadMeetingDocument(id=booked.meeting.id, document=document.id)
    other = LEAD.model_copy(update={"sector": "aero"})
    codes = [
        refused(meetings.service.read_meeting_document, query, one)
        for one in (VISITOR, staff("bob"), other, staff("eve", Role.EDITOR))
    ]
    assert codes == ["role_required", "meeting_not_found", "meeting_not_found", "role_required"]
    second = meetings.book(meetings.a_type(), "2026-11-25T11:00", contact=contact(2))
    elsewhere = ReadOwnDocument(token=second.token, document=document.id)
    assert refused(meetings.service.read_own_document, elsewhere, VISITOR) == "document_not_found"
    remove = RemoveOwnDocument(token=second.token, document=document.id)
    assert refused(meetings.service.remove_own_document, remove, VISITOR) == "document_not_found"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<!doctype html><script>alert(1)</script>", "document_type_refused"),
        (b"MZ\x90\x00" + b"\x00" * 200, "document_type_refused"),
        (b"PK\x03\x04" + b"\x00" * 200, "document_type_refused"),
        (b"", "upload_incomplete"),
        (b"%PDF-1.7" + b"x" * 10_000_000, "file_too_large"),
    ],
)
def test_what_is_no_document_or_too_large_is_refused_whatever_its_name(meetings, booked, data, code) -> None:
    assert refused(bring, meetings, booked.token, data) == code
    assert meetings.service.list_own_documents(ListOwnDocuments(token=booked.token), VISITOR).items == ()
    assert meetings.database["upload_parts"].count_documents({}) == 0


def test_there_are_five_at_most_one_is_taken_back_and_none_comes_once_it_has_begun(meetings, booked) -> None:
    for n in range(5):
        brought = bring(meetings, booked.token, f"Offre {n}".encode(), f"{n}.txt")
    assert refused(bring, meetings, booked.token, PDF) == "too_many_documents"
    remove = RemoveOwnDocument(token=booked.token, document=brought.items[0].id)
    left = meetings.service.remove_own_document(remove, VISITOR)
    assert [one.name for one in left.items] == ["1.txt", "2.txt", "3.txt", "4.txt"]
    assert meetings.database["bytes.files"].count_documents({}) == 4
    meetings.later(days=2)
    assert refused(bring, meetings, booked.token, PDF) == "meeting_over"
    assert refused(meetings.service.remove_own_document, remove, VISITOR) == "meeting_over"
