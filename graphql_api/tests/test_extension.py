"""What code adds to the schema, as an addon would by ``_inherit`` and ``_collect``."""

import strawberry

from odoo.tests import tagged

from ..schema.batches import batch_field
from ..schema.errors import ApiError
from .common import ApiCase


@strawberry.type
class CustomerGreeting:
    @strawberry.field(description="How to greet the customer.")
    def greeting(self) -> str:
        return f"Hello {self.name}"

    @strawberry.field
    def greeting_to(self, who: str) -> str:
        return f"Hello {who}, I am {self.name}"

    @strawberry.field
    def refused(self) -> str | None:
        raise ApiError("CONFLICT", "Not now.")


@strawberry.type
class CustomerTurnover:
    calls = []

    @batch_field(description="What the customer has ordered.")
    def turnover(records, info: strawberry.Info, factor: int = 1) -> list[float]:
        CustomerTurnover.calls.append(len(records))
        groups = records.env["sale.order"]._read_group(
            [("partner_id", "in", records.ids)], ["partner_id"], ["amount_total:sum"]
        )
        sums = {partner.id: total for partner, total in groups}
        return [sums.get(record.id, 0.0) * factor for record in records]


@strawberry.type
class Sum:
    @strawberry.field
    def sum(self, info: strawberry.Info, terms: list[int]) -> int:
        return sum(terms) + (0 if info.context.env.su else 1)


@tagged("post_install", "-at_install")
class TestExtension(ApiCase):
    def setUp(self):
        super().setUp()

        def extend(parts):
            parts.fields.setdefault("Customer", []).extend([CustomerGreeting, CustomerTurnover])
            parts.queries.append(Sum)

        self.extend_schema(extend)
        self.customer = self.env["res.partner"].create({"name": "Ann"})

    def test_a_field_is_in_graphql(self):
        query = f"""{{ customer(id: "{self.customer.id}") {{
            name greeting greetingTo(who: "Bob")
        }} }}"""
        self.assertEqual(
            self.graphql(query)["customer"],
            {"name": "Ann", "greeting": "Hello Ann", "greetingTo": "Hello Bob, I am Ann"},
        )

    def test_a_field_is_in_rest(self):
        path = f"/api/customers/{self.customer.id}"
        self.assertEqual(self.rest(f"{path}?fields=greeting")["data"], {"greeting": "Hello Ann"})
        self.rest(f"{path}?fields=greeting_to", status=400)
        self.rest(f"{path}?fields=refused", status=409)

    def test_an_error_has_its_code_and_path(self):
        query = f'{{ customer(id: "{self.customer.id}") {{ name refused }} }}'
        data = self.graphql(query, errors=[("CONFLICT", ["customer", "refused"])])
        self.assertEqual(data["customer"], {"name": "Ann", "refused": None})

    def test_a_batch_field_gets_all_records_at_once(self):
        query = "{ customers(first: 20) { nodes { name turnover double: turnover(factor: 2) } } }"
        CustomerTurnover.calls.clear()
        nodes = self.graphql(query)["customers"]["nodes"]
        self.assertEqual(CustomerTurnover.calls, [20, 20])
        self.assertTrue(any(node["turnover"] for node in nodes))
        for node in nodes:
            self.assertEqual(node["double"], node["turnover"] * 2)
        CustomerTurnover.calls.clear()
        data = self.rest("/api/customers?limit=20&fields=name,turnover")["data"]
        self.assertEqual([row["turnover"] for row in data], [node["turnover"] for node in nodes])
        self.assertEqual(CustomerTurnover.calls, [20])

    def test_a_batch_field_below_a_relation(self):
        query = "{ saleOrders(first: 9) { nodes { customer { turnover } } } }"
        CustomerTurnover.calls.clear()
        self.graphql(query)
        self.assertEqual(len(CustomerTurnover.calls), 1)

    def test_a_query_runs_as_the_caller(self):
        self.assertEqual(self.graphql("{ sum(terms: [1, 2]) }"), {"sum": 4})


@tagged("post_install", "-at_install")
class TestWithoutExtension(ApiCase):
    def test_nothing_of_it_is_there(self):
        sdl = self.http("GET", "/api/graphql/schema.graphql").text
        self.assertNotIn("greeting", sdl)
