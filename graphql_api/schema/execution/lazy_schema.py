"""A schema of Strawberry whose types graphql-core makes when they are first asked for.

``GraphQLSchema`` makes all types, with all of their fields, before the first request; of hundreds
of resources a client uses a few. What is taken here from the inner parts of Strawberry and
graphql-core stands in this module alone; ``tests/execution/test_lazy_schema.py`` fails with a
release in which they are otherwise.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import strawberry
from graphql import (
    GraphQLDirective,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    introspection_types,
    specified_scalar_types,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.directive_collector import SchemaDirectiveCollector
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from ..values.definitions import MAKING, LazyDefinition, LazyMapping, define
from ..values.scalars import SCALAR_MAP

MakeField = Callable[[], StrawberryField]

TypeMap = dict[str, GraphQLNamedType]

_SPECIFIED_TYPES: TypeMap = {**specified_scalar_types, **introspection_types}


@dataclass
class CodeTypes:
    """What code adds: types that no field needs to lead to, and fields, which lead to others."""

    types: list[type]
    fields: list[StrawberryField]


class LazySchema(strawberry.Schema):
    """A schema of Strawberry whose types are made when they are first asked for.

    Printed and introspected, it is the same as ``strawberry.Schema`` of the same types.

    :param query: GraphQL name of a field of ``Query`` -> what makes it
    :param mutation: the same for ``Mutation``; without any, there is no such type
    :param types: name -> object type, of the types that no field needs to lead to
    :param code: what is made at once
    :param find_type: name -> Strawberry type, None where there is none; for all types that the
        fields lead to, but for those in code
    """

    def __init__(
        self,
        query: Mapping[str, MakeField],
        mutation: Mapping[str, MakeField],
        types: Mapping[str, type],
        code: CodeTypes,
        find_type: Callable[[str], Any],
    ):
        # The printer of Strawberry asks for the names of the root types.
        self.query = define(type("Query", (), {}), list)
        self.mutation = define(type("Mutation", (), {}), list) if mutation else None
        self.subscription = None
        self.extensions = self.directives = self.exception_handlers = ()
        self.schema_directives = []
        self.config = StrawberryConfig(scalar_map=SCALAR_MAP)
        self.schema_converter = converter = _Converter(
            self.config,
            scalar_overrides={},
            scalar_map=self.config.scalar_map,
            get_fields=self.get_fields,
            exception_handlers=(),
        )
        roots = {"Query": _RootType("Query", query, converter)}
        if mutation:
            roots["Mutation"] = _RootType("Mutation", mutation, converter)
        collector = _CodeCollector(converter)
        known: dict[str, GraphQLNamedType] = {**roots, **collector.collect_code(code)}
        self._schema_graphql_directives = collector.graphql_directives
        self._schema_directives_in_use = collector.directives_in_use

        def find(name: str) -> GraphQLNamedType | None:
            found = known.get(name)
            if found is None:
                with MAKING:
                    if (kind := find_type(name)) is not None:
                        found = known[name] = get_named_type(converter.from_type(kind))
            return found

        self._schema = _Schema(
            roots,
            find,
            lambda: [
                get_named_type(converter.from_type(kind)) for kind in [*types.values(), *code.types]
            ],
            self._collect_graphql_directives(collector.directive_types),
        )
        self._schema.extensions = {GraphQLCoreConverter.DEFINITION_BACKREF: self}
        vars(self._schema)["_strawberry_schema"] = self
        self._extend_introspection()


class _Schema(GraphQLSchema):
    """The schema of graphql-core.

    :param roots: the root types, by name
    :param find_type: name -> type, None where there is none
    :param make_types: returns the types that the root types need not lead to
    """

    def __init__(
        self,
        roots: Mapping[str, GraphQLObjectType],
        find_type: Callable[[str], GraphQLNamedType | None],
        make_types: Callable[[], list[GraphQLNamedType]],
        directives: tuple[GraphQLDirective, ...],
    ):
        super().__init__(directives=directives, assume_valid=True)
        self.query_type = roots["Query"]
        self.mutation_type = roots.get("Mutation")
        self._make_types = make_types
        self.type_map = cast("TypeMap", _TypeMap(find_type, self._make_all))

    def _make_all(self) -> TypeMap:
        """Return all types by name, in the order of graphql-core."""
        complete = GraphQLSchema(
            query=self.query_type,
            mutation=self.mutation_type,
            types=self._make_types(),
            directives=self.directives,
            assume_valid=True,
        )
        # Interfaces and unions in code.
        self._implementations_map = complete._implementations_map
        return complete.type_map


class _TypeMap(Mapping[str, GraphQLNamedType]):
    """The types by name: one is made when it is asked for, all are when all are asked for."""

    def __init__(
        self,
        find_type: Callable[[str], GraphQLNamedType | None],
        make_all: Callable[[], TypeMap],
    ):
        self._find_type = find_type
        self._make_all = make_all

    @cached_property
    def _all(self) -> TypeMap:
        return self._make_all()

    def __getitem__(self, name: str) -> GraphQLNamedType:
        found = _SPECIFIED_TYPES.get(name) or self._find_type(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class _RootType(GraphQLObjectType):
    """``Query`` or ``Mutation``; each field is made when it is asked for."""

    def __init__(self, name: str, fields: Mapping[str, MakeField], converter: "_Converter"):
        super().__init__(name, {})

        def make(field_name: str) -> GraphQLField:
            field = fields[field_name]()
            field.python_name = field.python_name or field_name
            return converter.from_field(field)

        # In place of the cached property of graphql-core.
        self.fields = LazyMapping(fields, make)


class _CodeCollector(SchemaDirectiveCollector):
    """Finds the types in code, and their directives, without those of resources."""

    def collect_code(self, code: CodeTypes) -> dict[str, GraphQLNamedType]:
        """Return the types by name."""
        self.add_graphql_types(map(self._converter.from_type, code.types))
        for field in code.fields:
            converted = self._converter.from_field(field)
            self._record_applied_directives(field)
            self.add_graphql_types(
                [converted.type, *(each.type for each in converted.args.values())]
            )
        self.collect()
        return {kind.name: kind for kind in self._graphql_types}

    def _visit_graphql_type(self, graphql_type: GraphQLNamedType) -> None:
        definition = graphql_type.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if isinstance(definition, LazyDefinition):
            return None
        return super()._visit_graphql_type(graphql_type)


class _Converter(GraphQLCoreConverter):
    """Makes each type of graphql-core once, also when two threads ask for it at the same time."""

    def from_enum(self, enum):
        with MAKING:
            return super().from_enum(enum)

    def from_input_object(self, object_type):
        with MAKING:
            return super().from_input_object(object_type)

    def from_interface(self, interface):
        with MAKING:
            return super().from_interface(interface)

    def from_object(self, object_type):
        with MAKING:
            return super().from_object(object_type)

    def from_scalar(self, scalar):
        with MAKING:
            return super().from_scalar(scalar)

    def from_union(self, union):
        with MAKING:
            return super().from_union(union)
