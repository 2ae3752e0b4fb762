"""Odoo servers to measure, and what their log says of the queries that a request took."""

import re
import socket
import subprocess
import time
from pathlib import Path

from bench.exchange import Connection, Request
from tools import process
from tools.environment import Environment
from tools.progress import StepFailed

HOST = "127.0.0.1"
_READY_WITHIN = 120  # seconds
# The end of werkzeug's line for a request: status, size, queries, seconds in them, other seconds
_REQUEST_LINE = re.compile(rb'HTTP/1\.\d" \d+ \S+ (\d+) [\d.]+ [\d.]+\s*$')


class OdooServer:
    """A server on a free port of the loopback interface; a context manager, which stops it.

    It serves one database and is told which: with a filter Odoo would ask PostgreSQL for the
    names of all databases at every request.

    :param workers: worker processes; 0 is one process with a thread for each request
    """

    def __init__(
        self,
        environment: Environment,
        database: str,
        log: Path,
        addons_option: str,
        *,
        workers: int = 0,
    ):
        self.database = database
        self.workers = workers
        self._log = log
        ports = _free_ports(2)
        self.port = ports[0]
        self._command = environment.odoo(
            f"--database={database}",
            "--no-database-list",
            f"--http-port={ports[0]}",
            f"--gevent-port={ports[1]}",
            f"--workers={workers}",
            addons_option,
        )
        self._variables = environment.variables

    def __enter__(self):
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._variables,
            )
        try:
            self._wait()
        except BaseException:
            process.stop(self._process)
            raise
        return self

    def __exit__(self, *_):
        process.stop(self._process)

    def _wait(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while True:
            try:
                # Unlike the port alone, the login page is there when the database is loaded.
                if self.connect().send(Request("GET", "/web/login")).status == 200:
                    return
            except OSError:
                pass
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StepFailed(f"Odoo does not answer; its log is {self._log}.")
            time.sleep(0.3)

    def connect(self) -> Connection:
        """Return a connection to the server."""
        return Connection(HOST, self.port)

    def log_position(self) -> int:
        """Return the size of the log, for :meth:`queries_since`."""
        return self._log.stat().st_size

    def queries_since(self, position: int, requests: int) -> int:
        """Return how many SQL queries the requests took that came after a position of the log.

        :param requests: how many there were, sent one after the other
        """
        counts: list[int] = []
        for _attempt in range(50):
            with self._log.open("rb") as file:
                file.seek(position)
                matches = [_REQUEST_LINE.search(line) for line in file.read().splitlines()]
            counts = [int(match[1]) for match in matches if match]
            if len(counts) >= requests:
                break
            time.sleep(0.02)
        if len(counts) != requests:
            raise StepFailed(
                f"{self._log} has {len(counts)} lines for {requests} requests: "
                "queries cannot be counted."
            )
        return sum(counts)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
