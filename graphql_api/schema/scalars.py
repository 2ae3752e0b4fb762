"""The one table of values: Odoo field type -> GraphQL type, conversions both ways, operators."""

import base64
import binascii
import math
import re
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
Upload = NewType("Upload", bytes)

TEXT_OPERATORS = ("eq", "ne", "in", "notIn", "contains", "startsWith", "endsWith", "isNull")
NUMBER_OPERATORS = ("eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte")
TIME_OPERATORS = (*NUMBER_OPERATORS, "isNull")
KEY_OPERATORS = ("eq", "ne", "in", "notIn", "isNull")
ID_OPERATORS = TIME_OPERATORS
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


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How a date is written, or begins; newer versions of Python would take weeks, too."""


def _parse_date(value: Any) -> date:
    try:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f'Expected a date like "2026-11-23", found {str(value)[:40]!r}.') from None


def _parse_datetime(value: Any) -> datetime:
    """Return naive UTC, as the ORM keeps it; without an offset the input is UTC already."""
    try:
        if not isinstance(value, str) or len(value) <= 10 or not _DAY.match(value):
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


def _parse_upload(value: Any) -> bytes:
    """Return the bytes of a file: a part of a multipart request, or base64 in a string."""
    if isinstance(value, bytes):
        return value
    try:
        if not isinstance(value, str):
            raise ValueError(value)
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("Expected a file: text in base64, or a part of the request.") from None


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
    Upload: strawberry.scalar(
        name="Upload",
        description="A file to store: its bytes in base64, or a part of a multipart request.",
        parse_value=_parse_upload,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}

# Addons write Python's own types, which Strawberry has scalars of the same names for.
SCALAR_MAP |= {
    date: SCALAR_MAP[Date],
    datetime: SCALAR_MAP[DateTime],
    strawberry.scalars.JSON: SCALAR_MAP[JSON],
}

Converter = Callable[[list, Any], list]
"""(values of a column, their records) -> values for GraphQL leaves."""


def _nullable(field, env) -> Converter:
    return lambda values, records: [value or None for value in values]


def _boolean(field, env) -> Converter:
    return lambda values, records: [bool(value) for value in values]


def _integer(field, env) -> Converter:
    return lambda values, records: [value or 0 for value in values]


def _float(field, env) -> Converter:
    digits = field.get_digits(env)
    if not digits:
        return _finite(field, env)

    def convert(values, records):
        return [
            # What is stored is rounded already; Odoo's own rounding takes ten times as long.
            value
            if value is None or round(value, digits[1]) == value
            else float_round(value, precision_digits=digits[1])
            for value in finite(values, records)
        ]

    finite = _finite(field, env)
    return convert


def _finite(field, env) -> Converter:
    return lambda values, records: [
        value if math.isfinite(value) else None for value in [value or 0.0 for value in values]
    ]


def _html(field, env) -> Converter:
    return lambda values, records: [str(value) if value else None for value in values]


def _date(field, env) -> Converter:
    return lambda values, records: [value.isoformat() if value else None for value in values]


def _datetime(field, env) -> Converter:
    return lambda values, records: [
        # Without microseconds; a timespec takes twice as long.
        f"{value.isoformat()[:19]}Z" if value else None
        for value in values
    ]


def _properties(field, env) -> Converter:
    return lambda values, records: [
        field.convert_to_read(value, record) or None
        for value, record in zip(values, records, strict=True)
    ]


def _reference(field, env) -> Converter:
    return lambda values, records: [
        {"model": value._name, "id": value.id} if value else None for value in values
    ]


Parser = Callable[[Any, Any, Any], Any]
"""(value that a client sent, Odoo field, environment) -> value for the ORM.

