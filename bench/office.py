"""The back office, embedded: a list of ten thousand programs with a filter, the forms, and a save."""

import asyncio
import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

from bench.changes import settings_of
from bench.programs import real_contents
from bench.report import Figure, p95_ms, timed
from nexus.caller import Role, operator
from nexus.client import platform as client_of
from services.content.contracts import ImportPrograms, ImportRow
from tests.support.platforms import RunningPlatform
from tests.support.surfer import Surfer

PROGRAMS, TIMES = 10_000, 40
LIST, SAVE, PAGE = 100.0, 50.0, 200.0  # ms
_ME = operator("bench")
_START = "/fr/admin/programs"


def measure(platform: RunningPlatform) -> list[Figure]:
    """Through a gateway, signed in, as a browser does it."""
    asyncio.run(_fill(platform))
    surfer = Surfer(platform).sign_in_as(f"{uuid4().hex[:8]}@example.org", Role.EDITOR, Role.ADMIN)
    surfer.client.follow_redirects = False  # the page after a save is another one
    form, path = _form(surfer)
    return [
        _figure(
            f"list of {PROGRAMS:,} programs, filtered",
            LIST,
            lambda: _get(surfer, f"{_START}?q=emploi&status=draft"),
        ),
        _figure("save of a form", SAVE, _saving(surfer, path, form)),
        _figure("form of a program", PAGE, lambda: _get(surfer, path)),
        _figure("history of a program", PAGE, lambda: _get(surfer, f"{path}/history")),
        _figure("a working copy kept", SAVE, lambda: _kept(surfer, form)),
    ]


def _figure(what: str, limit: float, do: Callable[[], object]) -> Figure:
    do()  # the first one also reads what is kept in memory from then on
    found = p95_ms(timed(do, TIMES))
    what = f"{what}, embedded, p95 of {TIMES}"
    return Figure(what, found, "ms", "limit", limit, f"≤ {limit:,.0f} ms", found <= limit)


async def _fill(platform: RunningPlatform) -> None:
    real = real_contents()
    async with client_of(settings_of(platform)) as client:
        for first in range(0, PROGRAMS, 100):
            rows = tuple(
                ImportRow(external_id=f"{n}", content=real[n % len(real)]) for n in range(first, first + 100)
            )
            await client.bus.call(ImportPrograms(source="office", rows=rows), _ME, deadline=120)


def _form(surfer: Surfer) -> tuple[dict[str, str], str]:
    """What a browser would send of the form of a program, and its path."""
    page = _get(surfer, f"{_START}?q=emploi&status=draft")
    path = re.findall(rf'href="({_START}/[0-9a-f]{{32}})"', page)[0]
    text = _get(surfer, path)
    inputs = re.findall(
        r'<input type="(?:text|hidden|url|date)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', text
    )
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', text)
    chosen = re.findall(r'<select[^>]*name="([^"]+)".*?<option value="([^"]*)" selected', text, re.S)
    form = {name: unescape(value) for name, value in (*inputs, *areas, *chosen)}
    return form | {"item": path.rpartition("/")[2]}, path


def _saving(surfer: Surfer, path: str, form: dict[str, str]) -> Callable[[], None]:
    revision = int(form["revision"])

    def save() -> None:
        nonlocal revision
        told = {**form, "revision": str(revision), "amount.fr": f"{revision} $", "do": "save"}
        told.pop("work")
        reply = surfer.send(path, **told)
        assert reply.status_code == 303, reply.text[:2_000]
        revision += 1

    return save


def _kept(surfer: Surfer, form: dict[str, str]) -> None:
    reply = surfer.send(f"{_START}/work", **{**form, "amount.fr": uuid4().hex})
    assert reply.status_code == 200, reply.text[:2_000]


def _get(surfer: Surfer, path: str) -> str:
    reply = surfer.get(path)
    assert reply.status_code == 200, reply.text[:2_000]
    return reply.text
