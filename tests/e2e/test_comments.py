"""An editor asks a colleague, who answers; who uploads what cannot be read is told. By mail, in both runtimes."""

import re
import time
from uuid import uuid4

from nexus.caller import Caller, Role
from nexus.operations import ListAudit
from tests.e2e.test_editing import dotted
from tests.e2e.test_freshness import mails
from tests.support.files import an_encrypted_pdf
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer

ADMIN = Caller(sector="tic", person="x", roles=frozenset({Role.ADMIN}))


def somebody(running: RunningPlatform, sector: str = "tic") -> tuple[Surfer, str]:
    address = f"editor-{uuid4().hex[:8]}@exemple.ca"
    return Surfer(running, sector).sign_in_as(address, Role.EDITOR), address


def mail_with(running: RunningPlatform, address: str, words: str) -> str:
    deadline = time.monotonic() + 30
    while not (found := [text for text in mails(running, address) if words in " ".join(text.split())]):
        assert time.monotonic() < deadline, f"no mail to {address} with {words!r}"
        time.sleep(0.2)
    assert len(found) == 1
    return found[0]


def a_program(editor: Surfer, title: str) -> str:
    """The path of its form."""
    told = editor.post(
        "/fr/admin/programs/new",
        "/fr/admin/programs/new",
        **dotted({"do": "save", "title__fr": title, "kind": "grant", "sectors": "tic"}),
    )
    return told.url.path


def test_a_colleague_is_asked_by_mail_answers_on_the_page_and_who_asked_is_told(
    running: RunningPlatform,
) -> None:
    (anne, of_anne), (bob, of_bob) = somebody(running), somebody(running)
    title = f"Aide {uuid4().hex[:8]}"
    path = a_program(anne, title)
    page = anne.get(path).text
    (person,) = re.findall(rf'name="people" value="([^"]+)"[^>]*> <span>{re.escape(of_bob)}<', page)
    (number,) = re.findall(r'name="number" value="([^"]+)"', page)
    told = anne.post(f"{path}/comments", path, people=person, text="Le montant est-il juste ?", number=number)
    assert (told.status_code, told.url.path, "reçoivent votre demande" in told.text) == (200, path, True)

    mail = mail_with(running, of_bob, "vous demande de relire")
    assert "Le montant est-il juste ?" in mail
    (link,) = re.findall(r"https?://\S+#comments", mail)
    assert link.endswith(f"{path}#comments")

    page = bob.get(path).text
    assert "1 commentaire ouvert" in page
    (comment,) = re.findall(r'name="comment" value="([^"]+)"', page.partition("/settle")[0])
    told = bob.post(f"{path}/comments/answer", path, comment=comment, text="Oui, depuis avril.")
    assert "Votre réponse est conservée" in told.text
    assert "Oui, depuis avril." in mail_with(running, of_anne, "a répondu à votre question")
    told = anne.post(f"{path}/comments/settle", path, comment=comment, settled="yes")
    assert "1 commentaire réglé" in told.text
    assert "Oui, depuis avril." in told.text

    noted = running.ask(ListAudit(subject=comment), ADMIN, service="content").items
    assert {one.command for one in noted} == {"ask_colleagues", "answer_comment", "settle_comment"}
    assert "montant" not in "".join(one.model_dump_json() for one in noted)
    eve, _ = somebody(running, "aero")
    assert eve.get(path).status_code == 404
    assert eve.post(f"{path}/comments/answer", "/fr/compte", comment=comment, text="x").status_code == 404
    for surfer in (anne, bob, eve):
        surfer.client.close()


def test_bad_input_is_told_in_words_and_nothing_is_asked(running: RunningPlatform) -> None:
    anne, _ = somebody(running)
    path = a_program(anne, "Aide")
    for fields in (
        {"text": "x"},
        {"people": "nobody", "text": "x", "number": "0" * 32},
        {"people": ["x"] * 30, "text": "", "number": "y"},
    ):
        told = anne.post(f"{path}/comments", path, **fields)
        assert (told.status_code, "Choisissez au moins une personne." in told.text) == (400, True)
    for fields in ({"comment": "x", "text": "x"}, {"comment": "0" * 32, "text": ""}, {}):
        assert anne.post(f"{path}/comments/answer", path, **fields).status_code == 400
    assert anne.post(f"{path}/comments/answer", path, comment="0" * 32, text="x").status_code == 404
    assert anne.post(f"{path}/comments/settle", path, comment="x").status_code == 400
    assert anne.send(f"{path}/comments", text="x").status_code == 403
    anne.client.close()


def test_documents_that_cannot_be_read_are_one_mail_to_who_uploaded_them(running: RunningPlatform) -> None:
    anne, address = somebody(running)
    form = anne.get("/fr/admin/documents/upload").text
    token = re.search(r'name="csrf" value="([^"]+)"', form)
    assert token
    name = f"coffre-{uuid4().hex[:6]}"
    files = [
        ("files", (f"{name}-{n}.pdf", an_encrypted_pdf(f"Bonjour {n}", "sesame"), "application/pdf"))
        for n in (1, 2)
    ]
    told = anne.client.post(
        "/fr/admin/documents/upload",
        data={"csrf": token[1]},
        files=files,
        headers={"Accept": "text/html"},
    )
    assert told.status_code == 200
    mail = mail_with(running, address, "2 documents dont le texte n’a pas pu être lu")
    assert len(re.findall(rf"{name}-[12]\.pdf", mail)) == 2
    assert "protégé par un mot de passe" in " ".join(mail.split())
    (first, _) = re.findall(r"https?://[^/\s]+(/fr/admin/documents/\S+)", mail)
    assert anne.get(first).status_code == 200
    anne.client.close()
