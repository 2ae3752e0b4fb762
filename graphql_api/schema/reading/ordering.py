"""Order inputs, one class per resource, and their translation to Odoo's order."""

from dataclasses import dataclass
from enum import Enum

import strawberry

from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.input_objects import (
    add_resource_field,
    define_input,
    given,
    new_input,
)
from ..values.scalars import SORTABLE_TYPES


@strawberry.enum(description="Direction in which to order.")
class OrderDirection(Enum):
    ASC = "ASC"
    DESC = "DESC"


ID_FIELD = ResourceField(name="id", field="id", type="integer")
CREATE_DATE_FIELD, WRITE_DATE_FIELD = (
    ResourceField(
        name=name,
        field=name,
        type="datetime",
        description=description,
        groupable=True,
        aggregatable=True,
    )
    for name, description in (
        ("create_date", "When the record was created."),
        ("write_date", "When the record was last changed."),
    )
)


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One term of an order: an Odoo field and a direction."""

    field: str
    descending: bool = False

    def reversed(self) -> "OrderTerm":
        """Return the term in the other direction."""
        return OrderTerm(self.field, not self.descending)

    def __str__(self) -> str:
        return f"{self.field} {'desc' if self.descending else 'asc'}"


def order_class(resource: Resource, sortable: dict[str, ResourceField]) -> type:
    """Return the input that orders a list: exactly one field of it is given at a time.

    :param sortable: REST name -> field
    """

    def add_fields(cls: type) -> None:
        for field in sortable.values():
            add_resource_field(cls, field, OrderDirection)

    return define_input(
        new_input(f"{resource.type_name}Order"),
        add_fields,
        one_of=True,
        description=f"Order of {resource.type_name} records: one field and its direction. To "
        f"order by several fields, send a list; the id always comes last.",
    )


def sortable_fields(resource: Resource) -> dict[str, ResourceField]:
    """Return the fields that lists can be ordered by, by REST name.

    ``create_date`` and ``write_date`` are added by :mod:`..types` where the model keeps them.
    """
    return {"id": ID_FIELD} | {
        field.name: field
        for field in resource.fields.values()
        if field.sortable and field.filterable and field.type in SORTABLE_TYPES
    }


def order_terms(
    context: Context, resource: Resource, sortable: dict[str, ResourceField], order_by: list | None
) -> tuple[OrderTerm, ...]:
    """Return the terms of a list's order, ending in ``id`` so that pages are stable.

    Without ``order_by`` the resource's default order counts, less the fields that the caller
    may not read.

    :raise ApiError: FORBIDDEN for a field that the caller may not read
    """
    terms: dict[str, OrderTerm] = {}
    if order_by:
        for item in order_by:
            for name, direction in given(item):
                if direction is None:
                    raise ApiError("BAD_USER_INPUT", f"orderBy.{name} must be ASC or DESC.")
                field = sortable[name]
                context.check_field(resource, field, "order by")
                terms.setdefault(
                    field.field, OrderTerm(field.field, direction is OrderDirection.DESC)
                )
    else:
        for name, direction in resource.order:
            default = sortable.get(name)
            if default is not None and context.may_compare(resource, default):
                terms.setdefault(default.field, OrderTerm(default.field, direction == "DESC"))
    ordered = []
    for term in terms.values():
        ordered.append(term)
        if term.field == "id":
            # Nothing after the id can change the order.
            return tuple(ordered)
    return (*ordered, OrderTerm("id"))


def order_string(terms: tuple[OrderTerm, ...]) -> str:
    """Return the terms as Odoo's ``order`` argument."""
    return ", ".join(str(term) for term in terms)
