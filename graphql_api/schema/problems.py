"""Names of a schema that two resources cannot both have."""

from collections.abc import Iterable

import strawberry
from strawberry.schema.config import StrawberryConfig

from .addons.binding import Binding, named_types
from .exposure.names import EXTERNAL_ID, camel_case, pascal_case
from .exposure.resource import AUTOMATIC_FIELDS, Resource
from .values.scalars import SCALAR_MAP

_SCALARS = ["Boolean", "Float", "ID", "Int", "String"] + [
    definition.name for definition in SCALAR_MAP.values()
]

BUILT_IN_TYPES = frozenset(
    [
        *_SCALARS,
        *(f"{name}Filter" for name in _SCALARS),
        *(f"{name}Aggregates" for name in ("Date", "DateTime", "Float", "Int")),
        "AggregatesOrder",
        "File",
        "Granularity",
        "Me",
        "Mutation",
        "NullableIntFilter",
        "OrderDirection",
        "PageInfo",
        "PresenceFilter",
        "Query",
        "Subscription",
    ]
)
"""Types that the schema has, or may have, whatever is exposed."""

RESERVED_FIELDS = AUTOMATIC_FIELDS | {"and", "or", "not", "is_null", EXTERNAL_ID}
"""REST names that no line may use: every type, filter or key has them already."""

_SUFFIXES = (
    "",
    "Aggregate",
    "Connection",
    "CreateInput",
    "Edge",
    "Filter",
    "GroupBy",
    "GroupKeys",
    "GroupOrder",
    "Key",
    "ListFilter",
    "NestedUpdateInput",
    "Order",
    "RelationFilter",
    "UpdateInput",
)


class NameConflict(Exception):
    """A name that is taken.

    ``kind`` is ``"type"``, ``"query"`` or ``"mutation"``; ``owner`` is the type name of the
    resource that has the name, None where it is the schema's own.
    """

    def __init__(self, kind: str, name: str, owner: str | None):
        super().__init__(f"the {kind} {name} of {owner or 'the schema'}")
        self.kind = kind
        self.name = name
        self.owner = owner


class SchemaNames:
    """The names that are taken in a schema, while resources are added to it one by one.

    :param types: names of types that are there before
    """

    def __init__(self, types: Iterable[str] = ()):
        self._owners = {("type", name): None for name in BUILT_IN_TYPES.union(types)}

    def add(self, resource: Resource) -> None:
        """Take the names of a resource, or none of them.

        :raise NameConflict: for the first that is taken
        """
        taken = {}
        for key in _names(resource):
            if key in self._owners:
                raise NameConflict(*key, self._owners[key])
            if key in taken:
                raise NameConflict(*key, resource.type_name)
            taken[key] = resource.type_name
        self._owners |= taken


def type_names(resource: Resource) -> list[str]:
    """Return the types that come with a resource, without the enums of its selections."""
    return [f"{resource.type_name}{suffix}" for suffix in _SUFFIXES] + [
        f"{resource.type_name}{pascal_case(field.name)}Input"
        for field in resource.fields.values()
        if field.to_many
    ]


def _names(resource: Resource):
    """Yield the names of a resource, also those of operations that are not allowed now."""
    one, many = resource.type_name, resource.plural_name
    for name in type_names(resource):
        yield "type", name
    for name in (resource.single_name, resource.list_name, resource.aggregate_name):
        yield "query", name
    for verb in ("create", "update", "delete"):
        yield "mutation", f"{verb}{one}"
        yield "mutation", f"{verb}{many}"
    yield "mutation", f"upsert{one}"
    for action in resource.actions.values():
        yield "mutation", f"{camel_case(action.name)}{one}"


def types_in_code(parts) -> set[str]:
    """Return the names of the types that code adds to the schema.

    :param parts: :class:`.builder.Parts`
    """

    @strawberry.type
    class Query:
        nothing: int = 0

    extensions = [cls for classes in parts.fields.values() for cls in classes]
    classes = [*parts.queries, *parts.mutations, *parts.types, *extensions]
    # What leads to a resource adds no type by that; any type stands for it here.
    binding = Binding(dict.fromkeys(set().union(*map(named_types, classes)), Query))
    schema = strawberry.Schema(
        query=Query,
        types=binding.bind(classes),
        config=StrawberryConfig(scalar_map=SCALAR_MAP),
    )
    return set(schema._schema.type_map)
