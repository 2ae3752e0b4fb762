"""Chromium for the tests of the screens.

The machine's own if it is on the PATH; else Debian's package, with those of its dependencies
that the machine lacks, unpacked without being installed.
"""

import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools import apt, process, stamp
from tools.paths import CACHE, LOGS, ROOT, STATE
from tools.progress import StepFailed, step

_NAMES = ("chromium", "google-chrome")
# Roboto is the font that Odoo's screens ask for first.
_PACKAGES = ("chromium", "fonts-roboto-unhinted")
_DOWNLOADS = CACHE / "chromium"
_FOLDER = STATE / "chromium"
_PROGRAM = _FOLDER / "chromium"
_ELSEWHERE = (
    "Install it as an administrator (apt-get install --no-install-recommends chromium), or put "
    f"{' or '.join(_NAMES)} on the PATH."
)


def ensure() -> Path:
    """Return the program, fetched if need be."""
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    inputs = stamp.digest("2", str(ROOT), *_PACKAGES)
    if not (stamp.is_current(_FOLDER, inputs) and _starts()):
        _make(inputs)
    return _PROGRAM


def _make(inputs: str) -> None:
    if not apt.is_here():
        raise StepFailed(f"The tests need Chromium, which this machine does not have. {_ELSEWHERE}")
    shutil.rmtree(_FOLDER, ignore_errors=True)
    root = _FOLDER / "root"
    root.mkdir(parents=True)
    log = LOGS / "chromium.log"
    with step("Downloading Chromium (Debian's package)", "Chromium downloaded", log):
        packages = _download(log)
    with step("Unpacking Chromium", "Chromium unpacked", log):
        for package in packages:
            process.run(
                ["dpkg-deb", "--extract", package, root],
                log=log,
                failure=f"{package} could not be unpacked; delete it and call again.",
            )
    _write_program(root)
    if not _starts():
        raise StepFailed(f"Debian's Chromium does not start on this machine. {_ELSEWHERE}")
    stamp.mark(_FOLDER, inputs)


def _download(log: Path) -> Iterable[Path]:
    work = STATE / "apt"
    options = apt.options(work, _DOWNLOADS, beside_installed=True)
    for action in (
        ["update"],
        ["autoclean"],  # versions of an earlier download that the mirror has replaced
        ["install", "--download-only", "--no-install-recommends", "--yes", *_PACKAGES],
    ):
        process.run(
            ["apt-get", *options, *action],
            log=log,
            failure=f"Debian's Chromium could not be downloaded. {_ELSEWHERE}",
        )
    shutil.rmtree(work)
    return sorted(_DOWNLOADS.glob("*.deb"))


def _write_program(root: Path) -> None:
    """Write the command that starts what was unpacked, with its own libraries and fonts."""
    fonts = _FOLDER / "fonts.conf"
    fonts.write_text(
        f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/usr/share/fonts</dir>
  <cachedir>{_FOLDER}/fonts</cachedir>
  <alias><family>sans-serif</family><prefer><family>Roboto</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
    )
    libraries = sorted({str(path.parent) for path in root.rglob("lib*.so*") if path.is_file()})
    _PROGRAM.write_text(
        f"""#!/bin/sh
export LD_LIBRARY_PATH={shlex.quote(":".join(libraries))}
export FONTCONFIG_FILE={shlex.quote(str(fonts))}
exec {shlex.quote(str(root / "usr/lib/chromium/chromium"))} "$@"
"""
    )
    _PROGRAM.chmod(0o755)


def _starts() -> bool:
    """Tell whether the program finds its libraries on this machine."""
    try:
        check = subprocess.run([_PROGRAM, "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return check.returncode == 0
