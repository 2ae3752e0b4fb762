"""What records are grouped by: the inputs that name it, and the keys of the groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from types import SimpleNamespace
from typing import Any, Optional

import strawberry
from strawberry.types.field import StrawberryField

from ..access.access import find_visible
from ..access.context import Context
from ..access.references import shown_type
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..reading.relations import hidden_records
from ..reading.selection import selected_columns, selected_names
from ..values.definitions import attribute_field, define
from ..values.input_objects import (
    add_resource_field,
    define_input,
    given,
    new_input,
)
from ..values.scalars import Date, value_type

DATE_TYPES = ("date", "datetime")

GROUPED_TYPES = ("boolean", "char", "integer", "many2one", "selection", *DATE_TYPES)
"""The types of Odoo fields that records can be grouped by."""


@strawberry.enum(
    description="Length of the periods to group by. The caller's language says on which day a "
    "week begins."
)
class Granularity(Enum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """One thing to group by: a field, with a granularity where it holds dates."""

    field: ResourceField
    granularity: Granularity | None = None

    @property
    def spec(self) -> str:
        """The term as Odoo's ``_read_group`` takes it."""
        suffix = f":{self.granularity.value}" if self.granularity else ""
        return f"{self.field.field}{suffix}"


def group_by_class(resource: Resource, fields: dict[str, ResourceField]) -> type:
    """Return the input that says what to group by: exactly one field of it is given at a time.

    :param fields: REST name -> field
    """

    def add_fields(cls: type) -> None:
        for field in fields.values():
            add_resource_field(cls, field, Granularity if field.type in DATE_TYPES else bool)

    return define_input(
        new_input(f"{resource.type_name}GroupBy"),
        add_fields,
        one_of=True,
        description=f"A field to group {resource.type_name} records by, with true or, for dates, "
        f"the length of the periods. To group by several fields, send a list.",
    )


def attribute(name: str) -> str:
    """Return the name of the attribute that has a field's value; no keyword of Python."""
    return f"field_{name}"


def group_field(cls: type, field: ResourceField, annotation: Any) -> StrawberryField:
    """Return a field of an object type whose values are attributes of plain objects."""
    return attribute_field(
        cls,
        attribute(field.name),
        field.graphql_name,
        Optional[annotation],  # noqa: UP045 - a run-time value
        field.description,
        deprecation_reason=field.deprecation_reason,
    )


def group_keys_class(resource: Resource, fields: dict[str, ResourceField], types) -> type:
    """Return the object type of the keys.

    :param fields: REST name -> field
    :param types: :class:`.types.ResourceTypes`
    """
    cls = type(f"{resource.type_name}GroupKeys", (), {})

    def key(name: str, field: ResourceField) -> StrawberryField:
        if field.type == "many2one":
            annotation = types.by_type[field.relation]
        elif field.type in DATE_TYPES:
            annotation = Date
        else:
            annotation = types.enums.get((resource.type_name, name), value_type(field).annotation)
        return group_field(cls, field, annotation)

    return define(
        cls,
        lambda: [key(name, field) for name, field in fields.items()],
        f"The values that the {resource.type_name} records of a group share. A field is null if "
        f"it is empty or if groupBy does not name it. A date is the first day of "
        "the period, in the caller's time zone.",
    )


def group_terms(
    context: Context, resource: Resource, fields: dict[str, ResourceField], group_by: list | None
) -> list[GroupTerm]:
    """Return what the argument ``groupBy`` asks for.

    :raise ApiError: FORBIDDEN for a field, or the other end of a relation, that the caller may
        not read; BAD_USER_INPUT for one that is named twice, or not to be grouped by
    """
    terms: dict[str, GroupTerm] = {}
    for item in group_by or ():
        for name, value in given(item):
            field = fields[name]
            if not value:
                expected = "a granularity" if field.type in DATE_TYPES else "true"
                raise ApiError(
                    "BAD_USER_INPUT", f"groupBy.{field.graphql_name} must be {expected}."
                )
            if any(known in terms for known in resource.names_of(field)):
                raise ApiError("BAD_USER_INPUT", f"groupBy names {field.graphql_name} twice.")
            context.check_field(resource, field, "group by")
            if field.type == "many2one":
                context.model(context.resources[field.target])
            terms[name] = GroupTerm(field, value if field.type in DATE_TYPES else None)
    return list(terms.values())


def group_keys(
    context: Context, info, terms: list[GroupTerm], fields: Iterable[str], rows: list[tuple]
) -> list[SimpleNamespace]:
    """Return the keys of each group, as objects of the type of :func:`group_keys_class`.

    :param fields: REST names of all fields of that type
    :param rows: what ``_read_group`` returned: the values of the terms come first
    """
    selected = selected_names(info, "keys")
    values = {
        attribute(term.field.name): _values(context, info, term.field, [row[place] for row in rows])
        for place, term in enumerate(terms)
        if term.field.graphql_name in selected
    }
    empty = dict.fromkeys(map(attribute, fields))
    return [
        SimpleNamespace(**empty | {name: column[place] for name, column in values.items()})
        for place in range(len(rows))
    ]


def _values(context: Context, info, field: ResourceField, values: list) -> list:
    """Return the values of a key as the schema has them."""
    if field.type == "many2one":
        return _records(context, info, field, values)
    if field.type in DATE_TYPES:
        return [value.isoformat()[:10] if value else None for value in values]
    if field.type == "boolean":
        return values
    if field.model_of:
        return [shown_type(context, value or None) for value in values]
    # An empty text, or a 0, is a group of its own beside that of the records without a value.
    return [None if value is False else value for value in values]


def _records(context: Context, info, field: ResourceField, values: list) -> list:
    """Return the record of each group: None where it has none, an error where it is hidden."""
    target = context.resources[field.target]
    ids = list(dict.fromkeys(record.id for record in values if record))
    columns = selected_columns(context, info, target, ("keys", field.graphql_name))
    found = find_visible(context, target, ids, columns) if ids else ()
    visible = {record.id: record for record in found}
    shown = visible | hidden_records(context, target, [key for key in ids if key not in visible])
    return [shown[record.id] if record else None for record in values]
