"""REST's names in the schema: which field of a GraphQL type a name means."""

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    is_required_argument,
)

from ..schema.exposure.names import FIELD_NAME, camel_case


def find_field(graphql_type: GraphQLObjectType | GraphQLInputObjectType, name: str) -> Any:
    """Return the field of a type that REST calls by a name, None where there is none.

    That of an object type is a ``GraphQLField``, that of an input a ``GraphQLInputField``.
    """
    return graphql_type.fields.get(camel_case(name)) if FIELD_NAME.match(name) else None


def needs_arguments(field: GraphQLField) -> bool:
    """Tell whether a field cannot be selected without arguments, and so not over REST."""
    return any(map(is_required_argument, field.args.values()))
