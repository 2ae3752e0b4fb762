from odoo import models

from ..rest.sync import SyncMutation


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"

    def _collect(self):
        parts = super()._collect()
        parts.granted_mutations.append(SyncMutation)
        return parts
