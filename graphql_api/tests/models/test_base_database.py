"""A database with Odoo's base and nothing of its apps: no hard dependency slipped in."""

from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestBaseDatabase(ApiCase):
    database = "base"

    def test_no_app_is_installed(self):
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        self.assertFalse({"mail", "product", "sale", "account"} & set(installed.mapped("name")))

    def test_what_base_has_is_served(self):
        names = {entry["name"] for entry in self.rest("/api")["data"]}
        self.assertEqual(
            names,
            {
                "attachments",
                "companies",
                "countries",
                "currencies",
                "customer-tags",
                "customers",
                "states",
                "users",
            },
        )

    def test_what_is_not_installed_is_not_there(self):
        sdl = self.http("GET", "/api/graphql/schema.graphql").text
        self.assertNotIn("SaleOrder", sdl)
        self.rest("/api/sale-orders", status=404)

    def test_every_resource_answers(self):
        schema = self.env["graphql_api.schema"]._get_schema()
        for resource in schema.resources.values():
            self.rest(f"/api/{resource.collection}?limit=2&total=true")
            query = f"{{ {resource.list_name}(first: 2) {{ totalCount nodes {{ id }} }} }}"
            self.assertIn(resource.list_name, self.graphql(query))

    def test_me(self):
        data = self.graphql("{ me { user { name } companies { name } lang } }")
        self.assertEqual(data["me"]["lang"], "en_US")
        self.assertEqual(data["me"]["user"], {"name": self.user("admin").name})
