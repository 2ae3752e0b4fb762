"""Odoo servers to measure, and what their log says of the queries that a request took."""

import re
import time

from bench.exchange import Connection
from tools import granian_server, odoo_server
from tools.progress import StepFailed

# The end of werkzeug's line for a request: status, size, queries, seconds in them, other seconds
_REQUEST_LINE = re.compile(rb'HTTP/1\.\d" \d+ \S+ (\d+) [\d.]+ [\d.]+\s*$')


class MeasuredServer(odoo_server.OdooServer):
    """A server that is asked, and whose log is read."""

    def connect(self) -> Connection:
        """Return a connection to the server."""
        return Connection(odoo_server.HOST, self.port)

    def log_position(self) -> int:
        """Return the size of the log, for :meth:`queries_since`."""
        return self.log.stat().st_size

    def queries_since(self, position: int, requests: int) -> int:
        """Return how many SQL queries the requests took that came after a position of the log.

        :param requests: how many there were, sent one after the other
        """
        counts: list[int] = []
        for _attempt in range(50):
            with self.log.open("rb") as file:
                file.seek(position)
                matches = [_REQUEST_LINE.search(line) for line in file.read().splitlines()]
            counts = [int(match[1]) for match in matches if match]
            if len(counts) >= requests:
                break
            time.sleep(0.02)
        if len(counts) != requests:
            raise StepFailed(
                f"{self.log} has {len(counts)} lines for {requests} requests: "
                "queries cannot be counted."
            )
        return sum(counts)


class OdooServer(MeasuredServer):
    """Odoo's own server."""


class GranianServer(MeasuredServer, granian_server.GranianServer):
    """A server under granian, whose log has no line for a request."""
