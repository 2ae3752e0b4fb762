"""Python packages from the index that pip is configured with."""

import os
from pathlib import Path

from tools import process
from tools.paths import CACHE, PYTHON


def install(*arguments: str | os.PathLike, log: Path, failure: str) -> None:
    """Install packages, and nothing that they depend on.

    :param arguments: options of ``pip install``, and what to install
    :param failure: what it means to the user that it cannot be done
    """
    process.run(
        [
            *(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
            *("--cache-dir", CACHE / "pip", "--no-warn-script-location", "--no-deps"),
            # What Odoo imports has its bytecode elsewhere.
            "--no-compile",
            *arguments,
        ],
        log=log,
        failure=failure,
    )


def requirements(*files: Path) -> list[str]:
    """Return what files of requirements list."""
    lines = [line.strip() for file in files for line in file.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
