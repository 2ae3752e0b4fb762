"""Filters of lists: one parameter of JSON, with a schema for each resource."""

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    assert_input_object_type,
    get_named_type,
    get_nullable_type,
)

from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.names import EXTERNAL_ID_EXAMPLE, EXTERNAL_ID_FILTER, snake_case
from ...schema.exposure.resource import Resource
from ...schema.reading.filters import DESCRIPTIONS
from .components import Components, Json, deprecated, described, nullable
from .usable import Usable
from .values import RECORD_ID, leaf_schema

_OPERATORS = "\n".join(
    f"| `{snake_case(name)}` | {description} |" for name, description in DESCRIPTIONS.items()
)

FILTERS = f"""\
## Filters

<a id="filters"></a>

Lists and groups have the parameter `filter`: a JSON object of fields, each with operators. All
conditions must hold; `and` and `or` take a list of filters, `not` takes one. A relation takes a
filter of its resource; a list of records takes it in `some` or `none`.

| operator | finds values like this |
|---|---|
{_OPERATORS}

Each condition can also be a parameter of its own: `filter={{"id":{{"in":[1,2]}}}}` is
`filter[id][in]=1,2`, or `filter[id][in][]=1&filter[id][in][]=2`; `\\,` is a comma within a value.
`id=1` is short for `filter[id][eq]=1`. All of them must hold, in whatever way they are written."""
"""How filters are written, for the description of the API."""

_EXTERNAL_ID: Json = {
    "pattern": r"^[a-z0-9_]+\.[A-Za-z0-9_.-]+$",
    "maxLength": 128,
    "examples": [EXTERNAL_ID_EXAMPLE],
}
"""What an external id looks like."""

_BOUNDS = ("gt", "gte", "lt", "lte")
"""Operators that take 0 as an id: a client that goes through all records begins there."""

_CONNECTIVES = frozenset(["and", "or", "not", "id"])
"""What each filter of a resource has, beside its fields."""

_IS_NULL: Json = {
    "type": "object",
    "properties": {"is_null": {"type": "boolean", "description": DESCRIPTIONS["isNull"]}},
    "additionalProperties": False,
}


class FilterSchemas:
    """Makes the filters of resources, as far as a caller may use them."""

    def __init__(self, schema: BuiltSchema, usable: Usable, components: Components):
        self._schema = schema
        self._usable = usable
        self._components = components

    def parameter(self, resource: Resource) -> Json:
        """Return the parameter ``filter`` of the lists of a resource."""
        name = f"{resource.type_name}Filter"
        return self._components.refer("parameters", name, lambda: self._parameter(resource))

    def _parameter(self, resource: Resource) -> Json:
        # Tools fill forms with the example: it is no condition until somebody writes one.
        media: Json = {"schema": self._record(resource.type_name), "example": {}}
        return {
            "name": "filter",
            "in": "query",
            "description": f"Conditions, like `{self._example(resource)}`. The operators are in "
            "the description of the API, under [Filters](#filters).",
            "content": {"application/json": media},
        }

    def _example(self, resource: Resource) -> str:
        """Return a filter by a text of the resource, or by the id."""
        filters = self._type(resource.type_name, "Filter").fields
        for field in resource.fields.values():
            if (
                field.graphql_name in filters
                and self._is_usable(resource, field.graphql_name)
                and not field.deprecation_reason
                and get_named_type(filters[field.graphql_name].type).name == "StringFilter"
            ):
                return f'{{"{field.name}": {{"starts_with": "A"}}}}'
        return '{"id": {"in": [1, 2]}}'

    def _type(self, type_name: str, suffix: str) -> GraphQLInputObjectType:
        return self._schema.graphql_schema.type_map[f"{type_name}{suffix}"]

    def _is_usable(self, resource: Resource, graphql_name: str) -> bool:
        """Tell whether the caller may filter by a field."""
        if graphql_name in _CONNECTIVES:
            return True
        field = self._schema.fields.get((resource.type_name, graphql_name))
        relation = field.relation if field else None
        return (resource.type_name, graphql_name) in self._usable.readable and (
            relation is None or self._usable.may(relation, "read")
        )

    def _record(self, type_name: str) -> Json:
        """Return the filter of the records of a resource."""
        return self._components.refer(
            "schemas", f"{type_name}Filter", lambda: self._build_record(type_name)
        )

    def _build_record(self, type_name: str) -> Json:
        resource = self._schema.resources[type_name]
        properties: Json = {}
        for name, input_field in self._type(type_name, "Filter").fields.items():
            if self._is_usable(resource, name):
                value = self._condition(resource, name, input_field.type)
                shown = self._schema.rest_name(type_name, name)
                properties[shown] = deprecated(value, input_field.deprecation_reason)
        return _closed(properties)

    def _condition(self, resource: Resource, name: str, graphql_type: GraphQLInputType) -> Json:
        named = get_named_type(graphql_type)
        if named.name == f"{resource.type_name}Filter" and name in _CONNECTIVES:
            own = self._record(resource.type_name)
            if isinstance(get_nullable_type(graphql_type), GraphQLList):
                return {"type": "array", "items": own}
            return own
        field = self._schema.fields.get((resource.type_name, name))
        if field is not None and field.relation:
            suffix = "ListFilter" if field.to_many else "RelationFilter"
            build = self._list if field.to_many else self._relation
            relation = field.relation
            return self._components.refer("schemas", f"{relation}{suffix}", lambda: build(relation))
        operators = assert_input_object_type(named)
        return self._components.refer("schemas", named.name, lambda: _operators(operators))

    def _relation(self, type_name: str) -> Json:
        is_null = self._components.refer("schemas", "IsNullFilter", lambda: _IS_NULL)
        return {"anyOf": [self._record(type_name), is_null]}

    def _list(self, type_name: str) -> Json:
        quantifiers = self._type(type_name, "ListFilter").fields
        record = self._record(type_name)
        return _closed(
            {name: described(record, field.description) for name, field in quantifiers.items()}
        )


def _operators(operators: GraphQLInputObjectType) -> Json:
    """Return the operators on a value, each with its operand."""
    return _closed({snake_case(name): _operand(operators, name) for name in operators.fields})


def _operand(operators: GraphQLInputObjectType, name: str) -> Json:
    field = operators.fields[name]
    graphql_type = get_nullable_type(field.type)
    leaf = get_named_type(graphql_type)
    value = leaf_schema(leaf)
    if leaf.name == "ID":
        value = {**RECORD_ID, "minimum": 0} if name in _BOUNDS else dict(RECORD_ID)
    elif operators.name == EXTERNAL_ID_FILTER:
        value |= _EXTERNAL_ID
    if isinstance(graphql_type, GraphQLList):
        value = {"type": "array", "items": value}
    elif name in ("eq", "ne") and "isNull" in operators.fields:
        value = nullable(value)
    return described(value, field.description)


def _closed(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "additionalProperties": False}
