"""Where things are kept."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
ADDON = ROOT / "graphql_api"
ADDONS = tuple(path.parent for path in sorted(ROOT.glob("graphql_api*/__manifest__.py")))
"""``ADDON``, and the addons beside it that build on it."""
EXAMPLES = ROOT / "examples"

STATE = ROOT / ".dev"
LOGS = STATE / "log"
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
DATA = STATE / "data"

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphql_api-dev"


def replace_link(link: Path, target: Path) -> None:
    """Make ``link`` point to ``target``, atomically."""
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f"{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)
