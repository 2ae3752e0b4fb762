"""What keys of a policy use: which names are kept of a request, and never a value."""

import datetime
import re
import uuid

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.purge import DELETED_AT_ONCE
from ..cases.cursors import noted_statements
from ..cases.usage import UsageCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5E"
    "rkJggg=="
)


def uses(text: str) -> set[str]:
    """Return the lines of a text, each a use."""
    return {line.strip() for line in text.strip().splitlines()}


READ_CUSTOMER = {"Customer read", "Customer read_field name"}


@tagged("post_install", "-at_install")
class TestGraphql(UsageCase):
    def check(self, query: str, expected: str, variables=None) -> None:
        with self.subTest(query):
            self.ask(query, variables)
            self.assertEqual(self.used(), uses(expected))

    def test_reading(self):
        number = self.customer.id
        self.check(f'{{ customer(id: "{number}") {{ id version }} }}', "Customer read")
        self.check("{ customers { totalCount } }", "\n".join(READ_CUSTOMER))
        self.check(
            "{ customers(orderBy: {city: ASC}, first: 1) { nodes { a: phone ...Rest } } } "
            "fragment Rest on Customer { country { ... on Country { code createDate } } }",
            """Customer read
            Customer read_field city
            Customer read_field phone
            Customer read_field country
            Country read
            Country read_field code""",
        )
        self.check(
            "{ me { lang user { name } } }",
            """User read
            User read_field name""",
        )
        self.check("{ __schema { queryType { name } } __typename }", "")

    def test_what_a_document_names(self):
        """A document is valid only with all that it names, whatever is executed of it."""
        query = f"""
            query A($yes: Boolean!) {{
              customer(id: "{self.customer.id}") {{ id city @include(if: $yes) }}
            }}
            query B {{ countries(first: 1, orderBy: {{ id: ASC }}) {{ nodes {{ code }} }} }}"""
        response = self.graphql_response(query, {"yes": False}, "A", headers=self.scoped)
        self.assertNotIn("errors", response.json())
        self.assertEqual(
            self.used(),
            uses("""Customer read
            Customer read_field city
            Country read
            Country read_field code"""),
        )

    def test_filters_and_orders(self):
        literal = """{ saleOrders(
            filter: { or: [{ customer: { country: { code: { eq: "BE" } } } },
                           { not: { orderLines: { some: { quantity: { gt: 2 } } } } }] }
            orderBy: [{ amountTotal: DESC }], search: "Zx", first: 1) { nodes { id } } }"""
        expected = """SaleOrder read
            SaleOrder search
            SaleOrder read_field amount_total
            SaleOrder read_field customer
            SaleOrder read_field order_lines
            Customer read
            Customer read_field country
            Country read
            Country read_field code
            SaleOrderLine read
            SaleOrderLine read_field quantity"""
        self.check(literal, expected)
        self.check(
            """query ($filter: SaleOrderFilter, $order: [SaleOrderOrder!], $text: String) {
              saleOrders(filter: $filter, orderBy: $order, search: $text, first: 1) {
                nodes { id }
              }
            }""",
            expected,
            {
                "filter": {
                    "or": [
                        {"customer": {"country": {"code": {"eq": "BE"}}}},
                        {"not": {"orderLines": {"some": {"quantity": {"gt": 2}}}}},
                    ]
                },
                "order": [{"amountTotal": "DESC"}],
                "text": "Zx",
            },
        )

    def test_default_order(self):
        """What lists are ordered by is used where a client says no order."""
        query = """query ($order: [SaleOrderOrder!]) {
          saleOrders(orderBy: $order, first: 1) { nodes { id } }
        }"""
        self.check(query, "SaleOrder read", {"order": [{"id": "ASC"}]})
        self.check(query, "SaleOrder read\nSaleOrder read_field date_order")

    def test_groups(self):
        self.check(
            """{ saleOrdersAggregate(
                groupBy: [{ state: true }, { customer: true }]
                orderBy: [{ amountTotal: { sum: DESC } }]
            ) { count keys { state customer { city } } amountTax { sum } } }""",
            """SaleOrder read
            SaleOrder read_field state
            SaleOrder read_field customer
            SaleOrder read_field amount_total
            SaleOrder read_field amount_tax
            SaleOrder read_field currency
            Currency read
            Customer read
            Customer read_field city""",
        )

    def test_writing(self):
        number = self.customer.id
        self.check(
            """mutation ($name: String!) {
              createCustomer(input: { name: $name, country: "20",
                children: { create: [{ name: $name, phone: "1" }] } }) { id }
            }""",
            """Customer create
            Customer write_field name
            Customer write_field country
            Customer write_field children
            Customer write_field phone
            Customer read
            Country read""",
            {"name": "Znew"},
        )
        self.check(
            "mutation ($id: ID!, $input: CustomerUpdateInput!) "
            "{ updateCustomers(ids: [$id], input: $input) { version } }",
            """Customer update
            Customer write_field city""",
            {"id": str(number), "input": {"city": "Zother"}},
        )
        self.check(
            'mutation { upsertCustomer(by: { externalId: "zapp.c1" }, input: { name: "Zup" }) '
            "{ name } }",
            """Customer create
            Customer update
            Customer write_field name
            Customer read
            Customer read_field name""",
        )
        self.check(f'mutation {{ deleteCustomer(id: "{number}") }}', "Customer delete")

    def test_lists_in_inputs(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [(0, 0, {"name": "Zl"})]}
        )
        query = """mutation ($id: ID!, $lines: SaleOrderOrderLinesInput!) {
          updateSaleOrder(id: $id, input: { orderLines: $lines }) { id }
        }"""
        variables = {
            "id": str(order.id),
            "lines": {"delete": [str(order.order_line.id)], "upsert": []},
        }
        self.check(
            query,
            """SaleOrder update
            SaleOrder write_field order_lines
            SaleOrderLine read
            SaleOrderLine create
            SaleOrderLine update
            SaleOrderLine delete""",
            variables,
        )

    def test_actions(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [(0, 0, {"name": "Zl"})]}
        )
        self.check(
            f'mutation {{ confirmSaleOrder(id: "{order.id}") {{ state }} }}',
            """SaleOrder action confirm
            SaleOrder read
            SaleOrder read_field state""",
        )
        self.check(
            f'mutation {{ createInvoiceSaleOrders(ids: ["{order.id}"]) {{ id }} }}',
            """SaleOrder action create-invoice
            Invoice read""",
        )

    def test_attachments_reports_and_additions(self):
        number = self.customer.id
        self.check(
            f'{{ customer(id: "{number}") {{ attachments(orderBy: {{ id: ASC }}) {{ id }} '
            "image1920 { url } displayName externalId } }",
            """Customer read
            Customer read_field attachments
            Customer read_field image_1920
            Customer read_field display_name
            Attachment read""",
        )
        self.check(
            "{ saleOrders(first: 1, orderBy: {id: ASC}) { nodes { reports { url } } } }",
            """SaleOrder read
            SaleOrder report""",
        )
        self.policy.allow_extensions = True
        self.check('mutation { updateMe(input: { lang: "en_US" }) { id } }', "addition update_me")

    def test_refused(self):
        """What has not been executed was not used."""
        self.ask("{ customers { nodes { name zsecret } } }", status=400)
        self.ask("query ($id: ID!) { customer(id: $id) { name } }", status=400)
        self.assertEqual(self.used(), set())


