from odoo import models

from ..rest.changes_openapi import CHANGES
from ..rest.streams_openapi import IMPORT, describe_streams
from ..rest.sync import SyncMutation
from ..rest.sync_openapi import describe_sync
from ..schema.validators import find_validators


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"

    _knows_changes = True

    def _collect(self):
        parts = super()._collect()
        parts.granted_mutations.append(SyncMutation)
        parts.reserved_collections.add("sync")
        parts.describe_routes.append(describe_sync)
        parts.features.append(IMPORT)
        parts.describe_lists.append(describe_streams)
        parts.features.append(CHANGES)
        parts.error_codes["RESYNC_REQUIRED"] = 410
        return parts

    def _validators(self, context, uses, scope):
        return find_validators(context, uses, scope)
