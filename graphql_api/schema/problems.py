"""Resources as their records define them -> the resources of one schema, and what is wrong.

Two resources cannot have the same name of a type, a query or a mutation; and relations lead only to
resources that are served.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import strawberry
from strawberry.schema.config import StrawberryConfig

from .addons.binding import Binding, named_types
from .addons.features import Feature, feature_names
from .exposure.action_definitions import ActionDefinition, Targets, compile_actions, find_target
from .exposure.names import EXTERNAL_ID, EXTERNAL_ID_FILTER, pascal_case
from .exposure.resource import AUTOMATIC_FIELDS, Resource
from .exposure.resource_field import ResourceField
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
        EXTERNAL_ID_FILTER,
        "File",
        "Granularity",
        "Me",
        "MeResource",
        "Mutation",
        "NullableIntFilter",
        "OrderDirection",
        "PageInfo",
        "PdfReport",
        "PresenceFilter",
        "Query",
        "Subscription",
    ]
)
"""Types that the schema has, or may have, whatever is exposed."""

RESERVED_FIELDS = AUTOMATIC_FIELDS | {"and", "or", "not", "is_null", EXTERNAL_ID}
"""REST names that no field may use: every type, filter or key has them already."""

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
    "ListInput",
    "NestedUpdateInput",
    "NestedUpsertInput",
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


Name = tuple[str, str]
"""A name in a schema: ``"type"``, ``"query"`` or ``"mutation"``, and the name itself."""


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A field as its record defines it, whatever other resources there are.

    ``field`` is the field with all but its ``relation``, ``former_names`` are its former REST
    names. ``comodel`` is the Odoo model that a relation leads to, None where it is no relation;
    ``target_id`` the id of the resource that it leads to where several expose that model.
    """

    field: ResourceField
    former_names: tuple[str, ...] = ()
    comodel: str | None = None
    target_id: int | None = None


_KEPT_COMPILATIONS = 4
"""Of each definition: its relations lead elsewhere when others change, or want the same names."""


class _Compiled(NamedTuple):
    resource: Resource
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ResourceDefinition:
    """A resource as its record defines it, whatever other resources there are.

    ``id`` is that of the record, ``resource`` is the resource without fields. While its model is
    not installed, a resource takes its names and is not served.
    """

    id: int
    resource: Resource
    fields: tuple[FieldDefinition, ...] = ()
    is_installed: bool = True
    actions: tuple[ActionDefinition, ...] = ()
    _compiled: dict[tuple, _Compiled] = dataclasses.field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def compile(self, targets: Targets) -> _Compiled:
        """Return the resource and the names that it takes.

        As long as its relations lead to the same types, that is the same object each time.
        """
        relations = tuple(
            find_target(targets, definition) if definition.comodel else None
            for definition in self.fields
        )
        led_to = tuple(
            find_target(targets, each) for action in self.actions for each in action.leading()
        )
        compiled = self._compiled.get((relations, led_to))
        if compiled is None:
            actions = compile_actions(self.resource.type_name, self.actions, targets)
            resource = replace(
                self.resource,
                fields=dict(self._named_fields(relations)),
                actions=self.resource.actions | actions,
            )
            compiled = _Compiled(resource, tuple(_names(resource)))
            if len(self._compiled) == _KEPT_COMPILATIONS:
                self._compiled.clear()
            self._compiled[relations, led_to] = compiled
        return compiled

    def _named_fields(self, relations: tuple[str | None, ...]) -> Iterator[tuple]:
        """Yield the fields by their REST names, those under their former names last."""
        # The first of a name counts: a field of a later catalog does not replace an own one.
        named: dict[str, tuple[FieldDefinition, ResourceField]] = {}
        for definition, relation in zip(self.fields, relations, strict=True):
            if definition.comodel is None:
                named.setdefault(definition.field.graphql_name, (definition, definition.field))
            elif relation is not None:
                served = replace(definition.field, relation=relation)
                named.setdefault(served.graphql_name, (definition, served))
        fields = {name: served for name, (_definition, served) in named.items()}
        for definition, served in named.values():
            for name in definition.former_names:
                former = served.under_former_name(name)
                fields.setdefault(former.graphql_name, former)
        for served in fields.values():
            yield served.name, served


