"""Requests per minute, counted for all processes of all servers.

Counted by the generic cell rate algorithm: one timestamp for each caller, at which all of its
requests will be free again. Every request moves it on by its share of a minute; a request that
would move it more than a minute ahead is refused. So a whole minute's requests may come at once,
and never more than that are served in advance.

The timestamps are rows of the primary database (models/rate.py): one statement reads and moves a
timestamp, by PostgreSQL's clock, whatever process it comes from. It is a transaction of its own, on
a connection of its own: that of the request may be read-only, may be on a replica, and may be
rolled back or tried again.

Of a limit above :data:`EXACT_LIMIT` a process takes several requests with one statement while their
caller is busy, and counts these in memory. A request is served only within :data:`_KEPT_FOR` of
having been counted in the database, so all processes together serve at most what comes back in that
time more than they would with a statement for each request.
"""

import ipaddress
import logging
import os
import time
from datetime import timedelta
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import psycopg2

from odoo.sql_db import connection_info_for
from odoo.tools.lru import LRU

_logger = logging.getLogger(__name__)

MAX_WRONG_KEYS = 30
"""Wrong API keys that one address may send in a minute."""

EXACT_LIMIT = 120
"""Requests per minute up to which each request is counted in the database by itself."""

_MINUTE = 60_000_000  # microseconds, the unit of all times here
_PURGED_AFTER = 1000  # requests
_PURGED_AT_ONCE = 2000  # rows: more than can have come since
_CONNECTED_WITHIN = 2  # seconds
_TRIED_AGAIN_AFTER = 5  # seconds

_KEPT_FOR = 1.0  # seconds that requests taken in advance are good for
_BUSY_WITHIN = 0.25  # seconds: who has used them up by then gets twice as many
_PART_TAKEN = 16  # of what is left, one part at most
_KNOWN_CALLERS = 4096

# Nobody waits for a lock or the disk: what may be lost is at most a minute's count.
_SESSION = """
    SET lock_timeout = 500; SET statement_timeout = 500; SET synchronous_commit = off;
    SET TimeZone = 'UTC'
"""

# Not the time at which the transaction began: of two requests that come at once, the one that has
# waited for the other would count at a time before it, and be refused.
_NOW = "clock_timestamp()::timestamp"

# A timestamp that is further ahead than it can be was noted before the clock was set back.
_COUNT = f"""
    INSERT INTO graphql_api_rate AS counted (name, free_at)
    VALUES (%(name)s, {_NOW} + %(share)s * interval '1 microsecond')
    ON CONFLICT (name) DO UPDATE
    SET free_at = %(share)s * interval '1 microsecond' +
        CASE WHEN counted.free_at BETWEEN {_NOW} AND {_NOW} + interval '2 minutes'
        THEN counted.free_at ELSE {_NOW} END
    WHERE counted.free_at <= {_NOW} + (%(whole)s - %(share)s) * interval '1 microsecond'
        OR counted.free_at > {_NOW} + interval '2 minutes'
    RETURNING free_at - {_NOW}
"""
_STATUS = f"SELECT free_at - {_NOW} FROM graphql_api_rate WHERE name = %(name)s"
_PURGE = f"""
    DELETE FROM graphql_api_rate WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM graphql_api_rate WHERE free_at < LOCALTIMESTAMP
        LIMIT {_PURGED_AT_ONCE} FOR UPDATE SKIP LOCKED
    ))
"""


class RateLimitStatus(NamedTuple):
    """What a caller may still send.

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


def count(database: str, name: str, limit: int) -> RateLimitStatus | None:
    """Count a request; return what its caller may still send, None where that cannot be told.

    :param name: of the caller
    :param limit: requests per minute
    """
    # A connection must not be used after a fork.
    return _counter(database, os.getpid()).count(name, limit)


def address_name(address: str | None) -> str:
    """Return the name under which the requests from an IP address are counted.

    Who has an IPv6 address has 64 bits of them.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "address"
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return f"address {ipaddress.ip_network((parsed, 64), strict=False)}"
    return f"address {parsed}"


@lru_cache(maxsize=64)
def _counter(database: str, _process: int) -> "_Counter":
    return _Counter(database)


