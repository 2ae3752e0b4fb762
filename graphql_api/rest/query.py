"""REST parameters -> a GraphQL request on the same schema, and its data back.

Everything is read from the executable schema: a field that an addon adds to a type is in
REST without more code.
"""

import re

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
)

from ..schema.access.access import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import FIELD_NAME, camel_case
from ..schema.reading.pagination import check_offset
from ..schema.values.parsers import check_text
from .values import bad_parameter

Tree = dict[str, "Tree"]
"""Selected REST names, each with what is selected below it; empty for values."""

LIST_PARAMETERS = frozenset(
    ["fields", "sort", "limit", "offset", "after", "total", "q", "include_archived"]
)
"""The parameters of lists beside filters."""

MAX_DEPTH = 10
"""Dots in a path of fields, brackets in a filter."""


class Selection:
    """The fields that a request asks for.

    :param root: the type that the fields are of
    :param fields: the ``fields`` parameter; None selects the type's values, and its
        many2one fields as id and name, as far as the caller may read them; none twice
    :raise ApiError: BAD_USER_INPUT for an unknown field, FORBIDDEN for a forbidden one
    """

    def __init__(
        self,
        schema: BuiltSchema,
        context: Context,
        root: GraphQLObjectType,
        fields: str | None,
    ):
        self._schema = schema
        self._context = context
        self.tree: Tree = {}
        if fields is None:
            self.tree = self._default(root)
        else:
            for path in filter(None, (part.strip() for part in fields.split(","))):
                self._add(root, path)
            if not self.tree:
                raise bad_parameter("fields", "fields is empty: name at least one field.")
        self.text = self._print(root, self.tree)

    def _default(self, root: GraphQLObjectType) -> Tree:
        tree: Tree = {}
        for graphql_name, field in root.fields.items():
            named = get_named_type(field.type)
            name = self._schema.rest_name(root.name, graphql_name)
            line = self._schema.fields.get((root.name, graphql_name))
            if line is not None and line.alias_of:
                continue
            if not self._schema.may_read(
                self._context, root.name, graphql_name
            ) or _needs_arguments(field):
                continue
            if is_leaf_type(named):
                tree[name] = {}
            elif named.name in self._schema.resources and not _is_list(field):
                tree[name] = dict(_REFERENCE)
        return tree

    def _add(self, root: GraphQLObjectType, path: str) -> None:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise bad_parameter("fields", f"fields may have at most {MAX_DEPTH} names in a path.")
        parent, tree = root, self.tree
        for position, name in enumerate(parts):
            field = self._field(parent, name, path)
            named = get_named_type(field.type)
            if position < len(parts) - 1:
                if is_leaf_type(named):
                    raise bad_parameter(
                        "fields", f"{parent.name}.{name} is a value: nothing can follow it."
                    )
                parent, tree = named, tree.setdefault(name, {})
            elif is_leaf_type(named):
                tree[name] = {}
            elif named.name in self._schema.resources:
                tree[name] = _REFERENCE | tree.get(name, {})
            else:
                tree[name] = {
                    self._schema.rest_name(named.name, graphql_name): {}
                    for graphql_name, inner in named.fields.items()
                    if is_leaf_type(get_named_type(inner.type))
                }

    def _field(self, parent: GraphQLObjectType, name: str, path: str) -> GraphQLField:
        field = parent.fields.get(camel_case(name)) if FIELD_NAME.match(name) else None
        if field is None:
            raise bad_parameter("fields", f"{parent.name} has no field {path[:80]}.")
        if _needs_arguments(field):
            raise bad_parameter("fields", f"{parent.name}.{name} needs arguments: use GraphQL.")
        if not self._schema.may_read(self._context, parent.name, camel_case(name)):
            raise ApiError("FORBIDDEN", f"You are not allowed to read {parent.name}.{name}.")
        return field

    def _print(self, parent: GraphQLObjectType, tree: Tree) -> str:
        """Return the selection as GraphQL, every field under its REST name."""
        parts = []
        for name, below in tree.items():
            graphql_name = camel_case(name)
            if below is _DISPLAY_NAME:
                parts.append("name: displayName")
                continue
            alias = "" if graphql_name == name else f"{name}: "
            inner = ""
            if below:
                named = get_named_type(parent.fields[graphql_name].type)
                inner = " " + self._print(named, below)
            parts.append(alias + graphql_name + inner)
        return "{ " + " ".join(parts) + " }"

    def to_rest(self, data: dict | None) -> dict | None:
        """Return a record of the answer as REST shows it: ids are integers."""
        return _with_integer_ids(data, self.tree)


