"""Types of resources in the code of addons.

Every database has types of its own, and so has every policy, while the code is shared by all
databases of the process: it names the types, and is bound to those of each schema.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import strawberry
from graphql import OperationType, get_named_type
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryTypeVar,
    has_object_definition,
)

from odoo.models import BaseModel

from ..access.context import Context
from ..reading.record_by_record import LOADER, to_records
from ..reading.selection import selected_columns
from .batches import visible


def resource_type(type_name: str) -> TypeVar:
    """Return an annotation for what returns records of a resource::

        Customer = resource_type("Customer")

        @strawberry.type
        class Nearby:
            @strawberry.field
            def customers_in(self, info: strawberry.Info, city: str) -> list[Customer]: ...

    Of the records that the resolver returns, clients get those that they could read otherwise:
    lists lose the others, a single one is FORBIDDEN. Where clients cannot read the type, the whole
    class is left out of the schema.
    """
    return TypeVar(type_name)


def named_types(cls: type, seen: tuple = ()) -> set[str]:
    """Return the names of the resource types that a Strawberry type leads to."""
    names: set[str] = set()
    if not has_object_definition(cls):  # an enum, a union
        return names
    for field in cls.__strawberry_definition__.fields:
        inner = _innermost(field.type)
        if isinstance(inner, StrawberryTypeVar):
            names.add(inner.type_var.__name__)
        elif has_object_definition(inner) and inner not in seen:
            names |= named_types(inner, (*seen, inner))
    return names


class Binding:
    """Binds the code of addons to the types of one schema.

    :param types: type name -> Strawberry type, of the resources that clients may read
    """

    def __init__(self, types: Mapping[str, type]):
        self._types = types
        self._bound: dict[type, type] = {}

    def bind(self, classes: Iterable[type]) -> list[type]:
        """Return the classes for the schema, without those that lead to types it lacks."""
        return [self._class(cls) for cls in classes if named_types(cls) <= self._types.keys()]

    def fields(self, cls: Any) -> dict:
        """Return the fields of a class by name; none where it leads to a type that is missing."""
        if not named_types(cls) <= self._types.keys():
            return {}
        return {
            field.python_name: self._field(field) for field in cls.__strawberry_definition__.fields
        }

    def _class(self, cls: Any) -> type:
        """Return a class as it is, or a copy of one that leads to resources.

        The class itself is shared by all databases.
        """
        if not named_types(cls):
            return cls
        if cls not in self._bound:
            definition = cls.__strawberry_definition__
            self._bound[cls] = bound = type(cls.__name__, (), {"__annotations__": {}})
            for name, field in self.fields(cls).items():
                setattr(bound, name, field)
            strawberry.type(bound, name=definition.name, description=definition.description)
        return self._bound[cls]

    def _field(self, field):
        inner = _innermost(field.type)
        if isinstance(inner, StrawberryTypeVar):
            copied = field.copy_with(self._types)
            if LOADER not in field.metadata:
                copied.extensions = [*field.extensions, _VisibleRecords()]
            return copied
        copied = copy.copy(field)
        if has_object_definition(inner):
            returned = _replace_innermost(field.type, self._class(inner))
            copied.type_annotation = StrawberryAnnotation(returned)
        return copied


def _innermost(field_type):
    while isinstance(field_type, StrawberryContainer):
        field_type = field_type.of_type
    return field_type


def _replace_innermost(field_type, inner: type):
    if isinstance(field_type, StrawberryContainer):
        return type(field_type)(_replace_innermost(field_type.of_type, inner))
    return inner


class _VisibleRecords(FieldExtension):
    """Lets through what a resolver returns as far as the caller may see it."""

    def resolve(self, next_, source, info: strawberry.Info, **arguments):
        returned = next_(source, info, **arguments)
        is_mutation = info.operation.operation == OperationType.MUTATION
        if is_mutation and not isinstance(source, BaseModel):
            # What was written is read again: rounded, sanitized and computed as it is kept.
            info.context.env.flush_all()
            info.context.env.invalidate_all()
        context: Context = info.context
        target = context.resources[get_named_type(info._raw_info.return_type).name]
        columns = selected_columns(context, info, target)
        (entry,) = to_records(context, target, visible(info, [returned], columns))
        if isinstance(entry, Exception):
            raise entry
        return entry
