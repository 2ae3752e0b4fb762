"""Object types, one per resource, whose fields read Odoo records."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Optional

import strawberry
from strawberry.schema.name_converter import NameConverter
from strawberry.types.field import StrawberryField

from .access.loaders import Loader
from .access.odoo_models import OWNER_NAMES
from .addons.binding import Binding
from .exposure.names import EXTERNAL_ID, camel_case
from .exposure.resource import ATTACHMENTS, Resource
from .exposure.resource_field import RELATIONS, ResourceField
from .problems import BUILT_IN_TYPES, type_names
from .reading.connections import connection_type, edge_type
from .reading.fields import (
    ID_COLUMN,
    VERSION_COLUMN,
    display_name_column,
    external_id_column,
    file_loader,
    many2one_loader,
    model_column,
    name_column,
    owner_name_column,
    to_many_loader,
    value_column,
)
from .reading.files import File
from .reading.filters import FilterTypes
from .reading.ordering import (
    CREATE_DATE_FIELD,
    WRITE_DATE_FIELD,
    order_class,
    sortable_fields,
)
from .reading.record_by_record import LOADER, record_resolver
from .reading.reports import PdfReport, reports_loader
from .values.definitions import LazyMapping, define
from .values.enums import EnumTypes
from .values.scalars import FILE_TYPES, DateTime, value_type

_NAMES = NameConverter()
"""How Strawberry names the fields of addons."""


class Fields(NamedTuple):
    """The fields of a type: their definitions by name in Python, their loaders by GraphQL's."""

    definitions: dict[str, StrawberryField]
    loaders: dict[str, Loader]


