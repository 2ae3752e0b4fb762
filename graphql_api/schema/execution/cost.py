"""The cost of a request: the records that it may lead to, estimated before it is executed.

Arguments multiply down the tree, as in the rate limits of GitHub's and Shopify's GraphQL APIs: a
page of 50 orders, each with 10 lines that lead to a product, is 50 + 500 + 500 records. Values
cost nothing by themselves, they are columns of records; long texts do that are selected again.

An operation is translated once into a tree of its lists and records; only what variables decide
is calculated anew for each request.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    value_from_ast_untyped,
)

from ..exposure.errors import ApiError
from ..exposure.limits import Limits
from ..exposure.resource import Resource
from .amounts import PAGE_ARGUMENTS, Amount, Amounts, Call
from .field_groups import Conditions, FieldCollector, FieldGroups, holds
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
        self._defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        self._is_mutation = operation.operation == OperationType.MUTATION
        self._amounts = Amounts()
        self._collector = FieldCollector(schema, document)
        self._known: dict[int, int] = {}
        root = schema.get_root_type(operation.operation)
        groups = self._collector.collect(root, operation.selection_set)
        self._fields = self._translate(groups, _Place.ROOT)
        self._uses_variables = self._collector.uses_variables or self._amounts.uses_variables

    def estimate(self, variables: dict, limits: Limits) -> int:
        """Return the cost of a request.

        :param variables: as the client sent them; wrong ones count as absent
        """
        if self._uses_variables:
            call = Call({**self._defaults, **variables}, limits.max_page_size)
            return min(_total(self._fields, 1, call), MOST)
        if limits.max_page_size not in self._known:
            call = Call({}, limits.max_page_size)
            self._known[limits.max_page_size] = min(_total(self._fields, 1, call), MOST)
        return self._known[limits.max_page_size]

    def _translate(self, groups: FieldGroups, place: "_Place", page: Amount = 0) -> list[_Field]:
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
            nested: FieldGroups = {}
            named = get_named_type(definition.type)
            if not is_leaf_type(named):
                nested = self._collector.collect_below(named, selected)
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
                    own, records = (
                        self._amounts.written(node, WRITTEN),
                        self._amounts.returned(node),
                    )
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
                    is_sized = any(name in definition.args for name in PAGE_ARGUMENTS)
                    own = records = page if page and not is_sized else self._size(definition, node)
                case _:
                    own = records = 1
                    below_page = page
                    if any(name in definition.args for name in PAGE_ARGUMENTS):
                        paged = self._find_paged(named, _WRAPPERS)
                        below_page = self._amounts.page_size(definition, node, ASSUMED_SIZE, paged)
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

    def _objects(self, groups: FieldGroups, sizes: dict[tuple[str, str], int]) -> int:
        """Return about how many objects of an introspection are below one of them.

        :param sizes: of :func:`list_sizes`
        """
        objects = 0
        for selected in groups.values():
            _inner, parent, node = selected[0]
            definition = parent.fields.get(node.name.value)
            if definition is None or is_leaf_type(get_named_type(definition.type)):
                continue
            nested = self._collector.collect_below(get_named_type(definition.type), selected)
            number = size_of(sizes, parent.name, node.name.value) if _is_list(definition) else 1
            objects += number * (1 + self._objects(nested, sizes))
        return objects

    def _page(self, definition: GraphQLField, node: FieldNode) -> Amount:
        """Return the size of the page of a connection."""
        connection: Any = get_named_type(definition.type)
        nodes = connection.fields["nodes"]
        resource = self._resources.get(get_named_type(nodes.type).name)
        default = resource.default_page_size if resource else ASSUMED_SIZE
        return self._amounts.page_size(definition, node, default, resource)

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
        return self._amounts.page_size(definition, node, ASSUMED_SIZE, resource)


class _Place(Enum):
    """Where a field is selected."""

    ROOT = "root"
    CONNECTION = "connection"
    EDGE = "edge"
    RECORD = "record"


def _total(fields: list[_Field], count: int, call: Call) -> int:
    """Return the cost of fields that are selected on so many records."""
    total = 0
    for conditions, own, records, below in fields:
        if () not in conditions and not any(holds(one, call.variables) for one in conditions):
            continue
        total += count * (own if isinstance(own, int) else own(call))
        if below:
            number = records if isinstance(records, int) else records(call)
            total += _total(below, count * number, call)
    return total


def _is_list(definition: GraphQLField) -> bool:
    return isinstance(get_nullable_type(definition.type), GraphQLList)


def _is_connection(named) -> bool:
    """Tell whether a type is a connection as in the Relay specification, with ``nodes``."""
    fields = getattr(named, "fields", ())
    return "nodes" in fields and "edges" in fields and "pageInfo" in fields


def too_costly(cost: int, limits: Limits) -> ApiError:
    """Return the error for a request over the limit."""
    return ApiError(
        "QUERY_TOO_COMPLEX",
        f"The request costs {cost}, about that many records; at most {limits.max_cost} are "
        f"allowed. Ask for smaller pages (first; limit in REST) or for fewer fields of related "
        f"records, or send several requests.",
    )
