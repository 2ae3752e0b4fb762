from odoo import models
from odoo.http import request

from ..http.dispatcher import ApiDispatcher


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Note in an error for a client of the API whether its choice of companies is the cause.

        Odoo suggests a company to its own screens, also one that would not be enough.
        """
        error = super()._make_access_error(operation, records)
        if request and isinstance(request.dispatcher, ApiDispatcher):
            error.other_companies = self._graphql_api_allow_elsewhere(operation, records)
        return error

    def _graphql_api_allow_elsewhere(self, operation: str, records) -> bool:
        """Tell whether the rules would allow an operation in all companies of the user."""
        own = self.env.user._get_company_ids()
        chosen = self.env.context.get("allowed_company_ids")
        if not chosen or set(own) <= set(chosen):
            return False
        everywhere = self.with_context(allowed_company_ids=[*own])
        return not everywhere._get_failing(records, mode=operation)
