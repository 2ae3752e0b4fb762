"""Run programs as steps of the set-up, their output in logs."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import ContextVar
from pathlib import Path

from tools import lock
from tools.progress import StepFailed, tail


class _Group:
    """The programs of steps that are done at the same time."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen] = []
        self._given_up = threading.Event()

    def add(self, process: subprocess.Popen) -> None:
        """Note a program that runs; end it when the group was given up."""
        self._running.append(process)
        if self._given_up.is_set():
            stop(process)

    def remove(self, process: subprocess.Popen) -> None:
        """Forget a program, which has ended."""
        self._running.remove(process)

    def give_up(self) -> None:
        """End the programs that run, and each one that a step goes on with."""
        self._given_up.set()
        for process in list(self._running):
            stop(process)


_groups: ContextVar[tuple[_Group, ...]] = ContextVar("groups", default=())
"""Those that a thread works for: that of its step, and those that this group is a step of."""


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
        groups = _groups.get()
        try:
            for group in groups:
                group.add(process)
            code = process.wait()
        finally:
            stop(process)
            for group in groups:
                group.remove(process)
    if code:
        # Odoo says goodbye at length after an error.
        lines = [line for line in tail(log, 60) if " INFO " not in line]
        end = "\n".join(f"    {line}" for line in lines[-25:])
        raise StepFailed(f"{failure}\nThe end of {log}:\n{end}")


def together(*steps: Callable[[], object]) -> list:
    """Do steps at the same time; return what they return, in order.

    A step may itself do steps at the same time. When one fails, or the user interrupts, the
    programs of all are ended: what the others had finished is kept.

    :raise StepFailed: that of the first step that failed
    """
    group = _Group()
    groups = (*_groups.get(), group)
    with ThreadPoolExecutor(len(steps), initializer=_groups.set, initargs=(groups,)) as threads:
        futures = [threads.submit(step) for step in steps]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            group.give_up()
            raise
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
