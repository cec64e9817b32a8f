"""Papers as PDF: tagged, with title, language and page numbers (PDF/UA-1)."""

from datetime import UTC, datetime, time
from pathlib import Path

import orjson

from services.content.making.markdown import Paper

_LAYOUT = Path(__file__).with_name("document.typ")


def make_pdf(paper: Paper) -> bytes:
    """The PDF of `paper`; the same bytes for the same paper, wherever it is made: fonts are typst's own."""
    import typst

    made = typst.compile(
        str(_LAYOUT),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={"paper": orjson.dumps(paper.as_data()).decode()},
        timestamp=datetime.combine(paper.date, time(12), UTC),
    )
    return bytes(made)
