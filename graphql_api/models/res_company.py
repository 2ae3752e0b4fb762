from odoo import api, models, tools
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    @tools.ormcache("ids")
    def _graphql_api_parent_paths(self, ids: tuple[int, ...]) -> dict[int, str]:
        """Return the places of companies in their hierarchy, by id.

        They never change (odoo/addons/base/models/res_company.py, ``write``).
        """
        return dict(
            self.env.execute_query(
                SQL("SELECT id, parent_path FROM res_company WHERE id IN %s", ids or (0,))
            )
        )
