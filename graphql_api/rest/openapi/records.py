"""What responses show: records, and what is in them."""

from typing import Any

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.names import snake_case
from ...schema.grouping.aggregates import OWN_NAMES
from ..names import arguments_of, needs_arguments
from ..values import example_of
from .components import (
    Components,
    Json,
    deprecated,
    described,
    nullable,
)
from .usable import Usable
from .values import RECORD_ID, leaf_schema

_OF_FIELDS = ("", "Aggregate", "GroupKeys")
"""What follows the name of a resource in the names of the types that have its fields."""

_LABEL: Json = {
    "type": ["string", "null"],
    "description": "The display name; only in a relation for which no fields were named.",
}


class RecordSchemas:
    """Schemas of the object types, as far as a caller may read them."""

    def __init__(self, schema: BuiltSchema, usable: Usable, components: Components):
        self._schema = schema
        self._usable = usable
        self._components = components
        self._owners = {
            f"{name}{suffix}": name for suffix in _OF_FIELDS for name in schema.resources
        }

    def record(self, type_name: str) -> Json:
        """Return the schema of what a response may show of a record, or of another object."""
        graphql_type = self._schema.graphql_schema.type_map[type_name]
        return self._components.refer("schemas", type_name, lambda: self._object(graphql_type))

    def written(self, type_name: str) -> Json:
        """Return the schema of a record in the response to a change of it."""
        if "read" in self._schema.resources[type_name].operations:
            return self.record(type_name)
        return self._components.refer("schemas", "id", lambda: _only_id())

    def _object(self, graphql_type: GraphQLObjectType) -> Json:
        properties: Json = {}
        for graphql_name, field in graphql_type.fields.items():
            known = arguments_of(self._schema, graphql_type.name, graphql_name, field)
            if needs_arguments(field) and not known:
                continue
            value = self._value(graphql_type, graphql_name, field.type)
            if value is not None:
                name = self._schema.rest_name(graphql_type.name, graphql_name)
                value = described(value, _with_arguments(field.description, name, known))
                properties[name] = deprecated(value, field.deprecation_reason)
        if graphql_type.name in self._schema.resources:
            properties.setdefault("name", _LABEL)
        result: Json = {"type": "object", "properties": properties}
        return described(result, graphql_type.description)

    def _value(self, parent: GraphQLObjectType, name: str, graphql_type) -> Json | None:
        """Return the schema of a field; None where the caller may not read it."""
        named = get_named_type(graphql_type)
        if parent.name in self._owners and not self._is_readable(parent, name, named.name):
            return None
        if not is_leaf_type(named) and not isinstance(named, GraphQLObjectType):
            return None  # unions and interfaces are for GraphQL alone
        return self._nested(graphql_type, name)

    def _is_readable(self, parent: GraphQLObjectType, name: str, target: str) -> bool:
        """Tell whether the caller may read a field of a record, or of a group of records."""
        owner = self._owners[parent.name]
        if parent.name == f"{owner}Aggregate" and name in OWN_NAMES:
            return True
        if target in self._schema.resources and not self._usable.may(target, "read"):
            return False
        return (owner, name) in self._usable.readable

    def _nested(self, graphql_type, name: str) -> Json:
        if isinstance(graphql_type, GraphQLNonNull):
            return self._not_null(graphql_type.of_type, name)
        return nullable(self._not_null(graphql_type, name))

    def _not_null(self, graphql_type, name: str) -> Json:
        if isinstance(graphql_type, GraphQLList):
            return {"type": "array", "items": self._nested(graphql_type.of_type, name)}
        if is_leaf_type(graphql_type):
            return dict(RECORD_ID) if name == "id" else leaf_schema(graphql_type)
        return self.record(graphql_type.name)


def _with_arguments(text: str | None, name: str, known: dict[str, Any]) -> str | None:
    """Return the description of a field, with the arguments that REST can send to it."""
    if not known:
        return text
    arguments = ",".join(f"{snake_case(key)}:{example_of(leaf)}" for key, leaf in known.items())
    return f"{text or ''}\n\nIt takes arguments: `fields={name}({arguments})`.".strip()


def _only_id() -> Json:
    return {
        "type": "object",
        "properties": {"id": dict(RECORD_ID)},
        "required": ["id"],
        "description": "The record's id; you may not read anything else of the record.",
    }
