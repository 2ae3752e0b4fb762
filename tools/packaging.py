"""``make dist``: each addon as a wheel, and as a zip file for an addons path.

Both hold the same files. The bytes depend on nothing but them and the day in CHANGELOG.md.
"""

import ast
import contextlib
import datetime
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import assets, lock, process
from tools.docs_site import building
from tools.paths import ADDON, ADDONS, LOGS, PYTHON, ROOT
from tools.progress import StepFailed, say

DIST = ROOT / "dist"
_LICENSE = ROOT / "LICENSE"
_CHANGELOG = ROOT / "CHANGELOG.md"
# The tests need the packages and the databases of the development environment; the documentation
# of the checkout is a link (make run).
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.py[cod]", ".*", "tests", "lib.new", "docs")

_HIDDEN = shutil.ignore_patterns(".*")


@dataclass(frozen=True)
class Distribution:
    """The files that were made of an addon."""

    wheel: Path
    zip: Path


def distribute() -> int:
    """Make the files in ``dist/`` and say what to do with them."""
    made = build(DIST)
    others = [build(DIST, addon) for addon in ADDONS if addon != ADDON]
    requirements = " ".join(
        f"'{requirement}'" for requirement in manifest()["external_dependencies"]["python"]
    )
    beside = "".join(
        f"\n  {path.relative_to(ROOT)}" for other in others for path in (other.wheel, other.zip)
    )
    say(
        f"""
{made.wheel.relative_to(ROOT)} goes into the Python environment that runs Odoo:

  pip install {made.wheel.relative_to(ROOT)}

{made.zip.relative_to(ROOT)} holds the folder {ADDON.name}/ for a folder on Odoo's addons path:

  unzip {made.zip.relative_to(ROOT)} -d /path/to/addons
  pip install {requirements}

Then install it in a database (docs/installing.md tells the rest):

  odoo -d <database> -i {ADDON.name} --stop-after-init

What builds on it is installed in the same way, where it is wanted:
{beside}"""
    )
    return 0


def build(target: Path, source: Path = ADDON) -> Distribution:
    """Make the wheel and the zip file of an addon in a folder."""
    with lock.exclusive("setup"):
        assets.ensure()
        site = building.ensure()
    timestamp = _timestamp(manifest(source)["version"])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _usual_permissions():
        addon = Path(folder, source.name)
        _copy(source, addon, site if source == ADDON else None)
        return Distribution(
            _build_wheel(addon, target, timestamp), _build_zip(addon, target, timestamp)
        )


def manifest(addon: Path = ADDON) -> dict:
    """Return the manifest of an addon."""
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def _timestamp(version: str) -> datetime.datetime:
    """Return the time that the files get: the start of the day of the release.

    Browsers keep what is served, and tell versions apart by the times of files.
    """
    heading = rf"^## \[{re.escape(version)}\] - (\d{{4}}-\d\d-\d\d)$"
    match = re.search(heading, _CHANGELOG.read_text(), re.MULTILINE)
    if not match:
        raise StepFailed(f"{_CHANGELOG.name} has no heading with a day for version {version}.")
    return datetime.datetime.fromisoformat(match[1]).replace(tzinfo=datetime.timezone.utc)


@contextlib.contextmanager
def _usual_permissions() -> Iterator[None]:
    """Let new files, of child processes too, be readable by all whatever the user's are."""
    mask = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(mask)


def _copy(source: Path, addon: Path, site: Path | None) -> None:
    """Copy what is distributed, with the same permissions whatever those in the checkout are.

    :param site: the documentation, which Odoo then serves
    """
    shutil.copytree(source, addon, ignore=_LEFT_OUT)
    if site:
        shutil.copytree(site, addon / building.IN_ADDON, ignore=_HIDDEN)
    shutil.copy(_LICENSE, addon)
    for path in [addon, *addon.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _build_wheel(addon: Path, target: Path, timestamp: datetime.datetime) -> Path:
    command: list[str | os.PathLike] = [
        PYTHON,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
    ]
    command += ["--disable-pip-version-check", "--no-input"]
    with tempfile.TemporaryDirectory(dir=target) as folder:
        process.run(
            [*command, "--wheel-dir", folder, addon],
            log=LOGS / "wheel.log",
            # whool asks git for the files of the addon, which is not to know the assets.
            env={
                **os.environ,
                "GIT_DIR": os.devnull,
                "SOURCE_DATE_EPOCH": str(int(timestamp.timestamp())),
            },
            failure="The wheel could not be built.",
        )
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.replace(target / wheel.name)


def _build_zip(addon: Path, target: Path, timestamp: datetime.datetime) -> Path:
    path = target / f"{addon.name}-{manifest(addon)['version']}.zip"
    temporary = path.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(temporary, "w") as archive:
        for file in sorted(path for path in addon.rglob("*") if path.is_file()):
            name = str(file.relative_to(addon.parent))
            entry = zipfile.ZipInfo(name, timestamp.timetuple()[:6])
            entry.external_attr = file.stat().st_mode << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return temporary.replace(path)
