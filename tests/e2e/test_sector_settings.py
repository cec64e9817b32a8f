"""An administrator changes how the site of a sector looks and who carries it. In both runtimes."""

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from uuid import uuid4

import pytest

from nexus.caller import Role
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer

SETTINGS, PARTNERS = "/fr/admin/sector", "/fr/admin/partners"
NOTICES = "/fr/admin/messages/notices"
SECTOR = "svts"  # other tests look at the others
A_GIF = b"GIF89a" + bytes(30)
AN_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

Surf = Callable[..., Surfer]


@pytest.fixture
def surf(running: RunningPlatform) -> Iterator[Surf]:
    """Makes somebody with a role on a sector's site."""
    surfers: list[Surfer] = []

    def somebody(*roles: Role, sector: str = SECTOR) -> Surfer:
        surfers.append(Surfer(running, sector))
        return surfers[-1].sign_in_as(f"{uuid4().hex[:8]}@example.org", *roles)

    yield somebody
    for surfer in surfers:
        surfer.client.close()


@pytest.fixture
def admin(surf: Surf) -> Iterator[Surfer]:
    """Leaves the site as it was set up."""
    somebody = surf(Role.ADMIN, Role.EDITOR)
    yield somebody
    somebody.send(SETTINGS, **form_of(somebody), do="file")


