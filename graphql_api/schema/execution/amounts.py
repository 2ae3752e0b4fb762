"""Amounts that the arguments of a field decide: how many records it leads to, or writes.

Where variables decide, an amount is a function, which a request calls with the values of its own.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    VariableNode,
)

from ..exposure.resource import Resource

PAGE_ARGUMENTS = ("first", "last")
"""The arguments that say how many records a list may have."""


class Call(NamedTuple):
    """What of a request an amount may depend on.

    :param variables: as the client sent them; wrong ones count as absent
    """

    variables: dict
    max_page_size: int


Amount = int | Callable[[Call], int]


class Amounts:
    """Reads amounts from the fields of a valid document.

    ``uses_variables`` tells whether any of them has depended on variables so far.
    """

    def __init__(self) -> None:
        self.uses_variables = False

    def page_size(
        self, definition: GraphQLField, node: FieldNode, default: int, resource: Resource | None
    ) -> Amount:
        """Return how many records the arguments of a list ask for.

        :param default: where neither the client nor the schema says how many
        :param resource: that of the records, which limits their number
        """
        values = [
            argument.value
            for argument in node.arguments or ()
            if argument.name.value in PAGE_ARGUMENTS
        ]
        for name in PAGE_ARGUMENTS:
            argument = definition.args.get(name)
            if argument is not None and isinstance(argument.default_value, int):
                default = argument.default_value
        # The execution refuses more than the maximum.
        most = resource.max_page_size if resource else None
        names = [value.name.value for value in values if isinstance(value, VariableNode)]
        for value in values:
            if isinstance(value, IntValueNode):
                default = int(value.value)
        self.uses_variables = self.uses_variables or bool(names)

        def amount(call: Call) -> int:
            size = default
            for name in names:
                value = call.variables.get(name)
                # GraphQL takes 5.0 as an Int too.
                if type(value) is int or (isinstance(value, float) and value.is_integer()):
                    size = int(value)
            if most is not None:
                size = min(size, most, call.max_page_size)
            return max(size, 0)

        return amount

    def written(self, node: FieldNode, each: int) -> Amount:
        """Return what the records cost that a mutation writes: its own, and the items of lists.

        :param each: what a record costs
        """
        values = [argument.value for argument in node.arguments or ()]
        constant = each * (1 + sum(map(_items, values)))
        names = [name for value in values for name in _variables(value)]
        if not names:
            return constant
        self.uses_variables = True
        return lambda call: (
            constant + each * sum(_items(call.variables.get(name)) for name in names)
        )

    def returned(self, node: FieldNode) -> Amount:
        """Return how many records a mutation returns: as many as its longest list has."""
        values = [argument.value for argument in node.arguments or ()]
        constant = max([1, *(len(v.values) for v in values if isinstance(v, ListValueNode))])
        names = [value.name.value for value in values if isinstance(value, VariableNode)]
        if not names:
            return constant

        def amount(call: Call) -> int:
            sent = (call.variables.get(name) for name in names)
            return max([constant, *(len(value) for value in sent if isinstance(value, list))])

        return amount


def _items(value: Any) -> int:
    """Return how many items there are in lists, at any depth of an input."""
    match value:
        case list():
            return len(value) + sum(map(_items, value))
        case dict():
            return sum(map(_items, value.values()))
        case ListValueNode():
            return len(value.values) + sum(map(_items, value.values))
        case ObjectValueNode():
            return sum(_items(field.value) for field in value.fields)
    return 0


def _variables(value: Any) -> Iterator[str]:
    """Yield the names of the variables within an argument."""
    match value:
        case VariableNode():
            yield value.name.value
        case ListValueNode():
            for item in value.values:
                yield from _variables(item)
        case ObjectValueNode():
            for field in value.fields:
                yield from _variables(field.value)
