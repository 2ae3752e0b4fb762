"""Run programs as steps of the set-up, their output in logs."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tools import lock
from tools.progress import StepFailed, tail

_running: list[subprocess.Popen] = []
_given_up = threading.Event()


def run(
    command: Sequence[str | os.PathLike],
    *,
    log: Path,
    failure: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run ``command``; raise StepFailed, with the end of the log, when it fails.

    ``failure`` says what the failure means to the user and what to do about it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            # If this process is killed, its child goes on alone for a while: it keeps the
            # lock, so that the next set-up does not start beside it.
            pass_fds=lock.held(),
        )
        _running.append(process)
        try:
            if _given_up.is_set():
                stop(process)
            code = process.wait()
        finally:
            _running.remove(process)
            stop(process)
    if code:
        # Odoo says goodbye at length after an error.
        lines = [line for line in tail(log, 60) if " INFO " not in line]
        end = "\n".join(f"    {line}" for line in lines[-25:])
        raise StepFailed(f"{failure}\nThe end of {log}:\n{end}")


def together(*steps: Callable[[], object]) -> list:
    """Do steps at the same time; return what they return, in order.

    When one fails, or the user interrupts, the programs of all are ended: what the others had
    finished is kept.

    :raise StepFailed: that of the first step that failed
    """
    try:
        with ThreadPoolExecutor(len(steps)) as threads:
            futures = [threads.submit(step) for step in steps]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                # A step may go on with its next program, which run() ends.
                _given_up.set()
                for process in list(_running):
                    stop(process)
                raise
    finally:
        _given_up.clear()
    return [future.result() for future in futures]


def stop(process: subprocess.Popen) -> None:
    """End a child process that still runs: ask, then insist."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
