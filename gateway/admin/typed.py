"""Markdown as the public page will show it, while it is typed."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from gateway.admin.frame import EDITORS, START, path_to
from gateway.i18n import translations
from gateway.markdown import render
from gateway.people.desk import Desk, Signed
from gateway.words import N_
from nexus.caller import LANGUAGES

_LONGEST = 20_000  # characters, as much as a text may have: parsing is quadratic at worst
_TOO_LONG = N_("This text is too long: at most 20,000 characters are taken.")


def typed_routes(router: APIRouter, desk: Desk) -> None:
    """Add the preview of a text, rendered and cleaned by what the public pages use."""

    async def rendered(signed: Signed) -> Response:
        text = signed.form.get("text", "")
        if len(text) > _LONGEST:
            return HTMLResponse(f"<p>{translations(signed.language).gettext(_TOO_LONG)}</p>")
        return HTMLResponse(render(text, 2 if signed.form.get("top") == "2" else 3))

    for language in LANGUAGES:
        add = partial(desk.add, router, language=language, roles=EDITORS)
        add("POST", path_to(language, START, "/markdown"), handle=rendered)
