"""Selections -> GraphQL enums, where all of their keys can be the values of one."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

import strawberry

from ..exposure.names import GRAPHQL_NAME, pascal_case
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .definitions import LazyMapping

_NO_VALUES = ("true", "false", "null", "mro", "name", "value")
"""Keys that neither GraphQL nor Python's ``Enum`` takes for the name of a value."""


class EnumTypes(LazyMapping[tuple[str, str], type]):
    """The enums of one schema: (type name, field name) -> Strawberry enum of a selection.

    A selection whose enum would need a name that is taken has none, it is a text.

    :param resources: those of the schema
    :param taken: names of all other types
    """

    def __init__(self, resources: Iterable[Resource], taken: Iterable[str]):
        self._fields = _find_fields(list(resources), set(taken))
        names = {
            (resource.type_name, field.name): name
            for name, (resource, field) in self._fields.items()
        }
        super().__init__(names, lambda key: self._make_enum(names[key]))

    def find(self, name: str) -> type | None:
        """Return the enum of this name, None where there is none."""
        if name not in self._fields:
            return None
        resource, field = self._fields[name]
        return self[resource.type_name, field.name]

    def _make_enum(self, name: str) -> type:
        _resource, field = self._fields[name]
        make: Any = Enum  # whose first argument mypy wants to see as text in the code
        cls = make(name, {key: key for key in field.selection or ()})
        return strawberry.enum(cls, name=name, description=field.description or None)


def enum_name(resource: Resource, field: ResourceField) -> str:
    """Return the name of the enum of a selection field: ``SaleOrderState``."""
    return resource.type_name + pascal_case(field.name)


def _find_fields(
    resources: list[Resource], taken: set[str]
) -> dict[str, tuple[Resource, ResourceField]]:
    """Return the selections that become enums, by the name of the enum.

    Those of resources come first, then those of the arguments of their actions.
    """
    found = {}
    shapes = [shape for resource in resources for shape in resource.argument_shapes]
    for resource in [*resources, *shapes]:
        for field in resource.fields.values():
            if field.selection and _is_enum(field.selection):
                name = enum_name(resource, field)
                names = {name, f"{name}Filter"}
                if taken.isdisjoint(names):
                    taken |= names
                    found[name] = (resource, field)
    return found


def _is_enum(selection: tuple[str, ...]) -> bool:
    """Tell whether the keys of a selection can be the values of a GraphQL enum."""
    return all(
        GRAPHQL_NAME.match(key) and not key.startswith("_") and key not in _NO_VALUES
        for key in selection
    )
