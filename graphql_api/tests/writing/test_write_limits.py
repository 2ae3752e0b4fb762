"""The time and the files of a request are limited between the records of a write, too."""

import base64
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Image
from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.pictures import picture

TOO_COMPLEX = [("QUERY_TOO_COMPLEX", None)]
RECORDS = 8


@tagged("post_install", "-at_install")
class TestWriteDeadline(ApiCase):
    def setUp(self):
        super().setUp()
        self.set_setting("max_seconds", 1000)
        self.clock = self.enterContext(freeze_time())
        self.calls = []

    def each(self, model: str, method: str):
        """Return a context in which a method takes most of a request's time for each record."""
        registry_class = self.env.registry[model]
        original = getattr(registry_class, method)

        def slow(records, *args, **kwargs):
            for record in records:
                self.calls.append(record.id)
                self.clock.tick(600)
                record.env.cr.execute("SELECT 1")
            return original(records, *args, **kwargs)

        return patch.object(registry_class, method, slow)

    def check_given_up(self, *requests):
        """Check that a request is given up at the second record, and keeps nothing."""
        for text, variables, *rest in requests:
            with self.subTest(text):
                self.calls.clear()
                self.graphql(text, variables, errors=TOO_COMPLEX)
                self.assertEqual(len(self.calls), 2)
            for method, path, body in rest:
                with self.subTest(path):
                    self.calls.clear()
                    answer = self.rest(path, method=method, json=body, status=400)
                    self.assertEqual(answer["code"], "QUERY_TOO_COMPLEX")
                    self.assertEqual(len(self.calls), 2)

    def test_create_and_update(self):
        people = self.env["res.partner"].create([{"name": f"Zold {n}"} for n in range(RECORDS)])
        ids = [str(number) for number in people.ids]
        inputs = [{"name": f"Znew {number}"} for number in range(RECORDS)]
        with self.each("res.partner", "_fields_sync"):
            self.check_given_up(
                (
                    "mutation ($inputs: [CustomerCreateInput!]!) {"
                    " createCustomers(inputs: $inputs) { id } }",
                    {"inputs": inputs},
                    ("POST", "/api/customers", inputs),
                ),
                (
                    "mutation ($input: CustomerCreateInput!) {"
                    " createCustomer(input: $input) { id } }",
                    {"input": {"name": "Znew", "children": {"create": inputs}}},
                    ("POST", "/api/customers", {"name": "Znew", "children": {"create": inputs}}),
                ),
                (
                    "mutation ($ids: [ID!]!) {"
                    ' updateCustomers(ids: $ids, input: { street: "Znew" }) { id } }',
                    {"ids": ids},
                ),
            )
        self.env.invalidate_all()
        self.assertFalse(self.env["res.partner"].search([("name", "like", "Znew")]))
        self.assertNotIn("Znew", people.mapped("street"))

    def test_delete(self):
        people = self.env["res.partner"].create([{"name": f"Zold {n}"} for n in range(RECORDS)])
        text = "mutation ($ids: [ID!]!) { deleteCustomers(ids: $ids) }"
        with self.each("res.partner", "unlink"):
            self.check_given_up((text, {"ids": [str(number) for number in people.ids]}))
        self.assertEqual(len(people.exists()), RECORDS)

    def test_action(self):
        product = self.env["product.product"].create({"name": "Zproduct"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Zcustomer"}).id,
                "order_line": [(0, 0, {"product_id": product.id}) for _number in range(RECORDS)],
            }
        )
        text = "mutation ($id: ID!) { confirmSaleOrder(id: $id) { id } }"
        with self.each("sale.order.line", "_action_launch_stock_rule"), self.subTest(text):
            self.check_given_up(
                (text, {"id": order.id}, ("POST", f"/api/sale-orders/{order.id}/confirm", {}))
            )
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

    def test_files(self):
        """They are prepared one by one, the same file once."""
        process = Image._image_process

        def slow(field, value, env):
            self.calls.append(value)
            self.clock.tick(600)
            return process(field, value, env)

        text = """mutation ($inputs: [CustomerCreateInput!]!) {
            createCustomers(inputs: $inputs) { id } }"""
        colors = ("red", "green", "blue", "white", "black")
        files = [base64.b64encode(picture(color)).decode() for color in colors]
        nested = "mutation ($i: CustomerCreateInput!) { createCustomer(input: $i) { id } }"
        inputs = [{"name": "Znew", "image1920": file} for file in files]
        with patch.object(Image, "_image_process", slow):
            self.check_given_up(
                (text, {"inputs": inputs}),
                (nested, {"i": {"name": "Znew", "children": {"create": inputs}}}),
            )

    def test_a_large_image_is_made_smaller_once(self):
        sizes = []
        process = Image._image_process

        def note(field, value, env):
            if field.name == "image_1920":
                sizes.append(len(value or ""))
            return process(field, value, env)

        large = base64.b64encode(picture("red", (3000, 2000))).decode()
        inputs = ", ".join('{ name: "Znew", image1920: $file }' for _number in range(5))
        text = f"mutation ($file: Upload!) {{ createCustomers(inputs: [{inputs}]) {{ id }} }}"
        with patch.object(Image, "_image_process", note):
            created = self.graphql(text, {"file": large})["createCustomers"]
        self.assertEqual(sizes.count(len(large)), 1)
        images = {self.env["res.partner"].browse(int(one["id"])).image_1920 for one in created}
        reference = self.env["res.partner"].create({"name": "Zone", "image_1920": large})
        self.assertEqual(images, {reference.image_1920})


@tagged("post_install", "-at_install")
class TestUsesOfFiles(ApiCase):
    def mutation(self, uses: int, fields: int = 1) -> str:
        inputs = ", ".join('{ name: "Zfile", content: $file }' for _number in range(uses))
        create = f"createAttachments(inputs: [{inputs}]) {{ id }}"
        roots = " ".join(f"a{number}: {create}" for number in range(fields))
        return f"mutation ($file: Upload!) {{ {roots} }}"

    def test_each_use_counts(self):
        self.set_setting("max_body_size", 100_000)
        file = base64.b64encode(b"x" * 30_000).decode()
        self.graphql(self.mutation(3), {"file": file})
        kept = self.env["ir.attachment"].search_count([("name", "=", "Zfile")])
        self.assertEqual(kept, 3)
        for text in (self.mutation(4), self.mutation(2, fields=2)):
            body = self.graphql_response(text, {"file": file}).json()
            (error,) = body["errors"]
            self.assertEqual(error["extensions"]["code"], "PAYLOAD_TOO_LARGE")
            self.assertIn("more than 100000 bytes", error["message"])
            self.assertIsNone(body["data"])
        kept = self.env["ir.attachment"].search_count([("name", "=", "Zfile")])
        self.assertEqual(kept, 3)
