"""A block of code of which nothing is kept, and in which nothing is sent.

What runs in it may commit, open further cursors and try to reach other systems, as business code
of Odoo does: it goes on as far as that is possible without an effect that lasts.
"""

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps

from odoo.sql_db import BaseCursor

from ..schema.exposure.errors import SandboxViolation

_logger = logging.getLogger(__name__)

_REFUSED_EVENTS = frozenset(
    {
        # A connection of before the block may still be open, so what is sent is refused, too.
        "ftplib.sendcmd",
        "http.client.send",
        "imaplib.send",
        "poplib.putline",
        "smtplib.send",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.sendmsg",
        "socket.sendto",
    }
)
"""What Python says that it is about to do (https://docs.python.org/3/library/audit_events.html).

PostgreSQL's library has sockets of its own, of which Python does not know.
"""

_SAVEPOINT = "graphql_api_sandbox"

_thread = threading.local()


@contextmanager
def sandbox(cursor: BaseCursor, seconds: int) -> Iterator[None]:
    """Undo the transaction of a cursor at the end of the block, whatever happens in it.

    Within the block, in this thread: a commit of any cursor runs what Odoo does before it and keeps
    nothing, hooks after a commit are dropped, and connections to other systems and new threads are
    refused.

    :param seconds: how long the block may go without a statement on the cursor. Another cursor may
        wait for rows that this one has changed, and would have released by a commit.
    :raise psycopg2.OperationalError: after that, as PostgreSQL has ended the connection
    :raise SandboxViolation: to the code that tries to reach another system or to start a thread
    """
    _listen()
    cursor.execute(
        "SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [f"{seconds}s"]
    )
    held = [_HeldCursor(cursor)]

    def hold(other: BaseCursor, *_statement) -> None:
        # Odoo calls it after each statement of this thread (odoo/sql_db.py, ``Cursor.execute``).
        if not _HeldCursor.holds(other):
            held.append(_HeldCursor(other))

    hooks = threading.current_thread().__dict__.setdefault("query_hooks", [])
    with ExitStack() as ends:
        _thread.is_sandboxed = True
        ends.callback(setattr, _thread, "is_sandboxed", False)
        ends.callback(_release, held)
        hooks.append(hold)
        ends.callback(hooks.remove, hold)
        # What Odoo calls when a transaction is rolled back is part of the block.
        ends.callback(held[0].undo)
        yield


def _release(held: list["_HeldCursor"]) -> None:
    for one in held:
        one.release()


class _HeldCursor:
    """Takes the place of what ends transactions of a cursor, until it is closed or released.

    A commit makes a savepoint, to which a rollback returns, as with Odoo's cursor for tests
    (odoo/tests/test_cursor.py).
    """

    def __init__(self, cursor: BaseCursor):
        self._cursor = cursor
        self._has_savepoint = False
        vars(cursor).update(commit=self._commit, rollback=self._rollback, close=self._close)

    @staticmethod
    def holds(cursor: BaseCursor) -> bool:
        """Tell whether there is one that holds the cursor."""
        return "commit" in vars(cursor)

    def undo(self) -> None:
        """Roll the transaction back, with the hooks for that."""
        cursor = self._cursor
        if cursor.closed:
            return
        try:
            type(cursor).rollback(cursor)
        finally:
            # Those that an error has left would run when the cursor is closed.
            cursor.prerollback.clear()
            cursor.postrollback.clear()

    def release(self) -> None:
        """Give the cursor back its methods; nothing is pending on it that was "committed"."""
        if not self.holds(self._cursor):
            return
        for name in ("commit", "rollback", "close"):
            del vars(self._cursor)[name]
        if self._has_savepoint:
            self.undo()

    def _commit(self) -> None:
        cursor = self._cursor
        cursor.flush()
        if self._has_savepoint:
            cursor.execute(f"RELEASE SAVEPOINT {_SAVEPOINT}")
        cursor.execute(f"SAVEPOINT {_SAVEPOINT}")
        self._has_savepoint = True
        cursor.clear()
        cursor.prerollback.clear()
        cursor.postrollback.clear()
        cursor.postcommit.clear()

    def _rollback(self) -> None:
        cursor = self._cursor
        if not self._has_savepoint:
            type(cursor).rollback(cursor)
            return
        cursor.clear()
        cursor.postcommit.clear()
        cursor.prerollback.run()
        cursor.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
        cursor.postrollback.run()

    def _close(self) -> None:
        self._has_savepoint = False
        self.release()
        self._cursor.close()


@cache
def _listen() -> None:
    """Have Python ask :func:`_refuse` from now on; it cannot be taken back."""
    sys.addaudithook(_refuse)
    start = threading.Thread.start

    @wraps(start)
    def start_outside(thread: threading.Thread) -> None:
        if _is_sandboxed():
            raise SandboxViolation("A dry run starts no thread.")
        start(thread)

    # Before Python 3.12 there is no event for it.
    setattr(threading.Thread, start.__name__, start_outside)


def _is_sandboxed() -> bool:
    return getattr(_thread, "is_sandboxed", False)


def _refuse(event: str, arguments: tuple) -> None:
    if event not in _REFUSED_EVENTS or not _is_sandboxed():
        return
    # Sockets of this machine's own file system are those of its logs, and of PostgreSQL.
    if arguments and getattr(arguments[0], "family", None) == socket.AF_UNIX:
        return
    # Which system it was is for the administrator alone.
    host = arguments[0] if event == "socket.getaddrinfo" else None
    _logger.info("Refused in a dry run: %s %r", event, host)
    raise SandboxViolation("Nothing leaves a dry run.")
