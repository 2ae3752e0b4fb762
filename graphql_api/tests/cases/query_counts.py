"""How many SQL queries something takes, whenever Python collects its garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def counted_queries(cursor) -> Iterator[list[int]]:
    """Yield a list whose one item, after the block, is the number of SQL queries in it.

    A transaction of Odoo knows its environments, and they what they have read, until the garbage
    collector finds them (odoo/orm/environments.py, ``Transaction.envs``). So it runs before the
    block and not within: otherwise the number would depend on what else the process has done.
    """
    gc.collect()
    gc.disable()
    try:
        before = cursor.sql_log_count
        counted: list[int] = []
        yield counted
        counted.append(cursor.sql_log_count - before)
    finally:
        gc.enable()
