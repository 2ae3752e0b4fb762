"""Resources and parts from code -> the executable schema of one database."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

from .access.access import find_visible
from .access.attachments import with_attachments
from .access.context import Context
from .addons.features import Feature, FeatureTypes
from .execution.built_schema import BuiltSchema
from .execution.lazy_schema import CodeTypes, LazySchema, MakeField
from .exposure.names import camel_case
from .exposure.resource import Resource
from .grouping.aggregation import GroupTypes, aggregate_field
from .reading.ordering import order_terms
from .reading.pagination import Page, PageArguments
from .reading.search import list_domain
from .reading.selection import selected_columns
from .reading.viewer import me_query
from .type_names import TypeNames
from .types import ResourceTypes
from .values.parsers import parse_id
from .writing.inputs import InputTypes
from .writing.mutations import mutation_fields


@dataclass
class Parts:
    """What code adds to the schema, collected from all installed addons.

    ``queries`` and ``mutations`` are Strawberry types whose fields become root fields,
    ``fields`` maps a type name to Strawberry types whose fields it gets too, ``types`` are
    further types that the schema names. ``granted_fields`` are like ``fields``, but there for
    whoever may read all fields of the resource, under any policy. ``granted_mutations`` are like
    ``mutations``, but there under any policy that lets anything be changed: they do nothing that
    the mutations of resources would not do for the caller; ``granted_queries`` likewise.
    ``features`` are what resources offer beside their operations.

    ``error_codes`` are codes of :class:`ApiError` with their HTTP status, ``reserved_collections``
    first segments below ``/api`` that are routes of an addon. ``describe_routes`` get
    :class:`graphql_api.rest.openapi.routes.Routes`, and return path -> method -> operation of
    routes that belong to no resource alone. ``describe_lists`` get the same, a resource, and the
    operation that lists its records, to which they may add.
    """

    queries: list[type] = field(default_factory=list)
    mutations: list[type] = field(default_factory=list)
    fields: dict[str, list[type]] = field(default_factory=lambda: defaultdict(list))
    types: list[type] = field(default_factory=list)
    granted_fields: dict[str, list[type]] = field(default_factory=lambda: defaultdict(list))
    granted_queries: list[type] = field(default_factory=list)
    granted_mutations: list[type] = field(default_factory=list)
    features: list[Feature] = field(default_factory=list)
    error_codes: dict[str, int] = field(default_factory=dict)
    reserved_collections: set[str] = field(default_factory=set)
    describe_routes: list[Callable[[Any], dict[str, dict]]] = field(default_factory=list)
    describe_lists: list[Callable[[Any, Resource, dict], None]] = field(default_factory=list)

    def without_extensions(self) -> "Parts":
        """Return what of these parts is there under a policy that allows no additions."""
        return replace(self, queries=[], mutations=[], fields={}, types=[])

    @property
    def all_fields(self) -> dict[str, list[type]]:
        """All fields of resources, by type name."""
        names = [*self.fields, *self.granted_fields]
        return {
            name: [*self.fields.get(name, ()), *self.granted_fields.get(name, ())] for name in names
        }


def build(resources: list[Resource], logged: set[str], parts: Parts) -> BuiltSchema:
    """Return the schema that serves these resources.

    :param logged: names of the types whose model keeps ``create_date`` and ``write_date``
    """
    by_type = {resource.type_name: resource for resource in with_attachments(resources)}
    types = ResourceTypes(by_type, logged, parts.all_fields)
    inputs = InputTypes(by_type, types.enums)
    groups = GroupTypes(types)
    code = CodeTypes(
        types=types.code.bind(parts.types),
        fields=[field for name in parts.all_fields for field in types.code_fields(name).values()],
    )
    type_names = TypeNames(types, inputs, groups)
    features = FeatureTypes(parts.features, by_type, type_names.find)
    type_names.add(features.families)
    queries: dict[str, MakeField] = {}
    mutations: dict[str, MakeField] = {}
    _add_fields_in_code(queries, [me_query(by_type, types.by_type)], code)
    for resource in by_type.values():
        mutations |= mutation_fields(resource, types, inputs)
        mutations |= features.fields(resource, "mutations")
        queries |= features.fields(resource, "queries")
        if resource.is_root and "read" in resource.operations:
            queries[resource.single_name] = partial(_single_field, resource, types)
            queries[resource.list_name] = partial(_list_field, resource, types)
            if resource.type_name in groups.groupable:
                queries[resource.aggregate_name] = partial(aggregate_field, resource, types, groups)
    own_queries = [*parts.queries, *parts.granted_queries]
    own_mutations = [*parts.mutations, *parts.granted_mutations]
    _add_fields_in_code(queries, types.code.bind(own_queries), code)
    _add_fields_in_code(mutations, types.code.bind(own_mutations), code)
    schema = LazySchema(queries, mutations, types.by_type, code, type_names.find)
    fields = {
        (resource.type_name, field.graphql_name): field
        for one in by_type.values()
        for resource in (one, *one.argument_shapes)
        for field in resource.fields.values()
    }
    filtered = {
        f"{name}{suffix}": resource
        for name, resource in by_type.items()
        for suffix in ("Filter", "RelationFilter", "Order", "GroupBy", "GroupOrder")
    }
    return BuiltSchema(
        schema,
        by_type,
        inputs.resources | filtered,
        fields,
        types.loaders,
        partial(build, resources, logged, parts),
        tuple(parts.features),
        parts.error_codes,
        tuple(parts.describe_routes),
        tuple(parts.describe_lists),
    )


def _add_fields_in_code(
    root_fields: dict[str, MakeField], classes: list[type], code: CodeTypes
) -> None:
    for cls in classes:
        for definition in get_object_definition(cls, strict=True).fields:
            name = definition.graphql_name or camel_case(definition.python_name)
            root_fields[name] = partial(_unchanged, definition)
            code.fields.append(definition)


def _unchanged(definition: StrawberryField) -> StrawberryField:
    return definition


def _single_field(resource: Resource, types: ResourceTypes) -> StrawberryField:
    node = types.by_type[resource.type_name]

    def resolve(info: strawberry.Info, id: strawberry.ID):
        context: Context = info.context
        columns = selected_columns(context, info, resource)
        return find_visible(context, resource, [parse_id(id)], columns) or None

    resolve.__annotations__["return"] = node | None
    return strawberry.field(
        resolve,
        name=resource.single_name,
        description=f"The {resource.type_name} with this id; "
        "null when it does not exist or is not visible.",
    )


def _list_field(resource: Resource, types: ResourceTypes) -> StrawberryField:
    filter_type = types.filters.by_type[resource.type_name]
    order_type = types.orders[resource.type_name]
    sortable = types.sortable[resource.type_name]

    def resolve(
        info: strawberry.Info,
        filter: filter_type | None = None,
        search: str | None = None,
        order_by: list[order_type] | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        offset: int | None = None,
        include_archived: bool = False,
    ):
        context: Context = info.context
        return Page(
            context,
            resource,
            list_domain(context, resource, filter, search, include_archived),
            order_terms(context, resource, sortable, order_by),
            PageArguments(first, after, last, before, offset),
            selected_columns(context, info, resource, ("nodes",), ("edges", "node")),
            include_archived,
        )

    resolve.__annotations__["return"] = types.connections[resource.type_name] | None
    return strawberry.field(
        resolve,
        name=resource.list_name,
        description=f"A page of the visible {resource.type_name} records. "
        f"{resource.description}".strip(),
    )
