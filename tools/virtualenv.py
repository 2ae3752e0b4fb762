"""The virtual environment in ``.dev/venv``, from the pinned requirements.

It is made in two steps: first what Odoo runs with, then what developers need beside it, which may
be installed while Odoo is at work already.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import process, stamp
from tools.paths import CACHE, LOGS, PYTHON, ROOT, TOOLS, VENV
from tools.progress import StepFailed, step

_REQUIREMENTS = [TOOLS / "requirements" / f"{name}.txt" for name in ("odoo", "addon", "postgres")]
_DEVELOPMENT_REQUIREMENTS = [TOOLS / "requirements" / "development.txt"]
_DEVELOPMENT = VENV / "development"
"""Holds the stamp of the second step."""


def is_active() -> bool:
    """Tell whether this process runs in the virtual environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def ensure() -> None:
    """Make the virtual environment with what Odoo needs, unless it is there."""
    # Scripts in an environment hold its absolute path: a moved checkout needs a new one.
    inputs = stamp.digest(str(ROOT), *_REQUIREMENTS)
    if stamp.is_current(VENV, inputs) and _works():
        return
    log = LOGS / "virtualenv.log"
    with step("Installing Python packages", "Python packages installed", log):
        # An environment cannot be renamed, so it is built in place; without its stamp it
        # does not count.
        if VENV.exists():
            (VENV / ".stamp").unlink(missing_ok=True)
            shutil.rmtree(VENV)
        _create()
        _install(_REQUIREMENTS, log)
        stamp.mark(VENV, inputs)


def ensure_development() -> None:
    """Install what developers need beside Odoo, unless it is there.

    The environment of :func:`ensure` has to be there.
    """
    inputs = stamp.digest(*_DEVELOPMENT_REQUIREMENTS)
    if stamp.is_current(_DEVELOPMENT, inputs):
        return
    log = LOGS / "virtualenv-development.log"
    with step("Installing tools for developers", "Tools for developers installed", log):
        _DEVELOPMENT.mkdir(exist_ok=True)
        _install(_DEVELOPMENT_REQUIREMENTS, log)
        stamp.mark(_DEVELOPMENT, inputs)


def _install(requirements: list[Path], log: Path) -> None:
    pip: list[str | os.PathLike] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    ]
    # Odoo's processes keep their bytecode elsewhere.
    pip += ["--cache-dir", CACHE / "pip", "--no-warn-script-location", "--no-deps"]
    pip += ["--no-compile"]
    for path in requirements:
        pip += ["--requirement", path]
    process.run(
        pip,
        log=log,
        failure="Python packages could not be installed. Is the package index reachable? "
        "(pip config list shows what pip is told.) The next call tries again.",
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
