"""``fields=id,name,country.code``: what a request selects of the records that it shows.

A field of an addon may take arguments: ``fields=price(quantity:5).amount``.
"""

from typing import Any, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
)

from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import FIELD_NAME, camel_case, snake_case
from .documents import Argument, Selected
from .names import arguments_of, find_field, needs_arguments
from .query import MAX_DEPTH
from .values import bad_parameter, convert_leaf, example_of


class _Node(NamedTuple):
    """What is selected under a REST name: the name in the schema, and what is below it."""

    name: str
    below: "Tree"
    arguments: tuple[Argument, ...] = ()


Tree = dict[str, _Node]
"""REST name -> what is selected under it; nothing below values."""

_REFERENCE: Tree = {"id": _Node("id", {}), "name": _Node("displayName", {})}
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
    hint = _hint_of_call(schema, root, fields) if "(" in fields else ""
    for path in filter(None, map(str.strip, _split(fields, ",", hint))):
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
            tree[name] = _Node(graphql_name, {})
        elif named.name in schema.resources and not _is_list(graphql_field):
            tree[name] = _Node(graphql_name, _REFERENCE)
    return tree


def _add(
    schema: BuiltSchema, context: Context, root: GraphQLObjectType, tree: Tree, path: str
) -> None:
    """Add one path of fields to a tree."""
    parts = _split(path, ".")
    if len(parts) > MAX_DEPTH:
        raise bad_parameter("fields", f"fields may have at most {MAX_DEPTH} names in a path.")
    parent: Any = root
    for position, part in enumerate(parts):
        name, bracket, given = part.partition("(")
        field = _field(schema, context, parent, name, path)
        arguments: tuple[Argument, ...] = ()
        if bracket or needs_arguments(field):
            try:
                text = given[:-1] if bracket else None
                arguments = _arguments(schema, parent, name, field, text)
            except ApiError as error:
                names = [before.partition("(")[0] for before in parts[: position + 1]]
                hint = _hint(schema, parent, name, field, ".".join(names))
                raise bad_parameter("fields", error.message, hint) from None
        graphql_name = camel_case(name)
        known = tree.get(name)
        if known and known.arguments != arguments:
            raise bad_parameter("fields", f"{name} is selected twice, with other arguments.")
        named: Any = get_named_type(field.type)
        if position < len(parts) - 1:
            if is_leaf_type(named):
                raise bad_parameter(
                    "fields", f"{parent.name}.{name} is a value: nothing can follow it."
                )
            parent = named
            tree = tree.setdefault(name, _Node(graphql_name, {}, arguments)).below
        elif is_leaf_type(named):
            tree[name] = _Node(graphql_name, {}, arguments)
        elif named.name in schema.resources:
            below = known.below if known else {}
            tree[name] = _Node(graphql_name, _REFERENCE | below, arguments)
        else:
            inner_fields: Tree = {
                schema.rest_name(named.name, inner_name): _Node(inner_name, {})
                for inner_name, inner in named.fields.items()
                if is_leaf_type(get_named_type(inner.type))
            }
            tree[name] = _Node(graphql_name, inner_fields, arguments)


def _split(text: str, separator: str, hint: str = "") -> list[str]:
    """Split text where a separator stands outside of parentheses.

    :raise ApiError: BAD_USER_INPUT where parentheses do not match, or something follows them
    """
    if "(" not in text and ")" not in text:
        return text.split(separator)
    unmatched = bad_parameter("fields", "fields has parentheses that do not match.", hint)
    parts, inside, before = [""], False, ""
    for character in text:
        if character == separator and not inside:
            parts.append("")
        elif (character == "(" and inside) or (character == ")" and not inside):
            raise unmatched
        elif before == ")" and not inside and character not in ",.":
            raise bad_parameter(
                "fields", "fields has text right after a closing parenthesis.", hint
            )
        else:
            inside = character == "(" or (inside and character != ")")
            parts[-1] += character
        before = character
    if inside:
        raise unmatched
    return parts


def _hint_of_call(schema: BuiltSchema, root: GraphQLObjectType, text: str) -> str:
    """Return how to write the first field of a text that has a parenthesis after it."""
    name = text.partition("(")[0].rpartition(",")[2].strip()
    field = find_field(root, name)
    return "" if field is None else _hint(schema, root, name, field, name)


def _hint(
    schema: BuiltSchema, parent: GraphQLObjectType, name: str, field: GraphQLField, path: str
) -> str:
    """Return how to write a field: with those arguments that it needs, or with one that it takes.

    :param path: leads to the field, with its name
    """
    known = arguments_of(schema, parent.name, camel_case(name), field)
    needed = [key for key, argument in field.args.items() if is_required_argument(argument)]
    if not known.keys() >= set(needed):
        return "Use GraphQL for it."
    # Whether there is a record with some id is not known here.
    optional = [key for key, leaf in known.items() if leaf.name != "ID"][:1]
    shown = [f"{snake_case(key)}:{example_of(known[key])}" for key in needed or optional]
    call = f"{path}({','.join(shown)})" if shown else path
    names = f"It takes {', '.join(map(snake_case, known))}" if known else "It takes nothing"
    return f"{names}; write fields={call}."


def _arguments(
    schema: BuiltSchema, parent: GraphQLObjectType, name: str, field: GraphQLField, text: str | None
) -> tuple[Argument, ...]:
    """Return the arguments of a field.

    :param text: what stands in its parentheses, ``quantity:5,unit:2``; None where it has none
    :raise ApiError: BAD_USER_INPUT, without a hint
    """
    known = arguments_of(schema, parent.name, camel_case(name), field)
    found: dict[str, Argument] = {}
    for part in [] if text is None else text.split(","):
        argument, _colon, value = (piece.strip() for piece in part.partition(":"))
        graphql_name = camel_case(argument) if FIELD_NAME.match(argument) else ""
        if graphql_name not in known:
            raise bad_parameter("fields", f"{name} takes no {argument[:80]!r}.")
        where = f"{name}.{argument}"
        if graphql_name in found:
            raise bad_parameter("fields", f"{where} is given twice.")
        leaf = known[graphql_name]
        found[graphql_name] = Argument(graphql_name, leaf, convert_leaf(value, leaf, where))
    for graphql_name, definition in field.args.items():
        if is_required_argument(definition) and graphql_name not in found:
            message = f"{parent.name}.{name} needs {snake_case(graphql_name)}."
            raise bad_parameter("fields", message)
    return tuple(sorted(found.values(), key=lambda each: each.name))


def _field(
    schema: BuiltSchema, context: Context, parent: GraphQLObjectType, name: str, path: str
) -> GraphQLField:
    field = find_field(parent, name)
    if field is None:
        raise bad_parameter("fields", f"{parent.name} has no field {path[:80]}.")
    if not schema.may_read(context, parent.name, camel_case(name)):
        raise ApiError("FORBIDDEN", f"You are not allowed to read {parent.name}.{name}.")
    return field


def _freeze(tree: Tree) -> tuple[Selected, ...]:
    return tuple(
        Selected(name, node.name, _freeze(node.below), arguments=node.arguments)
        for name, node in tree.items()
    )


def _is_list(field: GraphQLField) -> bool:
    return isinstance(get_nullable_type(field.type), GraphQLList)
