"""The cost of a request: the records that it may lead to, estimated before it is executed.

Arguments multiply down the tree, as in the rate limits of GitHub's and Shopify's GraphQL APIs: a
page of 50 orders, each with 10 lines that lead to a product, is 50 + 500 + 500 records. Values
cost nothing by themselves, they are columns of records; long texts do that are selected again.

An operation is translated once into a tree of its lists and records; only what variables decide
is calculated anew for each request.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    value_from_ast_untyped,
)

from ..exposure.errors import ApiError
from ..exposure.limits import Limits
from ..exposure.resource import Resource
from .introspection import (
    META_FIELDS,
    OBJECTS_OF_A_RECORD,
    size_of,
)

ASSUMED_SIZE = 10
"""Records of a nested list without ``first``: what most have, not the most that it may have."""

WRITTEN = 10
"""What a record costs that is created, changed, linked or deleted."""

REPEATED_TEXT = 1
"""What each further alias of a long text costs: the response has it once more."""

LONG_TEXTS = frozenset(["text", "html"])
"""Types of Odoo's fields whose values may have any length."""

COUNTED = 1
"""What ``totalCount`` costs."""

MOST = 1_000_000_000
"""The highest cost that is told: not every client can read larger numbers in JSON."""

_WRAPPERS = 1
"""Objects between one that is a page and the records of the page."""

_PAGE_ARGUMENTS = ("first", "last")
_CONDITIONS = {"include": True, "skip": False}

Conditions = tuple[tuple[str, bool], ...]
"""Variables and what they must be for a field to be selected."""


class _Call(NamedTuple):
    """What an amount may depend on."""

    variables: dict
    max_page_size: int


Amount = int | Callable[[_Call], int]


class _Field(NamedTuple):
    """A selected field that leads to records.

    :param conditions: any of them selects it
    :param own: what the field costs for each record that it is selected on
    :param records: the records that it leads to, for each of these
    """

    conditions: list[Conditions]
    own: Amount
    records: Amount
    below: list["_Field"]


