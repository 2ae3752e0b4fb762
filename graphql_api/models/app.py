import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class GraphqlApiApp(models.AbstractModel):
    """The app that a resource belongs to, by which administrators see resources grouped.

    Which app brings a model is read from the registry each time, as apps come and go without the
    resource knowing; so it is no column, and SQL gets it as a value.
    """

    _name = "graphql_api.app"
    _description = "App of an API Resource"

    app = fields.Char(
        compute="_compute_app", search="_search_app", help="The app of Odoo that brings the model."
    )

    @api.depends("model", "needed_field")
    def _compute_app(self):
        apps = self._get_apps()
        for resource in self:
            resource.app = apps[resource]

    def _search_app(self, operator, value):
        if operator != "in":
            return NotImplemented
        apps = self._get_all_apps()
        return [("id", "in", [resource.id for resource, app in apps.items() if app in value])]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be grouped by the app."""
        if field_expr != "app":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["app"], "read")
        apps = self._get_all_apps()
        texts = json.dumps({resource.id: app for resource, app in apps.items()})
        return SQL("(%s::jsonb ->> %s::text)", texts, SQL.identifier(alias, "id"))

    def _get_all_apps(self) -> dict:
        resources = self.with_context(active_test=False)
        return resources.search_fetch(Domain.TRUE, ["model", "needed_field"])._get_apps()

    def _get_apps(self) -> dict:
        """Return for each resource the title of the app that brings its model."""
        installed = self.filtered("is_installed")
        modules = {each: self.env[each.model]._original_module for each in installed}
        found = self.env["ir.module.module"].search([("name", "in", [*set(modules.values())])])
        titles = {module.name: module.shortdesc for module in found}
        return {
            each: (
                titles.get(modules[each], self.env._("Other"))
                if each in modules
                else self.env._("Not Installed")
            )
            for each in self
        }
