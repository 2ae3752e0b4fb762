"""A policy that is narrowed by what its keys have used: they go on working, and do nothing else."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...schema.exposure.policy import Rights
from ..cases.usage import UsageCase


class SuggestCase(UsageCase):
    maxDiff = None

    """What a client sends, so that it can be sent again.

    Reads come after writes, and are compared with those before the next writes, which make new
    versions.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"country_id": cls.env.ref("base.be").id, "phone": "0123"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "client_order_ref": "Zref",
                "order_line": [(0, 0, {"name": "Zline", "product_uom_qty": 2})],
            }
        )

    @property
    def reads(self) -> list[tuple]:
        """Method, path and body; of GraphQL, None, the document and its variables."""
        customer, order = self.customer.id, self.order.id
        return [
            ("GET", f"/api/customers/{customer}?fields=id,name,country.code,country", None),
            ("GET", "/api/customers?filter[city][eq]=Zcity&fields=phone&sort=-name&q=Zcust", None),
            ("GET", "/api/sale-orders?filter[client_order_ref][eq]=Zref&total=true", None),
            ("GET", f"/api/sale-orders/{order}?fields=customer,order_lines", None),
            (
                "GET",
                "/api/sale-orders/aggregate?group_by=state&fields=amount_total.sum,count"
                "&filter[client_order_ref][eq]=Zref",
                None,
            ),
            (
                None,
                """query Q($f: CustomerFilter, $more: Boolean!) {
                  me { lang user { name } }
                  customers(filter: $f, first: 5, orderBy: [{ createDate: ASC }]) {
                    totalCount
                    nodes { ...Shown children(first: 3) { id } email @include(if: $more) }
                  }
                }
                fragment Shown on Customer { displayName country { name states { code } } }""",
                {"f": {"and": [{"country": {"code": {"eq": "BE"}}}]}, "more": False},
            ),
        ]

    @property
    def writes(self) -> list[tuple]:
        """The same; what they return does not change when they are sent again."""
        customer, order = self.customer.id, self.order.id
        (line,) = self.order.order_line.ids
        lines = {"update": [{"id": str(line), "quantity": 3}]}
        return [
            ("PATCH", f"/api/customers/{customer}?fields=id,city", {"city": "Zcity"}),
            ("POST", f"/api/sale-orders/{order}/cancel?fields=state", None),
            ("POST", f"/api/sale-orders/{order}/set-to-draft?fields=state", None),
            (
                None,
                """mutation ($id: ID!, $lines: SaleOrderOrderLinesInput!) {
                  updateSaleOrder(id: $id, input: { orderLines: $lines, note: "Z" }) {
                    orderLines { quantity name product { id } }
                  }
                  upsertCustomerTag(by: { externalId: "zapp.tag" }, input: { name: "Zt" }) { name }
                }""",
                {"id": str(order), "lines": lines},
            ),
        ]

    def use_policy(self) -> tuple[list, list]:
        """Send all requests under the policy; return what comes back of writes and of reads."""
        return self.replay(self.writes, self.scoped), self.replay(self.reads, self.scoped)

    def assert_same(self, headers: dict, used: tuple[list, list]) -> None:
        """Check that the same comes back again."""
        self.assertEqual(self.replay(self.reads, headers), used[1])
        self.assertEqual(self.replay(self.writes, headers), used[0])

    def replay(self, requests: list[tuple], headers: dict) -> list[tuple]:
        """Send requests; return status and body of each, and the tag of what is only read."""
        responses = []
        for method, path, body in requests:
            if method is None:
                response = self.graphql_response(path, body, headers=headers)
                self.assertNotIn("errors", response.json(), response.text)
            else:
                data = None if body is None else json.dumps(body).encode()
                response = self.http(
                    method, path, data=data, headers={**headers, "Content-Type": "application/json"}
                )
            self.assertEqual(response.status_code, 200, (path, response.text))
            tag = response.headers.get("ETag") if method == "GET" else "ETag" in response.headers
            responses.append((path, response.status_code, response.content, tag))
        return responses

    def suggest(self):
        """Return the dialog, as its button opens it."""
        action = self.policy.with_user(self.user("admin")).open_suggestion()
        return self.env[action["res_model"]].with_user(self.user("admin")).browse(action["res_id"])

    def headers_of(self, policy) -> dict:
        """Return the headers of a new key of a policy, whose requests are not logged."""
        policy.log_requests = False
        key = self.env["graphql_api.key"]._generate(self.user("admin"), policy, "Znarrow", None)
        return {"Authorization": f"Bearer {key}"}

    def assert_narrow(self, headers: dict) -> None:
        """Check that what was not used is refused, as if it were not there."""
        customer, order = self.customer.id, self.order.id
        for method, path, body, status in (
            ("GET", "/api/invoices", None, 404),
            ("GET", f"/api/customers/{customer}?fields=website", None, 400),
            ("GET", "/api/customers?filter[website][eq]=x", None, 400),
            ("GET", "/api/customers?sort=website", None, 400),
            ("GET", f"/api/customers/{customer}/attachments", None, 404),
            ("PATCH", f"/api/customers/{customer}", {"website": "x"}, 400),
            ("POST", "/api/customers", {"name": "Znew"}, 403),
            ("DELETE", f"/api/customers/{customer}", None, 403),
            ("POST", f"/api/sale-orders/{order}/confirm", None, 404),
            ("GET", f"/api/sale-orders/{order}/report/order.pdf", None, 404),
        ):
            data = None if body is None else json.dumps(body).encode()
            own = {**headers, "Content-Type": "application/json"}
            response = self.http(method, path, data=data, headers=own)
            self.assertEqual(response.status_code, status, (path, response.text))
        for document in (
            "{ invoices { totalCount } }",
            "{ customers { nodes { website } } }",
            '{ customers(filter: { website: { eq: "x" } }) { totalCount } }',
            'mutation { createCustomer(input: { name: "x" }) { id } }',
            f'mutation {{ confirmSaleOrder(id: "{order}") {{ id }} }}',
        ):
            response = self.graphql_response(document, headers=headers)
            (code,) = {error["extensions"]["code"] for error in response.json()["errors"]}
            self.assertEqual(code, "GRAPHQL_VALIDATION_FAILED", document)


