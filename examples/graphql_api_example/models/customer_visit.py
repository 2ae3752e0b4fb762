from odoo import fields, models
from odoo.exceptions import UserError


class CustomerVisit(models.Model):
    _name = "customer.visit"
    _description = "Visit to a Customer"
    _order = "date desc, id desc"
    _rec_name = "subject"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Visitor", required=True, default=lambda self: self.env.user
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    subject = fields.Char(required=True)
    note = fields.Text(help="What was talked about.")
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done")], required=True, default="planned"
    )

    def action_done(self):
        """Mark planned visits as done."""
        for visit in self:
            if visit.state == "done":
                raise UserError(self.env._("%s is done already.", visit.subject))
            visit.state = "done"
