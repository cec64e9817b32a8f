"""How public pages would look with other settings: made for one answer, kept by nobody."""

from datetime import UTC, datetime

from fastapi.responses import Response

from gateway import fitting, views
from gateway.i18n import translations
from gateway.links import FIND
from gateway.people.desk import Signed
from gateway.rendering import HOME, Page
from gateway.sectors import Language, Sector
from gateway.site_pages import home_page
from nexus.caller import LANGUAGES, anonymous
from services.content.contracts import FindFitting, ListPrograms

PAGES = ("look-home", "look-program", "look-find")
_ANSWERED = [("show", "all")]


async def look(name: str, sector: Sector, base_url: str, style: str, signed: Signed) -> Response:
    """One of PAGES in the language that the form asks for, with the style sheet at `style`."""
    language: Language = "en" if signed.form.get("language") == "en" else "fr"
    page = Page(sector, base_url, style)
    if name == "look-find":
        return await _found(page, sector, base_url, language, signed)
    if name == "look-program" and (shown := await _program(page, sector, base_url, language, signed)):
        return shown
    return await home_page(page, language, sector, signed.bus, base_url, unsaved=True)


async def _program(
    page: Page, sector: Sector, base_url: str, language: Language, signed: Signed
) -> Response | None:
    """The first program; None if there is none yet."""
    found = (await signed.bus.call(ListPrograms(limit=1), anonymous(sector.name, language))).items
    if not found:
        return None
    view = views.program(found[0], language, translations(language), datetime.now(UTC).date(), base_url)
    return page.html("program.html", language, HOME, view=view, cards=[], unsaved=True)


async def _found(page: Page, sector: Sector, base_url: str, language: Language, signed: Signed) -> Response:
    given = fitting.read(_ANSWERED)
    found = await signed.bus.call(FindFitting(answers=given.answers), anonymous(sector.name, language))
    view = fitting.view(given, found, language, translations(language), base_url)
    paths = {one: f"/{one}/{FIND[one]}" for one in LANGUAGES}
    return page.html("find.html", language, paths, view=view, unsaved=True)
