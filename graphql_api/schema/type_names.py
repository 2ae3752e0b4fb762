"""The types of a schema by their names, for those that a document names."""

from collections.abc import Mapping
from typing import Any

from .grouping.aggregates import (
    AggregatesOrder,
    DateAggregates,
    DateTimeAggregates,
    FloatAggregates,
    IntAggregates,
)
from .grouping.aggregation import GroupTypes
from .grouping.group_keys import Granularity
from .reading.files import File
from .reading.ordering import OrderDirection
from .reading.pagination import PageInfo
from .reading.reports import PdfReport
from .types import ResourceTypes
from .values.scalars import SCALAR_MAP
from .writing.inputs import InputTypes

_KINDS: tuple[Any, ...] = (
    AggregatesOrder,
    DateAggregates,
    DateTimeAggregates,
    File,
    FloatAggregates,
    Granularity,
    IntAggregates,
    OrderDirection,
    PageInfo,
    PdfReport,
)
_SHARED: dict[str, Any] = {kind.__strawberry_definition__.name: kind for kind in _KINDS} | {
    definition.name: kind for kind, definition in SCALAR_MAP.items()
}
"""The types that all resources share."""


class TypeNames:
    """Finds the types of resources, of one schema, by their names, and makes no other."""

    def __init__(self, types: ResourceTypes, inputs: InputTypes, groups: GroupTypes):
        self._types = types
        self._inputs = inputs
        self._families: dict[str, Mapping[str, type]] = {
            "": types.by_type,
            "Aggregate": groups.groups,
            "Connection": types.connections,
            "CreateInput": inputs.create,
            "Edge": types.edges,
            "Filter": types.filters.by_type,
            "GroupBy": groups.group_by,
            "GroupKeys": groups.keys,
            "GroupOrder": groups.orders,
            "Key": inputs.keys,
            "ListFilter": types.filters.lists,
            "ListInput": inputs.attachment_lists,
            "NestedUpdateInput": inputs.nested_updates,
            "NestedUpsertInput": inputs.nested_upserts,
            "Order": types.orders,
            "RelationFilter": types.filters.relations,
            "UpdateInput": inputs.update,
            "Input": inputs.arguments,
        }

    def add(self, families: Mapping[str, Mapping[str, type]]) -> None:
        """Add types of resources: end of their names -> type name of the resource -> type."""
        self._families.update(families)

    def find(self, name: str) -> Any:
        """Return the Strawberry type of a name, None where there is none."""
        for suffix, family in self._families.items():
            type_name = name.removesuffix(suffix)
            if f"{type_name}{suffix}" == name and type_name in family:
                return family[type_name]
        return (
            _SHARED.get(name)
            or self._types.enums.find(name)
            or self._types.filters.operators(name)
            or self._inputs.list_input(name)
        )
