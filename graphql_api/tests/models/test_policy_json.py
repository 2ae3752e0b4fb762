"""A policy goes to another database as JSON, and never opens more there."""

import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.policy_json import write_policy
from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestPolicyJson(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        resources = cls.env["graphql_api.resource"]
        cls.order = resources.search([("type_name", "=", "SaleOrder")])
        cls.customer = resources.search([("type_name", "=", "Customer")])

        def named(resource, *names):
            return resource.field_ids.filtered(lambda each: each.field_name in names).ids

        cls.policy = cls.env["graphql_api.policy"].create(
            {
                "name": "Sales phone",
                "networks": "192.0.2.0/24",
                "max_page_size": 50,
                "self_service": True,
                "right_ids": [
                    Command.create(
                        {
                            "resource_id": cls.order.id,
                            "allow_create": True,
                            "allow_actions": True,
                            "all_read_fields": False,
                            "read_field_ids": named(cls.order, "name", "state"),
                            "all_actions": False,
                            "action_ids": cls.order.action_ids.filtered(
                                lambda each: each.name == "confirm"
                            ).ids,
                            "record_filter": '[("user_id", "=", user)]',
                            "value_ids": [
                                Command.create(
                                    {"field_id": named(cls.order, "user_id")[0], "value": "user"}
                                )
                            ],
                        }
                    ),
                    Command.create({"resource_id": cls.customer.id, "allow_update": True}),
                ],
            }
        )

    def import_text(self, text: str):
        wizard = self.env["graphql_api.import_policy"].create({"text": text})
        wizard.import_policy()
        return wizard.policy_id, wizard.notes or ""

    def document(self) -> dict:
        return write_policy(self.policy)

    def import_changed(self, change):
        """Import what ``change(document, its line of orders)`` makes of the exported policy."""
        document = self.document()
        (line,) = (line for line in document["resources"] if line["type"] == "SaleOrder")
        change(document, line)
        return self.import_text(json.dumps(document))

    def test_there_and_back(self):
        text = json.dumps(self.document())
        self.assertNotIn("self_service", text)
        policy, notes = self.import_text(text)
        self.assertEqual(notes, "")
        self.assertEqual(write_policy(policy), self.document())
        self.assertFalse(policy.self_service)
        self.assertFalse(policy.key_ids)
        self.assertEqual(policy._get_rights(), self.policy._get_rights())

    def test_duplicate(self):
        copied = self.policy.copy()
        self.assertEqual(copied.name, "Sales phone (copy)")
        self.assertEqual(
            {**write_policy(copied), "name": "Sales phone"},
            self.document(),
        )
        self.assertFalse(copied.key_ids or copied.self_service)

    def test_download(self):
        action = self.policy.export_json()
        self.authenticate("admin", "admin")
        response = self.url_open(action["url"])
        self.assertEqual(response.json(), self.document())
        self.authenticate("demo", "demo")
        self.assertEqual(self.url_open(action["url"]).status_code, 404)

    def test_what_is_missing_is_not_granted(self):
        def change(document, line):
            line["read_fields"] = ["name", "gone"]
            line["actions"] = ["gone"]

        policy, notes = self.import_changed(change)
        right = policy.right_ids.filtered(lambda each: each.resource_id == self.order)
        self.assertIn("SaleOrder has no gone here.", notes)
        self.assertFalse(right.all_read_fields or right.all_actions)
        self.assertEqual(right.read_field_ids.mapped("field_name"), ["name"])
        self.assertFalse(right.action_ids)

    def test_lines_that_would_open_more_are_left_out(self):
        def unknown_type(document, line):
            line["type"] = "Zzz"

        def bad_filter(document, line):
            line["filter"] = "[("

        def no_domain(document, line):
            line["filter"] = "__import__('os').getcwd()"

        def missing_value(document, line):
            line["values"] = [{"field": "gone", "value": "user"}]

        def unknown_operation(document, line):
            line["operations"].append("sudo")

        def twice(document, line):
            document["resources"].insert(0, {**document["resources"][1], "type": "SaleOrder"})

        for change in (unknown_type, bad_filter, no_domain, missing_value, unknown_operation):
            with self.subTest(change.__name__):
                policy, notes = self.import_changed(change)
                self.assertEqual(policy.right_ids.resource_id, self.customer)
                self.assertIn("is left out", notes)
        with self.subTest("twice"):
            policy, notes = self.import_changed(twice)
            self.assertEqual(len(policy.right_ids), 2)
            self.assertIn("SaleOrder is listed twice", notes)

    def test_ids_are_told(self):
        """An id is that of another record in another database."""

        def change(document, line):
            line["filter"] = '[("team_id", "in", [5]), ("partner_id.name", "=", "x")]'
            line["values"] = [{"field": "sales_team", "value": "5"}]

        (field,) = self.order.field_ids.filtered(lambda each: each.field_name == "team_id")

        def renamed(document, line):
            change(document, line)
            line["values"][0]["field"] = field.rest_name

        _policy, notes = self.import_changed(renamed)
        self.assertIn("names records of team_id by their ids", notes)
        self.assertIn(f"The value of {field.rest_name} in SaleOrder is an id", notes)
        self.assertNotIn("partner_id", notes)

    def test_bad_texts(self):
        before = self.env["graphql_api.policy"].search_count([])
        good = self.document()
        line = good["resources"][0]
        bad = {
            "not json": "not JSON",
            '{"a": NaN}': "not JSON",
            "[" * 100_000: "not JSON",
            "5": "not a policy",
            "{}": "not a policy",
            json.dumps({**good, "format": "2"}): "not a policy",
            json.dumps({**good, "name": ""}): "no name",
            json.dumps({**good, "name": 5}): "wrong type",
            json.dumps({**good, "max_cost": True}): "wrong type",
            json.dumps({**good, "max_cost": 2**40}): "wrong type",
            json.dumps({**good, "max_cost": -1}): "wrong type",
            json.dumps({**good, "key_ids": []}): "does not know",
            json.dumps({**good, "resources": {}}): "wrong type",
            json.dumps({**good, "resources": [5]}): "must be a JSON object",
            json.dumps({**good, "resources": [{**line, "records": 5}]}): "does not know",
            json.dumps({**good, "resources": [{**line, "read_fields": "name"}]}): "wrong type",
            json.dumps({**good, "resources": [{**line, "filter": None}]}): "wrong type",
            json.dumps({**good, "resources": [{"type": "Customer"}]}): "has no",
            json.dumps({**good, "networks": "x"}): "networks",
            " ": "Choose",
            "x" * 1_000_001: "Choose",
        }
        for text, message in bad.items():
            with (
                self.subTest(text[:60]),
                self.assertRaisesRegex(UserError, message),
                self.env.cr.savepoint(),
            ):
                self.import_text(text)
        self.assertEqual(self.env["graphql_api.policy"].search_count([]), before)
