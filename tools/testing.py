"""``make test``: the addon's tests, with Odoo's apps and with its base alone, and the project's.

The tests of the addon, and of the example that extends it, run inside Odoo, on a database for
each process. Those of the project (tests/) are plain pytest: they start what they need themselves.
"""

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tools import databases, environment, lock, node, process
from tools.databases import APPS, BASE, EXAMPLE
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDON, EXAMPLES, LOGS, PYTHON, ROOT
from tools.progress import StepFailed, say

_BASE_ONLY = "test_base_*.py"  # files of tests for which Odoo's base alone is enough

_SELECTING = ("-k", "-m", "-x", "--")
"""Options with which the suite is not run as a whole, or in which an order matters."""

_AT_ONCE = 3
"""Of processes; each of them waits now and then for a browser or a server."""

_OK, _INTERRUPTED, _NONE_SELECTED = 0, 2, 5  # exit codes of pytest


@dataclass(frozen=True)
class Run:
    """One process of pytest.

    :param template: what its database is made from; None makes none
    :param takes: whether it is the run for a test file
    """

    name: str
    template: databases.Template | None
    folder: Path
    takes: Callable[[Path], bool]
    options: tuple[str, ...] = ()

    def files(self) -> list[str]:
        """Return the test files, relative to the checkout."""
        files = [path for path in sorted(self.folder.rglob("test_*.py")) if self.takes(path)]
        return [str(path.relative_to(ROOT)) for path in files]


def _is_base_only(path: Path) -> bool:
    return path.match(_BASE_ONLY)


_WITH_APPS = Run("graphql_api_test", APPS, ADDON / "tests", lambda path: not _is_base_only(path))
_WITH_BASE = Run("graphql_api_test_base", BASE, ADDON / "tests", _is_base_only)
_EXAMPLE = Run("graphql_api_test_example", EXAMPLE, EXAMPLES, lambda path: True)
_PROJECT = Run("project", None, ROOT / "tests", lambda path: not _is_base_only(path))
_PROJECT_WITH_BASE = Run("project_base", None, ROOT / "tests", _is_base_only)


def test(arguments: list[str]) -> int:
    """Run the tests; ``arguments`` go to pytest. Return the exit code.

    The whole suite runs in several processes at once.
    """
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    # Two runs on one database disturb each other.
    with lock.exclusive("test"):
        if not paths and not any(option.startswith(_SELECTING) for option in options):
            return _result(_run_at_once(options))
        return _result(_run_one_by_one(options, paths))


def _run_one_by_one(options: list[str], paths: list[str]) -> list[int]:
    codes = []
    for run in (_WITH_APPS, _WITH_BASE, _EXAMPLE, _PROJECT, _PROJECT_WITH_BASE):
        files = run.files()
        selected = _selected(paths, files) if paths else files
        if not selected:
            continue
        codes.append(_start(run, [*options, *selected]).wait())
        if codes[-1] == _INTERRUPTED:
            break
    return codes


def _selected(paths: list[str], files: list[str]) -> list[str]:
    """Return those paths that are test files, and the test files in those that are folders."""
    found = [path for path in paths if path.split("::")[0] in files]
    folders = [Path(path) for path in paths if (ROOT / path).is_dir()]
    return found + [file for file in files if any(map(Path(file).is_relative_to, folders))]


def _run_at_once(options: list[str]) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        # Two processes take the files of the addon from both ends, until they meet.
        share = (f"--share-files={folder}",)
        first = replace(_WITH_APPS, options=share)
        second = replace(
            _WITH_APPS, name=f"{_WITH_APPS.name}_second", options=(*share, "--backwards")
        )
        # The database of the apps takes minutes to make, and one processor: what needs none runs
        # beside that.
        runs = [_WITH_BASE, _PROJECT_WITH_BASE, first, _PROJECT, second, _EXAMPLE]
        return _run_queue(runs, options, shown=first)


def _run_queue(runs: Iterable[Run], options: list[str], shown: Run) -> list[int]:
    """Run a few at a time; the output of ``shown`` is seen at once, that of others at the end."""
    waiting, running, logs = list(runs), [], []
    started: list[subprocess.Popen] = []
    try:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                run = waiting.pop(0)
                log = LOGS / f"test-{run.name}.log" if run is not shown else None
                if log:
                    logs.append(log)
                    say(f"The output of {run.name} follows at the end, from {log}")
                running.append(_start(run, [*options, *run.files()], log))
                started.append(running[-1])
            time.sleep(0.2)
            running = [child for child in running if child.poll() is None]
    finally:
        for child in running:
            process.stop(child)
    for log in logs:
        print(log.read_text(errors="replace"))
    return [child.returncode for child in started]


def _start(run: Run, arguments: list[str], log: Path | None = None) -> subprocess.Popen:
    with lock.exclusive("setup"):
        current = environment.ensure()
        # The project's tests set up what they need as the other commands do.
        variables = {**(current.variables if run.template else os.environ), **node.ensure()}
    command = _command(current, run)
    say(f"Testing {run.name}: pytest {shlex.join(arguments)}")
    with open(log or "/dev/null", "wb") as output:
        return subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env=variables,
            stdout=output if log else None,
            stderr=subprocess.STDOUT if log else None,
            pass_fds=lock.held(),
        )


def _command(current: Environment, run: Run) -> list[str]:
    command = [str(PYTHON), "-m", "pytest", "-p", "tools.pytest_plugin", *run.options]
    if run.template is None:
        return [*command, "-p", "no:odoo"]
    database = databases.make_fresh(current, run.name, run.template)
    return [
        *command,
        "--odoo-http",
        f"--odoo-database={database}",
        f"--odoo-config={CONFIGURATION}",
    ]


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists()


def _result(codes: list[int]) -> int:
    failed = [code for code in codes if code not in (_OK, _NONE_SELECTED)]
    if failed:
        return failed[0]
    if _OK in codes:
        return _OK
    raise StepFailed("No test was selected.")
