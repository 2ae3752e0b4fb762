"""Aggregates of numbers and dates: their types, and their values for all groups."""

from types import SimpleNamespace

import strawberry

from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..reading.ordering import OrderDirection
from ..values.scalars import (
    VALUE_TYPES,
    BigInt,
    Date,
    DateTime,
    value_type,
)
from .group_keys import GroupTerm

NUMBER_TYPES = ("integer", "float", "monetary")

COUNT = "__count"
"""The number of records in a group, as ``_read_group`` calls it."""

FUNCTIONS = ("sum", "avg", "min", "max")
"""The aggregates of numbers; dates have the last two."""

OWN_NAMES = ("keys", "count")
"""Fields of a group that are not aggregates of a field."""


@strawberry.type(description="Aggregates of the integers in a group.")
class IntAggregates:
    sum: BigInt | None
    avg: float | None
    min: int | None
    max: int | None


@strawberry.type(description="Aggregates of the numbers in a group.")
class FloatAggregates:
    sum: float | None
    avg: float | None
    min: float | None
    max: float | None


@strawberry.type(description="The first and the last date in a group.")
class DateAggregates:
    min: Date | None
    max: Date | None


@strawberry.type(description="The first and the last timestamp in a group.")
class DateTimeAggregates:
    min: DateTime | None
    max: DateTime | None


@strawberry.input(one_of=True, description="The aggregate of a field that groups are ordered by.")
class AggregatesOrder:
    sum: OrderDirection | None = strawberry.UNSET
    avg: OrderDirection | None = strawberry.UNSET
    min: OrderDirection | None = strawberry.UNSET
    max: OrderDirection | None = strawberry.UNSET


def aggregates_type(field: ResourceField) -> type:
    """Return the type of a field's aggregates."""
    types = {"integer": IntAggregates, "date": DateAggregates, "datetime": DateTimeAggregates}
    return types.get(field.type, FloatAggregates)


def is_aggregatable(resource: Resource, field: ResourceField) -> bool:
    """Tell whether groups show the field.

    Amounts of money need their currency beside them: those of several currencies are not added.
    """
    if not (field.aggregatable and field.readable) or field.name in OWN_NAMES:
        return False
    return field.type != "monetary" or _currency_field(resource, field) is not None


def _currency_field(resource: Resource, field: ResourceField) -> ResourceField | None:
    """Return the exposed field that has the currency of an amount."""
    for other in resource.fields.values():
        if other.field == field.currency and other.readable:
            return other
    return None


class Aggregate:
    """The aggregates of one field, for all groups.

    ``specs`` name what they need of the database, as ``_read_group`` takes it; nothing where the
    caller may not read the field.

    :param functions: the selected ones, like ``sum``
    :param terms: what the records are grouped by
    """

    def __init__(
        self,
        context: Context,
        resource: Resource,
        field: ResourceField,
        functions: set[str],
        terms: list[GroupTerm],
    ):
        self.field = field
        self.specs: list[str] = []
        self._env = context.env
        self._model_field = context.env[resource.model]._fields[field.field]
        self._functions = [name for name in FUNCTIONS if name in functions]
        self._currencies: str | None = None
        self._error: ApiError | None = None
        try:
            context.check_field(resource, field, "aggregate")
            if field.currency and all(term.field.field != field.currency for term in terms):
                currency = _currency_field(resource, field)
                assert currency, "what is_aggregatable takes has its currency beside it"
                context.check_field(resource, currency, "aggregate")
                self._currencies = f"{field.currency}:count_distinct"
                self.specs.append(self._currencies)
        except ApiError as error:
            self._error = error
            return
        self.specs += map(self._spec, self._functions)

    def _spec(self, function: str) -> str:
        return f"{self.field.field}:{function}"

    def values(self, columns: dict[str, list]) -> list:
        """Return an object of :func:`aggregates_type` for each group, or an error instead.

        :param columns: spec -> what the database found for each group
        """
        counts = columns[COUNT]
        if self._error is not None:
            return [self._error] * len(counts)
        empty = dict.fromkeys(FUNCTIONS)
        found = {
            function: self._convert(function, columns[self._spec(function)], counts)
            for function in self._functions
        }
        groups: list = [
            SimpleNamespace(**empty | {name: column[place] for name, column in found.items()})
            for place in range(len(counts))
        ]
        if self._currencies is None:
            return groups
        mixed = ApiError(
            "BAD_USER_INPUT",
            f"{self.field.graphql_name} is in several currencies here; "
            "group or filter by the currency.",
            argument="selection",
        )
        return [
            mixed if number > 1 else group
            for group, number in zip(groups, columns[self._currencies], strict=True)
        ]

    def _convert(self, function: str, values: list, counts: list[int]) -> list:
        """Return values of the database as the table of values has them."""
        # An average has more digits than the field has.
        kind = VALUE_TYPES["monetary"] if function == "avg" else value_type(self.field)
        converted = kind.converter(self._model_field, self._env)(values, None)
        if function == "sum":
            return converted
        # A group without records has no average, minimum or maximum.
        return [value if count else None for value, count in zip(converted, counts, strict=True)]
