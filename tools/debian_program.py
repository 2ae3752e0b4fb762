"""Programs of Debian, with those of their dependencies that the machine lacks.

Their packages are unpacked without being installed, from the mirror that the machine's apt is
configured with.
"""

import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import apt, process, stamp
from tools.paths import CACHE, LOGS, ROOT, STATE
from tools.progress import StepFailed, step


@dataclass(frozen=True)
class DebianProgram:
    """A program to fetch.

    :param title: what people call it
    :param path: the program's place in the package
    :param check: the arguments with which it does nothing but start
    :param variables: from the folder of the packages to more environment variables; what it
        needs written it writes there
    """

    title: str
    packages: tuple[str, ...]
    path: str
    check: tuple[str, ...]
    variables: Callable[[Path], dict[str, str]] = lambda root: {}

    @property
    def _name(self) -> str:
        return self.packages[0]

    @property
    def folder(self) -> Path:
        """Where the program is, under the name of its package, once it is fetched."""
        return STATE / self._name

    @property
    def _program(self) -> Path:
        return self.folder / self._name

    @property
    def _downloads(self) -> Path:
        return CACHE / self._name

    @property
    def _elsewhere(self) -> str:
        return (
            "Install it as an administrator (apt-get install --no-install-recommends "
            f"{self._name}), or put {self._name} on the PATH."
        )

    def ensure(self) -> Path:
        """Return the program, fetched if need be."""
        inputs = stamp.digest("3", str(ROOT), *self.packages)
        if not (stamp.is_current(self.folder, inputs) and self._starts()):
            self._make(inputs)
        return self._program

    def _make(self, inputs: str) -> None:
        if not apt.is_here():
            raise StepFailed(
                f"{self.title} is needed, which this machine does not have. {self._elsewhere}"
            )
        shutil.rmtree(self.folder, ignore_errors=True)
        root = self.folder / "root"
        root.mkdir(parents=True)
        log = LOGS / f"{self._name}.log"
        downloading = f"Downloading {self.title} (Debian's package)"
        with step(downloading, f"{self.title} downloaded", log):
            packages = self._download(log)
        with step(f"Unpacking {self.title}", f"{self.title} unpacked", log):
            for package in packages:
                process.run(
                    ["dpkg-deb", "--extract", package, root],
                    log=log,
                    failure=f"{package} could not be unpacked; delete it and call again.",
                )
        self._write_program(root)
        if not self._starts():
            raise StepFailed(
                f"Debian's {self.title} does not start on this machine. {self._elsewhere}"
            )
        stamp.mark(self.folder, inputs)

    def _download(self, log: Path) -> list[Path]:
        work = STATE / "apt"
        options = apt.options(work, self._downloads, beside_installed=True)
        for action in (
            ["update"],
            ["autoclean"],  # versions of an earlier download that the mirror has replaced
            ["install", "--download-only", "--no-install-recommends", "--yes", *self.packages],
        ):
            process.run(
                ["apt-get", *options, *action],
                log=log,
                failure=f"Debian's {self.title} could not be downloaded. {self._elsewhere}",
            )
        shutil.rmtree(work)
        return sorted(self._downloads.glob("*.deb"))

    def _write_program(self, root: Path) -> None:
        """Write the command that starts what was unpacked, with its own libraries."""
        libraries = sorted({str(path.parent) for path in root.rglob("lib*.so*") if path.is_file()})
        variables = {"LD_LIBRARY_PATH": ":".join(libraries), **self.variables(root)}
        exports = "".join(
            f"export {name}={shlex.quote(value)}\n" for name, value in variables.items() if value
        )
        self._program.write_text(
            f'#!/bin/sh\n{exports}exec {shlex.quote(str(root / self.path))} "$@"\n'
        )
        self._program.chmod(0o755)

    def _starts(self) -> bool:
        """Tell whether the program finds its libraries on this machine."""
        try:
            check = subprocess.run([self._program, *self.check], capture_output=True, check=False)
        except OSError:
            return False
        return check.returncode == 0
