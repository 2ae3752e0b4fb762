from datetime import datetime, timedelta
from urllib.parse import urlencode

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .error_text import error_text

_A_DAY = timedelta(hours=24)

_VIEWS = ("list", "kanban", "graph", "pivot", "form")

_END = "graphql_api.log_until"
"""The system parameter that says when the log ends that was turned on for a day."""


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

    document_id = fields.Many2one(
        "graphql_api.document",
        compute="_compute_document_id",
        help="The GraphQL document, if it was registered or stored by a client. Its values may "
        "be those of another request.",
    )
    error_text = fields.Char(string="Meaning", compute="_compute_error_text")

    @api.depends("signature")
    def _compute_document_id(self):
        documents = self.env["graphql_api.document"].search_fetch(
            [("signature", "in", [each for each in self.mapped("signature") if each])],
            ["signature"],
        )
        found = {document.signature: document for document in reversed(documents)}
        for request in self:
            request.document_id = found.get(request.signature)

    @api.depends("error_code")
    def _compute_error_text(self):
        for request in self:
            request.error_text = error_text(self.env, request.error_code)

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
        return self.live_key_id._open()

    def open_graphiql(self):
        """Open GraphiQL with the document, to try it as oneself."""
        self.ensure_one()
        self.check_access("read")
        parameters = urlencode({"query": self.document_id.text or ""})
        return {"type": "ir.actions.act_url", "url": f"/api/graphql?{parameters}", "target": "new"}

    def open_similar(self):
        """Show the requests of the same operation."""
        self.ensure_one()
        self.check_access("read")
        domain = Domain("operation", "=", self.operation) & Domain("method", "=", self.method)
        return self._open_requests(self.operation, domain)

    @api.model
    def _open_requests(self, name: str, domain: Domain) -> dict:
        """Return the action that shows a part of the request log."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "views": [(False, kind) for kind in _VIEWS],
            "domain": list(domain),
        }

    @api.model
    def get_empty_list_help(self, help_message):
        """Offer administrators to turn the log on where it is off."""
        message = super().get_empty_list_help(help_message)
        settings = self.env["graphql_api.settings"]._get_settings()
        if settings.log_requests or not self.env.is_system():
            return message
        return Markup(
            '%s<p><a type="action" href="#" class="btn btn-primary" '
            'data-model="graphql_api.request" data-method="turn_on_for_a_day">%s</a> '
            '<a type="action" href="#" class="btn btn-secondary" '
            'data-model="graphql_api.request" data-method="turn_on">%s</a></p>'
        ) % (
            Markup(message or ""),
            self.env._("Log for 24 Hours"),
            self.env._("Log All Requests"),
        )

    @api.model
    def turn_on(self):
        """Log the requests of all callers from now on, as the setting does.

        :raise AccessError: for all but administrators
        """
        return self._turn_on(None)

    @api.model
    def turn_on_for_a_day(self):
        """Log the requests of all callers for 24 hours.

        :raise AccessError: for all but administrators
        """
        return self._turn_on(fields.Datetime.now() + _A_DAY)

    def _turn_on(self, end: datetime | None) -> dict:
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators turn the request log on."))
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("graphql_api.log_requests", "True")
        parameters.set_param(_END, end and fields.Datetime.to_string(end))
        if end:
            self.env.ref("graphql_api.cron_end_log")._trigger(end)
        return {"type": "ir.actions.client", "tag": "reload"}

    @api.model
    def _get_log_end(self) -> datetime | None:
        """Return when the log ends that was turned on for a day, in UTC."""
        end = self.env["ir.config_parameter"].sudo().get_param(_END)
        return fields.Datetime.to_datetime(end or None)

    @api.model
    def _end_log(self) -> None:
        """Turn the log off whose day is over. Policies that log their keys go on."""
        end = self._get_log_end()
        if end and end <= fields.Datetime.now():
            parameters = self.env["ir.config_parameter"].sudo()
            parameters.set_param("graphql_api.log_requests", False)
            parameters.set_param(_END, False)
