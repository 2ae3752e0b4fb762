"""One PDF that a client asks for, while Odoo makes it.

It is handed to Odoo in the context, and meets ``ir.actions.report`` again where that is about to
run wkhtmltopdf (``models/ir_actions_report.py``).
"""

import hashlib
import io
import os
import re
import socket
from collections.abc import Callable, Iterable
from functools import cache

from odoo.tools import SQL, config
from odoo.tools.pdf import PdfFileWriter

from ..schema.exposure.errors import ApiError

RENDERING = "graphql_api_rendering"
"""Key of the context: the :class:`Rendering`."""

_RETRY_AFTER = 2  # seconds: about what a PDF takes

_TIMES = re.compile(rb"/(?:CreationDate|ModDate) ?\([^)]*\)|/ID ?\[[^\]]*\]")
"""What differs in the bytes of two PDFs that show the same."""

_PROGRAM_PROBLEMS = {
    "install": "which this server does not have",
    "broken": "which does not start on this server",
    "upgrade": "of which this server has a release before 0.12",
    "workers": "which needs a second worker process on this server (workers = 2)",
}
"""State of wkhtmltopdf in Odoo (``get_wkhtmltopdf_state``) -> what is wrong."""


class Rendering:
    """A PDF that is being made.

    The entity tag is made of all that goes into wkhtmltopdf: of the pages as Odoo has rendered
    them, with the values of related records, in their language. So it is known before wkhtmltopdf
    takes its time, and where the client has the PDF, a blank page takes its place. What another
    addon adds to a PDF is not in the pages, but then it is added to the blank page as well.

    :param parts: what else the PDF depends on: the record, the report, the caller
    :param is_known: tells whether the client has the PDF with an entity tag
    """

    def __init__(self, parts: Iterable[object], is_known: Callable[[str], bool]):
        self._parts = list(parts)
        self._is_known = is_known
        self._pages_tag = ""
        self._made: bytes | None = None

    def check_program(self, state: str) -> None:
        """Refuse to go on without wkhtmltopdf.

        :param state: that of Odoo
        :raise ApiError: SERVICE_UNAVAILABLE, with what to install
        """
        if state != "ok":
            problem = _PROGRAM_PROBLEMS.get(state, f"whose state is {state}")
            raise ApiError(
                "SERVICE_UNAVAILABLE",
                f"PDFs are made by wkhtmltopdf, {problem}. The administrator can install it: "
                "apt-get install wkhtmltopdf.",
            )

    def run(self, env, pages: object, make: Callable[[], bytes]) -> bytes:
        """Return what wkhtmltopdf makes of the pages; a blank page if the client has that.

        :param pages: all that goes into wkhtmltopdf
        :raise ApiError: SERVICE_UNAVAILABLE while the server makes as many PDFs as it may at once
        """
        self._pages_tag = _digest([*self._parts, pages])
        if self._is_known(self._pages_tag):
            self._made = _blank_page()
        else:
            _take_slot(env)
            self._made = make()
        return self._made

    def must_run_again(self, content: bytes) -> bool:
        """Tell whether something was added to a blank page, instead of what it stands for.

        :param content: the PDF as Odoo returns it
        """
        return self._made == _blank_page() != content

    def tag(self, content: bytes) -> str:
        """Return the entity tag of the PDF: of its pages alone, or of all that has been added.

        :param content: the PDF as Odoo returns it
        """
        if self._made == content:
            return self._pages_tag
        return _digest([*self._parts, _TIMES.sub(b"", content)])


@cache
def _blank_page() -> bytes:
    writer = PdfFileWriter()
    writer.addBlankPage(595, 842)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def slots(port: int) -> list[int]:
    """Return the keys of the locks of which each PDF takes one, while it is being made.

    There are half as many as the server has workers: wkhtmltopdf fetches styles and images from
    the server itself, which would never come if all workers waited for it.

    :param port: where the server listens
    """
    count = config["workers"] // 2 or os.cpu_count() or 1
    names = [f"graphql_api PDF {socket.gethostname()} {port} {number}" for number in range(count)]
    digests = (hashlib.sha256(name.encode()).digest() for name in names)
    return [int.from_bytes(digest[:8], "big", signed=True) for digest in digests]


def _take_slot(env) -> None:
    """Take a slot until the end of the transaction, however the process ends.

    :raise ApiError: SERVICE_UNAVAILABLE where none is free
    """
    query = SQL(
        "SELECT 1 FROM unnest(%s::bigint[]) AS slot WHERE pg_try_advisory_xact_lock(slot) LIMIT 1",
        slots(config["http_port"]),
    )
    if not env.execute_query(query):
        raise ApiError(
            "SERVICE_UNAVAILABLE",
            f"The server is busy with other PDFs. Try again in {_RETRY_AFTER} s.",
            retry_after=_RETRY_AFTER,
        )
