from odoo import models

from ..schema.tracked_changes import MessageChanges


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"

    def _collect(self):
        parts = super()._collect()
        parts.granted_fields["Message"].append(MessageChanges)
        return parts
