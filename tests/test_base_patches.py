"""Tests assert behaviour: what is inside the addon can change without them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.paths import ADDON

SPARES_TIME = {"schema_model.build"}
"""What is replaced by the same thing, made sooner (``tests/cases/api.py``)."""


def patched(root: Path) -> Iterator[str]:
    """Yield what the tests of an addon patch of its own modules."""
    for path in sorted((root / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text())
        depth = len(path.relative_to(root).parts)
        ours = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.level >= depth
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and "patch" in ast.unparse(node.func):
                target, name = node.args[0], node.args[1] if len(node.args) > 1 else None
                if isinstance(target, ast.Constant):
                    if str(target.value).startswith("odoo.addons.graphql_api."):
                        yield target.value
                elif ast.unparse(target).split(".")[0] in ours:
                    yield f"{ast.unparse(target)}.{getattr(name, 'value', '')}"


def test_nothing_of_the_addon_is_patched():
    assert set(patched(ADDON)) == SPARES_TIME


@pytest.mark.parametrize(
    "text",
    [
        "patch.object(limits, 'MOST', 3)",
        "self.patch(limits, 'MOST', 3)",
        "patch('odoo.addons.graphql_api.http.limits.MOST', 3)",
    ],
)
def test_a_patch_is_found(tmp_path, text):
    path = tmp_path / "tests" / "http" / "test_limits.py"
    path.parent.mkdir(parents=True)
    path.write_text(f"from ...http import limits\nfrom ..cases import api\n{text}\n")
    assert len(list(patched(tmp_path))) == 1
