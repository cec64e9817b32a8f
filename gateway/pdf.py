"""Papers that the gateway makes: tagged PDF (PDF/UA-1), laid out by a file of typst's from plain data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson


def make_pdf(layout: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF that `layout` makes of `data`, which it finds as JSON in the input `data`. Fonts are typst's own, so it
    looks the same wherever it is made. Texts are data, never markup: nothing in them is interpreted. It takes some
    milliseconds of one core: callers use a thread."""
    import typst  # loads its fonts, which most gateways never need

    made = typst.compile(
        str(layout),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={"data": orjson.dumps(data).decode()},
    )
    return bytes(made)
