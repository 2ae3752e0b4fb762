"""What a caller finds before it knows a resource: what there is, and who it is itself."""

from graphql import OperationType

from odoo.http import request

from ..schema.access.access import OPERATION_RIGHTS
from .calls import run
from .documents import RootField, Selected, select


def read_index() -> list[dict]:
    """Return the resources that the caller may use, each with the operations."""
    schema = request.dispatcher.schema()
    context = request.dispatcher.context(schema)
    resources = []
    for resource in schema.resources.values():
        operations = [
            operation
            for operation in OPERATION_RIGHTS
            if resource.allows(operation) and context.may(resource, operation)
        ]
        if operations:
            resources.append(
                {
                    "name": resource.collection,
                    "type": resource.type_name,
                    "description": resource.description,
                    "url": f"/api/{resource.collection}",
                    "operations": operations,
                }
            )
    return resources


def read_me() -> dict:
    """Return the caller's user, companies, language and time zone.

    :raise ApiError: of :func:`run`
    """
    schema = request.dispatcher.schema()
    fields = schema.graphql_schema.type_map["Me"].fields
    records = [
        Selected(name, name, select("id", "name"))
        for name in ("user", "companies")
        if name in fields
    ]
    root = RootField(OperationType.QUERY, "me", (), (*records, *select("lang", "tz")))
    return run(schema, request.dispatcher.context(schema), root, {})
