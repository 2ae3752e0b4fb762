"""The inputs of filters: of each resource, of relations to it, and of comparisons.

What they mean is in :mod:`.conditions`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import strawberry

from ..exposure.names import EXTERNAL_ID, EXTERNAL_ID_FILTER
from ..exposure.resource import Resource
from ..exposure.resource_field import RELATIONS, ResourceField
from ..values.definitions import LazyMapping
from ..values.input_objects import (
    add_input_field,
    add_resource_field,
    define_input,
    new_input,
)
from ..values.scalars import ID_OPERATORS, value_type
from .conditions import (
    Condition,
    conjunction,
    disjunction,
    negation,
    on_external_id,
    on_id,
    on_many,
    on_one,
    on_value,
)
from .ordering import CREATE_DATE_FIELD, WRITE_DATE_FIELD

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
            self._fill(self._resources[name], cls, on_id)

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

    def _fill(self, resource: Resource, cls: Any, id_condition: Condition | None) -> None:
        own = self.by_type[resource.type_name]
        many = list[own]
        _add(cls, "and", many, "All of these.", conjunction)
        _add(cls, "or", many, "At least one of these.", disjunction)
        _add(cls, "not", own, "Not this.", negation)
        _add(cls, "id", self._id_operators(), "Id.", id_condition)
        if "read" in resource.operations:
            condition = _bind(on_external_id, resource)
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
            condition = on_many if field.to_many else on_one
            attribute = add_resource_field(cls, field, family[field.target])
            cls._conditions[attribute] = _bind(condition, resource, field, target)
            return
        if (comparison := self._comparison(resource, field)) is not None:
            attribute = add_resource_field(cls, field, self._operators(*comparison))
            cls._conditions[attribute] = _bind(on_value, resource, field)

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
