"""What addons import to extend the schema; whatever else there is may change.

Their code is plain Strawberry, collected by ``_collect`` of ``graphql_api.schema``.
"""

import strawberry

from .access.access import find_visible, not_found, restrict_domain, search
from .access.context import Context
from .access.external_ids import ExternalId, find_external_ids, give_external_ids
from .addons.batches import batch_field
from .addons.binding import resource_type
from .addons.features import Feature, FeatureField, TypeOf
from .addons.plain_context import with_plain_context
from .execution.uses import DISPLAY_NAME, READ_FIELD, Use
from .execution.validators import Validators
from .exposure.errors import ApiError
from .exposure.names import snake_case
from .exposure.record_filter import RecordFilter
from .exposure.resource import Resource
from .reading.conditions import to_domain
from .reading.pagination import check_size
from .reading.selection import selected_columns, selected_names, selected_paths
from .values.definitions import attribute_field, define
from .values.input_objects import given
from .values.parsers import parse_id
from .values.scalars import JSON

__all__ = [
    "DISPLAY_NAME",
    "JSON",
    "READ_FIELD",
    "ApiError",
    "Context",
    "ExternalId",
    "Feature",
    "FeatureField",
    "RecordFilter",
    "Resource",
    "TypeOf",
    "Use",
    "Validators",
    "attribute_field",
    "batch_field",
    "check_operation",
    "check_size",
    "define",
    "exposed_fields",
    "find_external_ids",
    "find_record",
    "find_visible",
    "give_external_ids",
    "given",
    "parse_id",
    "resource_type",
    "restrict_domain",
    "search",
    "selected_columns",
    "selected_names",
    "selected_paths",
    "snake_case",
    "to_domain",
    "with_plain_context",
]


def find_record(info: strawberry.Info, type_name: str, id: strawberry.ID):
    """Return the record of a resource with an id that a client sent.

    :raise ApiError: NOT_FOUND where the caller does not see it
    """
    resource = info.context.resources.get(type_name)
    if resource is None:
        raise ApiError("NOT_FOUND", f"{type_name} {id[:20]} not found")
    record = find_visible(info.context, resource, [parse_id(id)])
    if not record:
        raise not_found(resource, [id])
    return record


def exposed_fields(info: strawberry.Info, model: str) -> dict[str, str]:
    """Return the fields of an Odoo model that the caller's schema shows.

    Odoo's rights of the caller come on top. A relation is left out where the caller's policy
    filters the records at its other end, for values that are more than their ids.

    :return: name of the Odoo field -> its name in GraphQL
    """
    context: Context = info.context
    return {
        field.field: field.graphql_name
        for resource in context.resources.values()
        if resource.model == model
        for field in resource.fields.values()
        if field.readable
        and not field.shows_name
        and field.alias_of is None
        and (field.relation is None or not context.is_filtered(context.resources[field.relation]))
    }


def check_operation(info: strawberry.Info, type_name: str, operation: str) -> None:
    """Refuse what the caller may not do with a resource, by the policy or by Odoo's rights.

    Record rules are Odoo's to check when it is done.

    :param operation: create, update or delete
    :raise ApiError: FORBIDDEN
    """
    info.context.check_operation(info.context.resources[type_name], operation)
