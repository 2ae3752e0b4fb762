from odoo import models

from ..rest.sync import SyncMutation
from ..schema.validators import find_validators


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"

    _knows_changes = True

    def _collect(self):
        parts = super()._collect()
        parts.granted_mutations.append(SyncMutation)
        return parts

    def _validators(self, context, uses, scope):
        return find_validators(context, uses, scope)
