"""Counts of all processes of a server, in the files of prometheus_client's multiprocess mode.

Each process adds to files of its own, mapped into its memory: processes wait for nobody, and what
was counted outlives a process that is killed. A new process goes on with the files of one that has
ended, so there are never more files than processes at once, however often Odoo replaces its
workers. To read is to sum up all files.

The library's files, their merging and its format are used, not its classes for metrics: these
need ``PROMETHEUS_MULTIPROC_DIR`` before anybody in the process imports them, begin new files for
every worker, and write to parts of a file that have no place on the disk yet, at which the kernel
ends the process where the disk is full.
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
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

from odoo.service import server
from odoo.tools import config

_logger = logging.getLogger(__name__)

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The library's environment variable: names a folder that the administrator takes care of."""

_MARK = "graphql-api-"
"""In the names of files: others in the process may use the library as well."""

_PIECE = 128 * 1024
"""Bytes by which files grow; those of one database fit into the first."""

_HEADER = 8
_AROUND_KEY = 28
"""Bytes that an entry of a file has at most beside its key (:class:`MmapedDict`)."""

_TRIED_AGAIN_AFTER = 60  # seconds
_TIMES_READ = 5

_CLOCK_SET_BY = 60
"""Seconds: the moment at which a process began is told from the clock, which may be set."""

_FAILURES = (OSError, ValueError, RuntimeError, struct.error)
"""No room, no right to write; a damaged file."""


class Addition(NamedTuple):
    """What is to be added to a value.

    :param type: of the metric, as OpenMetrics names it; each type has a file
    :param key: of the value, in the library's format
    :param siblings: keys of values that have to exist where this one does
    """

    type: str
    key: str
    amount: float
    siblings: tuple[str, ...] = ()


def add(additions: Iterable[Addition]) -> None:
    """Add to the counts of this process; where that is not possible the log has it once."""
    if server.server is not None:
        _own_counts(os.getpid()).add(additions)


def read() -> list[Metric]:
    """Return the sums over all processes of this server.

    :raise OSError, RuntimeError: a file cannot be read
    """
    return read_folder(folder())


def folder() -> Path:
    """Return the folder of this run of the server; it need not exist."""
    if os.environ.get(FOLDER_VARIABLE):
        return Path(os.environ[FOLDER_VARIABLE])
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


def read_folder(path: Path) -> list[Metric]:
    """Return the sums over all files of a folder."""
    metrics: Iterable[Metric] = ()
    for left in reversed(range(_TIMES_READ)):
        try:
            before = path.stat().st_mtime_ns
            metrics = MultiProcessCollector.merge(map(str, path.glob(f"*_{_MARK}*.db")))
            # A file that got another name meanwhile may have been left out, or read twice.
            if path.stat().st_mtime_ns == before:
                break
        except FileNotFoundError:
            if path.exists() and not left:
                raise
    return list(metrics)


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
        self._files: dict[str, _File] = {}
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
                    file.add(addition)
            except _FAILURES as error:
                _logger.warning("Requests are served without counting them: %s", error)
                self._failed_at = time.monotonic()
                self._files.clear()

    def _open(self, type_: str) -> "_File":
        if self._folder is None:
            self._folder = self._make_folder()
        path = self._folder / f"{type_}_{_MARK}{os.getpid()}.db"
        if not path.exists() and not self._take_over(path):
            # Others see it when it can be read.
            new = path.with_suffix(".new")
            new.write_bytes(bytes(_PIECE))
            new.rename(path)
        return _File(path)

    def _make_folder(self) -> Path:
        path = folder()
        if not os.environ.get(FOLDER_VARIABLE):
            for part in (_base().parent, _base(), path):
                part.mkdir(mode=0o700, exist_ok=True)
            remove_gone_servers()
        return path

    def _take_over(self, path: Path) -> bool:
        """Give a name to the file of a process that has ended; tell whether there was one."""
        prefix = path.stem.rpartition("-")[0]
        for other in self._folder.glob(f"{prefix}-*.db"):
            if psutil.pid_exists(int(other.stem.rpartition("-")[2])):
                continue
            try:
                other.rename(path)
            except FileNotFoundError:
                continue  # another process was faster
            return True
        return False


class _File:
    """One file of this process."""

    def __init__(self, path: Path):
        self._path = path
        self._map()

    def _map(self) -> None:
        self._values = MmapedDict(str(self._path))
        self._sums = {key: value for key, value, _ in self._values.read_all_values()}
        used = _HEADER + sum(map(_size, self._sums))
        self._room = self._path.stat().st_size - used

    def add(self, addition: Addition) -> None:
        key = addition.key
        if key not in self._sums:
            for new in {key, *addition.siblings} - self._sums.keys():
                self._make(new)
        self._sums[key] += addition.amount
        self._values.write_value(key, self._sums[key], 0.0)

    def _make(self, key: str) -> None:
        size = _size(key)
        if size > self._room:
            self._grow(max(size, _PIECE))
        self._values.write_value(key, 0.0, 0.0)
        self._sums[key] = 0.0
        self._room -= size

    def _grow(self, size: int) -> None:
        """Add zeros to the file: what is written has a place on the disk, or is refused."""
        self._values.close()
        with self._path.open("ab") as file:
            file.write(bytes(size))
        self._map()


def _size(key: str) -> int:
    """Return the bytes that an entry takes at most."""
    return len(key.encode()) + _AROUND_KEY