@tagged("post_install", "-at_install")
class TestAccepting(SuggestCase):
    def test_copy(self):
        used = self.use_policy()
        dialog = self.suggest()
        lines = {line.type_name: line for line in dialog.line_ids}
        customer = lines["Customer"]
        self.assertEqual(customer.operations, "Read, Update")
        self.assertEqual(customer.fields_written, "city")
        self.assertIn("phone", customer.fields_read.split(", "))
        self.assertNotIn("website", customer.fields_read.split(", "))
        self.assertRegex(customer.gone, "^Create, Delete.*; reads .*website")
        self.assertEqual(lines["SaleOrder"].actions, "cancel, set-to-draft")
        self.assertEqual(lines["Product"].operations, "Read")
        self.assertEqual(lines["Invoice"].operations, "")
        self.assertIn("Read, Create", lines["Invoice"].gone)
        self.assertTrue(dialog.is_used and dialog.is_logged)

        policy = self.env["graphql_api.policy"].browse(dialog.make_copy()["res_id"])
        self.assertEqual(policy.name, "Zreaders (suggested)")
        self.assertFalse(policy.all_resources or policy.allow_extensions or policy.key_ids)
        self.assertTrue(self.policy.all_resources)
        narrow = self.headers_of(policy)
        self.assert_same(narrow, used)
        self.assert_narrow(narrow)

    def test_narrow(self):
        """The policy itself; what its lines say beside the rights stays."""
        used = self.use_policy()
        self.suggest().narrow()
        right = self.policy.right_ids.filtered(lambda one: one.resource_id.type_name == "Country")
        right.record_filter = "[('id', '>', 0)]"
        self.forget()
        self.assert_same(self.scoped, used)
        self.assert_narrow(self.scoped)
        self.suggest().narrow()
        self.assertEqual(right.exists().record_filter, "[('id', '>', 0)]")
        used = self.use_policy()
        self.policy.log_requests = False
        self.assert_same(self.scoped, used)

    def test_twice(self):
        """What is suggested of a suggested policy that does the same is the same."""
        self.use_policy()
        self.suggest().narrow()
        rights = self.policy._get_rights()
        self.use_policy()
        self.suggest().narrow()
        self.assertEqual(self.policy._get_rights(), rights)

    def test_what_cannot_be_named(self):
        """Attachments, and what addons add, keep what they need."""
        self.policy.allow_extensions = True
        query = f'{{ customer(id: "{self.customer.id}") {{ attachments {{ name }} name }} }}'
        expected = self.ask(query)
        self.ask('mutation { updateMe(input: { lang: "en_US" }) { id } }')
        self.suggest().narrow()
        self.assertTrue(self.policy.allow_extensions)
        self.assertEqual(self.ask(query), expected)
        self.forget()
        self.ask(query)
        self.suggest().narrow()
        self.assertFalse(self.policy.allow_extensions)
        self.assertEqual(self.ask(query), expected)


