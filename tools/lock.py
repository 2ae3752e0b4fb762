"""What is done by one process at a time in a checkout: set-up, a database, a test run."""

import contextlib
import fcntl
from collections.abc import Iterator

from tools.paths import STATE
from tools.progress import say

_held: list[int] = []


def held() -> tuple[int, ...]:
    """Return the descriptors of the locks that this process holds, for its children."""
    return tuple(_held)


@contextlib.contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock ``name``; wait for a process that has it."""
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another process ({name}) in this checkout to finish ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        _held.append(file.fileno())
        try:
            yield
        finally:
            _held.remove(file.fileno())
