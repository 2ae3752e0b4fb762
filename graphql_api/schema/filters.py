"""Filter inputs, one class per resource, and their translation to Odoo domains."""

from collections.abc import Callable
from typing import Any

import strawberry

from odoo.fields import Domain

from .access import Context, through
from .errors import ApiError
from .input_objects import add_input_field, add_resource_field, define_input, given, new_input
from .names import pascal_case
from .resource import RELATIONS, Resource, ResourceField
from .scalars import ID_OPERATORS, check_text, parse_id, value_type

MAX_CONDITIONS = 1000
"""Filter objects of a request, nested ones included."""

DESCRIPTIONS = {
    "eq": "Equal; null matches what is empty.",
    "ne": "Not equal; empty values are not equal to anything.",
    "in": "One of these.",
    "notIn": "None of these.",
    "lt": "Less than, or before.",
    "lte": "At most, or not after.",
    "gt": "Greater than, or after.",
    "gte": "At least, or not before.",
    "contains": "Contains this text, ignoring case.",
    "startsWith": "Starts with this text, ignoring case.",
    "endsWith": "Ends with this text, ignoring case.",
    "isNull": "True: is empty. False: is not.",
}

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

Condition = Callable[[Context, Any], Domain]


class FilterTypes:
    """The filter inputs of one schema.

    :param resources: type name -> :class:`Resource`
    :param enums: (type name, field name) -> Strawberry enum of a selection
    """

    def __init__(self, resources: dict[str, Resource], enums: dict[tuple[str, str], type]):
        self._resources = resources
        self._enums = enums
        self._operator_types: dict[str, type] = {}
        # All classes exist before any is filled: they refer to each other in circles.
        self.by_type = {name: _new_class(f"{name}Filter") for name in resources}
        self._relations = {name: _new_class(f"{name}RelationFilter") for name in resources}
        self._lists = {name: _new_class(f"{name}ListFilter") for name in resources}
        for name, resource in resources.items():
            self._fill(resource, self.by_type[name])
            self._fill(resource, self._relations[name])
            _add(self._relations[name], "isNull", bool, DESCRIPTIONS["isNull"], None)
            for quantifier, description in (
                ("some", "At least one of the records matches."),
                ("none", "None of the records matches."),
            ):
                _add(self._lists[name], quantifier, self.by_type[name], description, None)
        for family in (self.by_type, self._relations, self._lists):
            for name, cls in family.items():
                define_input(cls, f"Conditions on {name} records.")

    def _fill(self, resource: Resource, cls: type) -> None:
        own = self.by_type[resource.type_name]
        many = list[own]
        _add(cls, "and", many, "All of these.", _logical(Domain.AND))
        _add(cls, "or", many, "At least one of these.", _logical(Domain.OR))
        _add(cls, "not", own, "Not this.", _negation)
        _add(cls, "id", self._operators("ID", strawberry.ID, ID_OPERATORS), "Id.", _on_id)
        for field in resource.fields.values():
            if field.filterable and field.searchable:
                self._add_field(resource, field, cls)

    def _add_field(self, resource: Resource, field: ResourceField, cls: type) -> None:
        if field.type in RELATIONS:
            target = self._resources[field.relation]
            family = self._lists if field.to_many else self._relations
            condition = _on_many if field.to_many else _on_one
            attribute = add_resource_field(cls, field, family[field.relation])
            cls._conditions[attribute] = _bind(condition, resource, field, target)
            return
        kind = value_type(field)
        if not kind.operators:
            return
        annotation = self._enums.get((resource.type_name, field.name), kind.annotation)
        operators = self._operators(_scalar_name(annotation), annotation, kind.operators)
        attribute = add_resource_field(cls, field, operators)
        cls._conditions[attribute] = _bind(_on_value, resource, field)

    def _operators(self, name: str, annotation, operators: tuple[str, ...]) -> type:
        """Return the input with these operators on a scalar: ``StringFilter``."""
        name = "PresenceFilter" if operators == ("isNull",) else f"{name}Filter"
        if operators == ("eq", "ne", "in", "notIn", "isNull") and name == "IntFilter":
            name = "NullableIntFilter"
        if name not in self._operator_types:
            cls = _new_class(name)
            for operator in operators:
                value = bool if operator == "isNull" else annotation
                if operator in ("in", "notIn"):
                    value = list[value]
                _add(cls, operator, value, DESCRIPTIONS[operator], None)
            self._operator_types[name] = define_input(cls)
        return self._operator_types[name]


