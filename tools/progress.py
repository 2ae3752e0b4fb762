"""What the user sees while the environment is set up: lines on stderr."""

import contextlib
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_HEARTBEAT = 10  # seconds between signs of life
# Date, process, level and database of a line in Odoo's log
_LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ [A-Z]+ \S+ ")


class StepFailed(Exception):
    """A step could not be done; the message says what failed and what to do."""


def say(text: str) -> None:
    """Print a line for the user. Stdout is left to results."""
    print(text, file=sys.stderr, flush=True)


def _timed(started: float, text: str) -> None:
    say(f"[{time.monotonic() - started:3.0f} s] {text}")


@contextlib.contextmanager
def step(doing: str, done: str, *logs: Path) -> Iterator[None]:
    """Announce a long step, show the end of its logs now and then, and its duration."""
    started = time.monotonic()
    finished = threading.Event()
    say(f"{doing} ...")

    def beat() -> None:
        while not finished.wait(_HEARTBEAT):
            _timed(started, f"  {last_line(*logs)}")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    _timed(started, done)


def last_line(*logs: Path) -> str:
    """Return the last line of the log that was written last, short enough for a terminal."""
    written = [log for log in logs if log.exists()]
    lines = tail(max(written, key=lambda log: log.stat().st_mtime), 1) if written else []
    return _LOG_PREFIX.sub("", lines[0])[:100] if lines else "still working"


def tail(log: Path, count: int) -> list[str]:
    """Return the last lines of a log that are not empty."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 16_384))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]
