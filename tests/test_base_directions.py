"""Which room of the addon may know which (docs/architecture.md), read from its imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.paths import ADDON

FLOORS = [
    ("schema",),
    ("http",),
    ("rest",),
    ("models",),
    ("controllers", "wizards", "cli"),
]
"""Folders of the addon, from the bottom up: each knows those below it."""

SCHEMA_FLOORS = [
    ("schema.exposure",),
    ("schema.values",),
    ("schema.access",),
    ("schema.reading",),
    ("schema.grouping", "schema.addons"),
    ("schema.problems",),
    ("schema.types",),
    ("schema.execution",),
    ("schema.writing",),
    ("schema.type_names",),
    ("schema.builder",),
    ("schema.extension",),
]
"""The rooms of ``schema/``, likewise."""

WITHOUT_HTTP = ("odoo.http", "werkzeug", "http")
"""What nothing in ``schema/`` may import: it knows no HTTP."""


def imported(path: Path, name: str) -> Iterator[str]:
    """Yield what a module of the addon imports; other addons' and libraries' names begin with /."""
    package = name.split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (f"/{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            inside = node.module.removeprefix("odoo.addons.graphql_api.")
            for alias in node.names:
                yield f"{inside if inside != node.module else '/' + node.module}.{alias.name}"
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - (node.level - 1)]
            parts = [*base, *(node.module or "").split(".")]
            for alias in node.names:
                yield ".".join([*filter(None, parts), alias.name])


def modules(root: Path) -> dict[str, Path]:
    """Return the modules of an addon by their names in it, without its tests and its face."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if len(parts) > 1 and parts[0] not in ("tests", "static"):
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


def violations(root: Path) -> list[str]:
    """Return the imports of an addon that lead up, or to a room beside."""
    found = []
    for name, path in modules(root).items():
        for target in imported(path, name):
            for floors in (FLOORS, SCHEMA_FLOORS):
                here, there = _floor(floors, name), _floor(floors, target)
                if here is None or there is None or here == there:
                    continue
                if there[0] >= here[0]:
                    found.append(f"{name} imports {target}")
            if name.startswith("schema") and _is_http(target):
                found.append(f"{name} imports {target}")
    return found


def _is_http(target: str) -> bool:
    """Tell whether it is a library for HTTP that is imported, or a part of one."""
    library = target.removeprefix("/")
    return library != target and any(f"{library}.".startswith(f"{name}.") for name in WITHOUT_HTTP)


def _floor(floors, name: str) -> tuple[int, str] | None:
    """Return the floor of a module and its room there."""
    for number, rooms in enumerate(floors):
        for room in rooms:
            if name == room or name.startswith(f"{room}."):
                return number, room
    return None


def test_imports_lead_down():
    assert not violations(ADDON)


def test_every_module_has_a_room():
    known = {room for rooms in FLOORS for room in rooms}
    rooms = {name.partition(".")[0] for name in modules(ADDON)}
    assert rooms <= known
    known = {room for rooms in SCHEMA_FLOORS for room in rooms}
    assert all(
        name == "schema" or name.startswith(tuple(known))
        for name in modules(ADDON)
        if name.partition(".")[0] == "schema"
    )


@pytest.mark.parametrize(
    "name, text",
    [
        ("schema/access/access.py", "from ..reading.conditions import to_domain\n"),
        ("schema/grouping/aggregation.py", "from ..addons import batches\n"),
        ("schema/types.py", "from ..http import responses\n"),
        ("schema/exposure/errors.py", "from odoo.http import request\n"),
        ("schema/exposure/errors.py", "import odoo.http\n"),
        ("schema/exposure/errors.py", "from odoo import http\n"),
        ("schema/exposure/errors.py", "from werkzeug.exceptions import HTTPException\n"),
        ("schema/execution/executor.py", "from http import HTTPStatus\n"),
        ("schema/execution/executor.py", "from ...http.statuses import STATUS\n"),
        ("http/idempotency_key.py", "from ..models import idempotency\n"),
        ("rest/query.py", "from odoo.addons.graphql_api.models.policy import OPERATIONS\n"),
        ("models/schema.py", "from ..controllers import graphql\n"),
    ],
)
def test_an_import_that_leads_up_is_found(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert len(violations(tmp_path)) == 1
