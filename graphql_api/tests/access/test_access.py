"""The caller's rights decide, field by field and record by record, what an answer holds."""

import re
from pathlib import Path
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..cases.access import AccessCase

PACKAGE = Path(__file__).parents[2]


@tagged("post_install", "-at_install")
class TestOutsideTheResources(AccessCase):
    """What no resource names cannot be reached, whoever asks."""

    login = "admin"

    def test_unknown_names(self):
        for query in (
            "{ irRules { nodes { id } } }",
            '{ irRule(id: "1") { id } }',
            "{ users { nodes { password } } }",
            "{ users { nodes { login } } }",
            "{ users { nodes { apiKeyIds { id } } } }",
            "{ users(filter: {password: {isNull: false}}) { totalCount } }",
            '{ users(filter: {login: {eq: "admin"}}) { totalCount } }',
            "{ users(orderBy: [{login: ASC}]) { totalCount } }",
            "{ customers { nodes { signupToken } } }",
            "{ customers(filter: {signup_token: {isNull: false}}) { totalCount } }",
        ):
            with self.subTest(query):
                data = self.graphql_response(query).json()
                self.assertNotIn("data", data)
                self.assertEqual(
                    {error["extensions"]["code"] for error in data["errors"]},
                    {"GRAPHQL_VALIDATION_FAILED"},
                )
        for path, status in (
            ("/api/res.users", 404),
            ("/api/res.users/2", 404),
            ("/api/ir-rules", 404),
            ("/api/users?fields=password", 400),
            ("/api/users?fields=login", 400),
            ("/api/users?filter[login][eq]=admin", 400),
            ("/api/users?login=admin", 400),
            ("/api/users?sort=login", 400),
            ("/api/users/2/password", 404),
            ("/api/customers?fields=user.login", 400),
        ):
            with self.subTest(path):
                self.rest(path, status=status)

    def test_archived_resource(self):
        self.visible.country_id = self.env.ref("base.be")
        self.env["graphql_api.resource"].search([("type_name", "=", "Country")]).active = False
        for query in (
            "{ countries { totalCount } }",
            "{ customers { nodes { country { name } } } }",
            '{ customers(filter: {country: {code: {eq: "BE"}}}) { totalCount } }',
        ):
            self.graphql(query, errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        self.rest("/api/countries", status=404)
        self.rest("/api/customers?fields=country", status=400)
        self.rest("/api/customers?filter[country][code][eq]=BE", status=400)
        self.assertNotIn("country", self.rest(f"/api/customers/{self.visible.id}")["data"])

    def test_archived_field(self):
        self.lines("Customer", "ref", "image_128").active = False
        for query in (
            "{ customers { nodes { ref } } }",
            '{ customers(filter: {ref: {eq: "a"}}) { totalCount } }',
            "{ customers(orderBy: [{ref: ASC}]) { totalCount } }",
            "{ customers { nodes { image128 { url } } } }",
        ):
            self.graphql(query, errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        for parameters in ("fields=ref", "filter[ref][eq]=a", "ref=a", "sort=ref"):
            self.rest(f"/api/customers?{parameters}", status=400)
        self.rest(f"/api/customers/{self.visible.id}/image_128", status=404)

    def test_field_that_is_not_filterable(self):
        self.lines("Customer", "ref").filterable = False
        self.graphql(
            '{ customers(filter: {ref: {eq: "a"}}) { totalCount } }',
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
        )
        self.graphql(
            "{ customers(orderBy: [{ref: ASC}]) { totalCount } }",
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
        )
        for parameters in ("filter[ref][eq]=a", "ref=a", "sort=ref"):
            self.rest(f"/api/customers?{parameters}", status=400)

    def test_operation_that_is_not_allowed(self):
        """Without Read there is no root, and no relation that shows records."""
        self.env["graphql_api.resource"].search([("type_name", "=", "Country")]).allow_read = False
        self.graphql("{ countries { totalCount } }", errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        self.rest("/api/countries", status=404)
        self.graphql(
            "{ customers { nodes { country { name } } } }",
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
        )

    def test_resource_domain(self):
        """A record outside the domain is not there by id, list, relation, filter or file."""
        self.env["graphql_api.resource"].search([("type_name", "=", "Customer")]).domain = repr(
            [("id", "!=", self.hidden.id)]
        )
        self.hidden.image_1920 = self.env["res.users"].browse(2).image_1920
        query = "query ($id: ID!) { customer(id: $id) { name parent { name } } }"
        self.assertEqual(self.graphql(query, {"id": self.hidden.id}), {"customer": None})
        self.graphql(query, {"id": self.child.id}, errors=[("FORBIDDEN", ["customer", "parent"])])
        self.assertEqual(
            self.names("customers", '(filter: {name: {startsWith: "Z"}}, includeArchived: true)'),
            ["Zchild", "Zvisible"],
        )
        data = self.graphql(
            "query ($id: ID!) { customer(id: $id) { children { name } } }", {"id": self.visible.id}
        )
        self.assertEqual(data, {"customer": {"children": []}})
        for condition in (
            '{parent: {ref: {eq: "secret"}}}',
            '{children: {some: {ref: {eq: "secret"}}}}',
            f'{{id: {{eq: "{self.hidden.id}"}}}}',
        ):
            self.assertEqual(self.names("customers", f"(filter: {condition})"), [])
        self.assertEqual(self.names("customers", '(search: "Zhidden", first: 5)'), ["Zchild"])
        self.rest(f"/api/customers/{self.hidden.id}", status=404)
        self.rest(f"/api/customers/{self.hidden.id}/image_1920", status=404)
        self.assertIsNone(self.rest(f"/api/customers/{self.child.id}")["data"]["parent"])

    def test_vendor_bills(self):
        invoice, bill = self.env["account.move"].create(
            [
                {"move_type": move_type, "partner_id": self.visible.id, "ref": "zref"}
                for move_type in ("out_invoice", "in_invoice")
            ]
        )
        query = "query ($id: ID!) { invoice(id: $id) { ref } }"
        self.assertEqual(self.graphql(query, {"id": invoice.id}), {"invoice": {"ref": "zref"}})
        self.assertEqual(self.graphql(query, {"id": bill.id}), {"invoice": None})
        data = self.graphql('{ invoices(filter: {ref: {eq: "zref"}}) { nodes { id } } }')
        self.assertEqual(data, {"invoices": {"nodes": [{"id": str(invoice.id)}]}})
        self.rest(f"/api/invoices/{bill.id}", status=404)

    def test_attachments(self):
        """Only files of exposed records, and the caller's own."""
        attachments = self.env["ir.attachment"]
        self.visible.image_1920 = self.env["res.users"].browse(2).image_1920
        of_field = attachments.search(
            [
                ("res_model", "=", "res.partner"),
                ("res_field", "=", "image_1920"),
                ("res_id", "=", self.visible.id),
            ]
        )
        values = {"raw": b"secret", "mimetype": "text/plain"}
        rule = self.env["ir.rule"].search([], limit=1)
        hidden = {
            "of a field": of_field,
            "of a model that is not exposed": attachments.create(
                {"name": "a", "res_model": "ir.rule", "res_id": rule.id, **values}
            ),
            "of an asset bundle": attachments.create(
                {"name": "a", "url": "/web/assets/a/a.js", "public": True, **values}
            ),
        }
        private = attachments.with_user(self.user("demo")).create({"name": "own", **values})
        open_file = attachments.create(
            {"name": "b", "res_model": "res.partner", "res_id": self.visible.id, **values}
        )
        query = "query ($id: ID!) { attachment(id: $id) { id content { size } } }"
        for what, attachment in hidden.items():
            with self.subTest(what):
                self.assertTrue(attachment)
                self.assert_no_attachment(query, attachment, login="admin")
        self.assert_no_attachment(query, private, login="clerk")
        for attachment, login in ((open_file, "clerk"), (private, "demo")):
            data = self.graphql(query, {"id": attachment.id}, login=login)
            self.assertEqual(data["attachment"]["content"], {"size": 6})
            file = self.http("GET", f"/api/attachments/{attachment.id}/content", login=login)
            self.assertEqual(file.content, b"secret")

    def assert_no_attachment(self, query, attachment, login):
        data = self.graphql(query, {"id": attachment.id}, login=login)
        self.assertEqual(data, {"attachment": None})
        ids = f'(filter: {{id: {{eq: "{attachment.id}"}}}})'
        self.assertEqual(self.names("attachments", ids, login=login), [])
        self.rest(f"/api/attachments/{attachment.id}", login=login, status=404)
        self.rest(f"/api/attachments/{attachment.id}/content", login=login, status=404)

    def test_attachment_of_a_hidden_record(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "a", "res_model": "res.partner", "res_id": self.hidden.id, "raw": b"secret"}
        )
        self.hide(self.hidden)
        query = "query ($id: ID!) { attachment(id: $id) { id } }"
        self.assert_no_attachment(query, attachment, login="clerk")


@tagged("post_install", "-at_install")
class TestNeverSuperuser(AccessCase):
    """Nothing is read with more rights than the caller's."""

    # What is no record that a client asks for: configuration (the schema itself, policies, the
    # check of a resource's domain, the secret that signs cursors, a company's time zone), the
    # conditions of a policy, which are compiled as those of record rules, what is written down of
    # changes, keys and the devices that signed
    # in, which nobody but these lines can read, and the request log, after the response. And, when
    # all that a caller needs has been checked, the pages that Odoo's own portal would print, and
    # the names that a field is for which shows names.
    allowed = {
        ("http/request_log.py", "SUPERUSER_ID"),
        ("models/exposure.py", "SUPERUSER_ID"),
        ("models/change.py", "value.sudo()"),
        ("models/key.py", "self.sudo()"),
        ("models/policy.py", "self.sudo()"),
        ("models/policy_suggestion.py", "su=True"),
        ("models/record_filters.py", "model.sudo()"),
        ("models/res_company.py", "self.sudo()"),
        ("models/res_users.py", "self.sudo()"),
        ("models/domains.py", "model.sudo()"),
        ("models/schema.py", "self.sudo()"),
        ("models/sign_in.py", "self.sudo()"),
        ("rest/reports.py", "record.sudo()"),
        ("schema/access/caller_values.py", "model.sudo()"),
        ("schema/access/display_names.py", "records.sudo()"),
        ("schema/reading/cursors.py", "su=True"),
    }

    def test_environment_of_resolvers(self):
        seen = []
        partner = type(self.env["res.partner"])
        search_fetch = partner.search_fetch

        def spy(model, *args, **kwargs):
            seen.append((model.env.uid, model.env.su))
            return search_fetch(model, *args, **kwargs)

        with patch.object(partner, "search_fetch", spy):
            self.graphql("{ customers(first: 1) { nodes { parent { name } } } }")
            self.rest("/api/customers?limit=1")
        self.assertTrue(seen)
        self.assertEqual(set(seen), {(self.clerk.id, False)})

    def test_code(self):
        found = set()
        for folder in ("schema", "http", "rest", "controllers", "models"):
            for path in (PACKAGE / folder).rglob("*.py"):
                for match in re.finditer(r"\w+\.sudo\(\)|su=True|SUPERUSER_ID", path.read_text()):
                    found.add((path.relative_to(PACKAGE).as_posix(), match[0]))
        self.assertEqual(found, self.allowed)


@tagged("post_install", "-at_install")
class TestUsersOfTheDemo(AccessCase):
    """The examples of the contract, as seen by a salesman and by a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.user("portal")
        cls.demo = cls.user("demo")
        product = cls.env["product.product"].create({"name": "Zchair", "list_price": 10})
        cls.own, cls.other = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": user.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
                for partner, user in (
                    (cls.portal.partner_id, cls.demo),
                    (cls.visible, cls.user("admin")),
                )
            ]
        )
        (cls.own | cls.other).action_quotation_sent()

    def test_customer_sees_own_orders(self):
        query = "{ saleOrders(first: 1000) { totalCount nodes { id name customer { id } } } }"
        page = self.graphql(query, login="portal")["saleOrders"]
        names = {node["name"] for node in page["nodes"]}
        self.assertIn(self.own.name, names)
        self.assertNotIn(self.other.name, names)
        self.assertEqual(page["totalCount"], len(names))
        query = "query ($id: ID!) { saleOrder(id: $id) { name } }"
        self.assertEqual(
            self.graphql(query, {"id": self.other.id}, login="portal"), {"saleOrder": None}
        )
        self.rest(f"/api/sale-orders/{self.other.id}", login="portal", status=404)
        data = self.rest(
            f"/api/sale-orders/{self.own.id}?fields=name,order_lines.quantity", login="portal"
        )["data"]
        self.assertEqual(data, {"name": self.own.name, "order_lines": [{"quantity": 1.0}]})

    def test_customer_sees_names_on_own_orders(self):
        """As on Odoo's own page, and nothing more of those who are named."""
        query = """query ($id: ID!) { saleOrder(id: $id) {
            salespersonName orderLines { productName product { id } } user { id } } }"""
        paths = (["saleOrder", "orderLines", 0, "product"], ["saleOrder", "user"])
        errors = [("FORBIDDEN", path) for path in paths]
        data = self.graphql(query, {"id": self.own.id}, login="portal", errors=errors)["saleOrder"]
        line = {"productName": "Zchair", "product": None}
        expected = {"salespersonName": self.demo.name, "orderLines": [line], "user": None}
        self.assertEqual(data, expected)
        path = f"/api/sale-orders/{self.own.id}?fields=salesperson_name,order_lines.product_name"
        row = self.rest(path, login="portal")["data"]
        lines = [{"product_name": "Zchair"}]
        self.assertEqual(row, {"salesperson_name": self.demo.name, "order_lines": lines})
        self.assertIsNone(self.graphql(query, {"id": self.other.id}, login="portal")["saleOrder"])

    def test_names_are_only_shown(self):
        """Nobody finds, orders or changes records by them, or follows them."""
        for text in (
            '{ saleOrders(filter: {salespersonName: {eq: "x"}}) { totalCount } }',
            "{ saleOrders(orderBy: [{salespersonName: ASC}]) { totalCount } }",
            "{ saleOrdersAggregate(groupBy: [{salespersonName: true}]) { count } }",
            "{ saleOrders { nodes { salespersonName { login } } } }",
            'mutation { updateSaleOrder(id: 1, input: {salespersonName: "x"}) { id } }',
        ):
            with self.subTest(text):
                self.graphql(text, errors=[("GRAPHQL_VALIDATION_FAILED", None)], login="portal")

    def test_names_of_many(self):
        """They are read for all records at once."""
        users = [self.demo, self.user("admin")]
        self.env["sale.order"].create(
            [
                {"partner_id": self.portal.partner_id.id, "user_id": users[number % 2].id}
                for number in range(30)
            ]
        ).action_quotation_sent()
        query = "query ($n: Int) { saleOrders(first: $n) { nodes { salespersonName } } }"
        counts = {self.query_count(query, {"n": n}, login="portal") for n in (4, 30)}
        self.assertEqual(len(counts), 1, counts)

    def test_salesman_sees_own_orders(self):
        for order, expected in ((self.own, {"name": self.own.name}), (self.other, None)):
            query = "query ($id: ID!) { saleOrder(id: $id) { name } }"
            data = self.graphql(query, {"id": order.id}, login="demo")
            self.assertEqual(data, {"saleOrder": expected})

    def test_customer_sees_few_people(self):
        """A portal user reads its own company's partners and its own user."""
        data = self.graphql(
            "query ($id: ID!) { customer(id: $id) { name } }",
            {"id": self.visible.id},
            login="portal",
        )
        self.assertEqual(data, {"customer": None})
        query = "{ users(first: 1000) { nodes { id } } }"
        users = self.graphql(query, login="portal")["users"]["nodes"]
        self.assertEqual(users, [{"id": str(self.portal.id)}])

    def test_rest_of_a_customer(self):
        data = self.rest("/api/me", login="portal")["data"]
        self.assertEqual(data["user"], {"id": self.portal.id, "name": self.portal.name})
        names = {
            item["name"]: item["operations"] for item in self.rest("/api", login="portal")["data"]
        }
        self.assertEqual(names["sale-orders"], ["read"])
        self.assertNotIn("leads", names)
        self.rest("/api/leads", login="portal", status=403)
