"""Filter inputs, one class per resource, and their translation to Odoo domains."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import strawberry

from odoo.fields import Domain

from ..access.access import visible_domain
from ..access.context import Context
from ..access.external_ids import having_external_ids
from ..access.references import named_model
from ..exposure.errors import ApiError
from ..exposure.names import EXTERNAL_ID, EXTERNAL_ID_FILTER, pascal_case
from ..exposure.resource import Resource
from ..exposure.resource_field import RELATIONS, ResourceField
from ..values.definitions import LazyMapping
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
    "eq": "Equal; null matches empty values.",
    "ne": "Not equal; empty values match, too.",
    "in": "One of these.",
    "notIn": "None of these; empty values match, too.",
    "lt": "Less than, or before.",
    "lte": "At most, or not after.",
    "gt": "Greater than, or after.",
    "gte": "At least, or not before.",
    "contains": "Contains this text, ignoring case. An empty text matches all.",
    "startsWith": "Starts with this text, ignoring case. An empty text matches all.",
    "endsWith": "Ends with this text, ignoring case. An empty text matches all.",
    "isNull": "true: is empty. false: is not empty.",
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
        enums: Mapping[tuple[str, str], type],
    ):
        self._resources = resources
        self._logged = logged
        self._enums = enums
        self._operator_types: dict[str, type] = {}
        self.by_type = LazyMapping(resources, self._filter)
        self.relations = LazyMapping(resources, self._relation_filter)
        self.lists = LazyMapping(resources, self._list_filter)

    def _filter(self, name: str) -> type:
        def add_fields(cls: type) -> None:
            self._fill(self._resources[name], cls, _on_id)

        return _define(f"{name}Filter", name, add_fields)

    def _relation_filter(self, name: str) -> type:
        def add_fields(cls: type) -> None:
            self._fill(self._resources[name], cls, None)
            _add(cls, "isNull", bool, DESCRIPTIONS["isNull"], None)

        return _define(f"{name}RelationFilter", name, add_fields)

    def _list_filter(self, name: str) -> type:
        def add_fields(cls: type) -> None:
            for quantifier, description in (
                ("some", "At least one of the records matches; {} matches any record."),
                ("none", "None of the records matches; {} matches any record."),
            ):
                _add(cls, quantifier, self.by_type[name], description, None)

        return _define(f"{name}ListFilter", name, add_fields)

    def _fill(self, resource: Resource, cls: Any, on_id: Condition | None) -> None:
        own = self.by_type[resource.type_name]
        many = list[own]
        _add(cls, "and", many, "All of these.", _logical(Domain.AND))
        _add(cls, "or", many, "At least one of these.", _logical(Domain.OR))
        _add(cls, "not", own, "Not this.", _negation)
        _add(cls, "id", self._id_operators(), "Id.", on_id)
        if "read" in resource.operations:
            condition = _bind(_on_external_id, resource)
            _add(cls, EXTERNAL_ID, self._external_id_operators(), "External id.", condition)
        for field in self._fields(resource):
            self._add_field(resource, field, cls)

    def _fields(self, resource: Resource) -> Iterator[ResourceField]:
        """Yield the fields that the records of a resource are filtered by, without the id."""
        if resource.type_name in self._logged and "read" in resource.operations:
            yield CREATE_DATE_FIELD
            yield WRITE_DATE_FIELD
        for field in resource.fields.values():
            if field.filterable and field.searchable:
                yield field

    def _add_field(self, resource: Resource, field: ResourceField, cls: Any) -> None:
        if field.type in RELATIONS:
            target = self._resources[field.target]
            family = self.lists if field.to_many else self.relations
            condition = _on_many if field.to_many else _on_one
            attribute = add_resource_field(cls, field, family[field.target])
            cls._conditions[attribute] = _bind(condition, resource, field, target)
            return
        if (comparison := self._comparison(resource, field)) is not None:
            attribute = add_resource_field(cls, field, self._operators(*comparison))
            cls._conditions[attribute] = _bind(_on_value, resource, field)

    def _comparison(
        self, resource: Resource, field: ResourceField
    ) -> tuple[str, Any, tuple[str, ...]] | None:
        """Return the input's name, the type of the operands and the operators of a value."""
        kind = value_type(field)
        if not kind.operators:
            return None
        annotation = self._enums.get((resource.type_name, field.name), kind.annotation)
        return _operators_name(annotation, kind.operators), annotation, kind.operators

    def operators(self, name: str) -> type | None:
        """Return the input with the operators on a value that has this name, if filters use it."""
        if name == "IDFilter":
            return self._id_operators()
        if name == EXTERNAL_ID_FILTER:
            return self._external_id_operators()
        if name not in self._operator_types and name.endswith("Filter"):
            for resource in self._resources.values():
                for field in self._fields(resource):
                    if field.type not in RELATIONS:
                        comparison = self._comparison(resource, field)
                        if comparison is not None and comparison[0] == name:
                            return self._operators(*comparison)
        return self._operator_types.get(name)

    def _id_operators(self) -> type:
        return self._operators("IDFilter", strawberry.ID, ID_OPERATORS)

    def _external_id_operators(self) -> type:
        return self._operators(EXTERNAL_ID_FILTER, str, ("eq", "in"))

    def _operators(self, name: str, annotation: Any, operators: tuple[str, ...]) -> type:
        """Return the input of this name with these operators: ``StringFilter``."""
        if name not in self._operator_types:

            def add_fields(cls: type) -> None:
                for operator in operators:
                    value = bool if operator == "isNull" else annotation
                    if operator in ("in", "notIn"):
                        value = list[value]
                    _add(cls, operator, value, DESCRIPTIONS[operator], None)

            self._operator_types[name] = define_input(_new_class(name), add_fields)
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


def _define(name: str, type_name: str, add_fields: Callable[[type], None]) -> type:
    return define_input(_new_class(name), add_fields, f"Conditions on {type_name} records.")


def _operators_name(annotation: Any, operators: tuple[str, ...]) -> str:
    names = {str: "String", bool: "Boolean", int: "Int", float: "Float"}
    name = f"{names.get(annotation) or annotation.__name__}Filter"
    if operators == ("isNull",):
        return "PresenceFilter"
    if operators == ("eq", "ne", "in", "notIn", "isNull") and name == "IntFilter":
        return "NullableIntFilter"
    return name


def _add(cls: Any, name: str, annotation, description: str, condition: Condition | None):
    cls._conditions[add_input_field(cls, name, annotation, description)] = condition


def _bind(condition, *arguments) -> Condition:
    return lambda context, value: condition(context, *arguments, value)


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


def _on_external_id(context, resource, value) -> Domain | None:
    conditions = []
    for operator, operand in _operands(value):
        operand = _not_null(operator, operand)
        wanted = operand if operator == "in" else [operand]
        conditions.append(having_external_ids(context, resource, wanted))
    return _all_of(conditions)


def _on_value(context, resource, field, value) -> Domain | None:
    context.check_field(resource, field, "filter by")
    operands = _operands(value)
    if field.model_of:
        operands = ((name, _named_models(context, operand)) for name, operand in operands)
    return _all_of(compare(field.field, field.type, *operand) for operand in operands)


def _named_models(context, operand):
    """Return an operand of a field that holds a model, with Odoo's names in it."""
    match operand:
        case str():
            return named_model(context, operand)
        case list():
            return [named_model(context, name) for name in operand]
    return operand


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
