from odoo import api, models


class IrRule(models.Model):
    """The change log follows the tables that record rules of tracked resources compare."""

    _inherit = "ir.rule"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["graphql_api.change.log"]._follow_later()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env["graphql_api.change.log"]._follow_later()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["graphql_api.change.log"]._follow_later()
        return result
