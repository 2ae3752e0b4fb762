"""Values of fields: GraphQL's scalars and enums as JSON Schema, and examples of them."""

from graphql import GraphQLEnumType, GraphQLNamedType

from ..values import EXAMPLES
from .components import Json

_SCALARS: dict[str, Json] = {
    "ID": {"type": "string"},
    "String": {"type": "string"},
    "Int": {"type": "integer", "format": "int32"},
    "BigInt": {"type": "integer", "format": "int64"},
    "Float": {"type": "number", "format": "double"},
    "Boolean": {"type": "boolean"},
    "Date": {"type": "string", "format": "date", "examples": [EXAMPLES["Date"]]},
    "DateTime": {
        "type": "string",
        "format": "date-time",
        "examples": [EXAMPLES["DateTime"]],
    },
    "Upload": {"type": "string", "contentEncoding": "base64"},
}
"""GraphQL scalar -> its values in JSON; what is not here may be anything."""

RECORD_ID: Json = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}

FORM_FILE: Json = {"type": "string", "contentMediaType": "application/octet-stream"}
"""A part of a multipart form."""

_EXAMPLES = {**EXAMPLES, "ID": 1, "String": "Ann"}


def leaf_schema(leaf: GraphQLNamedType) -> Json:
    """Return the schema of a scalar or an enum, without null."""
    if isinstance(leaf, GraphQLEnumType):
        return {"type": "string", "enum": list(leaf.values)}
    return dict(_SCALARS.get(leaf.name, {}))


def leaf_example(leaf: GraphQLNamedType):
    """Return a value of a scalar or an enum; None where there is none to show."""
    if isinstance(leaf, GraphQLEnumType):
        return next(iter(leaf.values))
    return _EXAMPLES.get(leaf.name)
