"""REST's names in the schema: which field of a GraphQL type a name means."""

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
)

from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.names import FIELD_NAME, camel_case


def find_field(graphql_type: GraphQLObjectType | GraphQLInputObjectType, name: str) -> Any:
    """Return the field of a type that REST calls by a name, None where there is none.

    That of an object type is a ``GraphQLField``, that of an input a ``GraphQLInputField``.
    """
    return graphql_type.fields.get(camel_case(name)) if FIELD_NAME.match(name) else None


def needs_arguments(field: GraphQLField) -> bool:
    """Tell whether a field cannot be selected without arguments."""
    return any(map(is_required_argument, field.args.values()))


def arguments_of(
    schema: BuiltSchema, type_name: str, graphql_name: str, field: GraphQLField
) -> dict[str, Any]:
    """Return the arguments that REST can send to a field: their types, scalars and enums, by name.

    Those of fields of addons: lists of records are paged at addresses of their own.
    """
    if (type_name, graphql_name) in schema.fields:
        return {}
    types = {name: get_nullable_type(argument.type) for name, argument in field.args.items()}
    return {name: leaf for name, leaf in types.items() if is_leaf_type(leaf)}
