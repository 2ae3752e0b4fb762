"""Root fields that count records in groups, and sum up their numbers, in the database."""

from types import SimpleNamespace

import strawberry

from ..access.access import Context, read_groups
from ..exposure.errors import ApiError
from ..exposure.resource import Resource, ResourceField
from ..reading.ordering import OrderDirection
from ..reading.pagination import check_offset, check_size
from ..reading.search import list_domain
from ..reading.selection import selected_names
from ..values.definitions import attribute_field, define
from ..values.input_objects import (
    add_input_field,
    add_resource_field,
    define_input,
    given,
    new_input,
)
from .aggregates import (
    COUNT,
    NUMBER_TYPES,
    Aggregate,
    AggregatesOrder,
    aggregates_type,
    is_aggregatable,
)
from .group_keys import (
    GroupTerm,
    attribute,
    group_by_class,
    group_field,
    group_keys,
    group_keys_class,
    group_terms,
)


def aggregate_field(resource: Resource, types):
    """Return the root field that aggregates a resource; None where there is no way to group it.

    :param types: :class:`.types.ResourceTypes`
    """
    # Those of the resource, and the dates of creation and change where the model keeps them.
    fields = types.sortable[resource.type_name] | resource.fields
    # Groups tell the values of a field, as filters do.
    groupable = {
        name: field for name, field in fields.items() if field.groupable and field.filterable
    }
    if not groupable:
        return None
    aggregatable = {
        name: field for name, field in fields.items() if is_aggregatable(resource, field)
    }
    group_type = _group_class(resource, aggregatable, group_keys_class(resource, groupable, types))
    group_by_type = group_by_class(resource, groupable)
    order_type = _order_class(resource, aggregatable)
    filter_type = types.filters[resource.type_name]

    def resolve(
        info: strawberry.Info,
        filter: filter_type | None = None,
        search: str | None = None,
        group_by: list[group_by_type] | None = None,
        order_by: list[order_type] | None = None,
        first: int | None = None,
        offset: int | None = None,
        include_archived: bool = False,
    ):
        context: Context = info.context
        domain = list_domain(context, resource, filter, search, include_archived)
        terms = group_terms(context, resource, groupable, group_by)
        selected = selected_names(info)
        aggregates = [
            Aggregate(context, resource, field, selected_names(info, field.graphql_name), terms)
            for field in aggregatable.values()
            if field.graphql_name in selected
        ]
        order = _order(context, resource, aggregatable, order_by)
        # Aggregates to order by are read too: a model may count fewer records where private
        # fields are among what is read (``_read_group`` of calendar.event).
        specs = [COUNT, *(spec for aggregate in aggregates for spec in aggregate.specs), *order]
        specs = list(dict.fromkeys(specs))
        maximum = context.max_page_size(resource)
        limit = check_size(context, resource, "first", first, None)
        limit = maximum + 1 if limit is None else limit
        rows = read_groups(
            context,
            resource,
            domain,
            [term.spec for term in terms],
            specs,
            archived=include_archived,
            order=_order_string(order, terms),
            # Odoo takes 0 for no limit.
            limit=max(limit, 1),
            offset=check_offset(offset),
        )[:limit]
        if len(rows) > maximum:
            raise ApiError(
                "BAD_USER_INPUT",
                f"There are more than {maximum} groups; page through them with first and offset.",
                argument="first",
            )
        columns = {
            spec: [row[place] for row in rows] for place, spec in enumerate(specs, len(terms))
        }
        values = {"count": columns[COUNT]}
        for aggregate in aggregates:
            values[attribute(aggregate.field.name)] = aggregate.values(columns)
        if "keys" in selected:
            values["keys"] = group_keys(context, info, terms, groupable, rows)
        return [
            SimpleNamespace(**{name: column[place] for name, column in values.items()})
            for place in range(len(rows))
        ]

    resolve.__annotations__["return"] = list[group_type] | None
    return strawberry.field(
        resolve,
        name=resource.aggregate_name,
        description=f"The visible {resource.type_name} records in groups: how many they are, and "
        "what their numbers come to. Without groupBy all of them are one group.",
    )


def _group_class(resource: Resource, fields: dict[str, ResourceField], keys_type: type) -> type:
    cls = type(f"{resource.type_name}Aggregate", (), {})
    own = [
        attribute_field(cls, "keys", "keys", keys_type),
        attribute_field(cls, "count", "count", int, "The number of records in the group."),
        *(group_field(cls, field, aggregates_type(field)) for field in fields.values()),
    ]
    return define(cls, own, f"A group of {resource.type_name} records.")


def _order_class(resource: Resource, fields: dict[str, ResourceField]) -> type:
    cls = new_input(f"{resource.type_name}GroupOrder")
    add_input_field(cls, "count", OrderDirection, "The number of records in the group.")
    for field in fields.values():
        if field.type in NUMBER_TYPES:
            add_resource_field(cls, field, AggregatesOrder)
    return define_input(
        cls,
        one_of=True,
        description=f"Order of groups of {resource.type_name} records. Give several in a list; "
        "the keys come last by themselves.",
    )


def _order(
    context: Context, resource: Resource, fields: dict[str, ResourceField], order_by: list | None
) -> dict[str, OrderDirection]:
    """Return what the argument ``orderBy`` asks for, by Odoo's name of the aggregate.

    :raise ApiError: FORBIDDEN for a field that the caller may not read
    """
    order: dict[str, OrderDirection] = {}
    for item in order_by or ():
        for name, value in given(item):
            if name == "count":
                order.setdefault(COUNT, value)
                continue
            field = fields[name]
            context.check_field(resource, field, "order by")
            for function, direction in given(value):
                order.setdefault(f"{field.field}:{function}", direction)
    return order


def _order_string(order: dict[str, OrderDirection], terms: list[GroupTerm]) -> str:
    """Return Odoo's ``order`` argument; the lowest id of each group comes last, to be complete.

    Groups are never ordered by a many2one: that would tell something about hidden records.
    """
    parts = [
        f"{spec} {'desc nulls last' if direction is OrderDirection.DESC else 'asc nulls first'}"
        for spec, direction in order.items()
    ]
    keys = [term.spec for term in terms if term.field.type != "many2one"]
    return ", ".join([*parts, *keys, "id:min"])
