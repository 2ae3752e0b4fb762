"""Writes that are refused, and leave nothing behind."""

from odoo.fields import Command

from .writing import WriteCase

ABSENT = 2_000_000_000


class BadWriteCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner", "ref": "Z-1"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "order_line": [Command.create({"name": "a", "display_type": "line_note"})],
            }
        )
        cls.tag = cls.env["res.partner.category"].create({"name": "Ztag"})
        cls.paths = {
            "Customer": f"/api/customers/{cls.partner.id}",
            "SaleOrder": f"/api/sale-orders/{cls.order.id}",
        }
        cls.ids = {"Customer": cls.partner.id, "SaleOrder": cls.order.id}

    def update(self, type_name):
        return f"""mutation ($id: ID!, $input: {type_name}UpdateInput!) {{
          update{type_name}(id: $id, input: $input) {{ id }} }}"""

    def refuse_value(self, type_name, name, graphql_name, value, path=""):
        """Check that an update with a value is refused by both APIs, at the same place."""
        self.refuse_rest(
            "PATCH", self.paths[type_name], {name: value}, status=400, fields=[f"{name}{path}"]
        )
        variables = {"id": self.ids[type_name], "input": {graphql_name: value}}
        error = self.refuse_graphql(self.update(type_name), variables, code="BAD_USER_INPUT")
        blamed = [item["field"] for item in error["extensions"].get("errors", ())]
        # What does not fit the schema is graphql-core's to refuse: it names the value itself.
        if blamed:
            self.assertEqual(blamed, [f"input.{graphql_name}{path}"])
        else:
            self.assertIn("$input", error["message"])
            self.assertIn(f".{graphql_name}", error["message"])
