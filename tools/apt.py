"""Debian's apt with package lists, cache and state of our own.

Neither root nor ``apt-get update`` is needed for it, and nothing of the machine's apt changes.
"""

import os
import shutil
from pathlib import Path

_INSTALLED = Path("/var/lib/dpkg/status")


def is_here() -> bool:
    """Tell whether this machine can fetch and unpack Debian's packages."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def options(
    folder: Path,
    archives: Path,
    settings: dict[str, object] | None = None,
    *,
    beside_installed: bool = False,
) -> list[str]:
    """Return the options with which apt-get keeps everything in a new ``folder``.

    :param archives: the folder for downloaded packages
    :param settings: more settings of apt's configuration
    :param beside_installed: whether what the machine has installed counts as being there
    """
    shutil.rmtree(folder, ignore_errors=True)
    for part in (folder / "lists/partial", folder / "cache", folder / "state", archives):
        part.mkdir(parents=True, exist_ok=True)
    (archives / "partial").mkdir(exist_ok=True)
    if beside_installed:
        shutil.copy(_INSTALLED, folder / "status")
    else:
        (folder / "status").touch()
    own = {
        "Dir::State": folder / "state",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Cache::archives": archives,
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
    }
    if os.geteuid() == 0:
        # apt's download user may not reach the cache of root, and need not.
        own["APT::Sandbox::User"] = "root"
    own.update(settings or {})
    return [part for key, value in own.items() for part in ("-o", f"{key}={value}")]
