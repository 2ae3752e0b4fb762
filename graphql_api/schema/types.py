"""Object types, one per resource, whose fields read Odoo records."""

from enum import Enum
from typing import Optional

import strawberry

from .access.access import Context
from .access.columns import Column, Relation, Siblings
from .access.display_names import read_display_names
from .access.properties import visible_properties
from .access.versions import record_version
from .addons.binding import Binding, named_types
from .exposure.errors import ApiError
from .exposure.names import GRAPHQL_NAME, camel_case
from .exposure.resource import RELATIONS, Resource, ResourceField
from .problems import BUILT_IN_TYPES, type_names
from .reading.files import File, files
from .reading.filters import FilterTypes, enum_name, to_domain
from .reading.ordering import (
    CREATE_DATE_FIELD,
    WRITE_DATE_FIELD,
    order_class,
    order_terms,
    sortable_fields,
)
from .reading.pagination import PageInfo, check_offset, check_size
from .reading.relations import (
    ListArguments,
    batch,
    many2one,
    to_many,
    to_records,
)
from .reading.selection import selected_columns
from .values.scalars import FILE_TYPES, DateTime, value_type


class ResourceTypes:
    """The Strawberry types of all resources of one schema.

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
        self.sources: dict[tuple[str, str], Column | Relation] = {}
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
        self.connections = {name: self._connection(name) for name in resources}

    def _build_enums(self) -> dict[tuple[str, str], type]:
        enums = {}
        taken = BUILT_IN_TYPES.union(*map(type_names, self.resources.values()))
        for resource in self.resources.values():
            for field in resource.fields.values():
                name = enum_name(resource, field)
                names = {name, f"{name}Filter"}
                if _is_enum(field.selection) and taken.isdisjoint(names):
                    taken |= names
                    cls = Enum(name, {key: key for key in field.selection})
                    enums[resource.type_name, field.name] = strawberry.enum(
                        cls, name=name, description=field.description or None
                    )
        return enums

    def _sortable_fields(self, resource: Resource) -> dict[str, ResourceField]:
        fields = sortable_fields(resource)
        if resource.type_name in self._logged:
            fields |= {field.name: field for field in (CREATE_DATE_FIELD, WRITE_DATE_FIELD)}
        return fields

    def _fill(self, resource: Resource, cls: type) -> None:
        def add(name, annotation, source, description, resolver=None, deprecation_reason=None):
            resolver = resolver or _column_resolver(source)
            resolver.__annotations__["return"] = annotation
            definition = strawberry.field(
                resolver,
                name=camel_case(name),
                description=description or None,
                deprecation_reason=deprecation_reason,
            )
            setattr(cls, name, definition)
            if source is not None:
                self.sources[resource.type_name, camel_case(name)] = source

        add("id", strawberry.ID, ID_COLUMN, "The record's id in Odoo.")
        logged = resource.type_name in self._logged
        readable = "read" in resource.operations
        if readable:
            add(
                "display_name",
                Optional[str],  # noqa: UP045 - a run-time value
                _display_name_column(resource),
                "The name that Odoo shows for the record.",
            )
        if readable and logged:
            for field in (CREATE_DATE_FIELD, WRITE_DATE_FIELD):
                annotation = Optional[DateTime]  # noqa: UP045
                add(field.name, annotation, _value_column(resource, field), field.description)
        if logged:
            add(
                "version",
                Optional[str],  # noqa: UP045
                VERSION_COLUMN,
                "An opaque text that changes with every write to the record.",
            )
        for field in resource.fields.values():
            if field.readable:
                reason = field.deprecation_reason
                add(field.name, *self._field(resource, field), deprecation_reason=reason)

    def _field(self, resource: Resource, field: ResourceField):
        """Return the type, the source, the description and the resolver of one field."""
        text = field.description
        enum = self.enums.get((resource.type_name, field.name))
        # Under a former name it is read as under its own, for both at once; but an enum has a
        # type of its own there, which variables of old queries name.
        field = resource.fields[field.alias_of or field.name]
        if field.type in RELATIONS:
            target = self.resources[field.relation]
            node = self.by_type[target.type_name]
            if field.to_many:
                resolver = self._to_many_resolver(resource, field, target)
                source = self._source(resource, field, Relation((), target.type_name))
                return Optional[list[node]], source, text, resolver  # noqa: UP045
            source = Relation((field.field,), target.type_name)
            source = self._source(resource, field, source)
            return Optional[node], source, text, _many2one_resolver(resource, field, target)  # noqa: UP045
        if field.type in FILE_TYPES:
            return Optional[File], None, text, _file_resolver(resource, field)  # noqa: UP045
        source = self._source(resource, field, _value_column(resource, field))
        return Optional[enum or value_type(field).annotation], source, text  # noqa: UP045

    def _source(self, resource: Resource, field: ResourceField, new: Column | Relation):
        """Return what the field reads: one for all of its names, its own comes first."""
        return self.sources.get((resource.type_name, field.graphql_name), new)

    def _to_many_resolver(self, resource: Resource, field: ResourceField, target: Resource):
        filter_type = self.filters[target.type_name]
        order_type = self.orders[target.type_name]
        sortable = self.sortable[target.type_name]

        def resolve(
            root,
            info: strawberry.Info,
            filter: filter_type | None = None,
            order_by: list[order_type] | None = None,
            first: int | None = None,
            offset: int | None = None,
            include_archived: bool = False,
        ):
            context: Context = info.context
            context.check_field(resource, field)

            def build(siblings, columns):
                arguments = ListArguments(
                    domain=to_domain(context, filter),
                    terms=order_terms(context, target, sortable, order_by),
                    limit=check_size(context, target, "first", first, None),
                    offset=check_offset(offset),
                    archived=include_archived,
                )
                return to_many(context, field, target, siblings, columns, arguments)

            if isinstance(root, Siblings):
                return build(*root)

            def build_records(siblings):
                found = build(siblings, selected_columns(context, info, target))
                return to_records(context, target, found)

            found = batch(context, info, root, build_records)[root.id]
            if isinstance(found, ApiError):
                raise found
            return found

        return resolve

    def _connection(self, type_name: str) -> type:
        node = self.by_type[type_name]
        edge = type(f"{type_name}Edge", (), {"__annotations__": {"cursor": str, "node": node}})
        edge = strawberry.type(edge, description=f"A {type_name} in its list.")

        class Connection:
            @strawberry.field(description="The number of records in the whole list.")
            def total_count(self) -> int:
                return self.total_count

            @strawberry.field
            def page_info(self) -> PageInfo:
                return self

            @strawberry.field
            def nodes(self) -> list[node]:
                return self.records

            @strawberry.field
            def edges(self) -> list[edge]:
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


ID_COLUMN = Column((), lambda context, records: list(map(str, records._ids)))
VERSION_COLUMN = Column(
    ("write_date",), lambda context, records: [record_version(record) for record in records]
)


def _display_name_column(resource: Resource) -> Column:
    def read(context: Context, records) -> list:
        return read_display_names(context, resource, records)

    return Column(("display_name",), read)


def _value_column(resource: Resource, field: ResourceField) -> Column:
    def read(context: Context, records) -> list:
        context.check_field(resource, field)
        values = context.values(field, records)
        return visible_properties(context, values) if field.type == "properties" else values

    return Column((field.field,), read)


def _column_resolver(column: Column):
    def resolve(root, info: strawberry.Info):
        return column.read(info.context, root)[0]

    return resolve


def _many2one_resolver(resource: Resource, field: ResourceField, target: Resource):
    def resolve(root, info: strawberry.Info):
        context: Context = info.context
        context.check_field(resource, field)
        if isinstance(root, Siblings):
            return many2one(context, resource, field, target, *root)

        def build_records(siblings):
            columns = selected_columns(context, info, target)
            found = many2one(context, resource, field, target, siblings, columns)
            return to_records(context, target, found)

        found = batch(context, info, root, build_records).get(root.id)
        if isinstance(found, ApiError):
            raise found
        return found

    return resolve


def _file_resolver(resource: Resource, field: ResourceField):
    def resolve(root, info: strawberry.Info):
        context: Context = info.context
        context.check_field(resource, field)

        def build(siblings):
            return files(context, resource, field, siblings)

        return batch(context, info, root, build, field.graphql_name).get(root.id)

    return resolve
