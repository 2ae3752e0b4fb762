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
            listed = {
                "name": resource.collection,
                "type": resource.type_name,
                "description": resource.description,
                "url": f"/api/{resource.collection}",
                "operations": operations,
            }
            features = [
                feature.name
                for feature in schema.features_of(resource)
                if all(context.may(resource, each) for each in feature.operations)
            ]
            resources.append({**listed, "features": features} if features else listed)
    return resources
