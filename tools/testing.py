"""``make test``: the suite, once with Odoo's apps and once with Odoo's base alone."""

import shlex
import subprocess
from pathlib import Path

from tools import databases, environment, lock, node
from tools.databases import APPS, BASE, TEST, TEST_BASE
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDON, PYTHON, ROOT
from tools.progress import StepFailed, say

_TESTS = ADDON / "tests"
_BASE_ONLY = "test_base_*.py"  # files for the database that has Odoo's base alone

_OK, _INTERRUPTED, _NONE_SELECTED = 0, 2, 5  # exit codes of pytest


def test(arguments: list[str]) -> int:
    """Run the tests; ``arguments`` go to pytest. Return the exit code."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    base_files = [str(path.relative_to(ROOT)) for path in sorted(_TESTS.glob(_BASE_ONLY))]
    runs = [
        (
            TEST,
            APPS,
            [path for path in paths if not _is_base_only(path)],
            [str(_TESTS.relative_to(ROOT))],
        ),
        (TEST_BASE, BASE, [path for path in paths if _is_base_only(path)], base_files),
    ]
    # Two runs on one database disturb each other.
    with lock.exclusive("test"):
        codes = []
        for name, template, chosen, default in runs:
            selection = chosen if paths else default
            if not selection:
                continue
            with lock.exclusive("setup"):
                current = environment.ensure()
                current.variables.update(node.ensure())
                database = databases.ensure_test(current, name, template)
            codes.append(_pytest(current, database, template, [*options, *selection]))
            if codes[-1] == _INTERRUPTED:
                return codes[-1]
    return _result(codes)


def _pytest(current: Environment, database: str, template: databases.Template, arguments) -> int:
    command = [str(PYTHON), "-m", "pytest", "-p", "tools.pytest_plugin", "--odoo-http"]
    command += [f"--odoo-database={database}", f"--odoo-config={CONFIGURATION}"]
    if template is APPS:
        command.append(f"--ignore-glob=*/{_BASE_ONLY}")
    say(f"Testing in {database}: pytest {shlex.join(arguments)}")
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env=current.variables, check=False, pass_fds=lock.held()
    ).returncode


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
