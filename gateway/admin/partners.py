"""Partners that the file of a sector names, until its editors take them into their list."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway.admin.frame import EDITORS, ITEMS, path_to
from gateway.people.desk import Desk, Signed
from gateway.sectors import Partner
from nexus.caller import LANGUAGES
from services.content.contracts.editing import ItemKind
from services.content.contracts.partners import ImportPartners, PartnerContent, PartnerRow
from services.content.contracts.sectors import GetSector


def partners_routes(router: APIRouter, desk: Desk) -> None:
    """Add the button of their list."""

    async def take_over(signed: Signed) -> Response:
        """Bring them in once, whoever presses how often, and show them as before."""
        found = enumerate(await in_file(desk, signed), 1)
        rows = tuple(_row(place, partner, desk.sector.name) for place, partner in found)
        if rows:
            await signed.call(ImportPartners(source=f"sector-{desk.sector.name}", rows=rows, publish=True))
        return RedirectResponse(path_to(signed.language, ITEMS[ItemKind.PARTNER]), 303)

    for language in LANGUAGES:
        path = path_to(language, ITEMS[ItemKind.PARTNER], "/take-over")
        desk.add(router, "POST", path, language, take_over, EDITORS)


async def in_file(desk: Desk, signed: Signed) -> tuple[Partner, ...]:
    """Those of the file, while they are what the site shows."""
    state = await signed.call(GetSector())
    return desk.file.partners if state.partners is None else ()


def _row(place: int, partner: Partner, sector: str) -> PartnerRow:
    content = {
        "title": partner.name.model_dump(),
        "role": partner.role.model_dump(),
        "url": partner.url,
        "place": place,
        "sectors": (sector,),
    }
    return PartnerRow(external_id=str(place), content=PartnerContent.read(content))
