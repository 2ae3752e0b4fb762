"""What Odoo does with a write in its own client it does with an input."""

from odoo.tests import tagged

from ..cases.inputs import InputCase


@tagged("post_install", "-at_install")
class TestOdooBehaviour(InputCase):
    def test_field_with_groups(self):
        """Who may not read a field may not write it, wherever in the input."""
        self.forbid_fields("res.partner", "ref")
        for values, path in (
            ({"ref": "x"}, "ref"),
            ({"ref": None}, "ref"),
            ({"children": {"create": [{"name": "b", "ref": "x"}]}}, "children.create.0.ref"),
        ):
            body = self.refuse_rest(
                "PATCH", self.path, values, login="demo", status=403, fields=[path]
            )
            self.assertEqual(body["code"], "FORBIDDEN")
        query = """mutation ($id: ID!) {
          updateCustomer(id: $id, input: { name: "New", ref: "x" }) { id } }"""
        self.refuse_graphql(
            query, {"id": self.customer.id}, login="demo", code="FORBIDDEN", fields=["input.ref"]
        )
        self.graphql(query, {"id": self.customer.id}, login="admin")
        self.assertEqual(self.customer.ref, "x")

    def test_translated_field(self):
        product = self.env["product.product"].create({"name": "Chair"})
        path = f"/api/products/{product.id}?fields=name"
        french = {"Accept-Language": "fr"}
        self.write_rest("PATCH", path, {"name": "Chaise"}, headers=french)
        self.assertEqual(self.rest(path, headers=french)["data"], {"name": "Chaise"})
        self.assertEqual(self.rest(path)["data"], {"name": "Chair"})
        query = """mutation ($id: ID!) {
          updateProduct(id: $id, input: { name: "Stoel" }) { name } }"""
        data = self.graphql(query, {"id": product.id}, headers={"Accept-Language": "nl"})
        self.assertEqual(data["updateProduct"], {"name": "Stoel"})
        names = {lang: product.with_context(lang=lang).name for lang in ("en_US", "fr_FR", "nl_NL")}
        self.assertEqual(names, {"en_US": "Chair", "fr_FR": "Chaise", "nl_NL": "Stoel"})

    def test_mail_tracking(self):
        """The change of a tracked field is a message by the caller."""
        demo = self.user("demo")
        lead = self.env["crm.lead"].create({"name": "Zlead", "user_id": demo.id})
        self.env.cr.flush()
        before = lead.message_ids
        self.write_rest("PATCH", f"/api/leads/{lead.id}", {"expected_revenue": 5}, login="demo")
        message = lead.message_ids - before
        self.assertEqual(message.author_id, demo.partner_id)
        tracked = message.sudo().tracking_value_ids
        self.assertEqual(tracked.field_id.name, "expected_revenue")
        self.assertEqual((tracked.old_value_float, tracked.new_value_float), (0, 5))

    def test_archiving(self):
        self.write_rest("PATCH", self.path, {"active": False})
        self.assertFalse(self.customer.active)
        self.assertEqual(self.rest("/api/customers?name=Zcustomer")["data"], [])
        self.assertEqual(self.rest(f"{self.path}?fields=active")["data"], {"active": False})
        self.update("Customer", self.customer.id, {"active": True})
        self.assertTrue(self.customer.active)

    def test_computed_and_onchange_defaults(self):
        """A line gets name, price and unit from its product, and the order its total."""
        product = self.env["product.product"].create({"name": "Zchair", "list_price": 7})
        product.taxes_id = False
        order = self.created(
            "SaleOrder",
            {
                "customer": self.customer.id,
                "orderLines": {"create": [{"product": product.id, "quantity": 3}]},
            },
            "amountTotal orderLines { name priceUnit unit { name } }",
        )
        self.assertEqual(order["amountTotal"], 21)
        self.assertEqual(
            order["orderLines"],
            [{"name": "Zchair", "priceUnit": 7.0, "unit": {"name": "Units"}}],
        )

    def test_company_mismatch(self):
        company = self.env["res.company"].create({"name": "Zother company"})
        self.user("admin").company_ids += company
        foreign = self.env["res.partner"].create({"name": "Zforeign", "company_id": company.id})
        values = {"customer": foreign.id, "company": self.env.company.id}
        body = self.refuse_rest(
            "POST", "/api/sale-orders", values, status=422, code="VALIDATION_FAILED"
        )
        # Odoo's own message names both, read with sudo.
        self.assertIn("different companies", body["message"])
        self.assertNotIn("Zforeign", body["message"])
        query = """mutation ($input: SaleOrderCreateInput!) {
          createSaleOrder(input: $input) { id } }"""
        self.refuse_graphql(query, {"input": values}, code="VALIDATION_FAILED")

    def test_constraint(self):
        """A rule of a model in Python is an error with the model's own message."""
        body = self.refuse_rest(
            "PATCH", self.path, {"parent": self.customer.id}, status=422, code="VALIDATION_FAILED"
        )
        self.assertIn("recursive", body["message"].lower())
