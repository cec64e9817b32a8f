"""The one style sheet of a sector: its colours, then what all sectors share, under a name that changes with it."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from gateway.sectors import Sector

_SHARED = Path(__file__).with_name("static") / "site.css"
_FOR_GOOD = "public, max-age=31536000, immutable"  # another content has another name


def style_router(sector: Sector) -> APIRouter:
    """The style sheet at its address."""
    router, text = APIRouter(), _text(sector)

    @router.get(style_path(sector))
    async def style() -> Response:
        return Response(text, media_type="text/css", headers={"Cache-Control": _FOR_GOOD})

    return router


def style_path(sector: Sector) -> str:
    """Where it is, from the root."""
    return f"/static/{sector.name}-{hashlib.sha256(_text(sector).encode()).hexdigest()[:12]}.css"


def _text(sector: Sector) -> str:
    colours = sector.colours
    tokens = f"--accent:{colours.accent};--accent-dark:{colours.accent_dark};--on-accent:{colours.on_accent}"
    return f":root{{{tokens}}}\n{_shared()}"


@cache
def _shared() -> str:
    return _SHARED.read_text(encoding="utf-8")
