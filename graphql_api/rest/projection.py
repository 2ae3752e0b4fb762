"""``fields=id,name,country.code``: what a request selects of the records that it shows."""

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from ..schema.access.access import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import camel_case
from .documents import Selected
from .names import find_field, needs_arguments
from .query import MAX_DEPTH
from .values import bad_parameter

Tree = dict[str, tuple[str, "Tree"]]
"""REST name -> the name in the schema, and what is selected below it; nothing below values."""

_REFERENCE: Tree = {"id": ("id", {}), "name": ("displayName", {})}
"""How a relation shows where nothing is selected below it."""


def read_fields(
    schema: BuiltSchema, context: Context, root: GraphQLObjectType, fields: str | None
) -> tuple[Selected, ...]:
    """Return what the parameter ``fields`` selects, each field under its REST name, none twice.

    :param root: the type that the fields are of
    :param fields: None selects the type's values, and its many2one fields as id and name, as far
        as the caller may read them
    :raise ApiError: BAD_USER_INPUT for an unknown field, FORBIDDEN for a forbidden one
    """
    if fields is None:
        return _freeze(_default(schema, context, root))
    tree: Tree = {}
    for path in filter(None, (part.strip() for part in fields.split(","))):
        _add(schema, context, root, tree, path)
    if not tree:
        raise bad_parameter("fields", "fields is empty: name at least one field.")
    return _freeze(tree)


def _default(schema: BuiltSchema, context: Context, root: GraphQLObjectType) -> Tree:
    tree: Tree = {}
    for graphql_name, graphql_field in root.fields.items():
        field = schema.fields.get((root.name, graphql_name))
        if field is not None and field.alias_of:
            continue
        if not schema.may_read(context, root.name, graphql_name) or needs_arguments(graphql_field):
            continue
        loader = schema.loaders.get((root.name, graphql_name))
        if loader is not None and loader.by_name:
            continue
        named = get_named_type(graphql_field.type)
        name = schema.rest_name(root.name, graphql_name)
        if is_leaf_type(named):
            tree[name] = (graphql_name, {})
        elif named.name in schema.resources and not _is_list(graphql_field):
            tree[name] = (graphql_name, _REFERENCE)
    return tree


def _add(
    schema: BuiltSchema, context: Context, root: GraphQLObjectType, tree: Tree, path: str
) -> None:
    """Add one path of fields to a tree."""
    parts = path.split(".")
    if len(parts) > MAX_DEPTH:
        raise bad_parameter("fields", f"fields may have at most {MAX_DEPTH} names in a path.")
    parent: Any = root
    for position, name in enumerate(parts):
        field = _field(schema, context, parent, name, path)
        graphql_name = camel_case(name)
        named: Any = get_named_type(field.type)
        if position < len(parts) - 1:
            if is_leaf_type(named):
                raise bad_parameter(
                    "fields", f"{parent.name}.{name} is a value: nothing can follow it."
                )
            parent = named
            tree = tree.setdefault(name, (graphql_name, {}))[1]
        elif is_leaf_type(named):
            tree[name] = (graphql_name, {})
        elif named.name in schema.resources:
            _graphql_name, below = tree.get(name, (graphql_name, {}))
            tree[name] = (graphql_name, _REFERENCE | below)
        else:
            below = {
                schema.rest_name(named.name, inner_name): (inner_name, {})
                for inner_name, inner in named.fields.items()
                if is_leaf_type(get_named_type(inner.type))
            }
            tree[name] = (graphql_name, below)


def _field(
    schema: BuiltSchema, context: Context, parent: GraphQLObjectType, name: str, path: str
) -> GraphQLField:
    field = find_field(parent, name)
    if field is None:
        raise bad_parameter("fields", f"{parent.name} has no field {path[:80]}.")
    if needs_arguments(field):
        raise bad_parameter("fields", f"{parent.name}.{name} needs arguments: use GraphQL.")
    if not schema.may_read(context, parent.name, camel_case(name)):
        raise ApiError("FORBIDDEN", f"You are not allowed to read {parent.name}.{name}.")
    return field


def _freeze(tree: Tree) -> tuple[Selected, ...]:
    return tuple(Selected(name, field, _freeze(below)) for name, (field, below) in tree.items())


def _is_list(field: GraphQLField) -> bool:
    return isinstance(get_nullable_type(field.type), GraphQLList)