class Cost:
    """The cost of one operation of a valid document.

    :param resources: type name -> :class:`Resource`
    :param list_sizes: returns what :func:`.introspection.list_sizes` does
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        resources: dict[str, Resource],
        document: DocumentNode,
        operation: OperationDefinitionNode,
        list_sizes: Callable[[], dict[tuple[str, str], int]],
    ):
        self._schema = schema
        self._list_sizes = list_sizes
        self._resources = resources
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        self._is_mutation = operation.operation == OperationType.MUTATION
        self._uses_variables = False
        self._known: dict[int, int] = {}
        root = schema.get_root_type(operation.operation)
        groups: _Groups = {}
        self._collect(root, operation.selection_set, (), groups)
        self._fields = self._translate(groups, _Place.ROOT)

    def estimate(self, variables: dict, limits: Limits) -> int:
        """Return the cost of a request.

        :param variables: as the client sent them; wrong ones count as absent
        """
        if self._uses_variables:
            call = _Call({**self._defaults, **variables}, limits.max_page_size)
            return min(_total(self._fields, 1, call), MOST)
        if limits.max_page_size not in self._known:
            call = _Call({}, limits.max_page_size)
            self._known[limits.max_page_size] = min(_total(self._fields, 1, call), MOST)
        return self._known[limits.max_page_size]

    def _collect(self, parent, selection_set, conditions: Conditions, groups: "_Groups") -> None:
        """Add what is selected on a type, grouped as it is executed: once for each key."""
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
            if node.type_condition is not None:
                self._collect(
                    self._schema.type_map[node.type_condition.name.value],
                    node.selection_set,
                    inner,
                    groups,
                )
            else:
                self._collect(parent, node.selection_set, inner, groups)

    def _conditions(self, node, outer: Conditions) -> Conditions | None:
        """Return what must hold for a selection, None where it is never selected."""
        for directive in node.directives or ():
            wanted = _CONDITIONS.get(directive.name.value)
            if wanted is None:
                continue
            value = directive.arguments[0].value
            if isinstance(value, BooleanValueNode):
                if value.value is not wanted:
                    return None
            else:
                self._uses_variables = True
                outer = (*outer, (value.name.value, wanted))
        return outer

    def _translate(self, groups: "_Groups", place: "_Place", page: Amount = 0) -> list[_Field]:
        """Return what costs something of the fields that are selected in a place.

        :param page: the size of the page, within a connection or another object that is a page
        """
        fields = []
        values: set[tuple[str, str]] = set()
        for selected in groups.values():
            _inner, parent, node = selected[0]
            name = node.name.value
            # A union has no fields of its own, and __typename is none.
            definition = META_FIELDS.get(name) or getattr(parent, "fields", {}).get(name)
            if definition is None:
                continue
            nested: _Groups = {}
            named = get_named_type(definition.type)
            if not is_leaf_type(named):
                for inner, _parent, one in selected:
                    self._collect(named, one.selection_set, inner, nested)
            below_place = _Place.RECORD
            own: Amount
            records: Amount
            below_page: Amount = 0
            match place:
                case _ if name in META_FIELDS:
                    objects = 1 + self._objects(nested, self._list_sizes())
                    own, records, nested = -(-objects // OBJECTS_OF_A_RECORD), 0, {}
                case _Place.CONNECTION if name == "totalCount":
                    own, records = COUNTED, 0
                case _Place.CONNECTION:
                    # The connection counts its page; nodes and edges show it.
                    own, records = 0, page
                    below_place = _Place.EDGE if name == "edges" else _Place.RECORD
                case _Place.EDGE:
                    own, records = 0, 1
                case _Place.ROOT if self._is_mutation:
                    own, records = self._written(node), self._sent(node)
                case _ if is_leaf_type(named):
                    value = (parent.name, name)
                    repeated = value in values and self._is_long_text(*value)
                    own, records = REPEATED_TEXT if repeated else 0, 0
                    values.add(value)
                case _ if _is_connection(named):
                    below_place, below_page = _Place.CONNECTION, self._page(definition, node)
                    names = {one.name.value for (_inner, _parent, one), *_ in nested.values()}
                    own, records = below_page if names - {"totalCount", "__typename"} else 0, 1
                case _ if _is_list(definition):
                    is_sized = any(name in definition.args for name in _PAGE_ARGUMENTS)
                    own = records = page if page and not is_sized else self._size(definition, node)
                case _:
                    own = records = 1
                    below_page = page
                    if any(name in definition.args for name in _PAGE_ARGUMENTS):
                        paged = self._find_paged(named, _WRAPPERS)
                        below_page = self._asked(definition, node, ASSUMED_SIZE, paged)
            below = self._translate(nested, below_place, below_page) if nested else []
            if own or below:
                conditions = [inner for inner, _parent, _node in selected]
                fields.append(_Field(conditions, own, records, below))
        return fields

    def _is_long_text(self, type_name: str, graphql_name: str) -> bool:
        resource = self._resources.get(type_name)
        return resource is not None and any(
            field.graphql_name == graphql_name and field.type in LONG_TEXTS
            for field in resource.fields.values()
        )

    def _objects(self, groups: "_Groups", sizes: dict[tuple[str, str], int]) -> int:
        """Return about how many objects of an introspection are below one of them.

        :param sizes: of :func:`list_sizes`
        """
        objects = 0
        for selected in groups.values():
            _inner, parent, node = selected[0]
            definition = parent.fields.get(node.name.value)
            if definition is None or is_leaf_type(get_named_type(definition.type)):
                continue
            nested: _Groups = {}
            for inner, _parent, one in selected:
                self._collect(get_named_type(definition.type), one.selection_set, inner, nested)
            number = size_of(sizes, parent.name, node.name.value) if _is_list(definition) else 1
            objects += number * (1 + self._objects(nested, sizes))
        return objects

    def _page(self, definition: GraphQLField, node: FieldNode) -> Amount:
        """Return the size of the page of a connection."""
        connection: Any = get_named_type(definition.type)
        nodes = connection.fields["nodes"]
        resource = self._resources.get(get_named_type(nodes.type).name)
        default = resource.default_page_size if resource else ASSUMED_SIZE
        return self._asked(definition, node, default, resource)

    def _find_paged(self, parent: Any, wrappers: int) -> Resource | None:
        """Return the resource of which a page in an object has records.

        :param wrappers: how many objects may lie between the two
        """
        for definition in getattr(parent, "fields", {}).values():
            named = get_named_type(definition.type)
            found = self._resources.get(named.name)
            if found is None and wrappers:
                found = self._find_paged(named, wrappers - 1)
            if found is not None:
                return found
        return None

    def _size(self, definition: GraphQLField, node: FieldNode) -> Amount:
        """Return the number of objects of a list."""
        resource = self._resources.get(get_named_type(definition.type).name)
        return self._asked(definition, node, ASSUMED_SIZE, resource)

    def _asked(
        self, definition: GraphQLField, node: FieldNode, default: int, resource: Resource | None
    ) -> Amount:
        """Return how many records the arguments of a list ask for."""
        values = [
            argument.value
            for argument in node.arguments or ()
            if argument.name.value in _PAGE_ARGUMENTS
        ]
        for name in _PAGE_ARGUMENTS:
            argument = definition.args.get(name)
            if argument is not None and isinstance(argument.default_value, int):
                default = argument.default_value
        # The execution refuses more than the maximum.
        most = resource.max_page_size if resource else None
        names = [value.name.value for value in values if isinstance(value, VariableNode)]
        for value in values:
            if isinstance(value, IntValueNode):
                default = int(value.value)
        self._uses_variables = self._uses_variables or bool(names)

        def amount(call: _Call) -> int:
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

    def _written(self, node: FieldNode) -> Amount:
        """Return the cost of what a mutation writes: one record, and the items of lists."""
        values = [argument.value for argument in node.arguments or ()]
        constant = WRITTEN * (1 + sum(_items(value) for value in values))
        names = [name for value in values for name in _variables(value)]
        if not names:
            return constant
        self._uses_variables = True
        return lambda call: (
            constant + WRITTEN * sum(_items(call.variables.get(name)) for name in names)
        )

    def _sent(self, node: FieldNode) -> Amount:
        """Return how many records a mutation returns: as many as its longest list has."""
        values = [argument.value for argument in node.arguments or ()]
        constant = max([1, *(len(v.values) for v in values if isinstance(v, ListValueNode))])
        names = [value.name.value for value in values if isinstance(value, VariableNode)]
        if not names:
            return constant

        def amount(call: _Call) -> int:
            sent = (call.variables.get(name) for name in names)
            return max([constant, *(len(value) for value in sent if isinstance(value, list))])

        return amount


_Groups = dict[tuple[str, str], list[tuple[Conditions, GraphQLObjectType, FieldNode]]]


class _Place(Enum):
    """Where a field is selected."""

    ROOT = "root"
    CONNECTION = "connection"
    EDGE = "edge"
    RECORD = "record"


def _total(fields: list[_Field], count: int, call: _Call) -> int:
    """Return the cost of fields that are selected on so many records."""
    total = 0
    for conditions, own, records, below in fields:
        if () not in conditions and not any(_holds(one, call.variables) for one in conditions):
            continue
        total += count * (own if isinstance(own, int) else own(call))
        if below:
            number = records if isinstance(records, int) else records(call)
            total += _total(below, count * number, call)
    return total


def _holds(conditions: Conditions, variables: dict) -> bool:
    return all(bool(variables.get(name)) is wanted for name, wanted in conditions)


def _is_list(definition: GraphQLField) -> bool:
    return isinstance(get_nullable_type(definition.type), GraphQLList)


def _is_connection(named) -> bool:
    """Tell whether a type is a connection as in the Relay specification, with ``nodes``."""
    fields = getattr(named, "fields", ())
    return "nodes" in fields and "edges" in fields and "pageInfo" in fields


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


def too_costly(cost: int, limits: Limits) -> ApiError:
    """Return the error for a request over the limit."""
    return ApiError(
        "QUERY_TOO_COMPLEX",
        f"The request costs {cost}, about that many records; at most {limits.max_cost} are "
        f"allowed. Ask for smaller pages (first; limit in REST) or for fewer fields of related "
        f"records, or send several requests.",
    )
