"""The plan of a company, for who has its link: to read, to tick, to print."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.links import PLAN
from gateway.meetings import case_views, plan_pdf
from gateway.meetings.pages import LinkPages
from gateway.people import forms
from gateway.sectors import Language, Sector
from nexus.bus import Bus
from nexus.caller import LANGUAGES, Caller
from services.meetings.contracts.cases import OpenOwnPlan, OwnPlan, TickOwnPlan

PDF = "plan.pdf"
_MOST = 40  # entries of a plan


def plan_router(sector: Sector, bus: Bus, base_url: str) -> APIRouter:
    """The pages in both languages."""
    router, pages = APIRouter(), _Plans(sector, bus, base_url)
    for language in LANGUAGES:
        path = f"/{language}/{PLAN[language]}/{{token}}"
        router.add_api_route(path, pages.endpoint(language, pages.show), methods=["GET"])
        router.add_api_route(path, pages.endpoint(language, pages.tick), methods=["POST"])
        router.add_api_route(f"{path}/{PDF}", pages.endpoint(language, pages.paper), methods=["GET"])
    return router


class _Plans(LinkPages):
    async def show(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """The plan, with what is done."""
        plan = await self._bus.call(OpenOwnPlan(token=token), caller)
        lines = await case_views.plan_lines(self._bus, caller, plan.entries, language)
        paths = {one: _path(one, token) for one in LANGUAGES}
        values: dict[str, Any] = {
            "plan": plan,
            "own": [line for line in lines if line.entry.who == "company"],
            "ours": [line for line in lines if line.entry.who == "advisor"],
            "pdf": f"{paths[language]}/{PDF}",
            "done": request.query_params.get("done") == "ticked",
        }
        return self._page.html("meetings/plan.html", language, paths, **values)

    async def tick(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """What the company has done by now."""
        done = [one for one in await forms.values_of(request, "done") if one.isalnum() and len(one) <= 64]
        await self._bus.call(TickOwnPlan(token=token, done=tuple(done[:_MOST])), caller)
        return RedirectResponse(f"{_path(language, token)}?done=ticked", 303)

    async def paper(self, language: Language, request: Request, token: str, caller: Caller) -> Response:
        """The plan as PDF."""
        plan: OwnPlan = await self._bus.call(OpenOwnPlan(token=token), caller)
        lines = await case_views.plan_lines(self._bus, caller, plan.entries, language)
        return plan_pdf.response(
            await plan_pdf.make(lines, plan.company, plan.advisor, self._sector, language)
        )


def _path(language: Language, token: str) -> str:
    return f"/{language}/{PLAN[language]}/{token}"
