"""What is done by one process at a time in a checkout: set-up, a database, a test run."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from typing import IO

from tools.paths import STATE
from tools.progress import say

_PATIENCE = 2  # seconds before the user is told what is waited for

_held: list[int] = []


def held() -> tuple[int, ...]:
    """Return the descriptors of the locks that this process holds, for its children."""
    return tuple(_held)


@contextlib.contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock ``name``; wait for a process that has it."""
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{name}.lock").open("a") as file:
        if not _is_free_soon(file):
            say(f"Waiting for another process ({name}) in this checkout to finish ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        _held.append(file.fileno())
        try:
            yield
        finally:
            _held.remove(file.fileno())


def _is_free_soon(file: IO[str]) -> bool:
    """Try for a moment to get the lock; tell whether it is ours."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False
