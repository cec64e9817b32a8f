"""The page of a company's calendar, for who has its link by mail: its address, and another one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.links import COMPANY_CALENDAR, COMPANY_FEED
from gateway.people.visitor import Visitors
from gateway.rendering import Page, personal
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES
from services.meetings.contracts.feeds import ReadCompanyFeed, RenewCompanyFeed


def calendar_pages_router(sector: Sector, bus: Bus, base_url: str, visitors: Visitors) -> APIRouter:
    """The page in both languages."""
    router, page = APIRouter(), Page(sector, base_url)

    def add(language: Language) -> None:
        path = f"/{language}/{COMPANY_CALENDAR[language]}/{{token}}"

        @router.get(path)
        async def show(request: Request, token: str) -> Response:
            visitor = await visitors(request, language)
            found = await bus.call(ReadCompanyFeed(token=token[:200]), visitor.caller)
            feed = base_url + COMPANY_FEED.format(token=token)
            paths = {one: f"/{one}/{COMPANY_CALENDAR[one]}/{token}" for one in LANGUAGES}
            values: dict[str, Any] = {
                "feed": feed,
                "subscribe": f"webcal://{feed.partition('://')[2]}",
                "count": len(found.items),
                "done": request.query_params.get("done", ""),
            }
            return personal(page.html("meetings/calendar.html", language, paths, **values))

        @router.post(path)
        async def renew(request: Request, token: str) -> Response:
            visitor = await visitors(request, language)
            renewed = await bus.call(RenewCompanyFeed(token=token[:200]), visitor.caller)
            place = f"/{language}/{COMPANY_CALENDAR[language]}/{renewed.token}?done=renewed"
            return personal(RedirectResponse(place, 303))

    for language in LANGUAGES:
        add(language)
    return router
