"""GraphQL documents of REST requests: built of nodes, kept with the converters of their data.

A document has one field at its root, whose arguments are variables of the same names. So are those
that page a list right below it; arguments of other fields stand in the document with their values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    IntValueNode,
    ListTypeNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
)

from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.documents import TOKEN_WEIGHT, ParsedDocument

_ROOT_TOKENS = 6
"""Tokens of a document beside its fields and arguments, as text: ``query ( ) { name ( ) }``."""

_ARGUMENT_TOKENS = 10
"""Tokens that an argument takes with its variable, about: ``$ids: [ID!]!`` and ``ids: $ids``."""

_VALUE_NODES: dict[str, Any] = {
    "Boolean": BooleanValueNode,
    "Float": FloatValueNode,
    "Int": IntValueNode,
}
"""Scalar -> the node of its values in a document; those of others are strings."""

Converter = Callable[[Any], None]
"""Changes GraphQL's data in place to what REST shows."""


class Argument(NamedTuple):
    """An argument of a field below the root: its name in the schema, its type, and a JSON value."""

    name: str
    type: GraphQLNamedType
    value: Any


class Selected(NamedTuple):
    """A field that a document selects.

    :param alias: its name in the data
    :param name: its name in the schema
    :param below: what is selected of the object that it leads to; nothing of a value
    :param variables: names of those arguments that get a variable, of a field right below the root
    :param arguments: those whose values stand in the document
    """

    alias: str
    name: str
    below: tuple["Selected", ...] = ()
    variables: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()


def select(*names: str) -> tuple[Selected, ...]:
    """Return values that are selected under their names in the schema."""
    return tuple(Selected(name, name) for name in names)


class RootField(NamedTuple):
    """The field at the root of a document; equal ones make the same document.

    :param name: its name in the type of the operation
    :param arguments: names of those arguments that get a variable
    """

    operation: OperationType
    name: str
    arguments: tuple[str, ...]
    below: tuple[Selected, ...]


@dataclass(slots=True)
class RestDocument(ParsedDocument):
    """A document with what makes REST's data of the value of its root field.

    ``tokens`` is how many it would have as text, about.
    """

    tokens: int = 0
    convert: Converter | None = None


def find_document(schema: BuiltSchema, root: RootField) -> RestDocument:
    """Return the document of a root field: the one that is kept, or a new one.

    Like any other it is kept once it was prepared (see :class:`Documents`).
    """
    found = schema.documents.find(root)
    return found if isinstance(found, RestDocument) else _build(schema, root)


def _build(schema: BuiltSchema, root: RootField) -> RestDocument:
    definition = schema.graphql_schema.get_root_type(root.operation).fields[root.name]
    types = {name: definition.args[name].type for name in root.arguments}
    for selected in root.below:
        for name in selected.variables:
            types[name] = get_named_type(definition.type).fields[selected.name].args[name].type
    operation = OperationDefinitionNode(
        operation=root.operation,
        variable_definitions=tuple(
            VariableDefinitionNode(
                variable=_variable(name), type=_type_node(graphql_type), directives=()
            )
            for name, graphql_type in types.items()
        ),
        directives=(),
        selection_set=SelectionSetNode(
            selections=(
                FieldNode(
                    name=NameNode(value=root.name),
                    arguments=_variables(root.arguments),
                    directives=(),
                    selection_set=_selection_set(root.below),
                ),
            )
        ),
    )
    tokens = _ROOT_TOKENS + _ARGUMENT_TOKENS * len(types) + _count_tokens(root.below)
    return RestDocument(
        key=root,
        weight=TOKEN_WEIGHT * tokens,
        document=DocumentNode(definitions=(operation,)),
        operation=operation,
        tokens=tokens,
        convert=_compile_converter(root.below),
    )


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _variables(names: tuple[str, ...]) -> tuple[ArgumentNode, ...]:
    return tuple(ArgumentNode(name=NameNode(value=name), value=_variable(name)) for name in names)


def _type_node(graphql_type: Any) -> Any:
    if isinstance(graphql_type, GraphQLNonNull):
        return NonNullTypeNode(type=_type_node(graphql_type.of_type))
    if isinstance(graphql_type, GraphQLList):
        return ListTypeNode(type=_type_node(graphql_type.of_type))
    return NamedTypeNode(name=NameNode(value=graphql_type.name))


def _selection_set(fields: tuple[Selected, ...]) -> SelectionSetNode | None:
    if not fields:
        return None
    return SelectionSetNode(
        selections=tuple(
            FieldNode(
                alias=None if field.alias == field.name else NameNode(value=field.alias),
                name=NameNode(value=field.name),
                arguments=(*_variables(field.variables), *map(_argument_node, field.arguments)),
                directives=(),
                selection_set=_selection_set(field.below),
            )
            for field in fields
        )
    )


def _argument_node(argument: Argument) -> ArgumentNode:
    node = _VALUE_NODES.get(argument.type.name, StringValueNode)
    value: Any = argument.value
    if isinstance(argument.type, GraphQLEnumType):
        node = EnumValueNode
    elif node is not BooleanValueNode:
        value = str(value)
    return ArgumentNode(name=NameNode(value=argument.name), value=node(value=value))


def _count_tokens(fields: tuple[Selected, ...]) -> int:
    """Return how many tokens a selection set has (specification, "Lexical Tokens")."""
    if not fields:
        return 0
    return 2 + sum(
        (1 if field.alias == field.name else 3)
        + (2 + 3 * len(field.arguments) if field.arguments else 0)
        + _count_tokens(field.below)
        for field in fields
    )


def _compile_converter(fields: tuple[Selected, ...]) -> Converter | None:
    """Return what makes integers of the ids among the fields; None where there are none."""
    has_id = any(field.alias == "id" and not field.below for field in fields)
    inner = [
        (field.alias, converter)
        for field in fields
        if (converter := _compile_converter(field.below)) is not None
    ]
    if not has_id and not inner:
        return None

    def convert(data: Any) -> None:
        if isinstance(data, list):
            for item in data:
                convert(item)
        elif data is not None:
            # Rows that look alike may be one object, which comes here again.
            if has_id and data["id"] is not None:
                data["id"] = int(data["id"])
            for alias, convert_below in inner:
                convert_below(data[alias])

    return convert
