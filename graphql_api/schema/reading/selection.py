"""Looking ahead: which columns the selection below a field will read."""

from collections.abc import Iterable, Iterator

from graphql import FieldNode, FragmentSpreadNode

from ..access.context import Context
from ..exposure.resource import Resource


def selected_columns(context: Context, info, resource: Resource, *wrappers: tuple) -> set[str]:
    """Return the Odoo fields that the selection below the current field reads.

    What ``@skip`` and ``@include`` leave out is counted in: fetching it does no harm.

    :param wrappers: paths of field names that lie between the current field and the records,
        for example ``("nodes",), ("edges", "node")`` for a connection
    """
    columns: set[str] = set()
    for path in wrappers or ((),):
        for name in selected_names(info, *path):
            loader = context.loaders.get((resource.type_name, name))
            if loader is not None:
                columns.update(loader.fetches)
    return columns


def selected_paths(context: Context, info, resource: Resource, *path: str) -> set[str]:
    """Return the Odoo fields of records that a selection reads, also of those they lead to.

    Fields of related records come after the relation and a point: ``country_id.code``.

    :param path: field names that lie between the current field and the records
    """
    raw = info._raw_info
    nodes = raw.field_nodes
    for name in path:
        nodes = [node for node in _below(nodes, raw.fragments) if node.name.value == name]
    return set(_paths(context, resource, nodes, raw.fragments))


def _paths(
    context: Context, resource: Resource, nodes: Iterable[FieldNode], fragments: dict
) -> Iterator[str]:
    """Yield the paths of what is selected below some fields that lead to records."""
    by_name = {field.graphql_name: field for field in resource.fields.values()}
    for node in _below(nodes, fragments):
        name = node.name.value
        field = by_name.get(name)
        loader = context.loaders.get((resource.type_name, name))
        if loader is not None:
            yield from loader.fetches
        if field is None:
            continue
        yield field.field
        if field.relation:
            target = context.resources[field.relation]
            for inner in _paths(context, target, [node], fragments):
                yield f"{field.field}.{inner}"


def selected_names(info, *path: str) -> set[str]:
    """Return the names of the fields that are selected below the current field.

    :param path: field names that lie between the current field and those
    """
    # Strawberry's own selected_fields is made anew, arguments and all, at every access.
    raw = info._raw_info
    nodes = raw.field_nodes
    for name in path:
        nodes = [node for node in _below(nodes, raw.fragments) if node.name.value == name]
    return {node.name.value for node in _below(nodes, raw.fragments)}


def _below(nodes: Iterable[FieldNode], fragments: dict) -> Iterator[FieldNode]:
    """Yield the fields selected below some fields, those of fragments included."""
    for node in nodes:
        if node.selection_set is not None:
            yield from _fields(node.selection_set, fragments)


def _fields(selection_set, fragments: dict) -> Iterator[FieldNode]:
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
        else:
            yield from _fields(selection.selection_set, fragments)
