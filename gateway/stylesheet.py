"""The one style sheet of a sector: its colours, then what all sectors share, under a name that changes with it."""

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.sectors import Colours, Sector

_SHARED = Path(__file__).with_name("static") / "site.css"
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}  # another content has another name
_FOR_NOW = {"Cache-Control": "no-store"}


def style_router(sector: Sector) -> APIRouter:
    """The style sheet at its address. Whoever has a page of before, or of a process that knows more, gets this one."""
    router = APIRouter()

    @router.get(f"/static/{sector.name}-{{digest}}.css")
    async def style(request: Request) -> Response:
        is_current = request.url.path == style_path(sector)
        return style_sheet(sector.colours, _FOR_GOOD if is_current else _FOR_NOW)

    return router


def style_path(sector: Sector) -> str:
    """Where it is, from the root."""
    return f"/static/{sector.name}-{_digest(sector.colours)}.css"


def style_sheet(colours: Colours, headers: Mapping[str, str]) -> Response:
    """A style sheet with these colours."""
    return Response(_text(colours), media_type="text/css", headers=dict(headers))


@lru_cache(maxsize=64)
def _digest(colours: Colours) -> str:
    return hashlib.sha256(_text(colours).encode()).hexdigest()[:12]


def _text(colours: Colours) -> str:
    tokens = f"--accent:{colours.accent};--accent-dark:{colours.accent_dark};--on-accent:{colours.on_accent}"
    return f":root{{{tokens}}}\n{_shared()}"


@cache
def _shared() -> str:
    return _SHARED.read_text(encoding="utf-8")
