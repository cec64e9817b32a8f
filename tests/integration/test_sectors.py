"""The settings of sectors and their partners, in the service and its store."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from pymongo.database import Database

from nexus.caller import Caller, Role, anonymous, operator
from nexus.errors import Forbidden, InvalidInput, NexusError, NotFound, StaleRevision
from nexus.mongo import Document
from services.content.contracts.editing import ItemKind, SaveItem, TurnItem
from services.content.contracts.files import FinishUpload, KeepPart
from services.content.contracts.partners import ImportPartners, PartnerRow
from services.content.contracts.publications import Status
from services.content.contracts.sectors import GetSector, GetSectorHistory, SaveSector, SectorChanged
from services.content.service import Content
from services.content.service.sectors import LARGEST_LOGO
from services.notifications.domain.messages import Sender
from services.notifications.senders import Senders
from tests.support.content_service import content_service
from tests.support.sectors import settings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANNE = Caller(sector="tic", person="anne", roles=frozenset({Role.ADMIN}))
ZOE = Caller(sector="tic", person="zoe", roles=frozenset({Role.EDITOR}))
EVE = Caller(sector="aero", person="eve", roles=frozenset({Role.ADMIN, Role.EDITOR}))
VISITOR = anonymous("tic")
A_GIF = b"GIF89a" + bytes(30)
AN_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def service(database: Database[Document]) -> Content:
    return content_service(database, lambda: NOW)


@pytest.fixture
def save(service: Content) -> Callable[..., Any]:
    def saved(revision: int, caller: Caller = ANNE, **changed: Any) -> Any:
        return service.save_sector(SaveSector(revision=revision, settings=settings(**changed)), caller)

    return saved


Save = Callable[..., Any]


def test_before_anybody_changed_anything_nothing_lies_over_the_file(service: Content) -> None:
    state = service.get_sector(GetSector(), VISITOR)
    assert (state.settings, state.revision, state.partners) == (None, 0, None)


def test_what_an_administrator_saves_everybody_of_the_sector_sees_and_nobody_else(
    service: Content, save: Save
) -> None:
    save(0)
    assert service.get_sector(GetSector(), VISITOR).settings == settings()
    elsewhere = service.get_sector(GetSector(), anonymous("aero"))
    assert elsewhere.settings is None
    assert elsewhere.others == {"tic": settings().short}  # a name in a list
    assert service.get_sector(GetSector(), VISITOR).others == {}


def test_the_change_and_its_news_are_one_write(save: Save, database: Database[Document]) -> None:
    save(0)
    save(1, short={"fr": "Son", "en": "Sound"})
    (document,) = database["sectors"].find()
    assert document["revision"] == 2
    assert [f'"revision":{n}' in entry["body"] for n, entry in enumerate(document["outbox"], 1)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("seen", [0, 2])
def test_a_stale_edit_is_refused_with_both_versions(save: Save, seen: int) -> None:
    save(0)
    with pytest.raises(StaleRevision) as refused:
        save(seen, short={"fr": "Son", "en": "Sound"})
    assert refused.value.details["yours"]["settings"]["short"]["fr"] == "Son"
    assert refused.value.details["current"]["settings"]["short"]["fr"] == "Musique"


def test_every_revision_stays_and_the_file_can_count_again(service: Content, save: Save) -> None:
    save(0)
    save(1, short={"fr": "Son", "en": "Sound"})
    state = service.save_sector(SaveSector(revision=2, settings=None), ANNE)
    assert (state.settings, state.revision) == (None, 3)
    told = service.get_sector_history(GetSectorHistory(), ANNE).revisions
    assert [(one.revision, one.by, one.settings and one.settings.short.fr) for one in told] == [
        (3, "anne", None),
        (2, "anne", "Son"),
        (1, "anne", "Musique"),
    ]
    assert service.get_sector_history(GetSectorHistory(), EVE).revisions == ()


def test_saving_what_stands_changes_nothing(save: Save) -> None:
    save(0)
    assert save(1).revision == 1


def test_colours_that_cannot_be_read_are_refused_with_the_nearest_that_can(save: Save) -> None:
    weak = {"accent": "#ffcc00", "accent_dark": "#f0a6c4", "on_accent": "#ffffff"}
    with pytest.raises(InvalidInput, match="contrast_too_low") as refused:
        save(0, colours=weak)
    (check,) = refused.value.details["checks"]
    assert (check["colour"], check["ratio"], check["nearest"]) == ("accent", 1.3, "#856a00")
    assert save(0, colours=weak | {"accent": check["nearest"]}).revision == 1


def test_only_an_administrator_of_a_sector_changes_it(service: Content, save: Save) -> None:
    for caller in (VISITOR, ZOE, operator("root")):
        with pytest.raises(Forbidden):
            save(0, caller)
    with pytest.raises(Forbidden):
        service.get_sector_history(GetSectorHistory(), ZOE)


def partner(service: Content, name: str, caller: Caller = ZOE, *, show: bool = True, **told: Any) -> str:
    content = {"title": {"fr": name}, "sectors": ["tic"], **told}
    item = service.save_item(SaveItem(kind=ItemKind.PARTNER, content=content), caller)
    if show:
        service.turn_item(TurnItem(kind=ItemKind.PARTNER, id=item.id, to=Status.PUBLISHED), caller)
    return item.id


def shown(service: Content, sector: str = "tic") -> list[str | None] | None:
    partners = service.get_sector(GetSector(), anonymous(sector)).partners
    return None if partners is None else [one.content.title.fr for one in partners]


def test_partners_are_shown_in_their_order_and_hidden_ones_are_not(service: Content) -> None:
    partner(service, "Zéphyr")
    partner(service, "Alizé")
    partner(service, "Mistral", place=1)
    hidden = partner(service, "Bise", place=2)
    service.turn_item(TurnItem(kind=ItemKind.PARTNER, id=hidden, to=Status.RETIRED), ZOE)
    assert shown(service) == ["Mistral", "Alizé", "Zéphyr"]
    assert shown(service, "aero") is None


def test_a_draft_alone_is_a_list_already(service: Content) -> None:
    partner(service, "Zéphyr", show=False)
    assert shown(service) == []


def test_a_partner_belongs_to_the_sector_of_who_writes_it(service: Content) -> None:
    for sectors in ([], ["aero"], ["tic", "aero"]):
        with pytest.raises(NexusError) as refused:
            partner(service, "Zéphyr", sectors=sectors)
        assert refused.value.code in ("invalid_message", "sector_forbidden")
    item = partner(service, "Zéphyr")
    with pytest.raises(NotFound):
        service.turn_item(TurnItem(kind=ItemKind.PARTNER, id=item, to=Status.RETIRED), EVE)


def test_partners_of_a_file_come_in_once(service: Content) -> None:
    content = {"title": {"fr": "CAMAQ"}, "sectors": ("tic",)}
    rows = (PartnerRow(external_id="1", content=content),)  # type: ignore[arg-type]
    for _ in range(2):
        service.import_partners(ImportPartners(source="sector-tic", rows=rows, publish=True), ZOE)
    assert shown(service) == ["CAMAQ"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (A_GIF, None),
        (AN_SVG, "logo_not_a_picture"),
        (b"Un texte.", "logo_not_a_picture"),
        (b"GIF89a" + bytes(LARGEST_LOGO), "logo_too_large"),
        (None, "file_not_found"),
    ],
)
def test_a_logo_is_a_small_picture_and_no_drawing_that_runs(
    service: Content, file: bytes | None, code: str | None
) -> None:
    sha256 = "0" * 64 if file is None else upload(service, file)
    if code is None:
        partner(service, "Zéphyr", logo={"sha256": sha256})
        assert shown(service) == ["Zéphyr"]
        return
    with pytest.raises(NexusError) as refused:
        partner(service, "Zéphyr", logo={"sha256": sha256})
    assert refused.value.code == code


def upload(service: Content, file: bytes) -> str:
    name, size = uuid4().hex, 300_000
    parts = [file[at : at + size] for at in range(0, len(file), size)]
    for number, part in enumerate(parts):
        service.keep_part(KeepPart(upload=name, number=number, data=b64encode(part)), ZOE)
    return service.finish_upload(FinishUpload(upload=name, parts=len(parts)), ZOE).sha256


def test_mails_are_signed_as_the_site_is_called_now_and_late_news_changes_nothing(
    database: Database[Document],
) -> None:
    file = Sender("Emploi NEXUS TIC", "Titre", "TECHNO", None, None, "#0b5c8a", "#7cc4ee", "#ffffff")
    senders = Senders({"tic": {"fr": file, "en": file}}, database)
    assert senders.of("tic", "fr") == file
    news = [
        SectorChanged(sector="tic", revision=n, settings=settings() if n == 2 else None) for n in (1, 2, 3)
    ]
    senders.take(news[1])
    senders.take(news[0])
    changed = senders.of("tic", "en")
    assert (changed.site, changed.contact, changed.reply_to, changed.accent) == (
        "Emploi NEXUS Music",
        "L’Orchestre",
        "bonjour@example.org",
        "#8a1c4a",
    )
    assert changed.address == "1, rue de la Scène, Montréal"
    senders.take(news[2])
    assert senders.of("tic", "fr") == file
    assert "tic" in senders
    assert "aero" not in senders


def test_a_sector_is_reminded_as_it_set_it_and_others_as_the_installation_has_it(
    database: Database[Document],
) -> None:
    senders = Senders({}, database, (48, 2))
    senders.take(SectorChanged(sector="tic", revision=1, settings=settings(reminders=[2, 120, 2])))
    senders.take(SectorChanged(sector="svts", revision=1, settings=settings(reminders=[])))
    senders.take(SectorChanged(sector="aero", revision=1, settings=settings()))
    told = [tuple(senders.reminder_hours(sector)) for sector in ("tic", "svts", "aero", "ia", None)]
    assert told == [(120, 2), (), (48, 2), (48, 2), (48, 2)]
    senders.take(SectorChanged(sector="tic", revision=2, settings=None))
    assert tuple(senders.reminder_hours("tic")) == (48, 2)


@pytest.mark.parametrize("reminders", [[0], [169], [1, 2, 3, 4, 5], ["soon"], [2.5], [-2]])
def test_hours_that_nobody_can_be_reminded_at_are_refused(reminders: list[Any]) -> None:
    with pytest.raises(ValidationError, match="reminders"):
        settings(reminders=reminders)
