"""An administrator sees what a user reaches under a policy, why not the rest, and tries it."""

import logging
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ...schema.exposure.names import camel_case
from ..models.test_own_keys import KeyDialogCase

_OWN = '[("user_id", "=", user)]'


@tagged("post_install", "-at_install")
class TestTryPolicy(KeyDialogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_salesman"
        cls.salesman = new_test_user(cls.env, "seller", groups=groups, lang="en_US")
        cls.visitor = new_test_user(cls.env, "visitor", groups="base.group_portal", lang="en_US")
        resources = cls.env["graphql_api.resource"]

        def right(type_name, *operations, **values):
            resource = resources.search([("type_name", "=", type_name)])
            granted = {f"allow_{name}": True for name in operations}
            return Command.create({"resource_id": resource.id, **granted, **values})

        confirm = cls.env.ref("graphql_api.sale_order__action_confirm")
        cls.phone = cls.env["graphql_api.policy"].create(
            {
                "name": "Sales phone",
                "right_ids": [
                    right("Customer", "update", record_filter=_OWN),
                    right(
                        "SaleOrder",
                        "actions",
                        all_actions=False,
                        action_ids=confirm.ids,
                        record_filter=_OWN,
                    ),
                    right("Product", "delete"),
                    right("User"),
                ],
            }
        )
        cls.customers = cls.env["res.partner"].search([("is_company", "=", True)], limit=3)
        cls.customers.user_id = cls.salesman
        cls.other = cls.env["res.partner"].create({"name": "Of nobody"})

    def setUp(self):
        super().setUp()
        self.authenticate("boss", "boss")

    def trial(self, user, **values):
        wizard = self.env["graphql_api.try_policy"].with_user(self.boss)
        return wizard.create({"policy_id": self.phone.id, "user_id": user.id, **values})

    def lines(self, user) -> dict:
        return {line.type_name: line for line in self.trial(user).line_ids}

    def test_a_salesman(self):
        """What the dialog says is what the API does with a key of the user under the policy."""
        lines = self.lines(self.salesman)
        self.assertEqual(set(lines), {"Customer", "SaleOrder", "Product", "User"})
        customer = lines["Customer"]
        self.assertEqual((customer.granted, customer.allowed), ("read, update", "read, update"))
        self.assertEqual(customer.records, "3")
        self.assertRegex(customer.reason, r"Hidden by the policy's filter: \d+\.")
        self.assertEqual(lines["SaleOrder"].granted, "read, confirm")
        self.assertEqual(lines["SaleOrder"].records, "0")
        self.assertIn("Hidden by record rules: ", lines["SaleOrder"].reason)
        self.assertIn("Personal Orders", lines["SaleOrder"].reason)
        product = lines["Product"]
        self.assertEqual((product.granted, product.allowed), ("read, delete", "read"))
        self.assertIn("delete: Odoo grants it to ", product.reason)
        headers = self.scoped_key(self.phone, "seller")
        schema = self.http("GET", "/api/graphql/schema.graphql", headers=headers).text
        for type_name, collection in (("Customer", "customers"), ("Product", "products")):
            body = self.rest(f"/api/{collection}?limit=1&total=true", headers=headers)
            self.assertEqual(str(body["meta"]["total"]), lines[type_name].records)
            self.assertIn(f"type {type_name} ", schema)

    def test_everything(self):
        """Of each resource the dialog counts what a list has, and a salesman sees not all."""
        self.phone.all_resources = True
        lines = self.lines(self.salesman)
        self.assertGreater(len(lines), 50)
        headers = self.scoped_key(self.phone, "seller")
        resources = self.rest("/api", headers=headers)["data"]
        lists = {
            resource["type"]: camel_case(resource["name"].replace("-", "_"))
            for resource in resources
            if "read" in resource["operations"]
        }
        query = " ".join(f"{name}(first: 1) {{ totalCount }}" for name in lists.values())
        counts = self.graphql(f"{{ {query} }}", login=None, headers=headers)
        for resource in resources:
            line = lines[resource["type"]]
            with self.subTest(line.type_name):
                operations = [name for name in resource["operations"] if name in line.allowed]
                self.assertEqual(operations, resource["operations"])
                if line.type_name in lists:
                    total = counts[lists[line.type_name]]["totalCount"]
                    self.assertEqual(line.records, str(total))
        refused = [line for line in lines.values() if not line.allowed]
        self.assertTrue(refused)
        for line in refused:
            self.assertIn("read: Odoo grants it to", line.reason)

    def test_a_customer(self):
        lines = self.lines(self.visitor)
        self.assertEqual(lines["Product"].allowed, "")
        self.assertIn("read: Odoo grants it to ", lines["Product"].reason)
        self.assertFalse(lines["Product"].records)
        self.assertEqual(lines["SaleOrder"].records, "0")
        self.assertEqual(lines["SaleOrder"].allowed, "read")
        self.assertIn("confirm: the user may not change the records", lines["SaleOrder"].reason)

    def test_no_contents_are_shown(self):
        for line in self.trial(self.salesman).line_ids:
            shown = " ".join(str(line[name]) for name in line._fields if name != "display_name")
            for partner in self.customers:
                self.assertNotIn(partner.name, shown)

    def test_one_record(self):
        resources = {
            each.type_name: each.id for each in self.env["graphql_api.resource"].search([])
        }
        order = self.env["sale.order"].create(
            {"partner_id": self.customers[0].id, "user_id": self.boss.id}
        )
        for operation, type_name, record_id, answer in (
            ("read", "Customer", self.customers[0].id, "Granted"),
            ("read", "Customer", 0, "Granted"),
            ("read", "Customer", self.other.id, "The record does not match the policy's filter"),
            ("read", "Customer", 999_999_999, "There is no such record"),
            ("delete", "Product", 1, "delete: Odoo grants it to"),
            ("delete", "Customer", self.customers[0].id, "The policy does not grant it"),
            ("read", "Country", 1, "The policy does not grant it"),
            ("read", "SaleOrder", order.id, "Record rules hide it: .*Personal Orders"),
        ):
            with self.subTest(f"{operation} {type_name} {record_id}"):
                wizard = self.trial(
                    self.salesman,
                    operation=operation,
                    resource_id=resources[type_name],
                    record_id=record_id,
                )
                self.assertRegex(wizard.explanation, answer)

    def test_a_closed_policy(self):
        """There is nothing to try where the keys are refused."""
        self.phone.active = False
        wizard = self.trial(self.salesman)
        self.assertFalse(wizard.line_ids or wizard.is_served or wizard.explanation)
        with self.refused("UserError"):
            self.prove(self.call(wizard._name, "open_graphiql", wizard.ids), "boss")

    def test_a_key_of_ten_minutes(self):
        wizard = self.trial(self.salesman)
        before = fields.Datetime.now()
        with self.assertLogs(level=logging.DEBUG) as logs:
            action = self.call(wizard._name, "open_graphiql", wizard.ids)
            action = self.prove(action, "boss")
        key = action["params"]["key"]
        self.assertNotIn(key, "\n".join(logs.output))
        self.assertEqual(action["params"]["next"]["res_id"], wizard.id)
        record = self.env["graphql_api.key"].search([("policy_id", "=", self.phone.id)])
        self.assertEqual(record.user_id, self.salesman)
        self.assertEqual(record.name, "Trial of Sales phone by boss")
        made = record.expiration_date - timedelta(minutes=10)
        self.assertTrue(before <= made <= fields.Datetime.now())
        self.assertEqual(record.sudo().apikey_id.expiration_date, record.expiration_date)
        headers = {"Authorization": f"Bearer {key}"}
        self.rest("/api/customers?limit=1", headers=headers)
        self.rest("/api/countries?limit=1", headers=headers, status=404)

    def test_for_administrators_alone(self):
        wizard = self.trial(self.clerk)
        self.authenticate("clerk", "clerk")
        for method, arguments in (
            ("create", [{"policy_id": self.phone.id, "user_id": self.boss.id}]),
            ("read", [wizard.ids, ["line_ids"]]),
            ("onchange", [[], {"policy_id": self.phone.id}, [], {"line_ids": {}}]),
        ):
            with self.subTest(method), self.refused("AccessError"):
                self.call(wizard._name, method, *arguments)
        with self.refused("AccessError"):
            self.prove(self.call(wizard._name, "open_graphiql", wizard.ids), "clerk")
        self.assertFalse(self.env["graphql_api.key"].search([("policy_id", "=", self.phone.id)]))
