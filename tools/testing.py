"""``make test`` and ``make check``: pytest, on databases with Odoo's apps or its base alone.

Each call of pytest is for the test files that want one kind of database. It has several processes
(pytest-xdist); tools/pytest_plugin.py gives each of them a database of its own.
"""

import shlex
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools import databases, environment, linting, lock
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDONS, EXAMPLES, PYTHON, ROOT
from tools.progress import StepFailed, say

_BASE_ONLY = "test_base_*.py"  # files of tests for which Odoo's base alone is enough
_PEOPLE = "test_people_*.py"  # files of tests for the apps about employees
_WIDE = "test_wide_*.py"  # files of tests that want hundreds of resources

_CHANGES_TESTS = ROOT / "graphql_api_changes" / "tests"
_TESTS = tuple(addon / "tests" for addon in ADDONS)
_EXAMPLES, _PROJECT = EXAMPLES, ROOT / "tests"

_WORKERS = 3
"""Processes of a call; each of them waits now and then for a browser or a server."""

# The plugin puts the files in order and prints what is done.
_PARALLEL = ("--dist=loadfile", "--no-loadscope-reorder", "-oconsole_output_style=classic")

_FEW = ("-k", "-n", "-x", "--lf", "--pdb")
"""Options that select few tests, or whose meaning depends on one process."""

_QUICK = "not (browser or cluster or generated or node or server)"
"""What ``make check`` runs; pyproject.toml says what the markers mean."""

_SHOWN = 10  # of the names of files

_OK, _INTERRUPTED, _NONE_SELECTED = 0, 2, 5  # exit codes of pytest


@dataclass(frozen=True)
class Run:
    """One call of pytest.

    :param template: the name of what its databases are made from, in ``databases.TEMPLATES``
    :param takes: whether it is the run for a test file
    """

    template: str
    takes: Callable[[Path], bool]

    def files(self) -> list[str]:
        """Return the test files, relative to the checkout."""
        folders = (*_TESTS, _EXAMPLES, _PROJECT)
        files = [path for folder in folders for path in sorted(folder.rglob("test_*.py"))]
        return [str(path.relative_to(ROOT)) for path in files if self.takes(path)]


def _is_base_only(path: Path) -> bool:
    return path.match(_BASE_ONLY)


def _is_about_people(path: Path) -> bool:
    return path.match(_PEOPLE)


def _is_wide(path: Path) -> bool:
    return path.match(_WIDE)


def _is_about_changes(path: Path) -> bool:
    return path.is_relative_to(_CHANGES_TESTS)


def _is_of_example(path: Path) -> bool:
    return path.is_relative_to(_EXAMPLES)


_OTHERS = (_is_base_only, _is_of_example, _is_about_people, _is_wide, _is_about_changes)

_RUNS = (
    Run("base", _is_base_only),
    Run("example", _is_of_example),
    Run("people", _is_about_people),
    Run("wide", _is_wide),
    Run("changes", _is_about_changes),
    Run("apps", lambda path: not any(is_other(path) for is_other in _OTHERS)),
)


def check(arguments: list[str]) -> int:
    """Check what is checked before a commit; ``arguments`` go to pytest. Return the exit code."""
    style = linting.lint()
    return test(["-m", _QUICK, *arguments]) or style


def test(arguments: list[str]) -> int:
    """Run the tests; ``arguments`` go to pytest. Return the exit code."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    at_once = not paths and not any(option.startswith(_FEW) for option in options)
    # Two runs on one database disturb each other.
    with lock.exclusive("test"):
        inherited = lock.held()
        with lock.exclusive("setup"):
            current = environment.ensure()
        with ThreadPoolExecutor(1) as beside:
            if at_once:
                # It takes minutes, once, and one processor: the other runs go on beside it.
                prepared = beside.submit(databases.ensure_installed, current, databases.APPS)
            codes = []
            for run in _RUNS:
                files = _selected(paths, run.files()) if paths else run.files()
                if not files:
                    continue
                if at_once and run is _RUNS[-1]:
                    prepared.result()
                codes.append(_call(current, run, files, options, at_once, inherited))
                if codes[-1] == _INTERRUPTED:
                    break
    return _result(codes)


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists()


def _selected(paths: list[str], files: list[str]) -> list[str]:
    """Return those paths that are test files, and the test files in those that are folders."""
    found = [path for path in paths if path.split("::")[0] in files]
    folders = [Path(path) for path in paths if (ROOT / path).is_dir()]
    return found + [file for file in files if any(map(Path(file).is_relative_to, folders))]


def _call(
    current: Environment,
    run: Run,
    files: list[str],
    options: list[str],
    at_once: bool,
    inherited: tuple[int, ...],
) -> int:
    workers = min(_WORKERS, len(files)) if at_once else 1
    if workers > 1:
        options = [f"-n{workers}", *_PARALLEL, *options]
    shown = files if len(files) <= _SHOWN else [f"({len(files)} files)"]
    say(f"Testing with {run.template}: pytest {shlex.join(options)} {' '.join(shown)}")
    command = [
        *(str(PYTHON), "-m", "pytest", "-p", "tools.pytest_plugin"),
        *("--odoo-http", f"--odoo-config={CONFIGURATION}", f"--odoo-template={run.template}"),
        # Odoo's bound is meant for a worker that is started again now and then. These processes
        # keep registries, servers, and clients of a thread each, for all tests.
        "--odoo-extra=limit-memory-hard=0",
        f"--odoo-database={databases.full_name(current, f'graphql_api_test_{run.template}')}",
    ]
    child = subprocess.Popen(
        [*command, *options, *files], cwd=ROOT, env=_variables(current), pass_fds=inherited
    )
    return child.wait()


def _variables(current: Environment) -> dict[str, str]:
    """Return the environment variables of the tests.

    Those that lead to our own server are not among them: tests that call commands would have them
    take it for one of the user's.
    """
    ours = current.server.environment if current.server.is_ours else {}
    return {key: value for key, value in current.variables.items() if key not in ours}


def _result(codes: list[int]) -> int:
    failed = [code for code in codes if code not in (_OK, _NONE_SELECTED)]
    if failed:
        return failed[0]
    if _OK in codes:
        return _OK
    raise StepFailed("No test was selected.")
