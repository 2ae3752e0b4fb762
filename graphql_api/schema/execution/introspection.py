"""Introspection: which results are constant, and about how large they are."""

from collections.abc import Iterator, Mapping, Sized

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
)

META_FIELDS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
"""The root fields that lead to the schema."""

OBJECTS_OF_A_RECORD = 100
"""Objects of an introspection that are as much work as one record, with a margin.

The introspection query of GraphiQL then costs some thousand records.
"""

MAX_COUNTED_TYPES = 1000
"""Types that count: of larger schemas clients may ask for all of them, too.

What they ask is mostly answered from a kept text; what is below each type counts in full.
"""

_FEW = 2
"""Objects in a list that is not counted: interfaces, arguments of directives."""


def is_introspection(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Tell whether the result of a valid document's operation depends on the schema alone."""
    if operation.operation != OperationType.QUERY or operation.variable_definitions:
        return False
    fragments = {
        node.name.value: node.selection_set
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    names = set(_field_names(operation.selection_set, fragments))
    return names <= {*META_FIELDS, "__typename"} and not names.isdisjoint(META_FIELDS)


def _field_names(selected: SelectionSetNode, fragments: dict) -> Iterator[str]:
    for node in selected.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, FragmentSpreadNode):
            yield from _field_names(fragments[node.name.value], fragments)
        elif isinstance(node, InlineFragmentNode):
            yield from _field_names(node.selection_set, fragments)


def list_sizes(schema: GraphQLSchema) -> dict[tuple[str, str], int]:
    """Return about how many objects a list has, by type and field of the introspection."""
    types = schema.type_map.values()
    fields = [field for named in types for field in _members(named, "fields")]
    return {
        ("__Schema", "types"): min(len(schema.type_map), MAX_COUNTED_TYPES),
        ("__Schema", "directives"): len(schema.directives),
        ("__Type", "fields"): _average([_members(named, "fields") for named in types]),
        ("__Type", "inputFields"): _average([_members(named, "fields") for named in types]),
        ("__Type", "enumValues"): _average([_members(named, "values") for named in types]),
        ("__Field", "args"): _average([getattr(field, "args", ()) for field in fields]),
    }


def size_of(sizes: dict[tuple[str, str], int], type_name: str, field_name: str) -> int:
    """Return about how many objects a list has."""
    return sizes.get((type_name, field_name), _FEW)


def _members(named, kind: str) -> list:
    members = getattr(named, kind, None)
    return list(members.values()) if isinstance(members, Mapping) else []


def _average(lists: list[Sized]) -> int:
    """Return the average length of those that are not empty, rounded up."""
    lengths = [len(items) for items in lists if items]
    return -(-sum(lengths) // max(len(lengths), 1))
