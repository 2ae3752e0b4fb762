"""What addons import to extend the schema; whatever else there is may change.

Their code is plain Strawberry, collected by ``_collect`` of ``graphql_api.schema``.
"""

import strawberry

from .access.access import find_visible, not_found
from .addons.batches import batch_field
from .addons.binding import resource_type
from .exposure.errors import ApiError
from .values.parsers import parse_id

__all__ = ["ApiError", "batch_field", "check_operation", "find_record", "resource_type"]


def find_record(info: strawberry.Info, type_name: str, id: strawberry.ID):
    """Return the record of a resource with an id that a client sent.

    :raise ApiError: NOT_FOUND where the caller does not see it
    """
    resource = info.context.resources[type_name]
    record = find_visible(info.context, resource, [parse_id(id)])
    if not record:
        raise not_found(resource, [id])
    return record


def check_operation(info: strawberry.Info, type_name: str, operation: str) -> None:
    """Refuse what the caller may not do with a resource, by the policy or by Odoo's rights.

    Record rules are Odoo's to check when it is done.

    :param operation: create, update or delete
    :raise ApiError: FORBIDDEN
    """
    info.context.check_operation(info.context.resources[type_name], operation)
