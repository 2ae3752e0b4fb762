"""What an operation selects, grouped as it is executed ("CollectFields" of the specification).

Fields with the same response name are one, whatever fragments they come from. What directives
decide by variables is kept as conditions, so that it is found out once for each document.
"""

from typing import Any

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
)

_DIRECTIVES = {"include": True, "skip": False}

Conditions = tuple[tuple[str, bool], ...]
"""Variables and what they must be for a field to be selected."""

Selection = tuple[Conditions, GraphQLObjectType, FieldNode]
"""One selection of a field: its conditions, the type that it is selected on, its node."""

FieldGroups = dict[tuple[str, str], list[Selection]]
"""Name of the type and response name -> the selections that are executed as one field."""


class FieldCollector:
    """Collects the fields of a valid document.

    ``uses_variables`` tells whether any of them has had conditions so far.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode):
        self._schema = schema
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.uses_variables = False

    def collect(self, parent: Any, selection_set: SelectionSetNode) -> FieldGroups:
        """Return the fields that are selected on a type."""
        groups: FieldGroups = {}
        self._add(parent, selection_set, (), groups)
        return groups

    def collect_below(self, parent: Any, selected: list[Selection]) -> FieldGroups:
        """Return the fields that are selected below a field.

        :param parent: the type that the field leads to
        :param selected: the selections of the field
        """
        groups: FieldGroups = {}
        for conditions, _parent, node in selected:
            self._add(parent, node.selection_set, conditions, groups)
        return groups

    def _add(
        self, parent: Any, selection_set: Any, conditions: Conditions, groups: FieldGroups
    ) -> None:
        for node in selection_set.selections:
            inner = self._conditions(node, conditions)
            if inner is None:
                continue
            if isinstance(node, FieldNode):
                key = (parent.name, (node.alias or node.name).value)
                groups.setdefault(key, []).append((inner, parent, node))
                continue
            if isinstance(node, FragmentSpreadNode):
                node = self._fragments[node.name.value]
            on_type = parent
            if node.type_condition is not None:
                on_type = self._schema.type_map[node.type_condition.name.value]
            self._add(on_type, node.selection_set, inner, groups)

    def _conditions(self, node, outer: Conditions) -> Conditions | None:
        """Return what must hold for a selection, None where it is never selected."""
        for directive in node.directives or ():
            wanted = _DIRECTIVES.get(directive.name.value)
            if wanted is None:
                continue
            value = directive.arguments[0].value
            if isinstance(value, BooleanValueNode):
                if value.value is not wanted:
                    return None
            else:
                self.uses_variables = True
                outer = (*outer, (value.name.value, wanted))
        return outer


def holds(conditions: Conditions, variables: dict) -> bool:
    """Tell whether a field is selected in a request with these variables."""
    return all(bool(variables.get(name)) is wanted for name, wanted in conditions)
