"""Schemas whose types are made when they are asked for: the same as those that are made at once."""

from concurrent.futures import ThreadPoolExecutor

import strawberry
from graphql import introspection_from_schema
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from odoo.tests import tagged

from ...schema.builder import Parts, build
from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.limits import Limits
from ...schema.exposure.policy import EVERYTHING, Rights
from ...schema.values.definitions import define
from ...schema.values.scalars import SCALAR_MAP
from ..cases.api import ApiCase

QUERY = """{ customers(first: 1, filter: { country: { code: { eq: "BE" } } }) {
  nodes { id name children(first: 2) { name } } } }"""

SALES = Rights(
    granted=frozenset(
        [
            ("Customer", "read"),
            ("Customer", "update"),
            ("SaleOrder", "read"),
            ("SaleOrder", "create"),
            ("SaleOrderLine", "create"),
        ]
    )
)


@strawberry.type
class Weather:
    degrees: float


@strawberry.type
class WeatherQuery:
    @strawberry.field
    def weather(self, city: str) -> Weather:
        return Weather(degrees=20.0)


class LazySchemaCase(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resources = cls.env["graphql_api.resource"]._get_resources()
        cls.logged = {
            resource.type_name for resource in cls.resources if cls.env[resource.model]._log_access
        }

    def built(self, rights: Rights = EVERYTHING) -> BuiltSchema:
        resources = rights.restrict(self.resources)
        return build(resources, self.logged, Parts(queries=[WeatherQuery]))

    def made(self, schema: BuiltSchema) -> int:
        """Return how many types of graphql-core were made."""
        return len(schema.strawberry_schema.schema_converter.type_map)

    def assert_same_as_all_at_once(self, rights: Rights):
        """Strawberry's own schema of the same types has the same text, and says the same."""
        lazy = self.built(rights).strawberry_schema
        core = self.built(rights).graphql_schema
        roots = [
            define(
                type(root.name, (), {}),
                lambda root=root: [
                    field.extensions["strawberry-definition"] for field in root.fields.values()
                ],
            )
            for root in (core.query_type, core.mutation_type)
            if root is not None
        ]
        types = [
            core.type_map[resource.type_name].extensions["strawberry-definition"].origin
            for resource in rights.restrict(self.resources)
        ]
        eager = strawberry.Schema(
            *roots, types=types, config=StrawberryConfig(scalar_map=SCALAR_MAP)
        )
        self.assertEqual(print_schema(lazy), print_schema(eager))
        self.assertEqual(
            introspection_from_schema(lazy._schema), introspection_from_schema(eager._schema)
        )

    def assert_types_are_found(self, rights: Rights):
        """A document may name any type of the schema, and no other."""
        complete = self.built(rights).complete().graphql_schema.type_map
        schema = self.built(rights).graphql_schema
        for name in reversed(list(complete)):
            with self.subTest(name=name):
                self.assertEqual(schema.type_map[name].name, name)
                self.assertIs(schema.type_map[name], schema.get_type(name))
        found = {name: schema.type_map[name] for name in complete}
        self.assertEqual(list(schema.type_map), list(complete))
        for name, kind in found.items():
            self.assertIs(schema.type_map[name], kind)
        for name in ("Customers", "CustomerNothing", "NothingFilter", "CustomerNameInput", ""):
            self.assertNotIn(name, schema.type_map)
            self.assertIsNone(schema.get_type(name))


@tagged("generated")
class TestWholeSchema(LazySchemaCase):
    """All that is exposed, which takes seconds."""

    def test_the_same_as_all_at_once(self):
        for rights in (EVERYTHING, Rights(read_only=True)):
            with self.subTest(rights=rights):
                self.assert_same_as_all_at_once(rights)

    def test_each_type_is_found_by_its_name(self):
        self.assert_types_are_found(EVERYTHING)


class TestLazySchema(LazySchemaCase):
    def test_the_same_as_all_at_once(self):
        self.assert_same_as_all_at_once(SALES)

    def test_each_type_is_found_by_its_name(self):
        self.assert_types_are_found(SALES)
        self.assertNotIn("Product", self.built(SALES).graphql_schema.type_map)

    def test_a_request_makes_what_it_needs(self):
        """The types of a request are few, and their number does not grow with the resources."""
        limits = Limits()
        made = {}
        few = {"Customer", "Country"}
        for granted in (few, few | {resource.type_name for resource in self.resources}):
            schema = self.built(Rights(granted=frozenset((name, "read") for name in granted)))
            schema.documents.prepare(schema.documents.parse(QUERY, None, limits), limits)
            made[len(granted)] = self.made(schema)
        self.assertLess(max(made.values()), 60, made)

    def test_complete_schemas_do_not_stay(self):
        """What needs all types, like the text of the schema, leaves the others as they were."""
        schemas = [self.built(), self.built(SALES)]
        for schema in schemas:
            made = self.made(schema)
            self.assertIn("type Customer {", schema.sdl.plain().decode())
            self.assertIsNot(schema.complete(), schema)
            self.assertGreater(self.made(schema.complete()), 2 * made)
            self.assertEqual(self.made(schema), made)

    def test_threads_get_the_same_types(self):
        names = list(self.built().complete().graphql_schema.type_map)[:200]
        for _attempt in range(3):
            types = self.built().graphql_schema.type_map
            with ThreadPoolExecutor(4) as threads:
                asked = [
                    threads.submit(lambda types=types: [types[name] for name in names])
                    for _thread in range(4)
                ]
                found = [each.result() for each in asked]
            for kinds in found:
                for kind, other in zip(kinds, found[0], strict=True):
                    self.assertIs(kind, other)
                    for name, field in getattr(kind, "fields", {}).items():
                        self.assertIs(field, other.fields[name])