class _Advance:
    """Requests of one caller that a process has counted in the database before they came.

    :param size: how many there were
    :param taken: microseconds until all requests of the caller are free, when they were counted
    :param counted_at: when the statement that counted them began, by ``time.monotonic``
    """

    __slots__ = ("_counted_at", "_unused", "size", "taken")

    def __init__(self, size: int, taken: int, counted_at: float):
        self.size = size
        self.taken = taken
        self._unused = size
        self._counted_at = counted_at

    def use(self, share: int) -> int | None:
        """Use one of the requests.

        :param share: microseconds that a request moves the timestamp on
        :return: microseconds until all are free that have come; None where there is no request
            left to use
        """
        age = time.monotonic() - self._counted_at
        if not self._unused or age > _KEPT_FOR:
            return None
        self._unused -= 1
        return max(self.taken - self._unused * share - int(age * 1_000_000), share)

    def next_size(self, share: int, whole: int) -> int:
        """Return how many requests to count in advance the next time."""
        age = time.monotonic() - self._counted_at
        if self._unused or age > _KEPT_FOR:
            return 1
        wanted = 2 * self.size if age < _BUSY_WITHIN else self.size
        return max(min(wanted, (whole - self.taken) // share // _PART_TAKEN), 1)


class _Counter:
    """The counts of one database, as one process uses them."""

    def __init__(self, database: str):
        self._database = database
        self._lock = Lock()
        self._connection: psycopg2.extensions.connection | None = None
        self._failed_at: float | None = None
        self._counted = 0
        self._advances: LRU[tuple[str, int], _Advance] = LRU(_KNOWN_CALLERS)

    def count(self, name: str, limit: int) -> RateLimitStatus | None:
        share = max(_MINUTE // limit, 1)
        whole = share * limit
        with self._lock:
            advance = self._advances.get((name, limit)) if limit > EXACT_LIMIT else None
            if advance is not None:
                taken = advance.use(share)
                if taken is not None:
                    return _make_status(limit, taken, 0)
            if (
                self._failed_at is not None
                and time.monotonic() < self._failed_at + _TRIED_AGAIN_AFTER
            ):
                return None
            size = advance.next_size(share, whole) if advance is not None else 1
            begin = time.monotonic()
            try:
                counted, taken = self._move(name, size * share, whole)
                if not counted and size > 1:
                    # Other processes have left less than that.
                    size = 1
                    counted, taken = self._move(name, share, whole)
            except psycopg2.Error as error:
                self._give_up(error)
                return None
            self._failed_at = None
            if not counted:
                return _make_status(limit, taken, max(taken + share - whole, 1))
            if limit > EXACT_LIMIT:
                advance = self._advances[name, limit] = _Advance(size, taken, begin)
                taken = advance.use(share) or taken
        return _make_status(limit, taken, 0)

    def _move(self, name: str, share: int, whole: int) -> tuple[bool, int]:
        """Move a caller's timestamp on.

        :param share: microseconds by which
        :param whole: microseconds that it may be ahead
        :return: whether that is within the limit, and the microseconds until all are free
        """
        values = {"name": name, "share": share, "whole": whole}
        if self._connection is not None:
            try:
                return self._move_on(self._connection, values)
            except psycopg2.Error:
                if not self._connection.closed:
                    raise
                # The database has been restarted since the last request.
        self._connection = self._open()
        return self._move_on(self._connection, values)

    def _move_on(self, connection, values: dict) -> tuple[bool, int]:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, values)
            row = cursor.fetchone()
            counted = row is not None
            if not counted:
                cursor.execute(_STATUS, values)
                row = cursor.fetchone()
            if self._counted % _PURGED_AFTER == 0:
                self._purge(cursor)
            self._counted += 1
        return counted, max(row[0] // timedelta(microseconds=1), 0) if row else 0

    def _purge(self, cursor) -> None:
        """Remove a batch of the rows that are worth nothing any more; the count stands without."""
        try:
            cursor.execute(_PURGE)
        except psycopg2.Error as error:
            _logger.warning("Old counts of requests could not be removed: %s", error)

    def _open(self):
        _name, parameters = connection_info_for(self._database)
        connection = psycopg2.connect(connect_timeout=_CONNECTED_WITHIN, **parameters)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_SESSION)
        return connection

    def _give_up(self, error: psycopg2.Error) -> None:
        """Serve without counting for some time."""
        if self._failed_at is None:
            _logger.warning("Requests are served without counting them: %s", error)
        self._failed_at = time.monotonic()
        self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _make_status(limit: int, taken: int, wait: int) -> RateLimitStatus:
    """Return what a caller is told, whose requests are all free after ``taken`` microseconds."""
    share = max(_MINUTE // limit, 1)
    remaining = max(share * limit - taken, 0) // share
    return RateLimitStatus(limit, remaining, _seconds(taken), _seconds(wait))


def _seconds(microseconds: int) -> int:
    """Return seconds, rounded up."""
    return -(-microseconds // 1_000_000)
