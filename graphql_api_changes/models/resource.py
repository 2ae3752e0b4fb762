from odoo import api, fields, models

from ..rest.changes_openapi import CHANGES
from ..rest.streams_openapi import IMPORT


class GraphqlApiResource(models.Model):
    _inherit = "graphql_api.resource"

    is_tracked = fields.Boolean(
        string="Track Changes",
        help="Clients that keep a copy of its records can ask what has changed since. Each change "
        "of a record is logged by PostgreSQL, however it is made.",
    )
    tracking_note = fields.Char(compute="_compute_tracking_note", string="Tracking")

    @api.depends("is_tracked", "model")
    def _compute_tracking_note(self):
        models = {name: self.env.get(name) for name in self.mapped("model")}
        names = [model._table for model in models.values() if model is not None]
        tables = self.env["graphql_api.change.table"].search([("name", "in", names)])
        followed = set(tables.mapped("name"))
        for resource in self:
            model = models[resource.model]
            if resource.is_tracked and (model is None or model._table not in followed):
                resource.tracking_note = self.env._(
                    "Its changes are not logged: it is not served, or it has no table of its own."
                )
            else:
                resource.tracking_note = False

    def _get_features(self):
        features = super()._get_features() | {IMPORT.name}
        return features | {CHANGES.name} if self.is_tracked else features


class GraphqlApiExposure(models.AbstractModel):
    _inherit = "graphql_api.exposure"

    def _clear_caches(self):
        """Follow what resources and policies depend on, too, when one of them changes."""
        if self:
            self.env["graphql_api.change.log"]._follow_later()
        return super()._clear_caches()
