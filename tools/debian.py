"""Odoo from Debian's package, unpacked without being installed.

The mirror is the one that the machine's apt is configured with.
"""

import os
import shutil
import subprocess
from pathlib import Path

from tools import apt, process
from tools.paths import CACHE, LOGS, STATE
from tools.progress import StepFailed, step

PACKAGE_PATH = "usr/lib/python3/dist-packages/odoo"

# Odoo is in the unstable suite only. Some of its web assets are links to the other packages;
# Font Awesome has to be version 4, which is the stable suite's.
_PACKAGES = (
    "odoo-19/sid",
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-roboto-unhinted/sid",
    "fonts-montserrat/sid",
    "fonts-inconsolata/sid",
    "fonts-ocr-b/sid",
)
_STABLE_PACKAGES = ("fonts-font-awesome",)
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_DOWNLOADS = CACHE / "debian"
_WORK = STATE / "apt"
_ELSEWHERE = (
    "Set ODOO_HOME to a folder with Odoo 19 (a clone of branch 19.0 of the official "
    f"repository), or put the .deb files of Odoo and its fonts into {_DOWNLOADS}."
)


def unpack(target: Path) -> None:
    """Unpack Odoo and what its assets link to below ``target``."""
    if not apt.is_here():
        raise StepFailed(
            "Odoo's repository cannot be reached, and this machine has no apt-get to fetch "
            f"Debian's package. {_ELSEWHERE}"
        )
    packages = _downloaded() or _download()
    log = LOGS / "odoo-unpack.log"
    with step("Unpacking Odoo", "Odoo unpacked", log):
        for package in packages:
            process.run(
                ["dpkg-deb", "--extract", package, target],
                log=log,
                failure=f"{package} could not be unpacked; delete it and call again.",
            )
        # A second, incomplete copy of the addons (Python files only) beside the package.
        shutil.rmtree((target / PACKAGE_PATH).with_name("addons"), ignore_errors=True)


def _downloaded() -> list[Path]:
    """Return the packages in the cache, or nothing unless all are there."""
    names = [name.split("/")[0] for name in _PACKAGES + _STABLE_PACKAGES]
    found = [sorted(_DOWNLOADS.glob(f"{name}_*.deb"))[-1:] for name in names]
    return [package[0] for package in found] if all(found) else []


def _download() -> list[Path]:
    log = LOGS / "odoo-download.log"
    with step("Downloading Odoo (Debian's package)", "Odoo downloaded", log):
        errors = []
        for mirror, codename in _mirrors():
            try:
                _download_from(mirror, codename, log)
            except StepFailed as error:
                errors.append(str(error))
            else:
                return _downloaded()
    raise StepFailed("\n".join([*errors, "Odoo could not be downloaded.", _ELSEWHERE]))


def _mirrors() -> list[tuple[str, str]]:
    """Return the Debian mirrors that apt knows, each with the name of its stable suite.

    apt tells the origin of an archive only when it has the archive's lists. On a machine
    without lists every archive is a candidate: the signature tells which one is Debian's.
    """
    candidates = _archives("$(ORIGIN)", wanted="Debian") or _archives("", "--no-release-info")
    if not candidates:
        raise StepFailed(f"apt is not configured with a Debian mirror. {_ELSEWHERE}")
    return candidates


def _archives(origin: str, *options: str, wanted: str = "") -> list[tuple[str, str]]:
    form = f"$(REPO_URI)|$(RELEASE)|$(COMPONENT)|{origin}"
    command = ["apt-get", "indextargets", *options, "--format", form, "Created-By: Packages"]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = []
    for line in output.splitlines():
        uri, suite, component, origin = line.split("|")
        # Suites like bookworm-updates hold only a part of the packages.
        if component == "main" and origin == wanted and "-" not in suite and "/" not in suite:
            found.append((uri, "stable" if suite in ("sid", "unstable", "testing") else suite))
    return list(dict.fromkeys(found))


def _download_from(mirror: str, stable: str, log: Path) -> None:
    """Download all packages, checked by apt, to the cache."""
    options = _apt_options(_WORK, mirror, stable)
    process.run(
        ["apt-get", *options, "update"],
        log=log,
        failure="Debian's package lists could not be downloaded.",
    )
    wanted = [*_PACKAGES, *(f"{package}/{stable}" for package in _STABLE_PACKAGES)]
    process.run(
        ["apt-get", *options, "download", *wanted],
        log=log,
        cwd=_WORK / "packages",
        failure="Debian's packages could not be downloaded.",
    )
    _DOWNLOADS.mkdir(parents=True, exist_ok=True)
    for package in (_WORK / "packages").glob("*.deb"):
        partial = shutil.copy(package, _DOWNLOADS / f"{package.name}.{os.getpid()}")
        Path(partial).replace(_DOWNLOADS / package.name)
    shutil.rmtree(_WORK)


def _apt_options(folder: Path, mirror: str, stable: str) -> list[str]:
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    sources = [f"deb {signed}{mirror} {suite} main\n" for suite in ("sid", stable)]
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
    }
    options = apt.options(folder, folder / "packages", settings)
    (folder / "sources.list").write_text("".join(sources))
    return options
