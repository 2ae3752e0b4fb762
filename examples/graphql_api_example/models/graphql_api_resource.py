from odoo import models

from ..schema.latest import LATEST


class GraphqlApiResource(models.Model):
    _inherit = "graphql_api.resource"

    def _get_features(self):
        return super()._get_features() | {LATEST.name}
