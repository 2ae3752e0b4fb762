"""The one table of values: Odoo field type -> GraphQL type, conversions both ways, operators."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from odoo.api import Environment
from odoo.tools import float_round

from ..exposure.resource_field import ResourceField
from .file_inputs import parse_file, parse_upload
from .parsers import (
    Parser,
    parse_json,
    parse_key,
    parse_number,
    parse_properties,
    parse_record_id,
    parse_reference,
    parse_text,
    parse_time,
    parse_unchanged,
)

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


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How a date is written, and how a timestamp begins; newer versions of Python read weeks too."""


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


def _parse_json(value: Any) -> Any:
    """Return the value unchanged; refuse files, which a multipart request can put into it."""
    inner = [value]
    while inner:
        item = inner.pop()
        if isinstance(item, bytes):
            raise ValueError("Expected a JSON value, not a file.")
        if isinstance(item, dict | list):
            inner += item.values() if isinstance(item, dict) else item
    return value


def _parse_big_int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ValueError(f"Expected an integer of up to 64 bits, found {str(value)[:40]!r}.")


SCALAR_MAP: dict[object, ScalarDefinition] = {
    Date: strawberry.scalar(
        name="Date",
        description="A date, like 2026-11-23.",
        serialize=_format_date,
        parse_value=_parse_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A timestamp in UTC, like 2026-11-23T08:00:00Z. Values with another offset "
        "are converted.",
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
        description="A file to store: its bytes in base64, a data: URL, or a part of a multipart "
        "request.",
        parse_value=parse_upload,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=lambda value: value,
        parse_value=_parse_json,
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


def _nullable(field: Any, env: Environment) -> Converter:
    return lambda values, records: [value or None for value in values]


def _boolean(field: Any, env: Environment) -> Converter:
    return lambda values, records: [bool(value) for value in values]


def _integer(field: Any, env: Environment) -> Converter:
    return lambda values, records: [value or 0 for value in values]


def _float(field: Any, env: Environment) -> Converter:
    digits = field.get_digits(env)
    if not digits:
        return _finite(field, env)

    def convert(values: list, records: Any) -> list:
        return [
            # What is stored is rounded already; Odoo's own rounding takes ten times as long.
            value
            if value is None or round(value, digits[1]) == value
            else float_round(value, precision_digits=digits[1])
            for value in finite(values, records)
        ]

    finite = _finite(field, env)
    return convert


def _finite(field: Any, env: Environment) -> Converter:
    return lambda values, records: [
        value if math.isfinite(value) else None for value in [value or 0.0 for value in values]
    ]


def _html(field: Any, env: Environment) -> Converter:
    return lambda values, records: [str(value) if value else None for value in values]


def _date(field: Any, env: Environment) -> Converter:
    return lambda values, records: [value.isoformat() if value else None for value in values]


def _datetime(field: Any, env: Environment) -> Converter:
    return lambda values, records: [
        # Without microseconds; a timespec takes twice as long.
        f"{value.isoformat()[:19]}Z" if value else None
        for value in values
    ]


def _properties(field: Any, env: Environment) -> Converter:
    return lambda values, records: [
        field.convert_to_read(value, record) or None
        for value, record in zip(values, records, strict=True)
    ]


def _reference(field: Any, env: Environment) -> Converter:
    return lambda values, records: [
        {"model": value._name, "id": value.id} if value else None for value in values
    ]


@dataclass(frozen=True, slots=True)
class ValueType:
    """How values of one Odoo field type are shown, compared and written.

    ``annotation`` is the GraphQL type as Strawberry takes it; ``converter`` makes the function
    that converts a column, whose values are as records give them, or as Odoo's cache has them
    if ``from_cache``; ``parser`` converts a value of an input, which has the GraphQL type
    ``annotation``, and is None where clients cannot set the field.
    """

    annotation: Any
    converter: Callable[[Any, Environment], Converter]
    operators: tuple[str, ...]
    parser: Parser | None
    from_cache: bool = True

    def parse(self, value: Any, model_field: Any, env: Environment | None) -> Any:
        """Return a value of an input in the ORM's form.

        :raise ApiError, ValueError: the field cannot have it
        """
        if self.parser is None:
            raise ValueError("It cannot be set.")
        return self.parser(value, model_field, env)


VALUE_TYPES: dict[str, ValueType] = {
    "char": ValueType(str, _nullable, TEXT_OPERATORS, parse_text),
    "text": ValueType(str, _nullable, TEXT_OPERATORS, parse_text),
    "html": ValueType(str, _html, TEXT_OPERATORS, parse_text),
    "boolean": ValueType(bool, _boolean, BOOLEAN_OPERATORS, parse_unchanged),
    "integer": ValueType(int, _integer, NUMBER_OPERATORS, parse_unchanged),
    "float": ValueType(float, _float, NUMBER_OPERATORS, parse_number),
    "monetary": ValueType(float, _finite, NUMBER_OPERATORS, parse_number),
    "date": ValueType(Date, _date, TIME_OPERATORS, parse_time),
    "datetime": ValueType(DateTime, _datetime, TIME_OPERATORS, parse_time),
    "selection": ValueType(str, _nullable, KEY_OPERATORS, parse_key),
    "many2one_reference": ValueType(int, _nullable, KEY_OPERATORS, parse_record_id),
    "json": ValueType(JSON, _nullable, (), parse_json, from_cache=False),
    "properties": ValueType(JSON, _properties, (), parse_properties, from_cache=False),
    "reference": ValueType(JSON, _reference, PRESENCE_OPERATORS, parse_reference, from_cache=False),
    "binary": ValueType(Upload, _nullable, (), parse_file),
    "image": ValueType(Upload, _nullable, (), parse_file),
}
"""The field types that hold values of their own; relations are objects (see relations).

Files are read as objects (see files), so binary and image have no columns to convert.
"""

FILE_TYPES = ("binary", "image")

SORTABLE_TYPES = frozenset(
    ["char", "text", "boolean", "integer", "float", "monetary", "date", "datetime", "selection"]
)


def value_type(field: ResourceField) -> ValueType:
    """Return the value type of a field.

    An integer that is not a column of the database may be larger than GraphQL's Int.
    """
    if field.type == "integer" and not field.stored:
        return ValueType(BigInt, _integer, NUMBER_OPERATORS, parse_unchanged)
    return VALUE_TYPES[field.type]
