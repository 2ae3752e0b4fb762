"""The cursors that requests run on, as Odoo tells of them, and cursors that fail."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import SQL


@contextlib.contextmanager
def cursor_modes() -> Iterator[list[str]]:
    """Yield a list to which each response adds the mode of its cursor: ro, rw or ro->rw.

    Odoo notes the mode at the thread that serves a request, where the server logs the response.
    """
    modes: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            modes.append(threading.current_thread().cursor_mode)

    logger = logging.getLogger("werkzeug")
    handler, level = Handler(logging.INFO), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield modes
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


@contextlib.contextmanager
def failing_statements(table: str, failure: BaseException) -> Iterator[None]:
    """Let every statement that names a table fail: no setting breaks a connection just there."""

    def fail(_text: str) -> None:
        raise failure

    with _watched(table, fail):
        yield


@contextlib.contextmanager
def noted_statements(table: str) -> Iterator[list[str]]:
    """Yield a list to which each statement is added that names a table."""
    found: list[str] = []
    with _watched(table, found.append):
        yield found


@contextlib.contextmanager
def _watched(table: str, action: Callable[[str], None]) -> Iterator[None]:
    execute = Cursor.execute  # Odoo's own

    def watch(cursor: Cursor, query: SQL | str, *args, **kwargs):
        text = query.code if isinstance(query, SQL) else query
        if table in text:
            action(text)
        return execute(cursor, query, *args, **kwargs)

    with patch.object(Cursor, "execute", watch):
        yield
