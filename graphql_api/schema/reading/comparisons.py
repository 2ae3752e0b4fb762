"""Comparisons of a field with a value, as Odoo domains."""

from datetime import datetime

from odoo.fields import Domain

from ..exposure.errors import ApiError
from ..values.parsers import check_text, parse_id

_ODOO_OPERATORS = {
    "eq": "=",
    "ne": "!=",
    "in": "in",
    "notIn": "not in",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
}

_NEVER_EMPTY = ("boolean", "integer", "float", "monetary")

_MAX_NUMBER = 1e300
"""Far beyond, Odoo's rounding overflows (odoo/tools/float_utils.py)."""

_LAST_TIMESTAMP = datetime(9999, 12, 31, 23, 59, 59)
"""Nothing equals it: Odoo compares with the next second too (odoo/orm/domains.py), and there is
none."""


def presence(name: str, is_null: bool) -> Domain:
    """Return the condition that a field is empty, or that it is not."""
    return Domain(name, "=" if is_null else "!=", False)


def compare(name: str, odoo_type: str, operator: str, value) -> Domain:
    """Return one comparison as a domain.

    :param name: the Odoo field
    :param operator: its name in the schema
    :raise ApiError: BAD_USER_INPUT for a value that the field cannot be compared with
    """
    if value is None:
        if operator not in ("eq", "ne") or odoo_type in _NEVER_EMPTY:
            raise ApiError("BAD_USER_INPUT", f"{operator} cannot be null here.", argument="filter")
        return Domain(name, _ODOO_OPERATORS[operator], False)
    if operator == "isNull":
        return presence(name, value)
    if operator in ("in", "notIn"):
        operands = [_equal(_operand(name, item)) for item in value]
        return Domain(name, _ODOO_OPERATORS[operator], operands)
    if name == "id" and operator in ("lt", "lte", "gt", "gte") and str(value) == "0":
        # A client that goes through all ids begins here.
        return Domain(name, _ODOO_OPERATORS[operator], 0)
    operand = _operand(name, value)
    if operator in ("contains", "startsWith", "endsWith"):
        pattern = _escape(operand)
        if not pattern:
            return Domain.TRUE
        match operator:
            case "contains":
                return Domain(name, "ilike", pattern)
            case "startsWith":
                return Domain(name, "=ilike", pattern + "%")
            case "endsWith":
                return Domain(name, "=ilike", "%" + pattern)
    if operator in ("eq", "ne"):
        operand = _equal(operand)
    return Domain(name, _ODOO_OPERATORS[operator], operand)


def _equal(operand):
    """Return a value to be equal to; refuse one that Odoo cannot compare so."""
    if isinstance(operand, datetime) and operand >= _LAST_TIMESTAMP:
        raise ApiError(
            "BAD_USER_INPUT", f"{operand} is too late to be equal to; use gte.", argument="filter"
        )
    return operand


def _operand(name: str, value):
    if name == "id":
        return parse_id(value)
    if isinstance(value, str):
        return check_text(getattr(value, "value", value))
    if isinstance(value, float) and abs(value) > _MAX_NUMBER:
        raise ApiError(
            "BAD_USER_INPUT", f"{value} is too large a number to compare with.", argument="filter"
        )
    return getattr(value, "value", value)


def _escape(text: str) -> str:
    """Return the text for a LIKE pattern in which it stands for itself."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
