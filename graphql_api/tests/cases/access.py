"""Users with few rights, and records that they may not see."""

from unittest.mock import patch

from odoo.tests import new_test_user

from .api import ApiCase


class AccessCase(ApiCase):
    """A clerk with few rights, and ways to take more of them away."""

    login = "clerk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "clerk", groups="base.group_user", lang="en_US")
        partners = cls.env["res.partner"]
        cls.visible = partners.create({"name": "Zvisible", "ref": "open", "city": "Ghent"})
        cls.hidden = partners.create(
            {"name": "Zhidden", "ref": "secret", "city": "Ghent", "parent_id": cls.visible.id}
        )
        cls.child = partners.create({"name": "Zchild", "parent_id": cls.hidden.id})

    def forbid_fields(self, model: str, *names: str):
        """Let administrators alone read these fields."""
        for name in names:
            field = self.env[model]._fields[name]
            self.startPatcher(patch.object(field, "groups", "base.group_system"))

    def forbid_model(self, model: str):
        """Let nobody but administrators read a model."""
        rights = self.env["ir.model.access"].search([("model_id.model", "=", model)])
        rights.group_id = self.env.ref("base.group_system")

    def hide(self, *records):
        """Hide records from everybody by rules."""
        for record in records:
            self.env["ir.rule"].create(
                {
                    "name": "hidden",
                    "model_id": self.env["ir.model"]._get_id(record._name),
                    "domain_force": repr([("id", "!=", record.id)]),
                }
            )

    def expose(self, type_name: str, field_name: str, **values):
        """Add a field to a resource of the catalog."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", type_name)])
        return self.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": field_name, **values}
        )

    def lines(self, type_name: str, *field_names: str):
        """Return the lines of a resource for some fields."""
        return self.env["graphql_api.resource.field"].search(
            [("resource_id.type_name", "=", type_name), ("field_name", "in", field_names)]
        )

    def names(self, list_field: str, arguments: str = "", **kwargs):
        """Return the names in a list."""
        page = self.graphql(f"{{ page: {list_field}{arguments} {{ nodes {{ name }} }} }}", **kwargs)
        return [node["name"] for node in page["page"]["nodes"]]
