"""Python packages in a folder of their own, beside the virtual environment."""

import dataclasses
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.places import RESULTS_FOLDER
from tools import process, stamp
from tools.environment import Environment
from tools.paths import CACHE, LOGS, PYTHON
from tools.progress import step

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class PackageFolder:
    """Packages that only a part of the measurements needs.

    :param title: what they are for people
    :param requirements: a file with a version of each
    """

    title: str
    path: Path
    requirements: Path

    def ensure(self) -> None:
        """Install the packages, unless they are there.

        :raise StepFailed: they cannot be installed
        """
        inputs = stamp.digest(self.requirements)
        if stamp.is_current(self.path, inputs):
            return
        shutil.rmtree(self.path, ignore_errors=True)
        log = LOGS / f"bench_{self.path.name}_packages.log"
        with step(f"Installing the packages of {self.title} (once)", "They are installed", log):
            process.run(
                [
                    *(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
                    *("--cache-dir", CACHE / "pip", "--no-deps"),
                    *("--target", self.path, "--requirement", self.requirements),
                ],
                log=log,
                failure=f"{self.title} could not be installed.",
            )
            stamp.mark(self.path, inputs)

    def importable(self, environment: Environment) -> Environment:
        """Return the environment with the packages on the import path."""
        variables = dict(environment.variables)
        variables["PYTHONPATH"] += f"{os.pathsep}{self.path}"
        return dataclasses.replace(environment, variables=variables)

    def version(self, package: str) -> str:
        """Return the version of one of the packages."""
        for line in self.requirements.read_text().splitlines():
            name, _, number = line.partition("==")
            if name == package:
                return number
        raise ValueError(f"{self.requirements} does not name {package}")


FASTAPI = PackageFolder(
    "OCA's fastapi", RESULTS_FOLDER / "fastapi", _HERE / "requirements-fastapi.txt"
)
GRANIAN = PackageFolder("granian", RESULTS_FOLDER / "granian", _HERE / "requirements-granian.txt")
LOCUST = PackageFolder("locust", RESULTS_FOLDER / "locust", _HERE / "requirements-locust.txt")
