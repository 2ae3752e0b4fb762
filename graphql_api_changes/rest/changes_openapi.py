"""What deltas are in the schema and in the OpenAPI document."""

from odoo.addons.graphql_api.rest.extension import READ_ERRORS, Json, Routes
from odoo.addons.graphql_api.schema.extension import Feature, FeatureField, Resource

from ..schema.deltas import FEATURE, MAX_KNOWN, changed_type, delta_field, delta_type

_TOKEN = "The token of the response before; without it, the response has a token to begin with."


def describe_changes(routes: Routes, resource: Resource) -> dict[str, Json]:
    """Return the operations on the changes of a resource."""
    summary = f"Read what has changed of {resource.type_name} records"
    data = {"type": "array", "items": routes.records.record(resource.type_name)}
    page = routes.responses.success(
        data, "The records that have changed, as they are now.", "ETag", meta=_meta(routes)
    )
    errors = routes.responses.errors(*READ_ERRORS, 404, 410)
    since: Json = {
        "name": "since",
        "in": "query",
        "description": _TOKEN,
        "schema": {"type": "string"},
    }
    read = routes.operation(
        resource.type_name,
        f"list{resource.plural_name}Changes",
        summary,
        "Without the ids that the client holds, `meta.removed` is empty: send them with POST.",
        [
            since,
            *routes.parameters.chosen_page(resource),
            routes.parameters.if_none_match(),
        ],
        {**routes.responses.cached(page), **errors},
    )
    read_removed = routes.operation(
        resource.type_name,
        f"list{resource.plural_name}ChangesAndRemoved",
        f"{summary}, and which of those that one holds are gone",
        "It changes nothing.",
        [],
        {"200": page, **errors, **routes.responses.errors(413, 415)},
        _body(routes, resource),
    )
    path = f"/api/{resource.collection}/{FEATURE}"
    return {path: {"get": read, "post": read_removed}}


def _meta(routes: Routes) -> Json:
    return routes.components.refer(
        "schemas",
        "changesMeta",
        lambda: {
            "type": "object",
            "description": "About what has changed.",
            "properties": {
                "removed": {
                    "type": "array",
                    "items": {"type": "integer"},
                    "description": "Those of the ids in `known` whose records are not in the list "
                    "any more.",
                },
                "token": {"type": "string", "description": "For `since` of the next request."},
                "has_more": {
                    "type": "boolean",
                    "description": "Whether there are more changes already.",
                },
            },
            "required": ["removed", "token", "has_more"],
        },
    )


def _body(routes: Routes, resource: Resource) -> Json:
    known = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
    properties: Json = {
        "since": {"type": "string", "description": _TOKEN},
        "known": {
            "type": "array",
            "items": known,
            "maxItems": MAX_KNOWN,
            "description": "The ids of the records that the client holds.",
        },
        "filter": {"type": "object", "description": "The filter of the list, as in its query."},
        "fields": {"type": "string", "description": "What to show, as in the query of a list."},
        "limit": {
            "type": "integer",
            "minimum": 1,
            "maximum": routes.usable.page_size(resource.type_name),
            "default": resource.default_page_size,
            "description": "Records of the page.",
        },
        "include_archived": {"type": "boolean", "default": False},
    }
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


CHANGES = Feature(
    FEATURE,
    types={"Changed": changed_type, "Delta": delta_type},
    queries=(FeatureField(lambda resource: f"{resource.list_name}Changes", delta_field),),
    describe=describe_changes,
)
