"""Root fields that count records in groups, with sums and other aggregates, in the database."""

from types import SimpleNamespace

import strawberry
from strawberry.types.field import StrawberryField

from ..access.access import read_groups
from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..reading.ordering import OrderDirection
from ..reading.pagination import check_offset, check_size
from ..reading.search import list_domain
from ..reading.selection import selected_names
from ..values.definitions import LazyMapping, attribute_field, define
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


class GroupTypes:
    """The types of groups of one schema, of the resources that can be grouped.

    :param types: :class:`.types.ResourceTypes`
    """

    def __init__(self, types):
        self._types = types
        groupable = {
            name: fields
            for name, resource in types.resources.items()
            if (fields := _groupable_fields(resource, types))
        }
        self.groupable = groupable
        self.aggregatable = LazyMapping(groupable, self._aggregatable)
        self.keys = LazyMapping(groupable, self._keys)
        self.groups = LazyMapping(groupable, self._group)
        self.group_by = LazyMapping(groupable, self._group_by)
        self.orders = LazyMapping(groupable, self._order)

    def _aggregatable(self, name: str) -> dict[str, ResourceField]:
        resource = self._types.resources[name]
        return {
            name: field
            for name, field in _fields(resource, self._types).items()
            if is_aggregatable(resource, field)
        }

    def _keys(self, name: str) -> type:
        resource = self._types.resources[name]
        return group_keys_class(resource, self.groupable[name], self._types)

    def _group(self, name: str) -> type:
        return _group_class(self._types.resources[name], self.aggregatable[name], self.keys[name])

    def _group_by(self, name: str) -> type:
        return group_by_class(self._types.resources[name], self.groupable[name])

    def _order(self, name: str) -> type:
        return _order_class(self._types.resources[name], self.aggregatable[name])


def _groupable_fields(resource: Resource, types) -> dict[str, ResourceField]:
    # Groups tell the values of a field, as filters do.
    return {
        name: field
        for name, field in _fields(resource, types).items()
        if field.groupable and field.filterable
    }


def _fields(resource: Resource, types) -> dict[str, ResourceField]:
    """Return those of the resource, and the dates of creation and change where there are any."""
    return types.sortable[resource.type_name] | resource.fields


def aggregate_field(resource: Resource, types, group_types: GroupTypes) -> StrawberryField:
    """Return the root field that aggregates a resource.

    :param types: :class:`.types.ResourceTypes`
    """
    name = resource.type_name
    groupable = group_types.groupable[name]
    aggregatable = group_types.aggregatable[name]
    group_type = group_types.groups[name]
    group_by_type = group_types.group_by[name]
    order_type = group_types.orders[name]
    filter_type = types.filters.by_type[name]

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
        description=f"The visible {resource.type_name} records in groups, with counts, sums and "
        f"other aggregates. Without groupBy all records are one group.",
    )


def _group_class(resource: Resource, fields: dict[str, ResourceField], keys_type: type) -> type:
    cls = type(f"{resource.type_name}Aggregate", (), {})

    def make_fields() -> list[StrawberryField]:
        return [
            attribute_field(cls, "keys", "keys", keys_type),
            attribute_field(cls, "count", "count", int, "The number of records in the group."),
            *(group_field(cls, field, aggregates_type(field)) for field in fields.values()),
        ]

    return define(cls, make_fields, f"A group of {resource.type_name} records.")


def _order_class(resource: Resource, fields: dict[str, ResourceField]) -> type:

    def add_fields(cls: type) -> None:
        add_input_field(cls, "count", OrderDirection, "The number of records in the group.")
        for field in fields.values():
            if field.type in NUMBER_TYPES:
                add_resource_field(cls, field, AggregatesOrder)

    return define_input(
        new_input(f"{resource.type_name}GroupOrder"),
        add_fields,
        one_of=True,
        description=f"Order of groups of {resource.type_name} records. To order by several, send "
        f"a list; the keys always come last.",
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
