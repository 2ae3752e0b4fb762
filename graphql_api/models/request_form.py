from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError


class GraphqlApiRequest(models.Model):
    """Where administrators get to from a row of the request log, and how they turn it on."""

    _inherit = "graphql_api.request"

    live_key_id = fields.Many2one(
        "graphql_api.key", compute="_compute_live_key_id", help="Empty once it is revoked."
    )
    policy_id = fields.Many2one(
        "graphql_api.policy",
        compute="_compute_live_key_id",
        help="The policy that the key has today; it may have had another one at the time.",
    )

    @api.depends("key_id")
    def _compute_live_key_id(self):
        # Nobody reads by which row of Odoo's a key is known, hence sudo; administrators read keys.
        keys = (
            self.env["graphql_api.key"].sudo().search([("apikey_id", "in", self.mapped("key_id"))])
        )
        found = {key.apikey_id.id: key.sudo(False) for key in keys}
        for request in self:
            key = found.get(request.key_id)
            request.live_key_id = key
            request.policy_id = key.policy_id if key else None

    def open_key(self):
        """Show the key in the list of keys."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("graphql_api.action_keys")
        return {**action, "domain": [("id", "=", self.live_key_id.id)]}

    def open_similar(self):
        """Show the requests of the same operation."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("graphql_api.request_action")
        domain = [("operation", "=", self.operation), ("method", "=", self.method)]
        return {**action, "name": self.operation, "domain": domain}

    @api.model
    def get_empty_list_help(self, help_message):
        """Offer administrators to turn the log on where it is off."""
        message = super().get_empty_list_help(help_message)
        settings = self.env["graphql_api.settings"]._get_settings()
        if settings.log_requests or not self.env.is_system():
            return message
        return Markup(
            '%s<p><a type="action" class="btn btn-primary" data-model="graphql_api.request" '
            'data-method="turn_on">%s</a></p>'
        ) % (Markup(message or ""), self.env._("Log All Requests"))

    @api.model
    def turn_on(self):
        """Log the requests of all callers from now on, as the setting does.

        :raise AccessError: for all but administrators
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators turn the request log on."))
        self.env["ir.config_parameter"].set_param("graphql_api.log_requests", "True")
        return {"type": "ir.actions.client", "tag": "reload"}
