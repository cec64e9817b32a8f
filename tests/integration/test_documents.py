"""Documents and their files, from the upload to the event, on a real database."""

import base64
import hashlib
import io
from uuid import uuid4

import docx
import pytest
from PIL import Image

from nexus.caller import anonymous, operator
from nexus.composition import Resources
from nexus.delivery.outbox import Outbox
from nexus.errors import Forbidden, InvalidInput, NotFound
from nexus.settings import Settings
from services.content.compose import compose
from services.content.contracts.documents import (
    DocumentContent,
    DocumentRow,
    GetDocument,
    ImportDocuments,
    ListDocuments,
    PublishDocument,
    RetireDocument,
)
from services.content.contracts.files import LARGEST_FILE, PART, FinishUpload, GetFile, KeepPart, ReadFile
from services.content.contracts.publications import Outcome
from services.content.service import Content
from tests.support.files import a_pdf
from tests.support.office_files import saved

ANNE = operator("anne")
VISITOR = anonymous("tic")


@pytest.fixture
def service(database, tmp_path) -> Content:
    return compose(Resources(Settings(data=tmp_path), database, embedded=True)).service


def send(service: Content, data: bytes, part: int = PART) -> str:
    upload = uuid4().hex
    pieces = [data[at : at + part] for at in range(0, len(data), part)]
    for number, piece in enumerate(pieces):
        service.keep_part(KeepPart(upload=upload, number=number, data=base64.b64encode(piece)), ANNE)
    return service.finish_upload(FinishUpload(upload=upload, parts=len(pieces)), ANNE).sha256


def row(sha256: str, external_id: str = "guide", version: str = "1.0", **fields: object) -> DocumentRow:
    content = {
        "title": {"fr": "Guide d’accueil"},
        "date": "2026-11-23",
        "version": version,
        "files": {"fr": {"sha256": sha256, "name": "guide.pdf"}},
        **fields,
    }
    return DocumentRow(external_id=external_id, content=DocumentContent.model_validate(content))


def bring(service: Content, *rows: DocumentRow, publish: bool = True):
    return service.import_documents(ImportDocuments(source="tests", rows=rows, publish=publish), ANNE).rows


def events(service: Content, database) -> list[dict]:
    return [event.envelope.data for event in Outbox(database["documents"]).waiting()]


def test_an_uploaded_pdf_is_joined_read_and_given_back(service):
    data = a_pdf("Bonjour", "Deuxième page", "Troisième page")
    sha256 = send(service, data, part=300)
    assert sha256 == hashlib.sha256(data).hexdigest()
    found = service.get_file(GetFile(sha256=sha256), ANNE)
    assert (found.media_type, found.reading, found.pages, found.size) == (
        "application/pdf", "read", 3, len(data),
    )  # fmt: skip
    half = service.read_file(ReadFile(sha256=sha256, offset=100, length=50), ANNE)
    assert half.data == data[100:150]
    assert service.read_file(ReadFile(sha256=sha256, offset=len(data)), ANNE).data == b""


def test_the_same_bytes_are_stored_once(service, database):
    data = a_pdf("Une fois")
    assert send(service, data) == send(service, data)
    assert database["bytes.files"].count_documents({"filename": hashlib.sha256(data).hexdigest()}) == 1
    assert database["upload_parts"].count_documents({}) == 0


