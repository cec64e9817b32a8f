"""A coordinator writes the words of a mail, and the next one says them. In both runtimes."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from nexus.caller import Role, system
from services.notifications.contracts import SendCalendar
from tests.e2e.test_mail import wait_for_page
from tests.e2e.test_sector_settings import form_of
from tests.support.platforms import DistributedPlatform, RunningPlatform
from tests.support.surfer import Surfer

SECTOR, PATH = "svts", "/fr/admin/mail-templates/calendar"
DIGEST = "/fr/admin/mail-templates/digest"
LINK = "http://127.0.0.1:8001/fr/calendrier?jeton=ZWxsZQ_1"


@pytest.fixture
def lead(running: RunningPlatform) -> Iterator[Surfer]:
    """A coordinator, who leaves the words as they were shipped."""
    surfer = Surfer(running, SECTOR).sign_in_as(f"{uuid4().hex[:8]}@example.org", Role.COORDINATOR)
    yield surfer
    surfer.send(PATH, **form_of(surfer, PATH), do="shipped")
    surfer.client.close()


def text_of_the_mail(platform: RunningPlatform, subject: str) -> str:
    """What a mail says that is sent now to somebody who reads French, once it is there."""
    to = f"{uuid4().hex[:8]}@example.org"
    platform.ask(SendCalendar(to=to, language="fr", link=LINK), system("meetings", SECTOR))
    if isinstance(platform, DistributedPlatform):
        mail = platform.mailbox.wait_for(to)
        assert subject in mail["Subject"]
        part = mail.get_body(("plain",))
        assert part
        return str(part.get_content())
    page = wait_for_page(platform, SECTOR, to)
    assert subject in page
    return platform.get("/fr/courriels/latest", SECTOR).text


def test_words_are_looked_at_saved_sent_seen_in_the_trail_and_taken_back(
    running: RunningPlatform, lead: Surfer
) -> None:
    form = form_of(lead, PATH)
    assert form["body.fr"].startswith("Vous avez demandé le calendrier")
    own = form | {
        "subject.fr": "Vos rencontres avec {{ site }}",
        "body.fr": "Voilà, **enfin**.\n\n[Y aller]({{ link }})",
    }
    looked = lead.send(PATH, **own, do="look")
    assert looked.status_code == 200
    assert "Vos rencontres avec Emploi NEXUS" in looked.text
    assert "exemples inventés" in looked.text
    assert "lien.invalid" in looked.text
    refused = lead.send(PATH, **own | {"body.fr": "a\n{{ lien }}"}, do="save")
    assert refused.status_code == 400
    assert "Ligne 2\xa0: il n’y a pas de champ «\xa0lien\xa0»." in refused.text
    assert "Enregistré." in lead.send(PATH, **own, do="save").text
    told = text_of_the_mail(running, "Vos rencontres avec Emploi NEXUS")
    assert "Voilà, enfin." in told
    assert "Y aller\xa0:" in told
    late = lead.send(PATH, **own | {"subject.fr": "À contretemps"}, do="save")  # as of revision 0
    assert late.status_code == 409
    assert "Vos rencontres avec {{ site }}" in late.text
    assert "À contretemps" in late.text
    assert "<ins>" in lead.get(f"{PATH}/history").text
    page = form_of(lead, PATH)
    assert "textes d’origine s’appliquent" in lead.send(PATH, **page, do="shipped").text
    assert "Vous avez demandé le calendrier" in text_of_the_mail(running, "Le calendrier de vos rencontres")
    restored = lead.post(f"{PATH}/history", f"{PATH}/history", revision="2", to="1")
    assert "de nouveau le plus récent" in restored.text
    assert form_of(lead, PATH)["subject.fr"] == "Vos rencontres avec {{ site }}"


def test_a_digest_is_looked_at_with_programs_that_the_site_shows(
    running: RunningPlatform, lead: Surfer
) -> None:
    form = form_of(lead, DIGEST)
    own = form | {
        "body.fr": "Du neuf :\n\n{% for un in items %}\n- {{ un.title }} {{ un.url }}\n{% endfor %}"
    }
    looked = lead.send(DIGEST, **own, do="look")
    assert "que votre site montre en ce moment" in looked.text
    assert "/fr/programmes/" in looked.text
    assert "/en/programs/" in looked.text
    assert "Me désabonner" in looked.text
    refused = lead.send(DIGEST, **form | {"body.fr": "Du neuf."}, do="save")
    assert refused.status_code == 400
    assert "items.url" in refused.text


def test_words_that_have_become_unusable_do_not_keep_a_mail_from_going_and_it_says_so(
    running: RunningPlatform, lead: Surfer
) -> None:
    many = "[Un]({{ link }}) [deux]({{ link }})"
    assert "Enregistré." in lead.send(PATH, **form_of(lead, PATH) | {"body.fr": many}, do="save").text
    long = LINK + "&" + "[" * 1_900  # of which twice is more than an own text may have
    to = f"{uuid4().hex[:8]}@example.org"
    running.ask(SendCalendar(to=to, language="fr", link=long), system("meetings", SECTOR))
    deadline = time.monotonic() + 15
    while "texte d’origine" not in (page := lead.get(f"/fr/admin/messages?address={to}").text):
        assert time.monotonic() < deadline, page
        time.sleep(0.1)
