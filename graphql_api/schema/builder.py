"""Resources and parts from code -> the executable schema of one database."""

from collections import defaultdict
from dataclasses import dataclass, field

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from .access.access import Context, find_visible
from .execution.built_schema import BuiltSchema
from .execution.documents import Documents
from .exposure.resource import Resource
from .grouping.aggregation import aggregate_field
from .reading.ordering import order_terms
from .reading.pagination import Page, PageArguments
from .reading.search import list_domain
from .reading.selection import selected_columns
from .reading.viewer import me_query
from .types import ResourceTypes
from .values.parsers import parse_id
from .values.scalars import SCALAR_MAP
from .writing.inputs import InputTypes
from .writing.mutations import mutation_fields


@dataclass
class Parts:
    """What code adds to the schema, collected from all installed addons.

    ``queries`` and ``mutations`` are Strawberry types whose fields become root fields,
    ``fields`` maps a type name to Strawberry types whose fields it gets too, ``types`` are
    further types that the schema names.
    """

    queries: list[type] = field(default_factory=list)
    mutations: list[type] = field(default_factory=list)
    fields: dict[str, list[type]] = field(default_factory=lambda: defaultdict(list))
    types: list[type] = field(default_factory=list)


def build(resources: list[Resource], logged: set[str], parts: Parts) -> BuiltSchema:
    """Return the schema that serves these resources.

    :param logged: names of the types whose model keeps ``create_date`` and ``write_date``
    """
    by_type = {resource.type_name: resource for resource in resources}
    types = ResourceTypes(by_type, logged, parts.fields)
    inputs = InputTypes(by_type, types.enums)
    namespace: dict = {"__annotations__": {}}
    mutations: dict = {"__annotations__": {}}
    for resource in resources:
        mutations |= mutation_fields(resource, types, inputs)
        if "read" in resource.operations:
            namespace[resource.single_name] = _single_field(resource, types)
            namespace[resource.list_name] = _list_field(resource, types)
            if (aggregate := aggregate_field(resource, types)) is not None:
                namespace[resource.aggregate_name] = aggregate
    queries = [
        me_query(by_type, types.by_type),
        strawberry.type(type("ResourceQuery", (), namespace)),
        *types.code.bind(parts.queries),
    ]
    mutation_types = types.code.bind(parts.mutations)
    if len(mutations) > 1:
        mutation_types.insert(0, strawberry.type(type("ResourceMutation", (), mutations)))
    schema = strawberry.Schema(
        query=merge_types("Query", tuple(queries)),
        mutation=merge_types("Mutation", tuple(mutation_types)) if mutation_types else None,
        types=[*types.by_type.values(), *types.code.bind(parts.types)],
        config=StrawberryConfig(scalar_map=SCALAR_MAP),
    )
    documents = Documents(schema._schema, by_type)
    fields = {
        (resource.type_name, field.graphql_name): field
        for resource in resources
        for field in resource.fields.values()
    }
    filtered = {
        f"{name}{suffix}": resource
        for name, resource in by_type.items()
        for suffix in ("Filter", "RelationFilter", "Order")
    }
    inputs_of = inputs.resources | filtered
    return BuiltSchema(schema, by_type, inputs_of, fields, types.loaders, documents)


def _single_field(resource: Resource, types: ResourceTypes):
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


def _list_field(resource: Resource, types: ResourceTypes):
    filter_type = types.filters[resource.type_name]
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
