"""``make test``: the suite, once with Odoo's apps and once with Odoo's base alone."""

import shlex
import subprocess
from pathlib import Path

from tools import databases, environment, lock, node, process
from tools.databases import APPS, BASE, TEST, TEST_BASE, TEST_SECOND
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDON, LOGS, PYTHON, ROOT
from tools.progress import StepFailed, say

_TESTS = ADDON / "tests"
_BASE_ONLY = "test_base_*.py"  # files for the database that has Odoo's base alone

_SELECTING = ("-k", "-m", "-x", "--")
"""Options with which the suite is not run as a whole, or in which an order matters."""

_OK, _INTERRUPTED, _NONE_SELECTED = 0, 2, 5  # exit codes of pytest


def test(arguments: list[str]) -> int:
    """Run the tests; ``arguments`` go to pytest. Return the exit code.

    The whole suite runs in two halves at once, on a database each.
    """
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    # Two runs on one database disturb each other.
    with lock.exclusive("test"):
        if paths or any(option.startswith(_SELECTING) for option in options):
            return _result(_run_one_by_one(options, paths))
        return _result(_run_halves(options))


def _run_one_by_one(options: list[str], paths: list[str]) -> list[int]:
    runs = [
        (TEST, APPS, [path for path in paths if not _is_base_only(path)] or [_relative(_TESTS)]),
        (TEST_BASE, BASE, [path for path in paths if _is_base_only(path)] or _base_files()),
    ]
    codes = []
    for name, template, selection in runs:
        if paths and not set(selection) & set(paths):
            continue
        current, database = _prepare(name, template)
        command = _command(database, template, [*options, *selection])
        codes.append(_start(current, command).wait())
        if codes[-1] == _INTERRUPTED:
            break
    return codes


def _run_halves(options: list[str]) -> list[int]:
    files = [_relative(path) for path in sorted(_TESTS.glob("test_*.py"))]
    files = [path for path in files if not _is_base_only(path)]
    runs = [(TEST, APPS, files[::2]), (TEST_SECOND, APPS, files[1::2]), (TEST_BASE, BASE, None)]
    prepared = [(*_prepare(name, template), template) for name, template, _files in runs]
    commands = [
        (current, _command(database, template, [*options, *(selection or _base_files())]))
        for (current, database, template), (_name, _template, selection) in zip(
            prepared, runs, strict=True
        )
    ]
    log = LOGS / "test-second-half.log"
    say(f"The second half of the tests runs beside the first; its output follows, from {log}")
    with log.open("wb") as output:
        second = _start(*commands[1], output)
        try:
            codes = [_start(*commands[0]).wait(), second.wait()]
        finally:
            process.stop(second)
    print(log.read_text(errors="replace"))
    return [*codes, _start(*commands[2]).wait()]


def _prepare(name: str, template: databases.Template) -> tuple[Environment, str]:
    """Return the environment and an up-to-date database."""
    with lock.exclusive("setup"):
        current = environment.ensure()
        current.variables.update(node.ensure())
        return current, databases.ensure_test(current, name, template)


def _command(database: str, template: databases.Template, arguments: list[str]) -> list[str]:
    command = [str(PYTHON), "-m", "pytest", "-p", "tools.pytest_plugin", "--odoo-http"]
    command += [f"--odoo-database={database}", f"--odoo-config={CONFIGURATION}"]
    if template is APPS:
        command.append(f"--ignore-glob=*/{_BASE_ONLY}")
    say(f"Testing in {database}: pytest {shlex.join(arguments)}")
    return [*command, *arguments]


def _start(current: Environment, command: list[str], output=None) -> subprocess.Popen:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=current.variables,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        pass_fds=lock.held(),
    )


def _base_files() -> list[str]:
    return [_relative(path) for path in sorted(_TESTS.glob(_BASE_ONLY))]


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists()


def _is_base_only(argument: str) -> bool:
    return Path(argument.split("::")[0]).match(_BASE_ONLY)


def _result(codes: list[int]) -> int:
    failed = [code for code in codes if code not in (_OK, _NONE_SELECTED)]
    if failed:
        return failed[0]
    if _OK in codes:
        return _OK
    raise StepFailed("No test was selected.")
