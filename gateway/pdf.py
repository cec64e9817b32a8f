"""Papers that the gateway makes: tagged PDF (PDF/UA-1), laid out by a file of `reports/` from plain data."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import orjson

_LAYOUTS = Path(__file__).with_name("reports")


def make_pdf(layout: str, data: Mapping[str, Any], day: date) -> bytes:
    """The PDF that `layout` makes of `data`, which it finds as JSON in the input `data`; dated `day`. Fonts are typst's
    own, so it looks the same wherever it is made. Texts are data, never markup: nothing in them is interpreted."""
    import typst  # only who asks for a paper needs it loaded

    made = typst.compile(
        str(_LAYOUTS / f"{layout}.typ"),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={"data": orjson.dumps(data).decode()},
        timestamp=datetime.combine(day, time(12), UTC),
    )
    return bytes(made)