def form_of(surfer: Surfer, path: str = SETTINGS) -> dict[str, str]:
    """What a browser would send of a form: its texts and hidden fields."""
    page = surfer.get(path).text
    inputs = re.findall(r'<input type="(?:text|hidden|url)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page)
    return {name: unescape(value) for name, value in (*inputs, *areas)}


def eventually(is_so: Callable[[], bool], seconds: float = 10) -> float:
    """How long it took."""
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < seconds
        time.sleep(0.02)
    return time.monotonic() - start


def colours_of(running: RunningPlatform, sector: str, path: str = "/fr/") -> str:
    style = re.findall(r'rel="stylesheet" href="([^"]+)"', running.get(path, sector).text)[0]
    return running.get(style, sector).text.partition("\n")[0]


def test_a_name_and_a_colour_are_on_the_site_at_once_and_on_no_other(
    running: RunningPlatform, admin: Surfer
) -> None:
    other = running.get("/fr/", "aero").text, colours_of(running, "aero")
    word = uuid4().hex[:8]
    told = admin.send(
        SETTINGS, **form_of(admin) | {"short.fr": f"Vie {word}", "colours.accent": "#8a1c4a"}, do="save"
    )
    assert (told.status_code, "Enregistré. Le site le montre" in told.text) == (200, True)
    eventually(lambda: f"Vie {word}" in running.get("/fr/", SECTOR).text)
    assert "--accent:#8a1c4a" in colours_of(running, SECTOR)
    assert "--accent:#8a1c4a" in colours_of(running, SECTOR, "/embed/fr/search")
    assert (running.get("/fr/", "aero").text, colours_of(running, "aero")) == other


def test_a_sector_sets_when_companies_are_reminded_and_reads_it_on_the_page_of_notices(admin: Surfer) -> None:
    assert "48\xa0heures avant la rencontre" in admin.get(NOTICES).text
    told = admin.send(SETTINGS, **form_of(admin) | {"reminders": "72; 5"}, do="save")
    assert (told.status_code, form_of(admin)["reminders"]) == (200, "72, 5")
    eventually(lambda: "72\xa0heures avant la rencontre" in admin.get(NOTICES).text)
    assert "48\xa0heures" not in admin.get(NOTICES).text
    admin.send(SETTINGS, **form_of(admin) | {"reminders": "0"}, do="save")
    eventually(lambda: "Aucune rencontre n’est rappelée" in admin.get(NOTICES).text)
    assert form_of(admin)["reminders"] == "0"
    for wrong in ("169", "bientôt", "1, 2, 3, 4, 5", "-1", "24, 0"):
        told = admin.send(SETTINGS, **form_of(admin) | {"reminders": wrong}, do="save")
        assert told.status_code == 400
        assert "quatre nombres entiers" in told.text
        assert f'value="{wrong}"' in told.text


def test_a_preview_shows_the_public_pages_and_changes_nothing(
    running: RunningPlatform, admin: Surfer
) -> None:
    form = form_of(admin) | {"short.fr": "Essai", "colours.accent": "#8a1c4a", "language": "fr"}
    for page in ("look-home", "look-program", "look-find"):
        told = admin.send(SETTINGS, **form, do=page)
        assert told.status_code == 200
        assert "Ceci est un aperçu." in told.text
        assert "Essai" in told.text
        style = unescape(re.findall(r'rel="stylesheet" href="([^"]+)"', told.text)[0])
        assert "--accent:#8a1c4a" in admin.get(style).text
        assert running.get(style, SECTOR).status == 303  # to the sign-in
    assert "Essai" not in running.get("/fr/", SECTOR).text


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(admin: Surfer) -> None:
    for field, value, advice in (
        ("colours.accent", "#ffcc00", "La couleur la plus proche qui convient est #856a00"),
        ("colours.accent", "rouge", "Écrivez une couleur ainsi"),
        ("short.fr", "<b>Vie</b>", "Les signes &lt; et &gt; ne sont pas permis ici."),
        ("tagline.fr", "x" * 5_000, "Au plus 300 caractères."),
        ("title.en", "", "Ce champ est nécessaire."),
        ("contact.url", "javascript:alert(1)", "adresse Web"),
        ("contact.email", "personne", "adresse courriel"),
    ):
        told = admin.send(SETTINGS, **form_of(admin) | {field: value, "short.en": "Kept"}, do="save")
        assert told.status_code == 400, field
        assert advice in told.text, field
        assert 'value="Kept"' in told.text


def test_colours_that_can_be_read_are_taken_with_one_press(admin: Surfer) -> None:
    told = admin.send(SETTINGS, **form_of(admin) | {"colours.accent": "#ffcc00"}, do="nearest")
    assert 'name="colours.accent" value="#856a00"' in told.text


def test_two_at_once_get_both_edits_in_one_form(surf: Surf, admin: Surfer) -> None:
    paul = surf(Role.ADMIN)
    mine, theirs = form_of(admin), form_of(paul)
    assert admin.send(SETTINGS, **mine | {"short.en": "Ours"}, do="save").status_code == 200
    told = paul.send(SETTINGS, **theirs | {"short.fr": "Le nôtre"}, do="save")
    assert told.status_code == 409
    assert 'value="Ours"' in told.text
    assert 'value="Le nôtre"' in told.text


def test_an_earlier_state_is_made_the_newest_again(admin: Surfer) -> None:
    for name in ("Un", "Deux"):
        admin.send(SETTINGS, **form_of(admin) | {"short.fr": name}, do="save")
    page = admin.get(f"{SETTINGS}/history").text
    assert "<del>Un</del><ins>Deux</ins>" in page
    newest = int(form_of(admin)["revision"])
    told = admin.post(f"{SETTINGS}/history", f"{SETTINGS}/history", revision=str(newest), to=str(newest - 1))
    assert "L’état antérieur" in told.text
    assert form_of(admin)["short.fr"] == "Un"


def test_who_is_no_administrator_has_no_right_to_the_settings(surf: Surf) -> None:
    editor = surf(Role.EDITOR)
    for path in ("", "/history", "/colours", "/style.css"):
        assert editor.get(f"{SETTINGS}{path}").status_code == 403


def test_partners_are_taken_from_the_file_then_edited_hidden_and_given_a_logo(
    running: RunningPlatform, surf: Surf
) -> None:
    editor = surf(Role.EDITOR)
    page = running.get("/fr/partenaires", SECTOR).text
    before = re.findall(r'<li><a href="([^"]+)" rel="noopener">', page.partition('class="partners"')[2])
    for _ in range(2):
        assert editor.post(f"{PARTNERS}/take-over", PARTNERS).status_code == 200
    word = uuid4().hex[:8]

    def made(logo: tuple[str, bytes], **changed: str) -> int:
        form = form_of(editor, f"{PARTNERS}/new")
        told = editor.client.post(
            f"{PARTNERS}/new",
            data={**form, "title.fr": f"Institut {word}", "do": "publish", **changed},
            files={"logo": logo},
            headers={"Accept": "text/html"},
        )
        return told.status_code

    assert made(("logo.svg", AN_SVG)) == 400
    assert made(("logo.png", b"Un texte.")) == 400
    assert made(("logo.gif", A_GIF), url="javascript:alert(1)") == 400
    assert made(("logo.gif", A_GIF), place="1", **{"logo.alt.fr": "Une cellule"}) == 200
    eventually(lambda: f"Institut {word}" in running.get("/fr/", SECTOR).text)
    shown = running.get("/fr/partenaires", SECTOR).text
    logo = re.findall(r'<img class="logo" src="([^"]+)" alt="Une cellule"', shown)[0]
    assert running.get(logo, SECTOR).body == A_GIF
    listed = re.findall(r"<tr>.*?</tr>", editor.get(PARTNERS).text, re.DOTALL)
    (line,) = [one for one in listed if logo in one]
    assert "<td>1</td>" in line
    assert any("Aucun logo" in one for one in listed)
    assert all(f'href="{address}"' in shown for address in before)
    assert f"Institut {word}" not in running.get("/fr/partenaires", "aero").text
    item = re.findall(
        r'name="item" value="([^"]+)" aria-label="Institut', editor.get(f"{PARTNERS}?q={word}").text
    )
    editor.post(PARTNERS, PARTNERS, item=item, do="retire")
    eventually(lambda: f"Institut {word}" not in running.get("/fr/", SECTOR).text)
