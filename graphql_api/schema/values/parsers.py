"""Values of inputs, whose types GraphQL has checked -> values for the ORM."""

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from odoo.api import Environment

from ..exposure.errors import ApiError

Parser = Callable[[Any, Any, Environment], Any]
"""(value that a client sent, Odoo field, environment) -> value for the ORM.

It is not null; a ValueError says why the field cannot hold it.
"""

_MAX_WRITTEN_NUMBER = 1e15
"""A float is exact to the hundredth up to some 9e13; what Odoo multiplies must stay finite."""

_WRITTEN_YEARS = range(1000, 9999)
"""Time zones and due dates must not lead out of what Python can express."""


def parse_unchanged(value: Any, field: Any, env: Environment) -> Any:
    """Return the value as GraphQL has checked it."""
    return value


def parse_text(value: str, field: Any, env: Environment) -> str | bool:
    """Return a text that PostgreSQL can store, False for an empty one."""
    size = getattr(field, "size", None)
    if size and len(value) > size:
        raise ValueError(f"The text may have {size} characters, not {len(value)}.")
    if "\x00" in value:
        raise ValueError("Text must not contain the NUL character.")
    return value or False


def parse_number(value: float, field: Any, env: Environment) -> float:
    """Return a number that Odoo can multiply."""
    if not abs(value) <= _MAX_WRITTEN_NUMBER:
        raise ValueError(f"{value} is too large a number.")
    return value


def parse_time(value: date, field: Any, env: Environment) -> date:
    """Return a date, or a timestamp in UTC to the second."""
    if value.year not in _WRITTEN_YEARS:
        raise ValueError(f"The year must be between {_WRITTEN_YEARS[0]} and {_WRITTEN_YEARS[-1]}.")
    # The ORM keeps seconds; the rest would be in its cache alone.
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def parse_key(value: Any, field: Any, env: Environment) -> str:
    """Return a key of a selection: of an enum, or as a text."""
    key = getattr(value, "value", value)
    keys = field.get_values(env)
    if key not in keys:
        some = ", ".join(str(known) for known in keys[:20])
        raise ValueError(f"{key[:40]!r} is not one of {some}{', ...' if keys[20:] else '.'}")
    return key


def parse_record_id(value: str | int, field: Any, env: Environment) -> int:
    """Return an id; whether the caller may see the record is for others to check."""
    try:
        return parse_id(value)
    except ApiError as error:
        raise ValueError(error.message) from None


def parse_json(value: Any, field: Any, env: Environment) -> Any:
    """Return any JSON that PostgreSQL can store and a response can show again."""
    level = [value]
    while level:
        below: list = []
        for part in level:
            match part:
                case str() if "\x00" in part:
                    raise ValueError("Text must not contain the NUL character.")
                case bool() | str() | None:
                    pass
                case int() if not abs(part) < 2**63:
                    raise ValueError("An integer may have up to 64 bits.")
                case float() if not math.isfinite(part):
                    raise ValueError(f"{part} is not a number in JSON.")
                case int() | float():
                    pass
                case dict():
                    below += [*part, *part.values()]
                case list():
                    below += part
                case _:
                    raise ValueError("Expected JSON, not a file.")
        level = below
    return value


def parse_properties(value: Any, field: Any, env: Environment) -> Any:
    """Return what was sent; its parts are checked where their definition is known."""
    named = isinstance(value, list) and all(
        isinstance(item, dict) and isinstance(item.get("name"), str) for item in value
    )
    if not named and not isinstance(value, dict):
        raise ValueError(
            "Expected an object with the name of each property and its value, or a list of objects "
            'with "name" and "value".'
        )
    return parse_json(value, field, env)


def parse_reference(value: Any, field: Any, env: Environment) -> str:
    """Return "model,id"; whether the caller may see the record is for others to check."""
    if not isinstance(value, dict) or set(value) != {"model", "id"}:
        raise ValueError('Expected an object like {"model": "res.partner", "id": 5}.')
    number = value["id"]
    if not isinstance(number, int | str) or isinstance(number, bool):
        raise ValueError("The id must be a number.")
    if value["model"] not in field.get_values(env):
        raise ValueError(f"{str(value['model'])[:40]!r} is not a model that it may refer to.")
    return f"{value['model']},{parse_record_id(number, field, env)}"


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
