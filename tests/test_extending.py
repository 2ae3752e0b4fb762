"""docs/extending.md shows the example's own files."""

import re

from tools.paths import EXAMPLES, ROOT

FILES = EXAMPLES / "graphql_api_example"
SUFFIXES = {"python": ".py", "xml": ".xml", "csv": ".csv"}


def test_every_block_is_in_a_file_of_the_example():
    text = (ROOT / "docs/extending.md").read_text()
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    shown = [(language, block) for language, block in blocks if language in SUFFIXES]
    assert len(shown) > 10
    for language, block in shown:
        files = FILES.rglob(f"*{SUFFIXES[language]}")
        assert any(block in path.read_text() for path in files), block
