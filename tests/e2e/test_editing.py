"""Editors keep everything current without a developer. In both runtimes."""

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.support.files import a_pdf
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer


@pytest.fixture
def surf(running: RunningPlatform) -> Iterator[Callable[..., Surfer]]:
    """Makes somebody with a role on a sector's site."""
    surfers: list[Surfer] = []

    def somebody(role: Role, sector: str = "tic") -> Surfer:
        surfers.append(Surfer(running, sector))
        return surfers[-1].sign_in_as(f"{role}-{uuid4().hex[:8]}@example.org", role)

    yield somebody
    for surfer in surfers:
        surfer.client.close()


Surf = Callable[..., Surfer]


@pytest.fixture
def editor(surf: Surf) -> Surfer:
    return surf(Role.EDITOR)


def a_word() -> str:
    """A word that nothing else has."""
    return "zy" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex[:10])


def new(editor: Surfer, of: str, do: str, /, **fields: str | list[str]) -> str:
    """The address of the form of a new one."""
    told = editor.post(f"/fr/admin/{of}/new", f"/fr/admin/{of}/new", do=do, **dotted(fields))
    assert told.status_code == 200, told.text
    return told.url.path


def dotted(fields: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    return {name.replace("__", "."): value for name, value in fields.items()}


def form_of(editor: Surfer, path: str) -> dict[str, str]:
    """What a browser would send of the form at `path`: its texts and hidden fields."""
    page = editor.get(path).text
    inputs = re.findall(
        r'<input type="(?:text|hidden|url|date)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page
    )
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page)
    chosen = re.findall(r'<select[^>]*name="([^"]+)".*?<option value="([^"]*)" selected', page, re.S)
    return {name: unescape(value) for name, value in (*inputs, *areas, *chosen)}


def save(editor: Surfer, path: str, form: dict[str, str], do: str = "save") -> tuple[int, str]:
    told = editor.send(path, **{**form, "do": do})
    return told.status_code, told.text


