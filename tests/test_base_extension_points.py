"""``graphql_api_changes`` is built on what docs/extending.md offers, and on nothing else."""

import ast

from tools.paths import ROOT

ADDON = ROOT / "graphql_api_changes"
OFFERED = (
    "odoo.addons.graphql_api.schema.extension",
    "odoo.addons.graphql_api.rest.extension",
    "odoo.addons.graphql_api.controllers.rest",
)


def imported():
    """Yield the modules of ``graphql_api`` that the addon imports from, and where."""
    for path in sorted(ADDON.rglob("*.py")):
        if "tests" in path.relative_to(ADDON).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                if f"{name}.".startswith("odoo.addons.graphql_api."):
                    yield name, path.relative_to(ROOT)


def test_imports():
    found = list(imported())
    assert len(found) > 5
    assert [each for each in found if each[0] not in OFFERED] == []


def test_what_is_offered_is_documented():
    page = (ROOT / "docs/extending.md").read_text()
    for name in OFFERED:
        assert f"`{name}`" in page
