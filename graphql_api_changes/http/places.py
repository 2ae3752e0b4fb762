"""Places of streams: how many a database serves at once, counted for all processes of all servers.

A place is an advisory lock of PostgreSQL ("Explicit Locking"). A process holds its locks on one
connection, while it has any. Whatever ends a process frees its places.
"""

import os
import weakref
from functools import lru_cache
from threading import RLock

import psycopg2

from odoo.sql_db import connection_info_for

from odoo.addons.graphql_api.schema.extension import ApiError

RETRY_AFTER = 10
"""Seconds after which a client that found no place had better try again."""

_CLASS = 0x6773746D
"""The first part of the key of each lock, which tells them from others'."""

_CONNECTED_WITHIN = 5  # seconds


def take_place(database: str, maximum: int) -> "Place":
    """Take a place of a database.

    :param maximum: how many there are
    :raise ApiError: SERVICE_UNAVAILABLE while all are taken
    :raise psycopg2.Error: the database cannot be reached
    """
    # A connection must not be used after a fork.
    number = _places(database, os.getpid()).take(maximum)
    if number is None:
        raise ApiError(
            "SERVICE_UNAVAILABLE",
            f"This server streams {maximum} responses at once, and does. "
            f"Try again in {RETRY_AFTER} s.",
            retry_after=RETRY_AFTER,
        )
    return Place(_places(database, os.getpid()), number)


class Place:
    """A place that is taken; :meth:`release` frees it, once, and so does forgetting it."""

    def __init__(self, places: "_Places", number: int):
        self.release = weakref.finalize(self, places.release, number)


@lru_cache(maxsize=64)
def _places(database: str, _process: int) -> "_Places":
    return _Places(database)


class _Places:
    """The places of one database, as one process takes them."""

    def __init__(self, database: str):
        self._database = database
        # One may be forgotten, and so freed, whenever Python collects garbage: in here, too.
        self._lock = RLock()
        self._taken: set[int] = set()
        self._connection: psycopg2.extensions.connection | None = None

    def take(self, maximum: int) -> int | None:
        """Return the number of a place that was free, None where there is none."""
        with self._lock:
            # A session gets a lock that it holds once more.
            for number in sorted(set(range(1, maximum + 1)) - self._taken):
                if self._execute("SELECT pg_try_advisory_lock(%s, %s)", number):
                    self._taken.add(number)
                    return number
            self._close_unused()
        return None

    def release(self, number: int) -> None:
        with self._lock:
            self._taken.discard(number)
            try:
                self._execute("SELECT pg_advisory_unlock(%s, %s)", number)
            except psycopg2.Error:
                # The lock is gone with its connection.
                self._close()
            self._close_unused()

    def _execute(self, statement: str, number: int) -> bool:
        if self._connection is None or self._connection.closed:
            _name, parameters = connection_info_for(self._database)
            self._connection = psycopg2.connect(connect_timeout=_CONNECTED_WITHIN, **parameters)
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(statement, (_CLASS, number))
            return cursor.fetchone()[0]

    def _close_unused(self) -> None:
        if not self._taken:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