def eventually(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_draft_is_seen_by_nobody_and_once_published_found_on_the_site(
    running: RunningPlatform, editor: Surfer
) -> None:
    word = a_word()
    path = new(editor, "programs", "save", title__fr=f"Aide {word}", kind="grant")
    assert running.search(word)["total"] == 0
    status, text = save(editor, path, form_of(editor, path), do="publish")
    assert (status, "Publié." in text) == (200, True)
    eventually(lambda: running.search(word)["total"] == 1)


def test_a_preview_shows_what_nobody_has_saved(running: RunningPlatform, editor: Surfer) -> None:
    word = a_word()
    told = editor.post(
        "/fr/admin/programs/new",
        "/fr/admin/programs/new",
        **dotted({"do": "preview", "title__fr": f"Aide {word}", "kind": "grant", "language": "fr"}),
    )
    assert told.status_code == 200
    assert "Ceci est un aperçu." in told.text
    assert f"Aide {word}" in told.text
    assert "0 dans cette liste" in editor.get(f"/fr/admin/programs?q={word}").text


def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(editor: Surfer) -> None:
    told = editor.post(
        "/fr/admin/activities/new",
        "/fr/admin/activities/new",
        **dotted({"do": "publish", "place__fr": "À la bibliothèque", "link": "example.org"}),
    )
    assert told.status_code == 400
    for advice in ("Donnez un titre", "Choisissez de quel genre", "Dites quand cela commence", "adresse Web"):
        assert advice in told.text
    assert "À la bibliothèque" in told.text


def test_two_editors_at_once_lose_nothing(surf: Surf) -> None:
    anne, paul = surf(Role.EDITOR), surf(Role.EDITOR)
    path = new(anne, "programs", "save", title__fr="Aide", title__en="Help", kind="grant", amount__fr="Un")
    of_anne, of_paul = form_of(anne, path), form_of(paul, path)
    assert save(anne, path, of_anne | {"amount.fr": "Deux", "promise.fr": "Promis"})[0] == 200
    status, merge = save(paul, path, of_paul | {"amount.fr": "Trois", "title.en": "Aid"})
    assert status == 409
    assert "Quelqu’un d’autre a enregistré entre-temps" in merge
    assert "Enregistré entre-temps par quelqu’un d’autre\u00a0:</strong> Deux" in merge
    both = re.findall(r'name="(promise\.fr|title\.en)"[^>]*value="([^"]*)"', merge)
    assert sorted(both) == [("promise.fr", "Promis"), ("title.en", "Aid")]
    revision = re.findall(r'name="revision" value="(\d+)"', merge)[0]
    again = of_paul | {"amount.fr": "Trois", "title.en": "Aid", "promise.fr": "Promis", "revision": revision}
    assert save(paul, path, again)[0] == 200
    assert form_of(anne, path)["amount.fr"] == "Trois"


def test_an_earlier_state_can_be_made_the_newest_again(editor: Surfer) -> None:
    path = new(editor, "pages", "save", title__fr="Avant", body__fr="Texte")
    assert save(editor, path, form_of(editor, path) | {"title.fr": "Après"})[0] == 200
    history = editor.get(f"{path}/history").text
    assert "<del>Avant</del>" in history
    assert "<ins>Après</ins>" in history
    told = editor.post(f"{path}/history", f"{path}/history", revision="2", to="1")
    assert "L’état antérieur est rétabli." in told.text
    assert form_of(editor, path)["title.fr"] == "Avant"


def test_a_pdf_that_is_uploaded_is_found_by_a_sentence_inside(
    running: RunningPlatform, editor: Surfer
) -> None:
    word = a_word()
    page = "/fr/admin/documents/new"
    token = re.findall(r'name="csrf" value="([^"]+)"', editor.get(page).text)[0]
    told = editor.client.post(
        page,
        data={"csrf": token, "do": "publish", "title.fr": "Un guide", "date": "2026-11-23"},
        files={
            "files.fr": ("guide.pdf", a_pdf("Première page", f"On y parle de {word} ici."), "application/pdf")
        },
        headers={"Accept": "text/html"},
    )
    assert told.status_code == 200, told.text
    assert "guide.pdf" in told.text
    eventually(lambda: running.search(word)["total"] == 1)


def test_a_large_file_is_taken_where_files_are_and_nowhere_else(editor: Surfer) -> None:
    large = ("large.txt", b"x" * 3_000_000, "text/plain")
    for kind, field, status in (("documents", "files.fr", 200), ("programs", "title.fr", 413)):
        page = f"/fr/admin/{kind}/new"
        token = re.findall(r'name="csrf" value="([^"]+)"', editor.get(page).text)[0]
        data = {"csrf": token, "do": "save", "title.fr": "Un fichier", "date": "2026-11-23"}
        assert editor.client.post(page, data=data, files={field: large}).status_code == status


def test_many_can_be_published_and_withdrawn_at_once(running: RunningPlatform, editor: Surfer) -> None:
    word = a_word()
    paths = [new(editor, "posts", "save", title__fr=f"Billet {word} {n}") for n in range(3)]
    ids = [path.rpartition("/")[2] for path in paths]
    told = editor.post("/fr/admin/posts", f"/fr/admin/posts?q={word}", item=ids, do="publish")
    assert "3 publiés." in told.text
    eventually(lambda: running.search(word)["total"] == 3)
    editor.post("/fr/admin/posts", f"/fr/admin/posts?q={word}", item=ids, do="retire")
    eventually(lambda: running.search(word)["total"] == 0)


def test_what_is_typed_is_kept_offered_and_gone_with_the_save(editor: Surfer) -> None:
    word, page, work = a_word(), "/fr/admin/pages/new", uuid4().hex
    fields = {"work": work, "title.fr": f"Page {word}", "body.fr": "À moitié écr"}
    told = editor.post("/fr/admin/pages/work", page, **fields)
    assert (told.status_code, "gardées à" in told.json()["status"]) == (200, True)
    assert f"Page {word}" in editor.get("/fr/admin/pages").text
    again = form_of(editor, f"{page}?work={work}")
    assert (again["body.fr"], again["work"]) == ("À moitié écr", work)
    assert save(editor, page, again)[0] == 200
    assert f"/new?work={work}" not in editor.get("/fr/admin/pages").text
    assert editor.post("/fr/admin/pages/work", page, **fields).status_code == 409
    assert editor.post("/fr/admin/pages/work", page, work="../x").status_code == 400


def test_what_was_typed_goes_with_the_account(running: RunningPlatform, surf: Surf) -> None:
    address, page, word = f"{uuid4().hex[:8]}@example.org", "/fr/admin/pages/new", a_word()
    leaving, admin = Surfer(running).sign_in_as(address, Role.EDITOR), surf(Role.ADMIN)
    fields = {"work": uuid4().hex, "title.fr": f"Page {word}"}
    assert leaving.post("/fr/admin/pages/work", page, **fields).status_code == 200
    listed = admin.get(f"/fr/admin/people?q={address}").text
    account = re.findall(rf'href="(/fr/admin/people/\w+)"[^>]*>[^<]*{address}', listed)[0]
    assert admin.post(f"{account}/remove", account).status_code == 200
    leaving.sign_in_as(address, Role.EDITOR)  # the same account, invited again
    eventually(lambda: word not in leaving.get("/fr/admin/pages").text)
    leaving.client.close()


def test_a_program_is_published_by_itself_when_its_form_says_so(
    running: RunningPlatform, editor: Surfer
) -> None:
    word = a_word()
    path = new(
        editor, "programs", "save", title__fr=f"Aide {word}", kind="grant", publish_at="2099-12-02T08:00"
    )
    listed = editor.get(f"/fr/admin/programs?q={word}").text
    for told in (listed, editor.get(path).text):
        assert "sera publié le 2 décembre 2099" in told.replace("\xa0", " ")
    assert save(editor, path, form_of(editor, path) | {"publish_at": "2026-01-01T08:00"})[0] == 200
    eventually(lambda: running.search(word)["total"] == 1)


def test_a_list_is_narrowed_by_words_state_and_missing_translation(editor: Surfer) -> None:
    word = a_word()
    new(editor, "programs", "save", title__fr=f"Été {word}", title__en=f"Summer {word}", kind="loan")
    new(editor, "programs", "publish", title__fr=f"Hiver {word}", promise__en="Only", kind="loan")
    listed = editor.get(f"/fr/admin/programs?q=ete {word}").text
    assert f"Été {word}" in listed
    assert f"Hiver {word}" not in listed
    listed = editor.get(f"/fr/admin/programs?q={word}&status=published&missing=en").text
    assert f"Hiver {word}" in listed
    assert f"Été {word}" not in listed
    for strange in ("?status=x&theme=y&page=-1&order=z&missing=q", "?page=99999999999", "?q=" + "x" * 5_000):
        assert editor.get(f"/fr/admin/programs{strange}").status_code == 200


def test_an_editor_of_one_sector_cannot_see_or_change_what_belongs_to_another(surf: Surf) -> None:
    anne, eve = surf(Role.EDITOR, "aero"), surf(Role.EDITOR, "tic")
    path = new(anne, "programs", "publish", title__fr="Aide", kind="grant", sectors=["aero"])
    assert eve.get(path).status_code == 404
    assert eve.get(f"{path}/history").status_code == 404
    assert (
        save(eve, path, form_of(anne, path) | {"csrf": form_of(eve, "/fr/admin/pages/new")["csrf"]})[0] == 404
    )
    told = eve.post(
        "/fr/admin/programs/new",
        "/fr/admin/programs/new",
        **{"title.fr": "A", "kind": "grant", "sectors": "aero"},
    )
    assert told.status_code == 403
    assert "votre propre secteur" in told.text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADVISOR, Role.COORDINATOR])
def test_who_is_no_editor_has_no_right_to_the_forms(surf: Surf, role: Role) -> None:
    somebody = surf(role)
    for path in ("/fr/admin/programs", "/fr/admin/programs/new", "/fr/admin/documents"):
        assert somebody.get(path).status_code == 403


def test_what_visitors_search_for_in_vain_is_shown_to_editors(
    running: RunningPlatform, editor: Surfer
) -> None:
    word = a_word()
    for capital in (word, word.upper()):
        assert running.search(capital)["total"] == 0
    assert word in (page := editor.get("/fr/admin/searches").text)
    assert re.search(rf"{word}</a></th><td>Français</td><td>2</td>", page)
    assert editor.get("/fr/admin/searches?days=x").status_code == 200
