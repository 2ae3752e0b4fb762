"""Counts of all processes of a server, in files of prometheus_client's multiprocess format.

Each process adds to files of its own: processes wait for nobody, and what was counted outlives a
process that is killed. A file belongs to the process that has it locked; a new process goes on with
the first one that is free. So there are never more files than processes at once, however often Odoo
replaces its workers. To read is to sum up all files.
"""

import logging
import os
import platform
import re
import shutil
import struct
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import psutil
from prometheus_client import Metric

from odoo.service import server
from odoo.tools import config

from .multiprocess import SumsFile, merge

_logger = logging.getLogger(__name__)

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The library's environment variable: names a folder that the administrator takes care of."""

_MARK = "graphql-api-"
"""In the names of files: others in the process may use the library as well."""

_TRIED_AGAIN_AFTER = 60  # seconds

_CLOCK_SET_BY = 60
"""Seconds by which the same process may seem to have begun earlier or later: the time is told from
the clock, which may be set."""

_FAILURES = (OSError, ValueError, RuntimeError, struct.error)
"""No room, no right to write; a damaged file."""


class Addition(NamedTuple):
    """What is to be added to a sum.

    :param type: of the metric, as OpenMetrics names it; each type has a file
    :param key: of the sum (``multiprocess.sum_key``)
    :param siblings: keys of sums that have to exist where this one does
    """

    type: str
    key: str
    amount: float
    siblings: tuple[str, ...] = ()


def add(additions: Iterable[Addition]) -> None:
    """Add to the counts of this process; where that is not possible the log has it once.

    Nothing is counted where no server runs, as in a shell: Odoo's own, or another one that runs
    Odoo's WSGI application, which has to name a folder.
    """
    if server.server is not None or os.environ.get(FOLDER_VARIABLE):
        _own_counts(os.getpid()).add(additions)


def read() -> list[Metric]:
    """Return the sums over all processes of this server.

    :raise OSError, RuntimeError: a file cannot be read
    """
    return read_folder(folder())


def read_folder(path: Path) -> list[Metric]:
    """Return the sums over all files of a folder."""
    # A process that has just begun a file has not yet put anything into it.
    return merge(file for file in path.glob(f"*_{_MARK}*.db") if file.stat().st_size)


def folder() -> Path:
    """Return the folder of this run of the server; it need not exist.

    :raise RuntimeError: the server is not Odoo's own, and no folder is named
    """
    if os.environ.get(FOLDER_VARIABLE):
        return Path(os.environ[FOLDER_VARIABLE])
    if server.server is None:
        raise RuntimeError(f"the environment variable {FOLDER_VARIABLE} has to name a folder")
    # With workers that of their parent, from which they have it (odoo/service/server.py).
    process = psutil.Process(server.server.pid)
    started = int(process.create_time())
    for path, process_id, known in _server_folders():
        if process_id == process.pid and abs(known - started) <= _CLOCK_SET_BY:
            return path
    return _base() / f"{platform.node()}.{process.pid}.{started}"


def remove_gone_servers() -> None:
    """Remove the folders of servers of this machine that have ended."""
    for path, process_id, started in _server_folders():
        try:
            running = psutil.Process(process_id).create_time()
        except psutil.Error:
            running = None
        if running is None or abs(running - started) > _CLOCK_SET_BY:
            shutil.rmtree(path, ignore_errors=True)


def _base() -> Path:
    return Path(config["data_dir"], "graphql_api", "metrics")


def _server_folders() -> list[tuple[Path, int, int]]:
    """Return the folders of this machine's servers, with process id and begin of each."""
    pattern = re.compile(rf"{re.escape(platform.node())}\.(\d+)\.(\d+)")
    matches = ((path, pattern.fullmatch(path.name)) for path in _base().glob("*"))
    return [(path, int(match[1]), int(match[2])) for path, match in matches if match]


@lru_cache(maxsize=1)
def _own_counts(_process_id: int) -> "Counts":
    return Counts()


class Counts:
    """What one process has counted; a process that was forked needs its own.

    :param path: the folder; by default that of the server
    """

    def __init__(self, path: Path | None = None):
        self._folder = path
        self._lock = Lock()
        self._files: dict[str, SumsFile] = {}
        self._failed_at: float | None = None

    def add(self, additions: Iterable[Addition]) -> None:
        """Add, or give up for a minute."""
        with self._lock:
            if self._failed_at is not None:
                if time.monotonic() < self._failed_at + _TRIED_AGAIN_AFTER:
                    return
                self._failed_at = None
            try:
                for addition in additions:
                    file = self._files.get(addition.type)
                    if file is None:
                        file = self._files[addition.type] = self._open(addition.type)
                    file.add(addition.key, addition.amount, addition.siblings)
            except _FAILURES as error:
                _logger.warning("Requests are served without counting them: %s", error)
                self._failed_at = time.monotonic()
                for file in self._files.values():
                    file.close()
                self._files.clear()

    def _open(self, type_: str) -> SumsFile:
        """Return the first file that no process has, a new one if need be."""
        if self._folder is None:
            self._folder = self._make_folder()
        number = 0
        while True:
            try:
                return SumsFile(self._folder / f"{type_}_{_MARK}{number}.db")
            except BlockingIOError:
                number += 1

    def _make_folder(self) -> Path:
        path = folder()
        if not os.environ.get(FOLDER_VARIABLE):
            for part in (_base().parent, _base(), path):
                part.mkdir(mode=0o700, exist_ok=True)
            remove_gone_servers()
        return path
