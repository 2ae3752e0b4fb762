"""Object types, one per resource, whose fields read Odoo records."""

import inspect
from collections.abc import Callable
from enum import Enum
from typing import Any, Optional

import strawberry
from strawberry.schema.name_converter import NameConverter

from .access.loaders import Loader
from .addons.binding import Binding, named_types
from .exposure.names import GRAPHQL_NAME, camel_case
from .exposure.resource import RELATIONS, Resource, ResourceField
from .problems import BUILT_IN_TYPES, type_names
from .reading.fields import (
    ID_COLUMN,
    VERSION_COLUMN,
    display_name_column,
    file_loader,
    many2one_loader,
    to_many_loader,
    value_column,
)
from .reading.files import File
from .reading.filters import FilterTypes, enum_name
from .reading.ordering import (
    CREATE_DATE_FIELD,
    WRITE_DATE_FIELD,
    order_class,
    sortable_fields,
)
from .reading.pagination import PageInfo
from .reading.record_by_record import LOADER, record_resolver
from .values.scalars import FILE_TYPES, DateTime, value_type

_NAMES = NameConverter()
"""How Strawberry names the fields of addons."""


class ResourceTypes:
    """The Strawberry types of all resources of one schema.

    ``loaders`` are by the name of the type and the GraphQL name of the field.

    :param resources: type name -> :class:`Resource`
    :param logged: names of the types whose model keeps ``create_date`` and ``write_date``
    :param extensions: type name -> Strawberry classes whose fields the type gets too
    """

    def __init__(
        self,
        resources: dict[str, Resource],
        logged: set[str],
        extensions: dict[str, list[type]],
    ):
        self.resources = resources
        self.loaders: dict[tuple[str, str], Loader] = {}
        self._logged = logged
        self.enums = self._build_enums()
        self.sortable = {
            name: self._sortable_fields(resource) for name, resource in resources.items()
        }
        self.filters = FilterTypes(resources, logged, self.enums).by_type
        self.orders = {
            name: order_class(resource, self.sortable[name]) for name, resource in resources.items()
        }
        # All classes exist before any is filled: they refer to each other in circles.
        extended = {
            name: extensions.get(name, ()) if "read" in resource.operations else ()
            for name, resource in resources.items()
        }
        self.by_type = {
            name: type(
                name,
                tuple(cls for cls in classes if not named_types(cls)),
                {"__annotations__": {}},
            )
            for name, classes in extended.items()
        }
        self.readable = {
            name: self.by_type[name]
            for name, resource in resources.items()
            if "read" in resource.operations
        }
        self.code = Binding(self.readable)
        for name, classes in extended.items():
            for cls in filter(named_types, classes):
                for field_name, field in self.code.fields(cls).items():
                    setattr(self.by_type[name], field_name, field)
        for name, resource in resources.items():
            self._fill(resource, self.by_type[name])
        for name, cls in self.by_type.items():
            strawberry.type(cls, name=name, description=resources[name].description or None)
            if extended[name]:
                self._add_batch_fields(name, cls)
        self.connections = {name: self._connection(name) for name in resources}

    def _build_enums(self) -> dict[tuple[str, str], type]:
        enums: dict[tuple[str, str], type] = {}
        make: Any = Enum  # whose first argument mypy wants to see as text in the code
        taken = BUILT_IN_TYPES.union(*map(type_names, self.resources.values()))
        for resource in self.resources.values():
            for field in resource.fields.values():
                name = enum_name(resource, field)
                names = {name, f"{name}Filter"}
                if _is_enum(field.selection) and taken.isdisjoint(names):
                    taken |= names
                    cls = make(name, {key: key for key in field.selection or ()})
                    enums[resource.type_name, field.name] = strawberry.enum(
                        cls, name=name, description=field.description or None
                    )
        return enums

    def _sortable_fields(self, resource: Resource) -> dict[str, ResourceField]:
        fields = sortable_fields(resource)
        if resource.type_name in self._logged:
            fields |= {field.name: field for field in (CREATE_DATE_FIELD, WRITE_DATE_FIELD)}
        return fields

    def _add_batch_fields(self, type_name: str, cls: Any) -> None:
        """Add the loaders of fields in the code of addons.

        Extensions of a field, like permissions, are made for one record: it is resolved one by one.
        """
        for field in cls.__strawberry_definition__.fields:
            if LOADER in field.metadata and not field.extensions:
                name = _NAMES.get_graphql_name(field)
                self.loaders.setdefault((type_name, name), field.metadata[LOADER])

    def _fill(self, resource: Resource, cls: type) -> None:
        def add(
            name: str,
            annotation,
            loader: Loader,
            description: str,
            arguments: Callable | None = None,
            deprecation_reason: str | None = None,
        ) -> None:
            parameters = inspect.signature(arguments).parameters.values() if arguments else ()
            definition = strawberry.field(
                record_resolver(loader, annotation, parameters),
                name=camel_case(name),
                description=description or None,
                deprecation_reason=deprecation_reason,
            )
            setattr(cls, name, definition)
            self.loaders[resource.type_name, camel_case(name)] = loader

        add("id", strawberry.ID, ID_COLUMN, "The record's id in Odoo.")
        logged = resource.type_name in self._logged
        readable = "read" in resource.operations
        if readable:
            add(
                "display_name",
                Optional[str],  # noqa: UP045 - a run-time value
                display_name_column(resource),
                "The name that Odoo shows for the record.",
            )
        if readable and logged:
            for field in (CREATE_DATE_FIELD, WRITE_DATE_FIELD):
                annotation = Optional[DateTime]  # noqa: UP045
                add(field.name, annotation, value_column(resource, field), field.description)
        if logged:
            add(
                "version",
                Optional[str],  # noqa: UP045
                VERSION_COLUMN,
                "An opaque text that changes with every write to the record.",
            )
        for field in resource.fields.values():
            if field.readable:
                annotation, loader, arguments = self._field(resource, field)
                # One loader for all names of a field; its own comes first.
                own = resource.fields[field.alias_of or field.name]
                loader = self.loaders.get((resource.type_name, own.graphql_name), loader)
                reason = field.deprecation_reason
                add(field.name, annotation, loader, field.description, arguments, reason)

    def _field(
        self, resource: Resource, field: ResourceField
    ) -> tuple[Any, Loader, Callable | None]:
        """Return the type and the loader of a field, and a function that has its arguments."""
        enum = self.enums.get((resource.type_name, field.name))
        # Under a former name it is read as under its own, for both at once; but an enum has a
        # type of its own there, which variables of old queries name.
        field = resource.fields[field.alias_of or field.name]
        if field.type in RELATIONS:
            target = self.resources[field.target]
            node = self.by_type[target.type_name]
            if not field.to_many:
                return Optional[node], many2one_loader(resource, field, target), None  # noqa: UP045
            loader = to_many_loader(resource, field, target, self.sortable[target.type_name])
            return Optional[list[node]], loader, self._list_arguments(target)  # noqa: UP045
        if field.type in FILE_TYPES:
            return Optional[File], file_loader(resource, field), None  # noqa: UP045
        annotation = Optional[enum or value_type(field).annotation]  # noqa: UP045
        return annotation, value_column(resource, field), None

    def _list_arguments(self, target: Resource) -> Callable:
        """Return a function that has the arguments of a list below a record."""
        filter_type = self.filters[target.type_name]
        order_type = self.orders[target.type_name]

        def arguments(
            filter: filter_type | None = None,
            order_by: list[order_type] | None = None,
            first: int | None = None,
            offset: int | None = None,
            include_archived: bool = False,
        ): ...

        return arguments

    def _connection(self, type_name: str) -> type:
        node = self.by_type[type_name]
        edge = type(f"{type_name}Edge", (), {"__annotations__": {"cursor": str, "node": node}})
        edge = strawberry.type(edge, description=f"A {type_name} in its list.")

        class Connection:
            @strawberry.field(description="The number of records in the whole list.")
            def total_count(self) -> int:
                return self.total_count

            @strawberry.field
            def page_info(self: Any) -> PageInfo:
                return self

            @strawberry.field
            def nodes(self: Any) -> list[node]:
                return self.records

            @strawberry.field
            def edges(self: Any) -> list[edge]:
                cursors = self.cursors
                return [edge(cursor=cursors[record.id], node=record) for record in self.records]

        Connection.__name__ = f"{type_name}Connection"
        return strawberry.type(Connection, description=f"A page of a list of {type_name} records.")


def _is_enum(selection) -> bool:
    """Tell whether the keys of a selection can be the values of a GraphQL enum."""
    return bool(selection) and all(
        GRAPHQL_NAME.match(key)
        and not key.startswith("_")
        and key not in ("true", "false", "null", "mro", "name", "value")
        for key in selection
    )
