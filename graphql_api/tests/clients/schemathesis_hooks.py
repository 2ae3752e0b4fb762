"""What schemathesis has to know about this API: its scalars, the headers
that fit seldom, and which errors are the server's.

Loaded by schemathesis through ``SCHEMATHESIS_HOOKS``; it knows no Odoo.
"""

import base64

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

# Ids that records may have, so that not every mutation ends with "not found".
ids = st.integers(1, 80).map(lambda number: nodes.String(str(number)))
scalar("ID", ids | ids | st.text(max_size=5).map(nodes.String))
scalar("Upload", st.binary(max_size=50).map(lambda b: nodes.String(base64.b64encode(b).decode())))
scalar(
    "JSON",
    st.sampled_from([nodes.Null, nodes.Boolean(True), nodes.Object([]), nodes.List([])])
    | st.integers(-5, 5).map(nodes.Int)
    | st.text(max_size=5).map(nodes.String),
)


@schemathesis.hook
def map_headers(ctx, headers):
    """Leave out the headers whose generated values would have most requests refused."""
    refused = ("X-Odoo-Companies", "X-Timezone", "If-Match")
    return headers and {name: text for name, text in headers.items() if name not in refused}


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """Have each request to a list send a filter, of its own fields and the ids of relations.

    Filters lead from each resource to each other: generating all of that takes gigabytes. Longer
    lists would make addresses that no server takes.
    """
    components = raw_schema.get("components", {})
    for parameter in components.get("parameters", {}).values():
        if parameter["name"] == "filter":
            parameter["required"] = True
    schemas = components.get("schemas", {})
    by_id = {
        "type": "object",
        "properties": {"id": {"$ref": "#/components/schemas/IDFilter"}},
        "additionalProperties": False,
    }
    for name, schema in schemas.items():
        if name.endswith("RelationFilter"):
            schema["anyOf"][0] = by_id
        elif name.endswith("ListFilter"):
            schema["properties"] = dict.fromkeys(schema["properties"], by_id)
        elif name.endswith("Filter") and "properties" in schema:
            schema["maxProperties"] = 4
            for condition in schema["properties"].values():
                if condition.get("type") == "array":
                    condition["maxItems"] = 3


@schemathesis.check
def no_internal_error(ctx, response, case):
    """Refuse status 5xx and errors that are the server's, whatever the status.

    The check that schemathesis brings takes every error of a resolver for the server's, also
    that a record was not found.
    """
    assert response.status_code < 500, f"status {response.status_code}"
    errors = response.json().get("errors", [])
    codes = [error["extensions"]["code"] for error in errors]
    assert "INTERNAL_SERVER_ERROR" not in codes, errors
