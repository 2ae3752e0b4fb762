"""What code adds to the schema, as an addon would by ``_inherit`` and ``_collect``."""

import datetime

import strawberry

from odoo.tests import tagged

from ...schema.extension import (
    ApiError,
    batch_field,
    check_operation,
    find_record,
    resource_type,
)
from ..cases.api import ApiCase

Customer = resource_type("Customer")
Company = resource_type("Company")


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

    @strawberry.field
    def next_day(self, day: datetime.date) -> datetime.date:
        return day + datetime.timedelta(days=1)

    @strawberry.field
    def next_hour(self, moment: datetime.datetime) -> datetime.datetime:
        return moment + datetime.timedelta(hours=1)

    @strawberry.field
    def same(self, value: strawberry.scalars.JSON) -> strawberry.scalars.JSON:
        return value


@strawberry.type
class CustomerRelations:
    """Records that were looked up with sudo, as an addon should not do."""

    @batch_field
    def namesakes(records, info: strawberry.Info) -> list[list[Customer]]:
        found = records.sudo().search([("name", "in", records.mapped("name"))])
        by_name = found.grouped("name")
        return [by_name[record.name] for record in records]

    @batch_field
    def guardian(records, info: strawberry.Info) -> list[Customer | None]:
        return [record.sudo().parent_id for record in records]

    @strawberry.field
    def itself(self) -> Customer:
        return self.sudo()


@strawberry.type
class CustomersWith:
    @strawberry.field
    def customers_with(self, info: strawberry.Info, ref: str) -> list[Customer]:
        return info.context.env["res.partner"].sudo().search([("ref", "=", ref)], order="id desc")

    @strawberry.field
    def customer_with(self, info: strawberry.Info, ref: str) -> Customer | None:
        return (
            info.context.env["res.partner"].sudo().search([("ref", "=", ref)], order="id", limit=1)
        )


@strawberry.type
class CompanyQuery:
    @strawberry.field
    def first_company(self, info: strawberry.Info) -> Company:
        return info.context.env.company


@strawberry.type
class Renamed:
    customer: Customer
    others: list[Customer]
    warning: str | None = None


@strawberry.type
class Rename:
    @strawberry.mutation
    def rename(self, info: strawberry.Info, id: strawberry.ID, name: str) -> Renamed | None:
        record = find_record(info, "Customer", id)
        record.name = name
        others = record.sudo().search([("name", "=", name), ("id", "!=", record.id)])
        return Renamed(customer=record.sudo(), others=others)

    @strawberry.mutation
    def rename_customer(self, info: strawberry.Info, id: strawberry.ID, name: str) -> Customer:
        check_operation(info, "Customer", "update")
        record = find_record(info, "Customer", id)
        record.name = name
        return record