def compile_exposure(
    definitions: Iterable[ResourceDefinition],
    types: Iterable[str] = (),
    features: Iterable[Feature] = (),
) -> tuple[dict[int, Resource], dict[int, NameConflict]]:
    """Return the resources that are served, and why others cannot be; both by ids.

    Of two resources that want the same name, the first has it. A field whose relation leads to
    nothing that is served is left out. A definition that was compiled before is compiled again only
    if its relations lead elsewhere.

    :param types: names of the types that code adds to the schema
    :param features: what addons offer of resources
    """
    definitions = list(definitions)
    features = list(features)
    names = SchemaNames(types)
    problems: dict[int, NameConflict] = {}
    targets = _targets(definitions)
    for definition in definitions:
        try:
            resource, taken = definition.compile(targets)
            names.add(resource, [*taken, *feature_names(features, resource)])
        except NameConflict as conflict:
            problems[definition.id] = conflict
    served = [definition for definition in definitions if definition.id not in problems]
    if problems:
        targets = _targets(served)
    resources = {
        definition.id: definition.compile(targets).resource
        for definition in served
        if definition.is_installed
    }
    return resources, problems


def _targets(definitions: Iterable[ResourceDefinition]) -> Targets:
    targets: Targets = {}
    for definition in sorted(definitions, key=lambda each: each.resource.collection):
        if definition.is_installed:
            resource = definition.resource
            targets.setdefault(resource.model, {})[definition.id] = resource.type_name
    return targets


class SchemaNames:
    """The names that are taken in a schema, while resources are added to it one by one.

    :param types: names of types that are there before
    """

    def __init__(self, types: Iterable[str] = ()):
        self._owners: dict[Name, str | None] = dict.fromkeys(
            ("type", name) for name in BUILT_IN_TYPES.union(types)
        )

    def add(self, resource: Resource, names: Iterable[Name] | None = None) -> None:
        """Take the names of a resource, or none of them.

        :param names: those of the resource, where they are known
        :raise NameConflict: for the first that is taken
        """
        taken: dict[Name, str | None] = {}
        for name in _names(resource) if names is None else names:
            if name in self._owners:
                raise NameConflict(*name, self._owners[name])
            if name in taken:
                raise NameConflict(*name, resource.type_name)
            taken[name] = resource.type_name
        self._owners |= taken


def type_names(resource: Resource) -> list[str]:
    """Return the types that come with a resource, without the enums of its selections."""
    return (
        [f"{resource.type_name}{suffix}" for suffix in _SUFFIXES]
        + [
            f"{resource.type_name}{pascal_case(field.name)}Input"
            for field in resource.fields.values()
            if field.to_many
        ]
        + [f"{shape.type_name}Input" for shape in resource.argument_shapes]
    )


def _names(resource: Resource) -> Iterator[Name]:
    """Yield the names of a resource, also those of operations that are not allowed now."""
    one, many = resource.type_name, resource.plural_name
    for name in type_names(resource):
        yield "type", name
    for name in (resource.single_name, resource.list_name, resource.aggregate_name):
        yield "query", name
    for verb in ("create", "update", "upsert", "delete"):
        yield "mutation", f"{verb}{one}"
        yield "mutation", f"{verb}{many}"
    for action in resource.actions.values():
        yield "mutation", resource.action_name(action)
        yield "mutation", resource.action_name(action, many=True)


def types_in_code(parts) -> set[str]:
    """Return the names of the types that code adds to the schema.

    :param parts: :class:`.builder.Parts`
    """

    @strawberry.type
    class Query:
        nothing: int = 0

    extensions = [cls for classes in parts.all_fields.values() for cls in classes]
    roots = [*parts.queries, *parts.mutations, *parts.granted_queries, *parts.granted_mutations]
    classes = [*roots, *parts.types, *extensions]
    # What leads to a resource adds no type by that; any type stands for it here.
    binding = Binding(dict.fromkeys(set().union(*map(named_types, classes)), Query))
    schema = strawberry.Schema(
        query=Query,
        types=binding.bind(classes),
        config=StrawberryConfig(scalar_map=SCALAR_MAP),
    )
    return set(schema._schema.type_map)
