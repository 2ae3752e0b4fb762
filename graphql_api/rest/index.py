"""What a caller finds before it knows a resource: what there is."""

from odoo.http import request


def read_index() -> list[dict]:
    """Return the resources that the caller may use, each with the operations."""
    schema = request.dispatcher.schema()
    context = request.dispatcher.context(schema)
    resources = []
    for resource in schema.by_collection.values():
        operations = context.operations(resource)
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
