"""Single values that REST clients send: text of a query or a form, and JSON."""

import re
from typing import Any

from graphql import GraphQLEnumType, GraphQLError, GraphQLScalarType

from ..schema.exposure.errors import ApiError
from ..schema.values.parsers import check_text, parse_id

_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?")
"""A number as people write it; Python would take more: nan, 1_0, digits of other scripts."""

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
"""Text of a query or a form, in lower case -> what it says."""

_BOUNDS = ("[gt]", "[gte]", "[lt]", "[lte]")
"""How conditions end for which 0 is an id: a client that goes through all begins there."""

_KINDS = {
    "Boolean": "true or false",
    "Int": "an integer of up to 32 bits",
    "Float": "a number",
    "String": "a text",
    "ID": "an id: a number like 5",
}
"""Scalar of GraphQL -> what clients of REST know it as; others say themselves what they take."""

EXAMPLES: dict[str, bool | int | float | str] = {
    "Boolean": True,
    "Int": 1,
    "BigInt": 1,
    "Float": 1.5,
    "Date": "2026-11-23",
    "DateTime": "2026-11-23T08:00:00Z",
}
"""Scalar of GraphQL -> a value of it as JSON has it; of ids and texts each page has its own."""


def bad_parameter(name: str, message: str, hint: str = "") -> ApiError:
    """Return the error for one parameter.

    :param hint: names of the schema that would be right
    """
    errors = [{"field": name, "message": message}]
    return ApiError("BAD_USER_INPUT", message, errors=errors, hint=hint)


def convert_leaf(text: str, leaf_type: GraphQLScalarType | GraphQLEnumType, where: str) -> Any:
    """Return text as a value of a scalar or enum.

    :param where: the name of the parameter, for the error
    :raise ApiError: BAD_USER_INPUT
    """
    value: Any
    try:
        match leaf_type.name:
            case "Boolean":
                value = BOOLEANS[text.lower()]
            case "Int" | "BigInt" if _NUMBER.fullmatch(text):
                value = int(text)
            case "Float" if _NUMBER.fullmatch(text):
                value = float(text)
            case "Int" | "BigInt" | "Float":
                raise ValueError(text)
            case "ID":
                if text != "0" or not where.endswith(_BOUNDS):
                    parse_id(text)
                value = text
            case _:
                value = check_text(text)
    except ApiError as error:
        raise bad_parameter(where, error.message) from None
    except (KeyError, ValueError):
        kind = {"Boolean": "true or false", "Float": "a number"}.get(leaf_type.name, "an integer")
        raise bad_parameter(where, f"{where} must be {kind}, not {text[:40]!r}.") from None
    if isinstance(leaf_type, GraphQLEnumType) and text not in leaf_type.values:
        raise bad_parameter(
            where,
            f"{where} must not be {text[:40]!r}.",
            f"It must be one of {', '.join(leaf_type.values)}.",
        )
    if problem := leaf_problem(value, leaf_type):
        raise bad_parameter(where, f"{where}: {problem}")
    return value


def leaf_problem(
    value: Any, leaf_type: GraphQLScalarType | GraphQLEnumType, introspection: bool = False
) -> str | None:
    """Return what is wrong with a value of a scalar or enum, None where nothing is.

    :param introspection: whether the message may list what would be right
    """
    try:
        leaf_type.coerce_input_value(value)
    except (GraphQLError, ValueError, TypeError) as error:
        found = repr(value)
        found = found if len(found) <= 40 else f"{found[:40]}…"
        if isinstance(leaf_type, GraphQLEnumType):
            keys = f"one of {', '.join(leaf_type.values)}" if introspection else "another value"
            return f"Expected {keys}, not {found}."
        kind = _KINDS.get(leaf_type.name)
        return f"Expected {kind}, not {found}." if kind else str(error)
    return None


def example_of(leaf_type: GraphQLScalarType | GraphQLEnumType) -> str:
    """Return text that :func:`convert_leaf` takes."""
    if isinstance(leaf_type, GraphQLEnumType):
        return next(iter(leaf_type.values))
    example = 5 if leaf_type.name == "ID" else EXAMPLES.get(leaf_type.name, "Ghent")
    return str(example).lower() if isinstance(example, bool) else str(example)
