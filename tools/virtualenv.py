"""The virtual environment in ``.dev/venv``, from the pinned requirements.

It is made in two steps: first what Odoo runs with, then, for the commands that want it, what
developers need beside it.
"""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from tools import process, python_packages, stamp
from tools.paths import LOGS, PYTHON, ROOT, TOOLS, VENV
from tools.progress import StepFailed, step

_REQUIREMENTS = [TOOLS / "requirements" / f"{name}.txt" for name in ("odoo", "addon", "postgres")]
_DEVELOPMENT_REQUIREMENTS = [TOOLS / "requirements" / "development.txt"]
_DEVELOPMENT = VENV / "development"
"""Holds the stamp of the second step."""
_AT_ONCE = 4  # processes of pip


def is_active() -> bool:
    """Tell whether this process runs in the virtual environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def ensure() -> None:
    """Make the virtual environment with what Odoo needs, unless it is there."""
    # Scripts in an environment hold its absolute path: a moved checkout needs a new one.
    inputs = stamp.digest(str(ROOT), *_REQUIREMENTS)
    if stamp.is_current(VENV, inputs) and _works():
        return
    logs = _logs("virtualenv")
    with step("Installing Python packages", "Python packages installed", *logs):
        # An environment cannot be renamed, so it is built in place; without its stamp it
        # does not count.
        if VENV.exists():
            (VENV / ".stamp").unlink(missing_ok=True)
            shutil.rmtree(VENV)
        _create()
        _install(_REQUIREMENTS, logs)
        stamp.mark(VENV, inputs)


def ensure_development() -> None:
    """Install what developers need beside Odoo, unless it is there.

    The environment of :func:`ensure` has to be there.
    """
    inputs = stamp.digest(*_DEVELOPMENT_REQUIREMENTS)
    if stamp.is_current(_DEVELOPMENT, inputs):
        return
    logs = _logs("virtualenv-development")
    with step("Installing tools for developers", "Tools for developers installed", *logs):
        _DEVELOPMENT.mkdir(exist_ok=True)
        for folder in VENV.glob("lib/python*/site-packages"):
            forget_unfinished(folder)
        _install(_DEVELOPMENT_REQUIREMENTS, logs)
        stamp.mark(_DEVELOPMENT, inputs)


def forget_unfinished(packages: Path) -> None:
    """Have pip install what it was interrupted at, which it would take for installed.

    Of a package's files ``INSTALLER`` is the first that comes after those of the wheel.
    """
    for description in packages.glob("*.dist-info"):
        if not (description / "INSTALLER").exists():
            shutil.rmtree(description)


def _logs(name: str) -> list[Path]:
    return [LOGS / f"{name}-{number + 1}.log" for number in range(_AT_ONCE)]


def _install(files: list[Path], logs: list[Path]) -> None:
    """Install what files of requirements list, with a process of pip for each log.

    One process would wait for the index most of the time, and use one processor for the rest.
    They do not need each other: all versions are pinned, and no two packages have a file in common.
    """
    requirements = python_packages.requirements(*files)
    process.together(
        *(
            partial(
                python_packages.install,
                *requirements[number :: len(logs)],
                log=log,
                failure="Python packages could not be installed. Is the package index reachable? "
                "(pip config list shows what pip is told.) The next call tries again.",
            )
            for number, log in enumerate(logs)
        )
    )


def _create() -> None:
    process.run(
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", VENV],
        log=LOGS / "venv.log",
        failure="No virtual environment could be made. On Debian and Ubuntu the module is in "
        "the package python3-venv.",
    )


def _works() -> bool:
    """Tell whether the interpreter that the environment was made from is still there."""
    try:
        check = subprocess.run([PYTHON, "-c", "import psycopg2"], capture_output=True, check=False)
    except OSError:
        return False
    return check.returncode == 0


def enter(arguments: list[str]) -> None:
    """Go on in the virtual environment's interpreter."""
    if not PYTHON.exists():
        raise StepFailed(f"{PYTHON} is missing; call make again.")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "tools", *arguments])
