"""The document as a whole: what the API is, who may use it, and all routes."""

from typing import Any

from ...http.dry_run import APPLIED_HEADER
from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.resource import MOBILE_ALIASES
from .components import Components, Json, described, nullable
from .filters import FILTERS
from .graphql_path import GraphqlPath
from .resource_paths import ResourcePaths
from .responses import READ_ERRORS, WRITE_ERRORS
from .routes import Routes
from .usable import Usable
from .values import leaf_schema

_DESCRIPTION = """\
The resources of this Odoo that you may use, over REST. `/api/graphql` serves the same types as
GraphQL, where one request can read a whole screen.

Send an API key with each request: `Authorization: Bearer <key>`. Responses are JSON objects:
`status` is `success` or `error`, `data` has the result. Empty values are `null`; timestamps are in
UTC. Records that you may not see are treated as if they did not exist."""

_TAG = "API"


def build_document(schema: BuiltSchema, usable: Usable, version: str) -> Json:
    """Return the OpenAPI document of what a caller may use.

    :param version: that of the API
    """
    components = Components()
    routes = Routes(schema, usable, components)
    resource_paths = ResourcePaths(routes)
    paths = _own_paths(routes)
    for describe in schema.describe_routes:
        for path, operations in describe(routes).items():
            paths[path] = {"parameters": routes.parameters.shared(), **operations}
    tags = [{"name": _TAG, "description": "The API itself."}]
    for resource in schema.by_collection.values():
        found = resource_paths.paths(resource)
        if found:
            description = resource.description or f"{resource.type_name} records."
            tags.append({"name": resource.type_name, "description": description})
        paths |= found
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Odoo API",
            "version": version,
            "description": f"{_DESCRIPTION}\n\n{FILTERS}",
            "contact": {"name": "The administrator of this Odoo"},
        },
        "servers": [{"url": "/", "description": "The server of this document."}],
        "security": [{"key": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            **components.to_json(),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key of an Odoo user. It can do what its user may do "
                    "in Odoo, within the limits of its policy.",
                }
            },
        },
    }


def _own_paths(routes: Routes) -> dict[str, Json]:
    """Return the routes that belong to no resource alone."""
    schema, usable, components = routes.schema, routes.usable, routes.components
    responses, parameters, records = routes.responses, routes.parameters, routes.records

    def route(operation_id: str, summary: str, response: Json, errors, more=()) -> Json:
        return {
            "parameters": [*more, *parameters.shared(), parameters.if_none_match()],
            "get": {
                "operationId": operation_id,
                "summary": summary,
                "description": summary,
                "tags": [_TAG],
                "responses": {**responses.cached(response), **responses.errors(*errors)},
            },
        }

    def success(data: Json) -> Json:
        return responses.success(data, "The answer.", "ETag")

    text = {"description": "The document.", "content": {"application/json": {"schema": _ANYTHING}}}
    sdl = {"description": "The schema.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    paths = {
        "/api": route(
            "listResources", "List the resources that you may use", success(_RESOURCES), READ_ERRORS
        ),
        "/api/me": route(
            "readMe", "Read whose API key it is", success(records.record("Me")), READ_ERRORS
        ),
        "/api/openapi.json": route("readOpenApi", "This document", text, READ_ERRORS),
        "/api/graphql": {
            "parameters": parameters.shared(),
            **GraphqlPath(components, parameters, responses).operations(_TAG),
        },
        "/api/graphql/schema.graphql": route(
            "readGraphqlSchema",
            "The GraphQL schema, in GraphQL's schema definition language",
            sdl,
            READ_ERRORS,
        ),
    }
    mutation = schema.graphql_schema.mutation_type
    if mutation is not None and "updateMe" in mutation.fields:
        paths["/api/me"]["patch"] = {
            "operationId": "updateMe",
            "summary": "Change your own preferences",
            "description": mutation.fields["updateMe"].description,
            "tags": [_TAG],
            "parameters": [parameters.prefer()],
            "requestBody": _preferences(schema),
            "responses": {
                "200": responses.success(
                    records.written("User"), "The user after the change.", APPLIED_HEADER
                ),
                **responses.errors(*READ_ERRORS, *WRITE_ERRORS, 415),
            },
        }
    for name, (collection, fields) in MOBILE_ALIASES.items():
        resource = schema.by_collection.get(collection)
        if resource and usable.may(resource.type_name, "read"):
            summary = f"Read one {resource.type_name}: {fields}"
            paths[f"/api/mobile/{name}/{{id}}"] = route(
                f"readMobile{resource.type_name}",
                summary,
                success(records.record(resource.type_name)),
                (*READ_ERRORS, 404),
                [parameters.record_id()],
            )
    return paths


def _preferences(schema: BuiltSchema) -> Json:
    """Return the request body that changes preferences."""
    input_type: Any = schema.graphql_schema.type_map["MeUpdateInput"]
    properties = {
        name: described(nullable(leaf_schema(field.type)), field.description)
        for name, field in input_type.fields.items()
    }
    body = {"type": "object", "properties": properties, "additionalProperties": False}
    content = {"application/json": {"schema": described(body, input_type.description)}}
    return {"required": True, "content": content}


_ANYTHING: Json = {"type": "object"}

_RESOURCES: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The collection in the path."},
            "type": {"type": "string", "description": "The type in GraphQL."},
            "description": {"type": "string"},
            "url": {"type": "string"},
            "operations": {
                "type": "array",
                "items": {"type": "string", "enum": ["read", "create", "update", "delete"]},
            },
            "features": {
                "type": "array",
                "items": {"type": "string"},
                "description": "What addons offer of it, at addresses of these names below `url`.",
            },
        },
        "required": ["name", "type", "description", "url", "operations"],
    },
}
