from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    visit_ids = fields.One2many("customer.visit", "partner_id", string="Visits")
