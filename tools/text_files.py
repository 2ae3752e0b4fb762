"""Checks of text files: well-formed, no tabs in XML, one line break at the end.

``python -m tools.text_files FILE...`` prints what is wrong and exits with 1 if anything is.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from lxml import etree


def problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file."""
    content = path.read_bytes()
    if content and (not content.endswith(b"\n") or content.endswith(b"\n\n")):
        yield "does not end with one line break"
    if path.suffix == ".xml" and b"\t" in content:
        yield "has tabs"
    try:
        match path.suffix:
            case ".xml" | ".svg":
                etree.fromstring(content)
            case ".json":
                json.loads(content)
            case ".yml" | ".yaml":
                list(yaml.safe_load_all(content))
    except (etree.XMLSyntaxError, ValueError, yaml.YAMLError) as error:
        yield f"is not well-formed: {error}"


def main(names: list[str]) -> int:
    """Print the problems of files; return 1 if there are any."""
    found = [f"{name}: {problem}" for name in names for problem in problems(Path(name))]
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
