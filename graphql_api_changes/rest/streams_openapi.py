"""Streams and imports in the OpenAPI document (https://spec.openapis.org/oas/v3.1.1)."""

from odoo.addons.graphql_api.rest.extension import (
    READ_ERRORS,
    WRITE_ERRORS,
    Json,
    Routes,
)
from odoo.addons.graphql_api.schema.extension import Feature, Resource

from .formats import CSV, CURSOR, END, NDJSON

FEATURE = "import"
"""The name of the feature of resources that files can be imported to, and of its address."""

_TEXT: Json = {"type": "string"}
_SWITCH: Json = {"type": "boolean", "default": False}


def describe_streams(routes: Routes, _resource: Resource, operation: Json) -> None:
    """Tell in the operation that lists the records of a resource of the formats of streams.

    They are no content of its response: generated clients would take the type of a list for one of
    theirs, too.
    """
    operation["description"] += (
        f" With `Accept: {NDJSON}` or `{CSV}` all records are streamed, without `limit`, `offset` "
        f"and `total`: one on each line, and after the last one of NDJSON a line with `{END}`; in "
        "CSV below a heading of dotted names."
    )
    for name, text in (
        ("cursors", f"Of a stream: whether each row has its cursor, as `{CURSOR}`."),
        ("bom", "Of CSV: whether a byte order mark comes first, for spreadsheets."),
    ):
        parameter = {"name": name, "in": "query", "description": text, "schema": _SWITCH}
        operation["parameters"].append(
            routes.components.refer("parameters", name, lambda parameter=parameter: parameter)
        )


def _describe_import(routes: Routes, resource: Resource) -> dict[str, dict]:
    name = resource.type_name
    keys = ["id", *(key["name"] for key in routes.parameters.keys(routes.bodies.keys(resource)))]
    parameters: list[Json] = [
        {
            "name": "by",
            "in": "query",
            "description": "The member or column by which each line names its record: its id, or "
            "a key of upserts.",
            "schema": {"type": "string", "enum": keys, "default": "id"},
        },
        {
            "name": "from_line",
            "in": "query",
            "description": "The line of the file to begin with.",
            "schema": {"type": "integer", "minimum": 1, "default": 1},
        },
    ]
    answers = routes.responses.bare("What has become of each line, in the order of the file.")
    text = (
        "An object for each line of the file: its `line`, a `status`, the `id` of its record or "
        f"`code`, `message` and `errors`. The last line has `{END}`: the `status`, the numbers of "
        "`lines` and `errors`, and where it was broken off, `from_line` to go on with."
    )
    answers["content"] = {NDJSON: {"schema": {**_TEXT, "description": text}}}
    operation = routes.operation(
        name,
        f"import{resource.plural_name}",
        f"Import {name} records from a file",
        "Each line is an upsert: what it has of the record is changed, or a record is created. A "
        "line that is wrong does not stop others. It is safe to repeat.",
        parameters,
        {"200": answers, **routes.responses.errors(*READ_ERRORS, *WRITE_ERRORS, 404, 415)},
        {"required": True, "content": {NDJSON: {"schema": _TEXT}, CSV: {"schema": _TEXT}}},
    )
    return {f"/api/{resource.collection}/{FEATURE}": {"post": operation}}


IMPORT = Feature(FEATURE, operations=("create", "update"), describe=_describe_import)
"""Files of upserts, at ``/api/<collection>/import``."""
