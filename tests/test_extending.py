"""docs/extending.md shows the example's own files."""

from tools.paths import EXAMPLES, ROOT

from .documentation.markdown import code_blocks

FILES = EXAMPLES / "graphql_api_example"
SUFFIXES = {"python": ".py", "xml": ".xml", "csv": ".csv"}


def test_every_block_is_in_a_file_of_the_example():
    blocks = code_blocks(ROOT / "docs/extending.md")
    shown = [block for block in blocks if block.language in SUFFIXES]
    assert len(shown) > 10
    for block in shown:
        files = FILES.rglob(f"*{SUFFIXES[block.language]}")
        assert any(block.text in path.read_text() for path in files), block