class Loaders(Mapping[tuple[str, str], Loader]):
    """The loaders of all fields, by the name of the type and the GraphQL name of the field.

    :param fields: type name -> its fields, which are made when they are asked for
    """

    def __init__(self, fields: Mapping[str, Fields]):
        self._fields = fields

    def __getitem__(self, key: tuple[str, str]) -> Loader:
        type_name, name = key
        return self._fields[type_name].loaders[name]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for type_name, fields in self._fields.items():
            for name in fields.loaders:
                yield type_name, name

    def __len__(self) -> int:
        return sum(len(fields.loaders) for fields in self._fields.values())


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
        self._logged = logged
        self._extensions = extensions
        taken = BUILT_IN_TYPES.union(*map(type_names, resources.values()))
        self.enums = EnumTypes(resources.values(), taken)
        self.sortable = LazyMapping(resources, self._sortable_fields)
        self.filters = FilterTypes(resources, logged, self.enums)
        self.orders = LazyMapping(
            resources, lambda name: order_class(resources[name], self.sortable[name])
        )
        self.by_type = LazyMapping(resources, self._object_type)
        self.readable = LazyMapping(
            [name for name, resource in resources.items() if "read" in resource.operations],
            self.by_type.__getitem__,
        )
        self.code = Binding(self.readable)
        self._fields = LazyMapping(resources, self._make_fields)
        self.loaders = Loaders(self._fields)
        self.edges = LazyMapping(resources, lambda name: edge_type(name, self.by_type[name]))
        self.connections = LazyMapping(
            resources, lambda name: connection_type(name, self.by_type[name], self.edges[name])
        )

    def _sortable_fields(self, name: str) -> dict[str, ResourceField]:
        fields = sortable_fields(self.resources[name])
        if name in self._logged:
            fields |= {field.name: field for field in (CREATE_DATE_FIELD, WRITE_DATE_FIELD)}
        return fields

    def _object_type(self, name: str) -> type:
        cls: Any = type(name, (), {})

        def make_fields() -> list[StrawberryField]:
            fields = list(self._fields[name].definitions.values())
            for field in fields:
                field.origin = field.origin or cls
            return fields

        return define(cls, make_fields, self.resources[name].description or None)

    def code_fields(self, name: str) -> dict[str, StrawberryField]:
        """Return the fields that code adds to a type, by their names in Python."""
        fields: dict[str, StrawberryField] = {}
        if name in self.readable:
            for cls in self._extensions.get(name, ()):
                fields |= self.code.fields(cls)
        return fields

    def _make_fields(self, name: str) -> Fields:
        resource = self.resources[name]
        definitions = self.code_fields(name)
        names_in_code = set(map(_NAMES.get_graphql_name, definitions.values()))
        # Extensions of a field, like permissions, are made for one record: it is resolved one by
        # one.
        in_code = {
            _NAMES.get_graphql_name(field): field.metadata[LOADER]
            for field in definitions.values()
            if LOADER in field.metadata and not field.extensions
        }
        loaders: dict[str, Loader] = {}

        def add(
            name: str,
            annotation,
            loader: Loader,
            description: str,
            arguments: Callable | None = None,
            deprecation_reason: str | None = None,
        ) -> None:
            parameters = inspect.signature(arguments).parameters.values() if arguments else ()
            definitions[name] = field = strawberry.field(
                record_resolver(loader, annotation, parameters),
                name=camel_case(name),
                description=description or None,
                deprecation_reason=deprecation_reason,
            )
            field.python_name = name
            loaders[camel_case(name)] = loader

        for automatic in self._automatic_fields(resource, names_in_code | definitions.keys()):
            add(*automatic)
        for field in resource.fields.values():
            if field.readable:
                annotation, loader, arguments = self._field(resource, field)
                # One loader for all names of a field; its own comes first.
                own = resource.fields[field.alias_of or field.name]
                loader = loaders.get(own.graphql_name, loader)
                reason = field.deprecation_reason
                add(field.name, annotation, loader, field.description, arguments, reason)
        if resource.attachments and ATTACHMENTS not in names_in_code:
            annotation, loader, arguments = self._list(resource, resource.attachments)
            add(ATTACHMENTS, annotation, loader, resource.attachments.description, arguments)
        return Fields(definitions, in_code | loaders)

    def _automatic_fields(
        self, resource: Resource, names_in_code: set[str]
    ) -> Iterator[tuple[str, Any, Loader, str]]:
        """Yield what a type has whatever is exposed: REST name, type, loader and description.

        :param names_in_code: of the fields that code adds to the type, in Python and in GraphQL
        """
        text = Optional[str]  # noqa: UP045 - a run-time value
        timestamp = Optional[DateTime]  # noqa: UP045
        reports = Optional[list[PdfReport]]  # noqa: UP045
        logged = resource.type_name in self._logged
        readable = "read" in resource.operations
        yield "id", strawberry.ID, ID_COLUMN, "The record's id in Odoo."
        if readable:
            loader = display_name_column(resource)
            yield "display_name", text, loader, "The name that Odoo shows for the record."
        if readable and logged:
            for field in (CREATE_DATE_FIELD, WRITE_DATE_FIELD):
                yield field.name, timestamp, value_column(resource, field), field.description
        if logged:
            description = "An opaque text that changes with every write to the record."
            yield "version", text, VERSION_COLUMN, description
        if readable and resource.reports and "reports" not in {*names_in_code, *resource.fields}:
            description = "The reports of the record that the caller may print."
            yield "reports", reports, reports_loader(resource), description
        if readable and camel_case(EXTERNAL_ID) not in names_in_code:
            description = (
                "Your application's id of the record, for upserts; or its external id in Odoo."
            )
            yield EXTERNAL_ID, text, external_id_column(resource), description

    def _field(
        self, resource: Resource, field: ResourceField
    ) -> tuple[Any, Loader, Callable | None]:
        """Return the type and the loader of a field, and a function that has its arguments."""
        enum = self.enums.get((resource.type_name, field.name))
        # Under a former name it is read as under its own, for both at once; but an enum has a
        # type of its own there, which variables of old queries name.
        field = resource.fields[field.alias_of or field.name]
        if field.type in RELATIONS:
            if field.to_many:
                return self._list(resource, field)
            target = self.resources[field.target]
            node = self.by_type[target.type_name]
            return Optional[node], many2one_loader(resource, field, target), None  # noqa: UP045
        if field.type in FILE_TYPES:
            return Optional[File], file_loader(resource, field), None  # noqa: UP045
        annotation = Optional[enum or value_type(field).annotation]  # noqa: UP045
        column = value_column
        if field.model_of:
            column = model_column
        elif field.shows_name:
            column = name_column
        elif field.field == OWNER_NAMES.get(resource.model):
            column = owner_name_column
        return annotation, column(resource, field), None

    def _list(self, resource: Resource, field: ResourceField) -> tuple[Any, Loader, Callable]:
        """Return the same for a list."""
        target = self.resources[field.target]
        node = self.by_type[target.type_name]
        loader = to_many_loader(resource, field, target, self.sortable[target.type_name])
        return Optional[list[node]], loader, self._list_arguments(target)  # noqa: UP045

    def _list_arguments(self, target: Resource) -> Callable:
        """Return a function that has the arguments of a list below a record."""
        filter_type = self.filters.by_type[target.type_name]
        order_type = self.orders[target.type_name]

        def arguments(
            filter: filter_type | None = None,
            order_by: list[order_type] | None = None,
            first: int | None = None,
            offset: int | None = None,
            include_archived: bool = False,
        ): ...

        return arguments