It is not null; a ValueError says why the field cannot hold it.
"""

_MAX_WRITTEN_NUMBER = 1e15
"""A float is exact to the hundredth up to some 9e13; what Odoo multiplies must stay finite."""

_WRITTEN_YEARS = range(1000, 9999)
"""Time zones and due dates must not lead out of what Python can express."""


def _parse_as_it_is(value, field, env):
    return value


def _parse_text(value, field, env):
    size = getattr(field, "size", None)
    if size and len(value) > size:
        raise ValueError(f"The text may have {size} characters, not {len(value)}.")
    if "\x00" in value:
        raise ValueError("Text must not contain the NUL character.")
    return value or False


def _parse_number(value, field, env):
    if not abs(value) <= _MAX_WRITTEN_NUMBER:
        raise ValueError(f"{value} is too large a number.")
    return value


def _parse_moment(value, field, env):
    if value.year not in _WRITTEN_YEARS:
        raise ValueError(f"The year must lie between {_WRITTEN_YEARS[0]} and {_WRITTEN_YEARS[-1]}.")
    # The ORM keeps seconds; the rest would be in its cache alone.
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _parse_key(value, field, env):
    key = getattr(value, "value", value)
    keys = field.get_values(env)
    if key not in keys:
        some = ", ".join(str(known) for known in keys[:20])
        raise ValueError(f"{key[:40]!r} is not one of {some}{', ...' if keys[20:] else '.'}")
    return key


def _parse_record_id(value, field, env):
    try:
        return parse_id(value)
    except ApiError as error:
        raise ValueError(error.message) from None


def _parse_properties(value, field, env):
    """Return values by the name of the property; what is read can be sent back."""
    if isinstance(value, list):
        if not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in value):
            raise ValueError('Expected a list of objects with "name" and "value".')
        value = {item["name"]: item.get("value", False) for item in value}
    if not isinstance(value, dict):
        raise ValueError("Expected an object: the name of each property and its value.")
    for name, item in value.items():
        parts = item if isinstance(item, list) else [item]
        if any(not isinstance(part, str | int | float | None) for part in parts):
            raise ValueError(f"{name[:40]!r} must be a value or a list of values.")
        if "\x00" in f"{name}{item}":
            raise ValueError("Text must not contain the NUL character.")
    return {name: False if item is None else item for name, item in value.items()}


def _parse_file(value, field, env):
    return base64.b64encode(value) if value else False


@dataclass(frozen=True, slots=True)
class ValueType:
    """How values of one Odoo field type are shown, compared and written.

    ``annotation`` is the GraphQL type as Strawberry takes it; ``converter`` makes the function
    that converts a column, whose values are as records give them, or as Odoo's cache has them
    if ``from_cache``; ``parser`` converts a value of an input, which has the GraphQL type
    ``annotation``. None: clients cannot set it.
    """

    annotation: Any
    converter: Callable[[Any, Any], Converter]
    operators: tuple[str, ...]
    parser: Parser | None
    from_cache: bool = True


VALUE_TYPES: dict[str, ValueType] = {
    "char": ValueType(str, _nullable, TEXT_OPERATORS, _parse_text),
    "text": ValueType(str, _nullable, TEXT_OPERATORS, _parse_text),
    "html": ValueType(str, _html, TEXT_OPERATORS, _parse_text),
    "boolean": ValueType(bool, _boolean, BOOLEAN_OPERATORS, _parse_as_it_is),
    "integer": ValueType(int, _integer, NUMBER_OPERATORS, _parse_as_it_is),
    "float": ValueType(float, _float, NUMBER_OPERATORS, _parse_number),
    "monetary": ValueType(float, _finite, NUMBER_OPERATORS, _parse_number),
    "date": ValueType(Date, _date, TIME_OPERATORS, _parse_moment),
    "datetime": ValueType(DateTime, _datetime, TIME_OPERATORS, _parse_moment),
    "selection": ValueType(str, _nullable, KEY_OPERATORS, _parse_key),
    "many2one_reference": ValueType(int, _nullable, KEY_OPERATORS, _parse_record_id),
    "json": ValueType(JSON, _nullable, (), _parse_as_it_is, from_cache=False),
    "properties": ValueType(JSON, _properties, (), _parse_properties, from_cache=False),
    "reference": ValueType(JSON, _reference, PRESENCE_OPERATORS, None, from_cache=False),
    "binary": ValueType(Upload, _nullable, (), _parse_file),
    "image": ValueType(Upload, _nullable, (), _parse_file),
}
"""The field types that hold values of their own; relations are objects (see relations).

Files are read as objects (see files), so binary and image have no columns to convert.
"""

FILE_TYPES = ("binary", "image")

SORTABLE_TYPES = frozenset(
    ["char", "text", "boolean", "integer", "float", "monetary", "date", "datetime", "selection"]
)


def value_type(field) -> ValueType:
    """Return the value type of a :class:`ResourceField`.

    An integer that is not a column of the database may be larger than GraphQL's Int.
    """
    if field.type == "integer" and not field.stored:
        return ValueType(BigInt, _integer, NUMBER_OPERATORS, _parse_as_it_is)
    return VALUE_TYPES[field.type]
