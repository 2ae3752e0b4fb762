"""The cost of requests: estimated records, refused before anything is read."""

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    get_introspection_query,
    parse,
)

from odoo.tests import tagged

from ...schema.execution.cost import ASSUMED_SIZE, WRITTEN, Cost
from ...schema.execution.introspection import MAX_COUNTED_TYPES, list_sizes
from ...schema.exposure.limits import Limits
from ..cases.scoped_keys import ScopedKeyCase

TOO_COMPLEX = [("QUERY_TOO_COMPLEX", None)]


def _schema_of(number: int) -> GraphQLSchema:
    """Return a schema of so many types, with ten fields each that have three arguments."""
    arguments = {name: GraphQLArgument(GraphQLString) for name in "abc"}
    fields = {f"f{place}": GraphQLField(GraphQLString, arguments) for place in range(10)}
    types = [GraphQLObjectType(f"T{place}", fields) for place in range(number)]
    return GraphQLSchema(types[0], types=types)


@tagged("post_install", "-at_install")
class TestCost(ScopedKeyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = cls.env["graphql_api.schema"]._get_schema()

    def cost(self, query: str, variables: dict | None = None) -> int:
        limits = Limits(max_aliases=1000)
        parsed = self.schema.documents.parse(query, None, limits)
        prepared = self.schema.documents.prepare(parsed, limits)
        return prepared.cost.estimate(variables or {}, Limits())

    def check(self, expected: int, query: str, **variables):
        with self.subTest(query, variables=variables):
            self.assertEqual(self.cost(query, variables), expected)

    def test_lists(self):
        self.check(1, "{ me { lang } }")
        self.check(1, '{ customer(id: "1") { id name } }')
        self.check(80, "{ customers { nodes { id } } }")
        self.check(80, "{ customers { edges { cursor node { id } } pageInfo { endCursor } } }")
        self.check(1, "{ customers { totalCount } }")
        self.check(6, "{ customers(first: 5) { totalCount nodes { id } } }")
        self.check(5, "{ customers(last: 5) { pageInfo { hasNextPage } } }")
        self.check(0, "{ customers(first: 0) { nodes { country { id } } } }")
        # More than the maximum is refused in the execution, whatever it would cost.
        self.check(1000, "{ customers(first: 9999999) { nodes { id } } }")
        self.check(0, "{ customers(first: -3) { nodes { id } } }")

    def test_relations_multiply(self):
        self.check(10, "{ customers(first: 5) { nodes { country { name } } } }")
        self.check(
            5 + 5 * 2 + 5 * 2,
            "{ customers(first: 5) { nodes { children(first: 2) { id country { name } } } } }",
        )
        self.check(5 + 5 * ASSUMED_SIZE, "{ customers(first: 5) { nodes { children { name } } } }")
        query = "{ customers(first: 5) { edges { node { country { name } } } totalCount } }"
        self.check(5 + 5 + 1, query)

    def test_what_is_executed_once_counts_once(self):
        self.check(10, "{ customers(first: 5) { nodes { country { name } country { code } } } }")
        self.check(
            10,
            "{ customers(first: 5) { nodes { ...A ...B } } } "
            "fragment A on Customer { country { name } } "
            "fragment B on Customer { ... on Customer { country { code } } }",
        )
        self.check(15, "{ customers(first: 5) { nodes { a: country { id } b: country { id } } } }")
        self.check(2, '{ a: customer(id: "1") { id } b: customer(id: "1") { id } }')

    def test_variables(self):
        query = "query ($n: Int) { customers(first: $n) { nodes { country { name } } } }"
        self.check(20, query, n=10)
        self.check(160, query)
        self.check(160, query, n=None)
        self.check(160, query, n="nonsense")
        self.check(20, query, n=10.0)
        self.check(160, query, n=10.5)
        query = "query ($n: Int = 3) { customers(first: $n) { nodes { id } } }"
        self.check(3, query)
        self.check(7, query, n=7)

    def test_directives(self):
        self.check(5, "{ customers(first: 5) { nodes { id country @skip(if: true) { id } } } }")
        self.check(10, "{ customers(first: 5) { nodes { id country @skip(if: false) { id } } } }")
        query = (
            "query ($a: Boolean!, $b: Boolean = true) { customers(first: 5) { nodes { id "
            "... on Customer @include(if: $a) { country @skip(if: $b) { id } } } } }"
        )
        self.check(5, query, a=True)
        self.check(10, query, a=True, b=False)
        self.check(5, query, a=False, b=False)
        both = (
            "query ($a: Boolean!) { customers(first: 5) { nodes { id "
            "country @include(if: $a) { id } country @skip(if: $a) { id } } } }"
        )
        self.check(10, both, a=True)
        self.check(10, both, a=False)

    def test_mutations(self):
        self.check(
            WRITTEN + 1, 'mutation { createCustomer(input: { name: "A" }) { country { id } } }'
        )
        query = (
            "mutation ($inputs: [CustomerCreateInput!]!) { "
            "createCustomers(inputs: $inputs) { id country { id } } }"
        )
        inputs = [{"name": "A"}, {"name": "B", "children": {"create": [{"name": "C"}] * 3}}]
        self.check(WRITTEN * (1 + 2 + 3) + 2, query, inputs=inputs)
        self.check(
            2 * WRITTEN, 'mutation { a: deleteCustomer(id: "1") b: deleteCustomer(id: "2") }'
        )
        self.check(
            WRITTEN * (1 + 2) + 2,
            'mutation { updateCustomers(ids: ["1", "2"], input: {}) { country { id } } }',
        )

    def test_unions_and_lists_of_an_addon(self):
        @strawberry.type
        class Note:
            text: str

        @strawberry.type
        class Task:
            title: str

        @strawberry.type
        class Work:
            @strawberry.field
            def work(self) -> list[Note | Task]:
                return []

            @strawberry.field
            def notes(self, first: int = 7) -> list[Note]:
                return []

        self.extend_schema(lambda parts: parts.queries.append(Work))
        self.schema = self.env["graphql_api.schema"]._get_schema()
        fragments = "... on Note { text } ... on Task { title }"
        self.check(ASSUMED_SIZE, f"{{ work {{ __typename {fragments} }} }}")
        self.check(7, "{ notes { text } }")
        self.check(2000, "{ notes(first: 2000) { text } }")
        self.assertEqual(self.execute(f"{{ work {{ __typename {fragments} }} }}").errors, [])

    def test_introspection(self):
        """Its objects count, a hundred of them as much as a record."""
        self.check(0, "{ __typename }")
        self.check(1, "{ __schema { queryType { name } } __typename }")
        types = self.schema.graphql_schema.type_map
        fields = [len(named.fields) for named in types.values() if hasattr(named, "fields")]
        average = -(-sum(fields) // len(fields))
        objects = 2 + min(len(types), MAX_COUNTED_TYPES) * (1 + average)
        self.check(-(-objects // 100), "{ __schema { types { name fields { name } } } }")
        one = self.cost('{ __type(name: "Customer") { fields { type { fields { name } } } } }')
        self.assertGreater(one, average**2 // 100)
        two = """{ a: __type(name: "Customer") { ...F } b: __type(name: "Customer") { ...F } }
            fragment F on __Type { fields { type { fields { name } } } }"""
        self.check(2 * one, two)
        condition = """query ($all: Boolean!) { __type(name: "Customer") { fields {
            type { fields @include(if: $all) { name } } } } }"""
        self.check(one, condition, all=False)
        self.check(0, "query ($all: Boolean!) { __schema @include(if: $all) { types { name } } }")

    def test_introspection_of_clients_passes(self):
        for options in ({}, {"specified_by_url": True, "input_value_deprecation": True}):
            query = get_introspection_query(**options)
            self.assertLess(self.cost(query), Limits().max_cost / 4)

    def test_introspection_of_any_number_of_resources(self):
        """A larger schema costs no more to be asked for; what multiplies does not pass."""
        deep = """{ __schema { types { fields { args { type { fields { args { type {
            fields { name } } } } } } } } } }"""
        costs = []
        for number in (MAX_COUNTED_TYPES, 10 * MAX_COUNTED_TYPES):
            schema = _schema_of(number)
            sizes = list_sizes(schema)

            def cost(query, schema=schema, sizes=sizes):
                document = parse(query)
                operation = document.definitions[0]
                estimated = Cost(schema, {}, document, operation, lambda: sizes)
                return estimated.estimate({}, Limits())

            costs.append(cost(get_introspection_query()))
            self.assertGreater(cost(deep), Limits().max_cost)
        self.assertEqual(*costs)
        self.assertLess(costs[0], Limits().max_cost / 4)

    def test_what_is_usual_passes(self):
        for query in (
            "{ customers(first: 1000) { nodes { id name country { name } parent { name } } } }",
            """{ saleOrders(first: 80) { totalCount nodes { id customer { name }
                orderLines(first: 100) { quantity product { name } } } } }""",
        ):
            self.assertLess(self.cost(query), Limits().max_cost)

    def test_what_multiplies_is_refused(self):
        query = """{ customers(first: 1000) { nodes { children(first: 1000) {
            children(first: 1000) { name } } } } }"""
        self.execute(query)
        with self.counted_queries() as nothing:
            self.execute("{ __typename }")
        with self.counted_queries() as counted:
            refused = self.execute(query)
        self.assertEqual(refused.code, "QUERY_TOO_COMPLEX")
        self.assertEqual(counted, nothing)
        response = self.graphql_response(query)
        self.assertEqual(response.status_code, 400)
        body = response.json()
        self.assertNotIn("data", body)
        message = body["errors"][0]["message"]
        cost = self.cost(query)
        for part in (str(cost), "50000", "first"):
            self.assertIn(part, message)
        self.assertEqual(body["extensions"], {"cost": {"requested": cost, "maximum": 50_000}})

    def test_no_number_is_too_large(self):
        query = "{ customers(first: 1000) { nodes " + "{ children(first: 1000) " * 8 + "{ id }"
        query += " }" * 10
        body = self.graphql_response(query).json()
        self.assertEqual(body["extensions"]["cost"]["requested"], 1_000_000_000)

    def test_it_is_reported(self):
        body = self.graphql_response("{ customers(first: 2) { nodes { id } } }").json()
        self.assertEqual(body["extensions"]["cost"], {"requested": 2, "maximum": 50_000})
        headers = self.scoped_key(self.policy(None, max_cost=3))
        query = "query ($n: Int) { customers(first: $n) { nodes { id } } }"
        body = self.graphql_response(query, {"n": 3}, headers=headers).json()
        self.assertEqual(body["extensions"]["cost"], {"requested": 3, "maximum": 3})
        self.graphql(query, {"n": 4}, errors=TOO_COMPLEX, headers=headers)

    def test_rest(self):
        headers = self.scoped_key(self.policy(None, max_cost=10))
        self.rest("/api/customers?limit=5&fields=name,country.code", headers=headers)
        body = self.rest(
            "/api/customers?limit=6&fields=name,country.code", status=400, headers=headers
        )
        self.assertEqual(body["code"], "QUERY_TOO_COMPLEX")
        self.assertIn("limit", body["message"])

    def test_a_refused_mutation_does_nothing(self):
        headers = self.scoped_key(self.policy(None, max_cost=WRITTEN))
        query = 'mutation { a: createCustomer(input: { name: "%s" }) { id } %s }'
        self.graphql(query % ("Zcost", ""), headers=headers)
        second = 'b: createCustomer(input: { name: "Zcost" }) { id }'
        self.graphql(query % ("Zcost", second), errors=TOO_COMPLEX, headers=headers)
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Zcost")]), 1)
