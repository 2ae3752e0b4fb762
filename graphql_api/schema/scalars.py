"""The one table of values: Odoo field type -> GraphQL type, output conversion, operators."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from odoo.tools import float_round

from .errors import ApiError

Date = NewType("Date", str)
DateTime = NewType("DateTime", str)
BigInt = NewType("BigInt", int)
JSON = NewType("JSON", object)

TEXT_OPERATORS = ("eq", "ne", "in", "notIn", "contains", "startsWith", "endsWith", "isNull")
NUMBER_OPERATORS = ("eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte")
TIME_OPERATORS = (*NUMBER_OPERATORS, "isNull")
KEY_OPERATORS = ("eq", "ne", "in", "notIn", "isNull")
ID_OPERATORS = ("eq", "ne", "in", "notIn")
BOOLEAN_OPERATORS = ("eq", "ne")
PRESENCE_OPERATORS = ("isNull",)


def parse_id(value: str | int) -> int:
    """Return an ID as the integer Odoo knows it by.

    :raise ApiError: BAD_USER_INPUT where it is not a positive 32-bit integer
    """
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or not 0 < int(text) < 2**31:
        raise ApiError("BAD_USER_INPUT", f"{text[:40]!r} is not an id; an id is a number like 5.")
    return int(text)


def check_text(value: str) -> str:
    """Return the text, refusing what PostgreSQL cannot store.

    :raise ApiError: BAD_USER_INPUT for a NUL character
    """
    if "\x00" in value:
        raise ApiError("BAD_USER_INPUT", "Text must not contain the NUL character.")
    return value


def _parse_date(value: Any) -> date:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f'Expected a date like "2026-11-23", found {str(value)[:40]!r}.') from None


def _parse_datetime(value: Any) -> datetime:
    """Return naive UTC, as the ORM keeps it; without an offset the input is UTC already."""
    try:
        if not isinstance(value, str) or len(value) <= 10:
            raise ValueError(value)
        parsed = datetime.fromisoformat(value.replace("Z", "+00:00").replace("z", "+00:00"))
        return parsed.astimezone(timezone.utc).replace(tzinfo=None) if parsed.tzinfo else parsed
    except (ValueError, OverflowError):
        raise ValueError(
            f'Expected a date and time like "2026-11-23T08:00:00Z", found {str(value)[:40]!r}.'
        ) from None


def _format_date(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _format_datetime(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    return value.replace(microsecond=0).isoformat() + "Z"


def _parse_big_int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ValueError(f"Expected an integer of up to 64 bits, found {str(value)[:40]!r}.")


SCALAR_MAP: dict[object, ScalarDefinition] = {
    Date: strawberry.scalar(
        name="Date",
        description="A day, like 2026-11-23.",
        serialize=_format_date,
        parse_value=_parse_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC, like 2026-11-23T08:00:00Z. "
        "An input with another offset is converted.",
        serialize=_format_datetime,
        parse_value=_parse_datetime,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer that may exceed 32 bits.",
        serialize=int,
        parse_value=_parse_big_int,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}

Converter = Callable[[Any, Any], Any]
"""(value read from the record, the record) -> value for the GraphQL leaf."""


def _or_null(value, record):
    return value or None


def _same(value, record):
    return value


def _plain(field, env) -> Converter:
    return _same


def _nullable(field, env) -> Converter:
    return _or_null


def _html(field, env) -> Converter:
    return lambda value, record: str(value) if value else None


def _float(field, env) -> Converter:
    digits = field.get_digits(env)
    if not digits:
        return _finite
    return lambda value, record: (
        float_round(value, precision_digits=digits[1]) if math.isfinite(value) else None
    )


def _finite(value, record):
    return value if math.isfinite(value) else None


def _monetary(field, env) -> Converter:
    return _finite


def _json(field, env) -> Converter:
    return lambda value, record: value or None


def _properties(field, env) -> Converter:
    return lambda value, record: field.convert_to_read(value, record) or None


def _reference(field, env) -> Converter:
    return lambda value, record: {"model": value._name, "id": value.id} if value else None


@dataclass(frozen=True, slots=True)
class ValueType:
    """How values of one Odoo field type are shown and compared.

    ``annotation`` is the GraphQL type as Strawberry takes it; ``converter`` makes, once per
    column, the function that converts each value.
    """

    annotation: Any
    converter: Callable[[Any, Any], Converter]
    operators: tuple[str, ...]


VALUE_TYPES: dict[str, ValueType] = {
    "char": ValueType(str, _nullable, TEXT_OPERATORS),
    "text": ValueType(str, _nullable, TEXT_OPERATORS),
    "html": ValueType(str, _html, TEXT_OPERATORS),
    "boolean": ValueType(bool, _plain, BOOLEAN_OPERATORS),
    "integer": ValueType(int, _plain, NUMBER_OPERATORS),
    "float": ValueType(float, _float, NUMBER_OPERATORS),
    "monetary": ValueType(float, _monetary, NUMBER_OPERATORS),
    "date": ValueType(Date, _nullable, TIME_OPERATORS),
    "datetime": ValueType(DateTime, _nullable, TIME_OPERATORS),
    "selection": ValueType(str, _nullable, KEY_OPERATORS),
    "many2one_reference": ValueType(int, _nullable, KEY_OPERATORS),
    "json": ValueType(JSON, _json, ()),
    "properties": ValueType(JSON, _properties, ()),
    "reference": ValueType(JSON, _reference, PRESENCE_OPERATORS),
}
"""The field types that are columns of values.

Relations are objects (see types and relations), binary and image are files (see files).
"""

SORTABLE_TYPES = frozenset(
    ["char", "text", "boolean", "integer", "float", "monetary", "date", "datetime", "selection"]
)


def value_type(field) -> ValueType:
    """Return the value type of a :class:`ResourceField`.

    An integer that is not a column of the database may be larger than GraphQL's Int.
    """
    if field.type == "integer" and not field.stored:
        return ValueType(BigInt, _plain, NUMBER_OPERATORS)
    return VALUE_TYPES[field.type]
