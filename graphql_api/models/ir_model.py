from odoo import api, models

from .ranking import search_ranked, with_model


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.depends("name", "model")
    @api.depends_context("graphql_api_picker", "formatted_display_name")
    def _compute_display_name(self):
        context = self.env.context
        if not (context.get("graphql_api_picker") and context.get("formatted_display_name")):
            return super()._compute_display_name()
        for model in self:
            model.display_name = with_model(model.name, model.model)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the nearest names first where a model is picked to be exposed."""
        if not name or operator != "ilike" or not self.env.context.get("graphql_api_picker"):
            return super().name_search(name, domain, operator, limit)
        return search_ranked(self, name, domain, limit, ("name", "model"))