@tagged("post_install", "-at_install")
class TestRest(UsageCase):
    def check(self, method: str, path: str, expected: str, body=None, status: int = 200) -> None:
        with self.subTest(f"{method} {path}"):
            self.send(method, path, body, status)
            self.assertEqual(self.used(), uses(expected))

    def test_routes(self):
        number = self.customer.id
        self.customer.image_1920 = PIXEL
        order = self.env["sale.order"].create({"partner_id": number})
        self.check(
            "GET",
            "/api/customers?fields=id,country&filter[city][eq]=Z&sort=-phone&q=Zx",
            """Customer read
            Customer read_field country
            Customer read_field city
            Customer read_field phone
            Customer search
            Country read
            Country read_field display_name""",
        )
        self.check(
            "PATCH",
            f"/api/customers/{number}?fields=id",
            "Customer update\nCustomer write_field city\nCustomer read",
            {"city": "Zother"},
        )
        self.check(
            "POST",
            "/api/customers?fields=name",
            "Customer create\nCustomer write_field name\nCustomer read\nCustomer read_field name",
            {"name": "Zposted"},
            201,
        )
        self.check(
            "GET",
            f"/api/customers/{number}/image_1920",
            "Customer read\nCustomer read_field image_1920",
        )
        self.check(
            "POST",
            f"/api/sale-orders/{order.id}/cancel?fields=id",
            "SaleOrder action cancel\nSaleOrder read",
        )
        self.check("GET", f"/api/sale-orders/{order.id}/report", "SaleOrder read\nSaleOrder report")
        self.check("DELETE", f"/api/customers/{number}", "Customer delete", status=409)
        self.check("GET", "/api", "")
        self.check("GET", "/api/openapi.json", "")

    def test_all_fields(self):
        """Without ``fields`` a client uses what it is shown."""
        self.send("GET", f"/api/countries/{self.env.ref('base.be').id}")
        shown = {use for use in self.used() if use.startswith("Country read_field")}
        self.assertGreaterEqual(shown, {"Country read_field code", "Country read_field name"})


