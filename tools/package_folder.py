"""Python packages in a folder of their own, beside the virtual environment."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tools import python_packages, stamp
from tools.paths import LOGS
from tools.progress import step


@dataclass(frozen=True)
class PackageFolder:
    """Packages that few commands need, installed when the first of them is called.

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
        log = LOGS / f"{self.path.name}_packages.log"
        with step(f"Installing {self.title} (once)", f"Installed {self.title}", log):
            python_packages.install(
                *("--target", self.path, "--requirement", self.requirements),
                log=log,
                failure=f"{self.title} could not be installed. Is the package index reachable?",
            )
            stamp.mark(self.path, inputs)

    def version(self, package: str) -> str:
        """Return the version of one of the packages."""
        for line in self.requirements.read_text().splitlines():
            name, _, number = line.partition("==")
            if name == package:
                return number
        raise ValueError(f"{self.requirements} does not name {package}")
