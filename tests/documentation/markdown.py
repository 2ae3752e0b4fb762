"""The code blocks and the headings of a page in Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"( *)(`{3,})([^`]*)")


@dataclass(frozen=True)
class Block:
    """A fenced code block.

    :param line: the number of its first line of code in the file, from 1
    :param language: what stands behind the fence; empty without one
    """

    path: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} ({self.language or 'no language'})"


def code_blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a page from top to bottom.

    :raise ValueError: for a block without an end
    """
    lines = iter(enumerate(path.read_text().splitlines(), start=1))
    for number, line in lines:
        opening = _FENCE.fullmatch(line)
        if not opening:
            continue
        indentation, fence, language = opening.groups()
        text = []
        for _number, inner in lines:
            if inner.strip() == fence:
                break
            text.append(inner.removeprefix(indentation))
        else:
            raise ValueError(f"{path}:{number}: the block has no end.")
        yield Block(path, number + 1, language.strip(), "\n".join(text) + "\n")


def headings(path: Path) -> set[str]:
    """Return the names under which links lead to the headings of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}
