"""PDFs and what is written in them."""

import contextlib
import io
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter

from .server import committed

NOWHERE = "http://127.0.0.1:9"
"""An address without a server: without Odoo's styles, PDFs are in fonts of the machine.

Text in the fonts that a page loads is drawn by Debian's wkhtmltopdf, and cannot be read.
"""


def read_text(pdf: bytes) -> str:
    """Return the text of a PDF, with one space between words."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def blank_pdf() -> bytes:
    """Return a PDF of one page, on which nothing is written."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@contextlib.contextmanager
def styles_from(url: str) -> Iterator[None]:
    """Have wkhtmltopdf fetch Odoo's styles from an address, and wait for nothing else."""
    values = {"report.url": url, "report.print_delay": "0"}
    with committed() as env:
        parameters = env["ir.config_parameter"]
        before = {name: parameters.get_param(name) for name in values}
        for name, value in values.items():
            parameters.set_param(name, value)
    try:
        yield
    finally:
        with committed() as env:
            for name, value in before.items():
                env["ir.config_parameter"].set_param(name, value)