@tagged("post_install", "-at_install")
class TestKeeping(UsageCase):
    def test_never_values(self):
        """Nothing that a client sends is kept, but names that the schema has too."""
        secret = f"Zsecret{uuid.uuid4().hex}"
        self.ask(
            "query Zread($f: CustomerFilter) { customers(filter: $f) { totalCount } }",
            {"f": {"name": {"eq": secret}, "city": {"in": [secret]}, secret: 1}},
            status=400,
        )
        self.ask(
            "query Zread($f: CustomerFilter, $q: String) "
            f"{{ {secret}: customers(filter: $f, search: $q) {{ {secret}: totalCount }} }}",
            {"f": {"name": {"eq": secret}, "city": {"in": [secret]}}, "q": secret, secret: secret},
        )
        self.ask(
            "mutation ($i: [CustomerCreateInput!]!) { createCustomers(inputs: $i) { name } }",
            {"i": [{"name": secret, "children": {"create": [{"name": secret}]}}]},
        )
        self.ask(
            f'mutation {{ upsertCustomer(by: {{ externalId: "zapp.{secret.lower()}" }}, '
            f'input: {{ name: "{secret}" }}) {{ id }} }}'
        )
        self.send("GET", f"/api/customers?filter[name][eq]={secret}&q={secret}")
        self.send("GET", f"/api/customers?{secret}=1", status=400)
        self.send("POST", "/api/customers", {"name": secret, secret: secret}, status=400)
        self.send("POST", "/api/customers", {"name": secret, "comment": secret}, status=201)
        rows = self.env["graphql_api.usage"].search([]).read()
        self.assertGreater(len(rows), 10)
        self.assertNotIn(secret.lower(), repr(rows).lower())
        schema = self.env["graphql_api.schema"]._get_schema()
        for row in rows:
            resource = schema.resources[row["type_name"]]
            names = {"", "display_name", "attachments", *resource.fields, *resource.actions}
            self.assertIn(row["name"] or "", names)

    def test_only_where_it_is_logged(self):
        self.graphql("{ customers { totalCount } }")
        self.policy.log_requests = False
        self.ask("{ customers { totalCount } }")
        self.assertEqual(self.used(), set())
        self.set_setting("log_requests", True)
        self.ask("{ customers { totalCount } }")
        self.assertEqual(self.used(), READ_CUSTOMER)

    def test_cost(self):
        """It takes no query of the request, and what is known already no query at all."""
        path = "/api/customers?limit=1&fields=id,name,country"
        self.policy.server_timing = True
        counts = []
        for logs in (False, True):
            self.policy.log_requests = logs
            self.http("GET", path, headers=self.scoped)
            self.forget()
            with noted_statements("graphql_api_usage") as noted:
                response = self.http("GET", path, headers=self.scoped)
            self.assertEqual(len(noted), int(logs), noted)
            counts.append(re.search(r"(\d+) queries", response.headers["Server-Timing"])[1])
        self.assertEqual(*counts)
        with noted_statements("graphql_api_usage") as noted:
            self.http("GET", path, headers=self.scoped)
        self.assertEqual(noted, [])

    def test_days(self):
        """A row has the last day of a use, and what is old is removed."""
        usage = self.env["graphql_api.usage"]
        today = datetime.date.today()
        self.ask("{ customers { totalCount } }")
        rows = usage.search([("policy_id", "=", self.policy.id)])
        self.assertEqual(set(rows.mapped("last_used_on")), {today})
        rows.last_used_on = today - datetime.timedelta(days=31)
        rows[0].last_used_on = today - datetime.timedelta(days=30)
        self.env.flush_all()
        self.assertEqual(usage._gc_usage(), (len(rows) - 1, 0))
        self.env.invalidate_all()
        self.assertEqual(rows.exists(), rows[0])
        self.assertLess(len(rows), DELETED_AT_ONCE)
        vars(self.env.registry).pop("_graphql_api_stored_uses")
        self.ask("{ customers { totalCount } }")
        self.env.invalidate_all()
        self.assertEqual(rows[0].last_used_on, today)
        later = today - datetime.timedelta(days=1)
        usage._store(self.policy.id, [("Customer", "read", "")], later)
        self.env.invalidate_all()
        self.assertEqual(rows[0].last_used_on, today)

    def test_access(self):
        self.ask("{ customers { totalCount } }")
        rows = self.env["graphql_api.usage"].search([])
        self.assertTrue(rows.with_user(self.user("admin")).mapped("type_name"))
        with self.assertRaises(AccessError):
            rows.with_user(self.user("demo")).mapped("type_name")
        for login in ("admin", "demo"):
            with self.assertRaises(AccessError):
                rows.with_user(self.user(login)).write({"name": "Zother"})

    def test_dry_runs(self):
        """A dry run uses what the request would, and is marked in the log."""
        headers = {"Prefer": "dry-run"}
        self.send("POST", "/api/customers?fields=id", {"name": "Zdry"}, 201, headers)
        self.ask('mutation { createCustomer(input: { name: "Zdry" }) { id } }', headers=headers)
        self.send("POST", "/api/customers?fields=id", {"zdry": 1}, 400, headers)
        self.send("POST", "/api/customers?fields=id", {"name": "Zkept"}, 201)
        self.env.invalidate_all()
        rows = self.env["graphql_api.request"].search([], order="id")
        self.assertEqual(rows.mapped("is_dry_run"), [True, True, True, False])
        self.assertIn("Customer create", self.used())
