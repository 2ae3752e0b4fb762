"""``POST /api/sync`` in the OpenAPI document."""

from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, get_named_type, get_nullable_type

from odoo.addons.graphql_api.rest.extension import (
    READ_ERRORS,
    WRITE_ERRORS,
    Json,
    Routes,
    nullable,
)
from odoo.addons.graphql_api.schema.extension import snake_case

from ..schema.sync import MAX_ITEMS

_ID: Json = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_SCALARS: dict[str, Json] = {
    "ID": _ID,
    "JSON": {"type": "object"},
    "Boolean": {"type": "boolean"},
    "String": {"type": "string"},
}


def describe_sync(routes: Routes) -> dict[str, Json]:
    """Return the operation, where the caller may change anything."""
    types = routes.schema.graphql_schema.type_map
    mutation = routes.schema.graphql_schema.mutation_type
    if mutation is None or "sync" not in mutation.fields:
        return {}
    field = mutation.fields["sync"]
    body = _object(types["SyncInput"])
    body["properties"]["items"]["maxItems"] = MAX_ITEMS
    done = routes.responses.success(
        _object(types["SyncResult"]),
        "What has come of each item, in their order.",
        "Idempotency-Replayed",
        "Preference-Applied",
        "Consistency-Token",
    )
    operation = routes.operation(
        "API",
        "sync",
        "Make the changes of a client that was offline",
        field.description,
        [routes.parameters.idempotency_key(), routes.parameters.prefer()],
        {"200": done, **routes.responses.errors(*READ_ERRORS, *WRITE_ERRORS, 415)},
        {"required": True, "content": {"application/json": {"schema": body}}},
    )
    return {"/api/sync": {"post": operation}}


def _object(named: Any) -> Json:
    """Return the schema of an object of GraphQL, with REST's names."""
    is_input = isinstance(named, GraphQLInputObjectType)
    properties = {snake_case(name): _member(field) for name, field in named.fields.items()}
    required = [
        snake_case(name)
        for name, field in named.fields.items()
        if not is_input or get_nullable_type(field.type) is not field.type
    ]
    schema: Json = {"type": "object", "properties": properties, "required": required}
    if is_input:
        schema["additionalProperties"] = False
    return {**schema, "description": named.description} if named.description else schema


def _member(field: Any) -> Json:
    inner = get_nullable_type(field.type)
    named: Any = get_named_type(field.type)
    if named.name in _SCALARS:
        schema = dict(_SCALARS[named.name])
    elif hasattr(named, "values"):
        schema = {"type": "string", "enum": list(named.values)}
    else:
        schema = _object(named)
    if isinstance(inner, GraphQLList):
        schema = {"type": "array", "items": schema}
    if inner is field.type:
        schema = nullable(schema)
    return {**schema, "description": field.description} if field.description else schema
