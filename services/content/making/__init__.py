"""Documents made from Markdown: PDF by typst, DOCX by python-docx. The same source gives the same bytes.

markdown.py   Markdown → blocks and spans, what both makers need and no more
pdf.py        blocks → a tagged PDF, laid out by document.typ
docx.py       blocks → DOCX
"""

from services.content.making.docx import make_docx
from services.content.making.markdown import Paper
from services.content.making.pdf import make_pdf

MAKERS = {"pdf": make_pdf, "docx": make_docx}

__all__ = ["MAKERS", "Paper"]
