"""Stamps: a finished result carries the hash of what it was made from."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_NAME = ".stamp"


def digest(*inputs: str | Path) -> str:
    """Return a hash of texts and of the names and contents of files."""
    result = hashlib.sha256()
    for value in inputs:
        content = value.read_bytes() if isinstance(value, Path) else str(value).encode()
        name = value.name.encode() if isinstance(value, Path) else b""
        for part in (name, content):
            result.update(len(part).to_bytes(8, "big") + part)
    return result.hexdigest()[:16]


def digest_tree(root: Path, files: Iterable[Path]) -> str:
    """Return a hash of files with their paths below ``root``."""
    return digest(*(part for path in sorted(files) for part in (str(path.relative_to(root)), path)))


def is_current(directory: Path, inputs: str) -> bool:
    """Tell whether ``directory`` was finished from these inputs."""
    try:
        return (directory / _NAME).read_text() == inputs
    except OSError:
        return False


def mark(directory: Path, inputs: str) -> None:
    """Note that ``directory`` is finished. The last thing that a step does."""
    temporary = directory / f"{_NAME}.new"
    temporary.write_text(inputs)
    temporary.replace(directory / _NAME)