@tagged("post_install", "-at_install")
class TestExtension(ApiCase):
    def setUp(self):
        super().setUp()

        def extend(parts):
            parts.fields["Customer"] += [CustomerGreeting, CustomerTurnover, CustomerRelations]
            parts.queries += [Sum, CustomersWith, CompanyQuery]
            parts.mutations.append(Rename)

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

    def test_scalars_are_those_of_fields(self):
        query = """{
            nextDay(day: "2026-12-31") same(value: {a: 1})
            nextHour(moment: "2026-12-31T23:30:00+01:00")
        }"""
        expected = {
            "nextDay": "2027-01-01",
            "nextHour": "2026-12-31T23:30:00Z",
            "same": {"a": 1},
        }
        self.assertEqual(self.graphql(query), expected)

    def hide(self, records):
        """Hide records from the user demo by a rule."""
        self.env["ir.rule"].create(
            {
                "name": "test",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": str([("id", "not in", records.ids)]),
            }
        )

    def test_records_are_those_that_the_caller_sees(self):
        """However a resolver looked them up."""
        seen, hidden = self.env["res.partner"].create(
            [{"name": "Zann", "ref": "Zref"}, {"name": "Zann", "ref": "Zref"}]
        )
        child = self.env["res.partner"].create({"name": "Zbob", "parent_id": hidden.id})
        self.hide(hidden)
        query = """query ($seen: ID!, $child: ID!) {
            customersWith(ref: "Zref") { id name itself { id } }
            customerWith(ref: "Zref") { id }
            seen: customer(id: $seen) { namesakes { id namesakes { id } } guardian { id } }
            child: customer(id: $child) { guardian { name } }
        }"""
        variables = {"seen": seen.id, "child": child.id}
        errors = [("FORBIDDEN", ["child", "guardian"])]
        data = self.graphql(query, variables, errors=errors, login="demo")
        node = {"id": str(seen.id)}
        self.assertEqual(data["customersWith"], [{**node, "name": "Zann", "itself": node}])
        self.assertEqual(data["customerWith"], node)
        self.assertEqual(
            data["seen"], {"namesakes": [{**node, "namesakes": [node]}], "guardian": None}
        )
        self.assertEqual(data["child"], {"guardian": None})
        self.hide(seen)
        query = '{ customerWith(ref: "Zref") { id } }'
        self.graphql(query, errors=[("FORBIDDEN", ["customerWith"])], login="demo")

    def test_records_keep_their_order_and_their_resource_its_domain(self):
        one, two = self.env["res.partner"].create([{"name": name, "ref": "Zref"} for name in "ab"])
        query = '{ customersWith(ref: "Zref") { name } }'
        self.assertEqual(
            self.graphql(query), {"customersWith": [{"name": two.name}, {"name": one.name}]}
        )
        self.env.ref("graphql_api.customer").domain = "[('name', '!=', 'a')]"
        self.assertEqual(self.graphql(query), {"customersWith": [{"name": two.name}]})

    def test_a_list_may_have_no_more_than_a_page(self):
        self.env["res.partner"].create([{"name": name, "ref": "Zref"} for name in "ab"])
        query = '{ customersWith(ref: "Zref") { name } }'
        self.graphql(query)
        self.env.ref("graphql_api.customer").write({"default_page_size": 1, "max_page_size": 1})
        errors = [("BAD_USER_INPUT", ["customersWith"])]
        self.assertIsNone(self.graphql(query, errors=errors))

    def test_records_are_read_at_once(self):
        nodes = "{ nodes { namesakes { name guardian { name } } } }"

        def count(size: int) -> int:
            return self.query_count(f"{{ customers(first: {size}) {nodes} }}")

        self.assertEqual(count(4), count(40))

    def test_records_in_rest(self):
        child = self.env["res.partner"].create({"name": "Bob", "parent_id": self.customer.id})
        data = self.rest(f"/api/customers/{child.id}?fields=guardian.city,namesakes")["data"]
        self.assertEqual(
            data, {"guardian": {"city": None}, "namesakes": [{"id": child.id, "name": "Ann, Bob"}]}
        )
        document = self.http("GET", "/api/openapi.json").text
        self.assertIn('"guardian"', document)

    def test_a_mutation_returns_what_is_kept(self):
        query = """mutation ($id: ID!, $name: String!) {
            renameCustomer(id: $id, name: $name) { name }
        }"""
        variables = {"id": self.customer.id, "name": "Eve"}
        self.assertEqual(self.graphql(query, variables), {"renameCustomer": {"name": "Eve"}})
        errors = [("NOT_FOUND", ["renameCustomer"])]
        self.graphql(query, {**variables, "id": "999999"}, errors=errors)
        self.env.ref("graphql_api.customer").allow_update = False
        errors = [("FORBIDDEN", ["renameCustomer"])]
        self.graphql(query, variables, errors=errors)

    def test_records_within_another_type(self):
        hidden = self.env["res.partner"].create({"name": "Eve"})
        query = """mutation ($id: ID!) {
            rename(id: $id, name: "Eve") { customer { name } others { name } warning }
        }"""
        expected = {"customer": {"name": "Eve"}, "others": [{"name": "Eve"}], "warning": None}
        variables = {"id": self.customer.id}
        self.assertEqual(self.graphql(query, variables), {"rename": expected})
        self.hide(hidden)
        self.user("demo").group_ids += self.env.ref("base.group_partner_manager")
        data = self.graphql(query, variables, login="demo")
        self.assertEqual(data["rename"]["others"], [])

    def test_a_batch_field_says_what_it_returns(self):
        def one(records, info: strawberry.Info) -> int: ...

        def many(records, info: "strawberry.Info") -> "list[int]": ...

        with self.assertRaisesRegex(TypeError, "list"):
            batch_field(one)
        batch_field(many)

    def test_what_leads_to_a_type_that_is_not_there_is_not_there(self):
        query = "{ firstCompany { name } }"
        self.assertTrue(self.graphql(query)["firstCompany"]["name"])
        self.env.ref("graphql_api.company").active = False
        self.graphql(query, errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        self.assertEqual(self.graphql("{ sum(terms: []) }"), {"sum": 1})
        self.env.ref("graphql_api.company").write({"active": True, "allow_read": False})
        self.graphql(query, errors=[("GRAPHQL_VALIDATION_FAILED", None)])


@tagged("post_install", "-at_install")
class TestWithoutExtension(ApiCase):
    def test_nothing_of_it_is_there(self):
        sdl = self.http("GET", "/api/graphql/schema.graphql").text
        self.assertNotIn("greeting", sdl)
