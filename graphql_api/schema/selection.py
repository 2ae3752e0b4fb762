"""Looking ahead: which columns the selection below a field will read."""

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import SelectedField, Selection

from .access import Context
from .resource import Resource


def selected_columns(
    context: Context, info, resource: Resource, *wrappers: str | tuple[str, str]
) -> set[str]:
    """Return the Odoo fields that the selection below the current field reads.

    What ``@skip`` and ``@include`` leave out is counted in: fetching it does no harm.

    :param wrappers: paths of field names that lie between the current field and the records,
        for example ``("nodes",), ("edges", "node")`` for a connection
    """
    selections = [selection for field in info.selected_fields for selection in field.selections]
    found = [selections] if not wrappers else [_descend(selections, path) for path in wrappers]
    columns: set[str] = set()
    for field in _fields(selection for part in found for selection in part):
        columns.update(context.columns.get((resource.type_name, field.name), ()))
    return columns


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    """Yield the fields of a selection set, those of its fragments included."""
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)


def _descend(selections: list[Selection], path: tuple[str, ...]) -> list[Selection]:
    for name in path:
        selections = [
            selection
            for field in _fields(selections)
            if field.name == name
            for selection in field.selections
        ]
    return selections
