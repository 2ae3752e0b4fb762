"""Filter inputs, one class per resource, and their translation to Odoo domains."""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry

from odoo.fields import Domain

from ..access.access import Context, visible_domain
from ..exposure.errors import ApiError
from ..exposure.names import pascal_case
from ..exposure.resource import RELATIONS, Resource, ResourceField
from ..values.input_objects import (
    add_input_field,
    add_resource_field,
    define_input,
    given,
    new_input,
)
from ..values.scalars import ID_OPERATORS, value_type
from .comparisons import compare, presence
from .ordering import CREATE_DATE_FIELD, WRITE_DATE_FIELD

MAX_CONDITIONS = 1000
"""Filter objects of a request, nested ones included."""

DESCRIPTIONS = {
    "eq": "Equal; null matches what is empty.",
    "ne": "Not equal; what is empty is not equal to any value.",
    "in": "One of these.",
    "notIn": "None of these; what is empty is none of them.",
    "lt": "Less than, or before.",
    "lte": "At most, or not after.",
    "gt": "Greater than, or after.",
    "gte": "At least, or not before.",
    "contains": "Contains this text, ignoring case. An empty text matches all.",
    "startsWith": "Starts with this text, ignoring case. An empty text matches all.",
    "endsWith": "Ends with this text, ignoring case. An empty text matches all.",
    "isNull": "True: is empty. False: is not.",
}

Condition = Callable[[Context, Any], Domain | None]
"""What a client gave -> its domain; None where it is no condition."""


class FilterTypes:
    """The filter inputs of one schema.

    :param resources: type name -> :class:`Resource`
    :param logged: names of the types whose model keeps ``create_date`` and ``write_date``
    :param enums: (type name, field name) -> Strawberry enum of a selection
    """

    def __init__(
        self,
        resources: dict[str, Resource],
        logged: set[str],
        enums: dict[tuple[str, str], type],
    ):
        self._resources = resources
        self._logged = logged
        self._enums = enums
        self._operator_types: dict[str, type] = {}
        # All classes exist before any is filled: they refer to each other in circles.
        self.by_type = {name: _new_class(f"{name}Filter") for name in resources}
        self._relations = {name: _new_class(f"{name}RelationFilter") for name in resources}
        self._lists = {name: _new_class(f"{name}ListFilter") for name in resources}
        for name, resource in resources.items():
            self._fill(resource, self.by_type[name], _on_id)
            self._fill(resource, self._relations[name], None)
            _add(self._relations[name], "isNull", bool, DESCRIPTIONS["isNull"], None)
            for quantifier, description in (
                ("some", "At least one of the records matches; {} is any record."),
                ("none", "None of the records matches; {} is any record."),
            ):
                _add(self._lists[name], quantifier, self.by_type[name], description, None)
        for family in (self.by_type, self._relations, self._lists):
            for name, cls in family.items():
                define_input(cls, f"Conditions on {name} records.")

    def _fill(self, resource: Resource, cls: Any, on_id: Condition | None) -> None:
        own = self.by_type[resource.type_name]
        many = list[own]
        _add(cls, "and", many, "All of these.", _logical(Domain.AND))
        _add(cls, "or", many, "At least one of these.", _logical(Domain.OR))
        _add(cls, "not", own, "Not this.", _negation)
        _add(cls, "id", self._operators("ID", strawberry.ID, ID_OPERATORS), "Id.", on_id)
        if resource.type_name in self._logged and "read" in resource.operations:
            self._add_field(resource, CREATE_DATE_FIELD, cls)
            self._add_field(resource, WRITE_DATE_FIELD, cls)
        for field in resource.fields.values():
            if field.filterable and field.searchable:
                self._add_field(resource, field, cls)

    def _add_field(self, resource: Resource, field: ResourceField, cls: Any) -> None:
        if field.type in RELATIONS:
            target = self._resources[field.target]
            family = self._lists if field.to_many else self._relations
            condition = _on_many if field.to_many else _on_one
            attribute = add_resource_field(cls, field, family[field.target])
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
    domain = None if value is None else _conditions(context, value)
    return Domain.TRUE if domain is None else domain


