"""Odoo's source: where it comes from, and the import path that leads to it.

``.dev/odoo/path`` holds one link, ``odoo``, to the package. It goes on PYTHONPATH: the
folder that Odoo was found in may hold other packages, which must not hide those of the
virtual environment.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import debian, process
from tools.paths import LOGS, STATE, replace_link
from tools.progress import StepFailed, say, step

SERIES = "19.0"
_REPOSITORY = "https://github.com/odoo/odoo.git"
_SOURCE = STATE / "odoo" / "source"
_IMPORT_PATH = STATE / "odoo" / "path"


@dataclass(frozen=True)
class Source:
    """An Odoo source tree."""

    package: Path  # the folder of the Python package "odoo"

    @property
    def version(self) -> str | None:
        """The version in release.py, or None where there is no Odoo."""
        try:
            text = (self.package / "release.py").read_text()
        except OSError:
            return None
        match = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", text, re.MULTILINE)
        return f"{match[1]}.{match[2]}" if match else None

    @property
    def addons(self) -> list[Path]:
        """The folders of Odoo's own addons beside the package's."""
        folder = self.package.parent / "addons"
        return [folder] if (folder / "web" / "__manifest__.py").exists() else []

    @property
    def is_complete(self) -> bool:
        """Tell whether this is Odoo 19 with its web client."""
        folders = [self.package / "addons", *self.addons]
        return self.version == SERIES and any(
            (folder / "web" / "__manifest__.py").exists() for folder in folders
        )


def note_importable() -> None:
    """Set ODOO_HOME when the calling interpreter can import Odoo 19.

    Has to be asked before the virtual environment takes over.
    """
    if os.environ.get("ODOO_HOME"):
        return
    spec = importlib.util.find_spec("odoo")
    for folder in (spec and spec.submodule_search_locations) or ():
        source = Source(Path(folder).resolve())
        if source.is_complete:
            os.environ["ODOO_HOME"] = str(source.package.parent)


def ensure() -> tuple[Source, Path]:
    """Return Odoo's source, fetched if need be, and the folder for PYTHONPATH."""
    source = _from_environment() or _find(_SOURCE) or _fetch()
    replace_link(_IMPORT_PATH / "odoo", source.package)
    return source, _IMPORT_PATH


def _from_environment() -> Source | None:
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    source = _find(Path(home).resolve())
    if source is None:
        raise StepFailed(
            f"ODOO_HOME={home} does not hold Odoo {SERIES}. Name the folder that holds the "
            "folder odoo/ with release.py in it, or unset ODOO_HOME to have Odoo fetched."
        )
    return source


def _find(root: Path) -> Source | None:
    for package in ("odoo", debian.PACKAGE_PATH):
        source = Source(root / package)
        if source.is_complete:
            return source
    return None


def _fetch() -> Source:
    temporary = _SOURCE.with_name("source.new")
    for place in (_SOURCE, temporary):
        shutil.rmtree(place, ignore_errors=True)
    temporary.parent.mkdir(parents=True, exist_ok=True)
    if not _clone(temporary):
        shutil.rmtree(temporary, ignore_errors=True)
        debian.unpack(temporary)
    temporary.rename(_SOURCE)
    source = _find(_SOURCE)
    if source is None:
        raise StepFailed(f"What was fetched to {_SOURCE} is not Odoo {SERIES}. Set ODOO_HOME.")
    return source


def _clone(target: Path) -> bool:
    """Clone the official repository; return False where it cannot be reached."""
    if not shutil.which("git"):
        return False
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true"}
    probe = ["git", "ls-remote", "--exit-code", "--heads", _REPOSITORY, SERIES]
    try:
        answer = subprocess.run(
            probe, env=environment, capture_output=True, timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    if answer.returncode:
        return False
    log = LOGS / "odoo-clone.log"
    clone = ["git", "clone", "--depth=1", f"--branch={SERIES}", "--progress", _REPOSITORY]
    try:
        with step("Cloning Odoo", "Odoo cloned", log):
            process.run([*clone, target], log=log, env=environment, failure="git clone failed.")
    except StepFailed as error:
        say(f"{error}\nTrying Debian's package instead.")
        return False
    return True
