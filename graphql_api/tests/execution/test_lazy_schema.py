"""Schemas whose types are made when they are asked for: the same as those that are made at once."""

import gc
from concurrent.futures import ThreadPoolExecutor

from odoo.tests import tagged

from ...schema.exposure.limits import Limits
from ...schema.exposure.policy import EVERYTHING, Rights
from ...schema.values.definitions import LazyDefinition
from ..cases.lazy_schema import LazySchemaCase

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
        self.assertLess(max(made.values()), 90, made)

    def test_a_schema_begins_with_few_types(self):
        """Also one in which all can be changed: each mutation makes its types when asked for."""

        def made() -> int:
            gc.collect()
            return sum(type(each) is LazyDefinition for each in gc.get_objects())

        before = made()
        schema = self.built()
        self.assertGreater(len(schema.graphql_schema.mutation_type.fields), 200)
        self.assertLess(made() - before, 30)

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