def to_domain(context: Context, value: Any) -> Domain:
    """Return the domain of a filter input, every condition in it checked for access.

    :param value: the input as Strawberry gives it; None is no filter
    :raise ApiError: FORBIDDEN for a field that the caller may not read, BAD_USER_INPUT for a
        value that the field cannot be compared with, QUERY_TOO_COMPLEX for too many conditions
    """
    if value is None:
        return Domain.TRUE
    context.conditions += 1
    if context.conditions > MAX_CONDITIONS:
        raise ApiError(
            "QUERY_TOO_COMPLEX",
            f"The filters of a request may have {MAX_CONDITIONS} conditions. To compare one field "
            "with many values, use in.",
        )
    return Domain.AND(
        condition(context, operand)
        for name, condition in type(value)._conditions.items()
        if (operand := getattr(value, name)) is not strawberry.UNSET and condition is not None
    )


def _new_class(name: str) -> type:
    cls = new_input(name)
    cls._conditions = {}
    return cls


def _add(cls: type, name: str, annotation, description: str, condition: Condition | None):
    cls._conditions[add_input_field(cls, name, annotation, description)] = condition


def _bind(condition, *arguments) -> Condition:
    return lambda context, value: condition(context, *arguments, value)


def _scalar_name(annotation) -> str:
    names = {str: "String", bool: "Boolean", int: "Int", float: "Float"}
    return names.get(annotation) or annotation.__name__


def _logical(combine) -> Condition:
    def condition(context, values):
        return combine([to_domain(context, value) for value in _not_null("A list", values)])

    return condition


def _negation(context, value):
    return ~to_domain(context, _not_null("not", value))


def _not_null(what: str, value):
    if value is None:
        raise ApiError("BAD_USER_INPUT", f"{what} cannot be null here; leave the condition out.")
    return value


def _on_id(context, value) -> Domain:
    return Domain.AND(_compare("id", "many2one", *operand) for operand in _operands(value))


def _on_value(context, resource, field, value) -> Domain:
    context.check_field(resource, field, "filter by")
    return Domain.AND(_compare(field.field, field.type, *operand) for operand in _operands(value))


def _on_one(context, resource, field, target, value) -> Domain:
    context.check_field(resource, field, "filter by")
    value = _not_null(field.graphql_name, value)
    conditions = []
    is_null = value.isNull
    if is_null is not strawberry.UNSET:
        operator = "=" if _not_null("isNull", is_null) else "!="
        conditions.append(Domain(field.field, operator, False))
    inner = to_domain(context, value)
    if is_null is strawberry.UNSET or not inner.is_true():
        visible = through(context, resource, field, target, inner, True)
        conditions.append(Domain(field.field, "any", visible))
    return Domain.AND(conditions)


def _on_many(context, resource, field, target, value) -> Domain:
    context.check_field(resource, field, "filter by")
    conditions = []
    for quantifier, operator in (("some", "any"), ("none", "not any")):
        inner = getattr(_not_null(field.graphql_name, value), quantifier)
        if inner is not strawberry.UNSET:
            domain = to_domain(context, _not_null(quantifier, inner))
            visible = through(context, resource, field, target, domain, False)
            conditions.append(Domain(field.field, operator, visible))
    return Domain.AND(conditions)


def _operands(value):
    return given(_not_null("A comparison", value))


def _compare(name: str, odoo_type: str, operator: str, value) -> Domain:
    """Return one comparison as a domain."""
    if value is None:
        if operator not in ("eq", "ne") or odoo_type in _NEVER_EMPTY:
            raise ApiError("BAD_USER_INPUT", f"{operator} cannot be null here.")
        return Domain(name, _ODOO_OPERATORS[operator], False)
    if operator == "isNull":
        return Domain(name, "=" if value else "!=", False)
    if operator in ("in", "notIn"):
        return Domain(name, _ODOO_OPERATORS[operator], [_operand(name, item) for item in value])
    operand = _operand(name, value)
    if operator in ("contains", "startsWith", "endsWith"):
        pattern = _escape(operand)
        match operator:
            case "contains":
                return Domain(name, "ilike", pattern) if pattern else Domain(name, "!=", False)
            case "startsWith":
                return Domain(name, "=ilike", pattern + "%")
            case "endsWith":
                return Domain(name, "=ilike", "%" + pattern)
    return Domain(name, _ODOO_OPERATORS[operator], operand)


def _operand(name: str, value):
    if name == "id":
        return parse_id(value)
    if isinstance(value, str):
        return check_text(getattr(value, "value", value))
    if isinstance(value, float) and abs(value) > _MAX_NUMBER:
        raise ApiError("BAD_USER_INPUT", f"{value} is too large a number to compare with.")
    return getattr(value, "value", value)


def _escape(text: str) -> str:
    """Return the text for a LIKE pattern in which it stands for itself."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def enum_name(resource: Resource, field: ResourceField) -> str:
    """Return the name of the enum of a selection field: ``SaleOrderState``."""
    return resource.type_name + pascal_case(field.name)
