"""Hypothesis strategies for queries: any selection that the executable schema allows."""

from dataclasses import dataclass, field

from graphql import (
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import strategies as st

DIRECTIVES = st.sampled_from(
    ["", "", "", "", " @include(if: $yes)", " @skip(if: $no)", " @include(if: $no)"]
)
ROOTS = ("Customer", "SaleOrder", "Lead", "Product", "Country", "User")
LIST_ARGUMENTS = st.sampled_from(
    [
        "",
        "",
        "(first: 2)",
        "(first: $few)",
        "(first: 3, offset: 1)",
        "(first: 0)",
        "(first: -1)",
        "(first: 2, orderBy: [{ id: DESC }])",
        "(first: 3, includeArchived: true)",
        '(filter: { id: { notIn: ["1", "3"] } }, first: 4)',
    ]
)

VARIABLES = {"$yes": "Boolean!", "$no": "Boolean! = false", "$few": "Int = 2", "$id": "ID!"}


@dataclass
class Writer:
    """Writes the text of one query from what Hypothesis draws.

    ``names`` keeps the strategies of the fields of a selection: Hypothesis examines each anew.
    """

    draw: object
    schema: GraphQLSchema
    names: dict[tuple[str, bool], st.SearchStrategy]
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def selection(self, parent: GraphQLObjectType, depth: int) -> str:
        """Return a selection set with one to six fields or fragments."""
        chosen = self.draw(self._names(parent, depth))
        parts = [self._field(parent, name, depth) for name in chosen]
        if self.draw(st.integers(0, 5)) == 0:
            parts.append("__typename")
        if depth and self.draw(st.integers(0, 4)) == 0:
            parts.append(self._fragment(parent, depth - 1))
        return "{ " + " ".join(parts) + " }"

    def _names(self, parent: GraphQLObjectType, depth: int) -> st.SearchStrategy[list[str]]:
        key = (parent.name, depth > 0)
        if key not in self.names:
            names = [name for name in parent.fields if self._is_possible(parent, name, depth)]
            self.names[key] = st.lists(st.sampled_from(names), min_size=1, max_size=5)
        return self.names[key]

    def _is_possible(self, parent: GraphQLObjectType, name: str, depth: int) -> bool:
        definition = parent.fields[name]
        if any(is_required_argument(argument) for argument in definition.args.values()):
            return False
        return depth > 0 or is_leaf_type(get_named_type(definition.type))

    def _field(self, parent: GraphQLObjectType, name: str, depth: int) -> str:
        definition = parent.fields[name]
        named = get_named_type(definition.type)
        directive = self.draw(DIRECTIVES)
        # Fragments beside it may select the same field with other arguments.
        self.aliases += 1
        alias = f"{name}{self.aliases}: "
        if is_leaf_type(named):
            # Without an alias a field may be selected twice: both are one.
            return (alias if self.draw(st.booleans()) else "") + name + directive
        arguments = ""
        if isinstance(get_nullable_type(definition.type), GraphQLList) and definition.args:
            arguments = self.draw(LIST_ARGUMENTS)
        return f"{alias}{name}{arguments}{directive} {self.selection(named, depth - 1)}"

    def _fragment(self, parent: GraphQLObjectType, depth: int) -> str:
        directive = self.draw(DIRECTIVES)
        selection = self.selection(parent, depth)
        if self.draw(st.booleans()):
            return f"... on {parent.name}{directive} {selection}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {parent.name} {selection}")
        return f"...{name}{directive}"


def queries(schema, depth: int = 3) -> st.SearchStrategy[str]:
    """Return a strategy of queries with the variables ``$yes``, ``$no``, ``$few``, ``$id``.

    :param schema: a :class:`BuiltSchema`
    """
    return _queries(schema, depth, {})


@st.composite
def _queries(draw, schema, depth: int, names: dict) -> str:
    writer = Writer(draw, schema.graphql_schema, names)
    types = schema.graphql_schema.type_map
    roots = []
    for place in range(draw(st.integers(1, 2))):
        resource = schema.resources[draw(st.sampled_from(ROOTS))]
        selection = writer.selection(types[resource.type_name], depth)
        shape = draw(st.sampled_from(["nodes", "edges", "single", "both"]))
        if shape == "single":
            roots.append(f"r{place}: {resource.single_name}(id: $id) {selection}")
            continue
        parts = {
            "nodes": f"nodes {selection}",
            "edges": f"edges {{ cursor node {selection} }} pageInfo {{ hasNextPage endCursor }}",
            "both": f"totalCount nodes {selection} edges {{ node {{ id }} }}",
        }
        arguments = draw(st.sampled_from(["(first: $few)", "(first: 6)", "(last: 3)"]))
        roots.append(f"r{place}: {resource.list_name}{arguments} {{ {parts[shape]} }}")
    text = f"{{ {' '.join(roots)} }} {' '.join(writer.fragments)}"
    used = [f"{name}: {kind}" for name, kind in VARIABLES.items() if name in text]
    return f"query {'(' + ', '.join(used) + ')' if used else ''} {text}"
