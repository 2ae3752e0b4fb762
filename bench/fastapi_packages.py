"""OCA's addon ``fastapi``, in a folder of its own beside the virtual environment."""

import dataclasses
import os
import shutil

from bench.places import FASTAPI_PACKAGES, REQUIREMENTS
from tools import process, stamp
from tools.environment import Environment
from tools.paths import CACHE, LOGS, PYTHON
from tools.progress import step


def ensure() -> None:
    """Install the packages, unless they are there.

    :raise StepFailed: they cannot be installed
    """
    inputs = stamp.digest(REQUIREMENTS)
    if stamp.is_current(FASTAPI_PACKAGES, inputs):
        return
    shutil.rmtree(FASTAPI_PACKAGES, ignore_errors=True)
    log = LOGS / "bench_fastapi_packages.log"
    with step("Installing the packages of OCA's fastapi (once)", "They are installed", log):
        process.run(
            [
                *(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
                *("--cache-dir", CACHE / "pip", "--no-deps"),
                *("--target", FASTAPI_PACKAGES, "--requirement", REQUIREMENTS),
            ],
            log=log,
            failure="OCA's addon fastapi could not be installed.",
        )
        stamp.mark(FASTAPI_PACKAGES, inputs)


def importable(environment: Environment) -> Environment:
    """Return the environment with the packages on the import path."""
    variables = dict(environment.variables)
    variables["PYTHONPATH"] += f"{os.pathsep}{FASTAPI_PACKAGES}"
    return dataclasses.replace(environment, variables=variables)


def version() -> str:
    """Return the version of the addon."""
    for line in REQUIREMENTS.read_text().splitlines():
        name, _, number = line.partition("==")
        if name == "odoo-addon-fastapi":
            return number
    raise ValueError(f"{REQUIREMENTS} does not name odoo-addon-fastapi")
