"""``make stop`` and ``make clean``."""

import shutil

from tools import lock, postgres, postgres_place
from tools.paths import STATE
from tools.progress import say


def stop() -> int:
    """Stop the PostgreSQL server that other commands left running."""
    with lock.exclusive("setup"):
        stopped = postgres.stop()
    say("PostgreSQL stopped." if stopped else "PostgreSQL is not running.")
    return 0


def clean() -> int:
    """Remove all state of this checkout. Downloads stay in the user's cache directory."""
    with lock.exclusive("setup"):
        postgres.stop()
        postgres_place.remove()
        shutil.rmtree(STATE, ignore_errors=True)
    say(f"Removed {STATE}.")
    return 0