def test_a_missing_part_is_told_and_the_others_are_kept(service):
    upload = uuid4().hex
    service.keep_part(KeepPart(upload=upload, number=1, data=base64.b64encode(b"end")), ANNE)
    with pytest.raises(InvalidInput, match="upload_incomplete"):
        service.finish_upload(FinishUpload(upload=upload, parts=2), ANNE)
    service.keep_part(KeepPart(upload=upload, number=0, data=base64.b64encode(b"be")), ANNE)
    assert service.finish_upload(FinishUpload(upload=upload, parts=2), ANNE).size == 5


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(service, database):
    upload = uuid4().hex
    part = base64.b64encode(bytes(PART))
    for number in range(LARGEST_FILE // PART + 1):
        service.keep_part(KeepPart(upload=upload, number=number, data=part), ANNE)
    with pytest.raises(InvalidInput, match="file_too_large"):
        service.finish_upload(FinishUpload(upload=upload, parts=LARGEST_FILE // PART + 1), ANNE)
    assert database["upload_parts"].count_documents({}) == 0


def test_visitors_upload_nothing(service):
    with pytest.raises(Forbidden):
        service.keep_part(KeepPart(upload=uuid4().hex, number=0, data=base64.b64encode(b"x")), VISITOR)


def test_a_document_is_published_with_the_facts_and_texts_of_its_file(service, database):
    sha256 = send(service, a_pdf("Accueillir", "Former", "Une phrase de la page trois"))
    (answer,) = bring(service, row(sha256))
    assert answer.outcome is Outcome.CREATED
    document = service.get_document(GetDocument(ref="guide-d-accueil"), VISITOR).document
    assert document.facts.fr.pages == 3
    assert document.facts.fr.thumbnail
    (event,) = events(service, database)
    assert event["texts"]["fr"][2] == "Une phrase de la page trois"
    assert event["document"]["facts"]["fr"]["sha256"] == sha256


def test_a_word_file_has_a_picture_that_visitors_may_see(service):
    guide = docx.Document()
    guide.add_paragraph("Guide d’accueil", "Title")
    bring(service, row(send(service, saved(guide))))
    facts = service.get_document(GetDocument(ref="guide-d-accueil"), VISITOR).document.facts.fr
    assert facts.pages is None
    picture = service.read_file(ReadFile(sha256=facts.thumbnail), VISITOR).data
    assert Image.open(io.BytesIO(picture)).format == "WEBP"


def test_importing_again_changes_nothing(service, database):
    sha256 = send(service, a_pdf("Accueillir"))
    bring(service, row(sha256))
    assert [one.outcome for one in bring(service, row(sha256))] == [Outcome.UNCHANGED]
    assert len(events(service, database)) == 1


def test_a_row_whose_file_is_not_here_is_refused_and_the_others_go_in(service):
    sha256 = send(service, a_pdf("Accueillir"))
    missing, here = bring(service, row("0" * 64, "missing"), row(sha256))
    assert (missing.outcome, missing.code) == (Outcome.REFUSED, "file_not_found")
    assert here.outcome is Outcome.CREATED


def test_earlier_versions_can_still_be_had(service):
    first, second = send(service, a_pdf("Première")), send(service, a_pdf("Seconde"))
    bring(service, row(first))
    bring(service, row(second, version="2.0"))
    found = service.get_document(GetDocument(ref="guide-d-accueil"), VISITOR)
    assert found.document.content.version == "2.0"
    assert [(one.version, one.files.fr.sha256) for one in found.earlier] == [("1.0", first)]
    assert service.get_file(GetFile(sha256=first), VISITOR).sha256 == first


def test_a_file_is_seen_only_while_something_public_in_the_sector_names_it(service):
    sha256 = send(service, a_pdf("Aérospatiale"))
    with pytest.raises(NotFound, match="file_not_found"):
        service.read_file(ReadFile(sha256=sha256), VISITOR)
    (answer,) = bring(service, row(sha256, sectors=["aero"]), publish=False)
    with pytest.raises(NotFound, match="file_not_found"):
        service.read_file(ReadFile(sha256=sha256), anonymous("aero"))
    document = service.publish_document(PublishDocument(id=answer.item_id), ANNE)
    assert service.read_file(ReadFile(sha256=sha256), anonymous("aero")).data
    assert service.get_file(GetFile(sha256=document.facts.fr.thumbnail), anonymous("aero")).size
    with pytest.raises(NotFound, match="file_not_found"):
        service.read_file(ReadFile(sha256=sha256), VISITOR)
    service.retire_document(RetireDocument(id=answer.item_id), ANNE)
    with pytest.raises(NotFound, match="file_not_found"):
        service.read_file(ReadFile(sha256=sha256), anonymous("aero"))


def test_a_file_of_a_draft_that_nobody_saw_stays_unseen(service):
    wrong, right = send(service, a_pdf("Paie de tous")), send(service, a_pdf("Accueillir"))
    bring(service, row(wrong), publish=False)
    bring(service, row(right))
    assert service.get_document(GetDocument(ref="guide-d-accueil"), VISITOR).earlier == ()
    with pytest.raises(NotFound, match="file_not_found"):
        service.get_file(GetFile(sha256=wrong), VISITOR)


def test_a_damaged_file_is_kept_and_published_all_the_same(service, database):
    sha256 = send(service, b"%PDF-1.7\n" + bytes(range(256)) * 20)
    bring(service, row(sha256))
    (document,) = service.list_documents(ListDocuments(), VISITOR).items
    assert document.facts.fr.reading == "damaged"
    assert service.read_file(ReadFile(sha256=sha256), VISITOR).data.startswith(b"%PDF")
    assert events(service, database)[0]["texts"]["fr"] == []
