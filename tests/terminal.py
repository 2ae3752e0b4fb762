"""Commands that run until somebody ends them by Ctrl-C."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

from tools.paths import ROOT

_ENDS_WITHIN = 60  # seconds


@contextlib.contextmanager
def typed(variables: dict[str, str], *command: str) -> Iterator[subprocess.Popen]:
    """Run a command as in a terminal; at the end of the block it gets Ctrl-C.

    What it prints, errors included, is in its ``stdout``; ``rest`` has in the end what was printed
    after the last line that was read there.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Also where the tests run in the background of a shell, which has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.rest, _ = process.communicate(timeout=_ENDS_WITHIN)
