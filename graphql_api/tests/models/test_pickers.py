"""What the screens offer first where a resource or a model is picked."""

from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestPickers(ApiCase):
    def offered(self, model: str, typed: str, **values) -> list[dict]:
        """Return what the web client offers."""
        return (
            self.env[model]
            .with_context(**values.pop("context", {}))
            .web_name_search(typed, {"display_name": {}}, **values)
        )

    def names(self, *args, **values) -> list[str]:
        return [each["display_name"] for each in self.offered(*args, **values)]

    def test_resources(self):
        """Exact names come first, then those that begin so, the shorter ones before others."""
        for typed, expected in (
            ("Customer", ["Customer", "CustomerTag"]),
            ("customer", ["Customer", "CustomerTag"]),
            ("Sale", ["SaleOrder", "SalesTeam"]),
            ("sale.order", ["SaleOrder", "SaleOrderLine"]),
            ("product-templates", ["ProductTemplate"]),
            ("Product", ["Product"]),
        ):
            with self.subTest(typed):
                found = self.names("graphql_api.resource", typed)
                self.assertEqual(found[: len(expected)], expected)
        self.assertEqual(self.names("graphql_api.resource", "Customer", limit=1), ["Customer"])
        self.assertEqual(
            self.names("graphql_api.resource", "Customer", domain=[("model", "!=", "res.partner")])[
                0
            ],
            "CustomerTag",
        )
        self.assertGreater(len(self.names("graphql_api.resource", "")), 50)

    def test_the_model_is_shown(self):
        first = self.offered("graphql_api.resource", "Customer")[0]
        self.assertEqual(first["__formatted_display_name"], "Customer --res.partner--")
        picker = {"context": {"graphql_api_picker": True}}
        first = self.offered("ir.model", "Sale", **picker)[0]
        self.assertEqual(first["display_name"], "Sales Order")
        self.assertEqual(first["__formatted_display_name"], "Sales Order --sale.order--")

    def test_other_screens_are_as_they_were(self):
        """Odoo's own pickers of models keep their order and their names."""
        found = self.env["ir.model"].search([("display_name", "ilike", "Sale")], limit=8)
        self.assertEqual(self.names("ir.model", "Sale", limit=8), found.mapped("display_name"))
        (first, *_others) = self.offered("ir.model", "Sale", limit=8)
        self.assertEqual(first["__formatted_display_name"], first["display_name"])

    def test_fields_by_their_names_in_the_api(self):
        orders = self.env["graphql_api.resource"].search([("type_name", "=", "SaleOrder")])
        domain = [("resource_id", "=", orders.id)]
        found = self.names("graphql_api.resource.field", "partner_id", domain=domain)
        self.assertIn("customer", found)
        # The dialog of a line shows all of them.
        context = {"graphql_api_picker": True}
        fields = self.env["graphql_api.resource.field"].with_context(**context)
        self.assertGreater(len(fields.name_search("")), 100)
