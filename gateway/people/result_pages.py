"""What fits a company, mailed to whoever is signed in; others have the `mailto:` link on the page of the result."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from gateway import fitting
from gateway.links import FIND, RECEIVE
from gateway.people.desk import Desk, Signed
from gateway.sectors import Language
from nexus.caller import LANGUAGES
from nexus.errors import Conflict
from services.people.contracts.results import MailResult


def result_router(desk: Desk) -> APIRouter:
    """The page in both languages."""
    router = APIRouter()

    async def show(signed: Signed) -> Response:
        return page(signed, done=signed.query("done") == "sent")

    async def send(signed: Signed) -> Response:
        answers = _answers(signed)
        command = MailResult(base_url=desk.base_url, answers=answers, language=signed.language)
        try:
            await signed.call(command)
        except Conflict:
            return page(signed, 409, often=True)
        return RedirectResponse(f"{_path(signed.language)}{answers}{'&' if answers else '?'}done=sent", 303)

    def page(signed: Signed, status: int = 200, *, done: bool = False, often: bool = False) -> Response:
        answers = _answers(signed)
        paths = {one: _path(one) + answers for one in LANGUAGES}
        back = f"/{signed.language}/{FIND[signed.language]}{answers}"
        values = {"to": signed.visitor.person.email, "back": back, "done": done, "often": often}
        return desk.html("result_mail.html", signed, paths, status, **values)

    for language in LANGUAGES:
        desk.add(router, "GET", _path(language), language, show)
        desk.add(router, "POST", _path(language), language, send)
    return router


def _answers(signed: Signed) -> str:
    """The known part of the address, as the page of the result has it."""
    return fitting.read(signed.request.query_params.multi_items()).query


def _path(language: Language) -> str:
    return f"/{language}/{FIND[language]}/{RECEIVE[language]}"
