"""Requests per minute, counted for all processes of a server.

Counted by the generic cell rate algorithm: one moment for each caller, at which all of its
requests will be free again. Every request moves it on by its share of a minute; a request that
would move it more than a minute ahead is refused. So a whole minute's requests may come at once,
and never more than that are served in advance.

The moments are in a file of SQLite beside Odoo's own data: one statement reads and moves a moment,
whatever process it comes from, and the database of Odoo has nothing to write. The file is worth
nothing after a minute, so nothing waits for the disk.
"""

import ipaddress
import logging
import os
import platform
import sqlite3
import time
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from odoo.tools import config

_logger = logging.getLogger(__name__)

MAX_WRONG_KEYS = 30
"""Wrong API keys that one address may send in a minute."""

_MINUTE = 60_000_000  # microseconds, the unit of all moments and times here
_BUSY_SECONDS = 0.5
_PURGED_AFTER = 1000  # requests
_TRIED_AGAIN_AFTER = 60  # seconds

_TABLE = "CREATE TABLE IF NOT EXISTS rate (name TEXT PRIMARY KEY, free_at INTEGER) WITHOUT ROWID"

# A moment that is further ahead than it can be was noted before the clock was set back.
_COUNT = """
    INSERT INTO rate (name, free_at) VALUES (:name, :now + :share)
    ON CONFLICT (name) DO UPDATE
    SET free_at = :share +
        CASE WHEN free_at BETWEEN :now AND :now + :whole THEN free_at ELSE :now END
    WHERE free_at <= :now + :whole - :share OR free_at > :now + :whole
    RETURNING free_at
"""


class Rate(NamedTuple):
    """How a caller stands.

    :param limit: requests per minute
    :param remaining: requests that it may send now
    :param reset: seconds after which it may send as many as the limit says
    :param retry_after: seconds after which a request that was refused would be served, 0 where
        it is served
    """

    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the draft "RateLimit header fields for HTTP" (IETF, httpapi)."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w=60',
            "RateLimit": f'"default";r={self.remaining};t={self.reset}',
        }


def count(database: str, name: str, limit: int) -> Rate | None:
    """Count a request; return how its caller stands, None where that cannot be told.

    :param name: of the caller
    :param limit: requests per minute
    """
    # A connection of SQLite must not be used after a fork (sqlite.org/howtocorrupt.html).
    return _counter(path(database), os.getpid()).count(name, limit)


def path(database: str) -> Path:
    """Return the file of a database.

    Several machines may share the folder, but not a file: SQLite's processes share memory.
    """
    return Path(config["data_dir"], "graphql_api", f"{database}.{platform.node()}.rates")


def address_name(address: str | None) -> str:
    """Return the name under which the requests from an IP address are counted.

    Who has an IPv6 address has 64 bits of them.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "address"
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        parsed = ipaddress.ip_network((parsed, 64), strict=False)
    return f"address {parsed}"


@lru_cache(maxsize=64)
def _counter(file: Path, _process: int) -> "_Counter":
    return _Counter(file)


class _Counter:
    """One file, as one process uses it."""

    def __init__(self, path: Path):
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._failed_at: float | None = None
        self._counted = 0

    def count(self, name: str, limit: int) -> Rate | None:
        share = max(_MINUTE // limit, 1)
        values = {
            "name": name,
            "now": time.time_ns() // 1000,
            "share": share,
            "whole": share * limit,
        }
        with self._lock:
            if self._failed_at is not None:
                if time.monotonic() < self._failed_at + _TRIED_AGAIN_AFTER:
                    return None
                self._failed_at = None
            try:
                counted, free_at = self._move(values)
            except (OSError, sqlite3.Error) as error:
                self._give_up(error)
                return None
        taken = max(free_at - values["now"], 0)
        wait = 0 if counted else max(taken + share - values["whole"], 1)
        remaining = max(values["whole"] - taken, 0) // share
        return Rate(limit, remaining, _seconds(taken), _seconds(wait))

    def _move(self, values: dict) -> tuple[bool, int]:
        """Return whether the request is within the limit, and the moment of its caller."""
        if self._connection is None:
            self._connection = self._open()
        if self._counted % _PURGED_AFTER == 0:
            self._connection.execute("DELETE FROM rate WHERE free_at < :now", values)
        self._counted += 1
        row = self._connection.execute(_COUNT, values).fetchone()
        if row is not None:
            return True, row[0]
        row = self._connection.execute("SELECT free_at FROM rate WHERE name = :name", values)
        return False, row.fetchone()[0]

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(_TABLE)
        return connection

    def _give_up(self, error: Exception) -> None:
        """Serve without counting for some time; a file that is damaged is made anew."""
        _logger.warning(
            "Requests are served without counting them: %s cannot be used: %s", self._path, error
        )
        self._failed_at = time.monotonic()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _seconds(microseconds: int) -> int:
    """Return seconds, rounded up."""
    return -(-microseconds // 1_000_000)
