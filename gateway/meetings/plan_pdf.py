"""A plan on paper: a tagged PDF (PDF/UA-1) in the language of its reader."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi.responses import Response

from gateway.i18n import long_date, translations
from gateway.meetings.case_views import Line
from gateway.pdf import make_pdf
from gateway.sectors import Language, Sector
from gateway.times import ZONE
from gateway.words import N_

_LAYOUT = Path(__file__).with_name("plan.typ")


async def make(
    lines: Sequence[Line], company: str, advisor: str | None, sector: Sector, language: Language
) -> bytes:
    """The PDF. It is set in a thread: a page takes some milliseconds of one core."""
    return await asyncio.to_thread(make_pdf, _LAYOUT, _data(lines, company, advisor, sector, language))


def response(made: bytes) -> Response:
    """To be saved, or shown."""
    headers = {"Content-Disposition": 'inline; filename="plan-emploi-nexus.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")


def _data(
    lines: Sequence[Line], company: str, advisor: str | None, sector: Sector, language: Language
) -> dict[str, Any]:
    words, today = translations(language), datetime.now(ZONE).date()
    labels = {
        "plan": N_("Your plan"),
        "lead": N_("What we agreed on, step by step."),
        "yours": N_("What you do"),
        "ours": N_("What we do"),
        "by": N_("by"),
        "done": N_("done"),
    }
    return {
        "language": language,
        "labels": {name: words.gettext(label) for name, label in labels.items()},
        "site": f"Emploi NEXUS {sector.short[language]}",
        "company": company,
        "advisor": words.gettext(N_("with %(name)s")) % {"name": advisor} if advisor else None,
        "date": [today.year, today.month, today.day],
        "told_date": long_date(today, language),
        "lines": [
            {
                "title": line.title,
                "reason": line.entry.reason,
                "due": long_date(line.entry.due, language) if line.entry.due else None,
                "who": line.entry.who,
                "done": line.entry.done_at is not None,
            }
            for line in lines
        ],
    }