_DISPLAY_NAME: Tree = {}
"""Marks ``name`` of a reference, which is the display name."""

_REFERENCE: Tree = {"id": {}, "name": _DISPLAY_NAME}
"""How a relation shows where nothing is selected below it."""


def _with_integer_ids(data, tree: Tree):
    if isinstance(data, list):
        return [_with_integer_ids(item, tree) for item in data]
    if isinstance(data, dict):
        for name, below in tree.items():
            if below:
                data[name] = _with_integer_ids(data[name], below)
            elif name == "id" and data[name] is not None:
                data[name] = int(data[name])
    return data


def _needs_arguments(field: GraphQLField) -> bool:
    return any(is_required_argument(argument) for argument in field.args.values())


def _is_list(field: GraphQLField) -> bool:
    return isinstance(get_nullable_type(field.type), GraphQLList)


def read_sort(
    schema: BuiltSchema, input_type: GraphQLInputObjectType, text: str | None
) -> list | None:
    """Return GraphQL's ``orderBy`` of ``sort=-create_date,name``.

    :raise ApiError: BAD_USER_INPUT
    """
    if text is None:
        return None
    order = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = part.removeprefix("-")
        if not FIELD_NAME.match(name) or camel_case(name) not in input_type.fields:
            names = (schema.rest_input_name(input_type.name, known) for known in input_type.fields)
            raise bad_parameter(
                "sort",
                f"This list cannot be sorted by {name[:80]!r}.",
                f"It can by {', '.join(names)}.",
            )
        order.append({camel_case(name): "DESC" if part.startswith("-") else "ASC"})
    return order


def check_repeated(parameters, names) -> None:
    """Refuse a parameter that is given more than once: which one counts could not be told.

    :raise ApiError: BAD_USER_INPUT
    """
    for name in names:
        if len(parameters.getlist(name)) > 1:
            raise bad_parameter(name, f"{name} is given more than once.")


def read_integer(parameters, name: str) -> int | None:
    """Return an integer parameter, None where it is absent.

    :raise ApiError: BAD_USER_INPUT
    """
    text = parameters.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
        raise bad_parameter(name, f"{name} must be an integer, not {text[:40]!r}.")
    return int(text)


def read_offset(parameters) -> int | None:
    """Return the parameter ``offset``, None where it is absent.

    :raise ApiError: BAD_USER_INPUT
    """
    offset = read_integer(parameters, "offset")
    check_offset(offset)
    if offset is not None and "after" in parameters:
        raise bad_parameter("offset", "offset goes with limit alone; use after or it.")
    return offset


def read_text(parameters, name: str) -> str | None:
    """Return a parameter that is any text, None where it is absent.

    :raise ApiError: BAD_USER_INPUT
    """
    text = parameters.get(name)
    try:
        return text and check_text(text)
    except ApiError as error:
        raise bad_parameter(name, error.message) from None


def read_boolean(parameters, name: str) -> bool:
    """Return a true/false parameter; absent is false.

    :raise ApiError: BAD_USER_INPUT
    """
    text = parameters.get(name)
    if text is None:
        return False
    try:
        return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except KeyError:
        raise bad_parameter(name, f"{name} must be true or false.") from None
