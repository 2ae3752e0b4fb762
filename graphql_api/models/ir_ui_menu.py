from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def _load_menus_blacklist(self):
        """Hide the pages for developers where the settings switch them off."""
        hidden = super()._load_menus_blacklist()
        if not self.env["graphql_api.settings"]._get_settings().graphiql:
            menu = self.env.ref("graphql_api.menu_explore", raise_if_not_found=False)
            hidden = [*hidden, *menu.search([("id", "child_of", menu.ids)]).ids] if menu else hidden
        return hidden