@tagged("post_install", "-at_install")
class TestLimits(SuggestCase):
    def test_never_more(self):
        """Whatever the log says, a policy gets nothing that it has not."""
        resources = self.env["graphql_api.resource"]
        schema = self.env["graphql_api.schema"]._get_schema()
        self.policy.all_resources = False
        customer, country = (
            resources.search([("type_name", "=", name)]) for name in ("Customer", "Country")
        )
        name = customer.field_ids.filtered(lambda field: field.field_name == "name")
        self.policy.right_ids = [
            (0, 0, {"resource_id": country.id}),
            (
                0,
                0,
                {
                    "resource_id": customer.id,
                    "allow_update": True,
                    "all_read_fields": False,
                    "read_field_ids": name.ids,
                    "all_write_fields": False,
                    "write_field_ids": name.ids,
                },
            ),
        ]
        uses = set()
        for type_name, resource in schema.resources.items():
            kinds = ("read", "create", "update", "delete", "search", "report")
            uses |= {(type_name, kind, "") for kind in kinds}
            for kind, names in (
                ("read_field", [*resource.fields, "display_name"]),
                ("write_field", resource.fields),
                ("action", resource.actions),
            ):
                uses |= {(type_name, kind, each) for each in names}
        uses |= {("", "addition", "update_me"), ("Zgone", "read", ""), ("Customer", "action", "z")}
        self.env["graphql_api.usage"]._store(self.policy.id, uses, self.env.cr.now().date())
        before: Rights = self.policy._get_rights()
        dialog = self.suggest()
        self.assertEqual(
            {line.type_name for line in dialog.line_ids if line.operations}, {"Country", "Customer"}
        )
        copied = self.env["graphql_api.policy"].browse(dialog.make_copy()["res_id"])
        dialog.narrow()
        exposed = resources._get_resources()
        granted = {each.type_name: each for each in before.restrict(exposed)}
        for policy in (self.policy, copied):
            self.assertFalse(policy.all_resources or policy.allow_extensions)
            left = policy._get_rights().restrict(exposed)
            self.assertEqual({each.type_name for each in left}, set(granted))
            for each in left:
                today = granted[each.type_name]
                self.assertLessEqual(each.operations, today.operations)
                self.assertLessEqual(set(each.actions), set(today.actions))
                for field in each.fields.values():
                    own = today.fields[field.name]
                    self.assertLessEqual(field.readable, own.readable)
                    self.assertLessEqual(field.writable, own.writable)

    def test_days(self):
        self.ask("{ countries { totalCount } }")
        rows = self.env["graphql_api.usage"].search([("policy_id", "=", self.policy.id)])
        rows.last_used_on = self.env.cr.now().date().replace(year=2020)
        self.env.flush_all()
        self.ask("{ currencies { totalCount } }")
        dialog = self.suggest()
        with Form(dialog) as form:
            self.assertEqual(form.days, 30)
        used = {line.type_name for line in dialog.line_ids if line.operations}
        self.assertEqual(used, {"Currency"})
        dialog.days = 100_000
        self.assertIn("Country", {line.type_name for line in dialog.line_ids if line.operations})

    def test_refused(self):
        dialog = self.suggest()
        self.assertFalse(dialog.is_used)
        for accept in (dialog.make_copy, dialog.narrow):
            with self.assertRaisesRegex(UserError, "shows no use"):
                accept()
        self.ask("{ countries { totalCount } }")
        for accept in (dialog.make_copy, dialog.narrow):
            with self.assertRaisesRegex(UserError, "changed since"):
                accept()
        self.assertTrue(self.policy.all_resources)
        with self.assertRaises(AccessError):
            self.policy.with_user(self.user("demo")).open_suggestion()
        dialog = self.suggest()
        with self.assertRaises(AccessError):
            dialog.with_user(self.user("demo")).narrow()