def _conditions(context: Context, value: Any) -> Domain | None:
    """Return what all conditions of a filter input come to, None where it has none.

    A filter may have none because its variables were left out. That must not count as a condition
    that every record meets: ``not`` and relations would make the opposite of it.
    """
    context.conditions += 1
    if context.conditions > MAX_CONDITIONS:
        raise ApiError(
            "QUERY_TOO_COMPLEX",
            f"The filters of a request may have {MAX_CONDITIONS} conditions. To compare one field "
            "with many values, use in.",
        )
    return _all_of(
        condition(context, operand)
        for name, condition in type(value)._conditions.items()
        if (operand := getattr(value, name)) is not strawberry.UNSET and condition is not None
    )


def _all_of(domains: Iterable[Domain | None]) -> Domain | None:
    """Return the conjunction of the conditions among these, None where there are none."""
    conditions = [domain for domain in domains if domain is not None]
    return Domain.AND(conditions) if conditions else None


def _new_class(name: str) -> Any:
    cls: Any = new_input(name)
    cls._conditions = {}
    return cls


def _add(cls: Any, name: str, annotation, description: str, condition: Condition | None):
    cls._conditions[add_input_field(cls, name, annotation, description)] = condition


def _bind(condition, *arguments) -> Condition:
    return lambda context, value: condition(context, *arguments, value)


def _scalar_name(annotation) -> str:
    names = {str: "String", bool: "Boolean", int: "Int", float: "Float"}
    return names.get(annotation) or annotation.__name__


def _logical(combine) -> Condition:
    def condition(context, values):
        parts = [_conditions(context, value) for value in _not_null("A list", values)]
        conditions = [part for part in parts if part is not None]
        return None if parts and not conditions else combine(conditions)

    return condition


def _negation(context, value):
    domain = _conditions(context, _not_null("not", value))
    return None if domain is None else ~domain


def _not_null(what: str, value):
    if value is None:
        raise ApiError("BAD_USER_INPUT", f"{what} cannot be null here; leave the condition out.")
    return value


def _on_id(context, value) -> Domain | None:
    return _all_of(compare("id", "many2one", *operand) for operand in _operands(value))


def _on_value(context, resource, field, value) -> Domain | None:
    context.check_field(resource, field, "filter by")
    return _all_of(compare(field.field, field.type, *operand) for operand in _operands(value))


def _on_one(context, resource, field, target, value) -> Domain | None:
    context.check_field(resource, field, "filter by")
    value = _not_null(field.graphql_name, value)

    def at_other_end(operator: str, domain: Domain) -> Domain:
        visible = visible_domain(context, resource, field, target, domain, True)
        return Domain(field.field, operator, visible)

    conditions = []
    if value.isNull is not strawberry.UNSET:
        conditions.append(presence(field.field, _not_null("isNull", value.isNull)))
    inner = [_conditions(context, value)]
    if value.id is not strawberry.UNSET:
        # Where a relation leads to no record, the id is empty, which "any" never finds.
        for operator, operand in _operands(value.id):
            domain = compare("id", "many2one", operator, operand)
            if operator == "isNull" or operand is None:
                is_empty = operand if operator == "isNull" else operator == "eq"
                conditions.append(presence(field.field, is_empty))
            elif operator in ("ne", "notIn"):
                conditions.append(at_other_end("not any", ~domain))
            else:
                inner.append(domain)
    if (domain := _all_of(inner)) is not None:
        conditions.append(at_other_end("any", domain))
    return _all_of(conditions)


def _on_many(context, resource, field, target, value) -> Domain | None:
    context.check_field(resource, field, "filter by")
    conditions = []
    for quantifier, operator in (("some", "any"), ("none", "not any")):
        inner = getattr(_not_null(field.graphql_name, value), quantifier)
        if inner is strawberry.UNSET:
            continue
        domain = _conditions(context, _not_null(quantifier, inner))
        if domain is None and any(given(inner)):
            continue
        domain = Domain.TRUE if domain is None else domain
        visible = visible_domain(context, resource, field, target, domain, False)
        conditions.append(Domain(field.field, operator, visible))
    return _all_of(conditions)


def _operands(value):
    return given(_not_null("A comparison", value))


def enum_name(resource: Resource, field: ResourceField) -> str:
    """Return the name of the enum of a selection field: ``SaleOrderState``."""
    return resource.type_name + pascal_case(field.name)
