"""``Server-Timing``: what a request spent its time on, for the log and some clients.

Time and queries differ with what is there, also where the rest of two responses is the same.
"""

import logging
import threading
from time import time
from typing import Any

from odoo.http import HTTPRequest, Response

from ..schema.exposure.log_lines import INDENTATION

_logger = logging.getLogger(__name__)
_logger.addFilter(INDENTATION)

PHASES = ("auth", "parse", "execute", "serialize")
"""Authentication; parsing and validating the document; executing it; writing the JSON."""


def report(
    httprequest: HTTPRequest, response: Response, timings: dict[str, float], shown: bool
) -> None:
    """Put the timings, in milliseconds, into the debug log, and into a header.

    Odoo counts the SQL queries and their time, and the total, for its own log
    (odoo/http.py, ``Application.__call__``).

    :param shown: whether the client may see them
    """
    thread: Any = threading.current_thread()
    parts = [f"{phase};dur={timings.get(phase, 0.0) * 1000:.2f}" for phase in PHASES]
    parts.append(f"total;dur={(time() - thread.perf_t0) * 1000:.2f}")
    parts.append(f'sql;dur={thread.query_time * 1000:.2f};desc="{thread.query_count} queries"')
    text = ", ".join(parts)
    if shown:
        response.headers["Server-Timing"] = text
    _logger.debug("%s %s %s", httprequest.method, httprequest.path, text)
