from odoo import api, models

STREAMS_PARAMETER = "graphql_api_changes.max_streams"
"""The system parameter with the number of streams."""

DEFAULT_STREAMS = 4


class GraphqlApiStream(models.AbstractModel):
    """How many responses a database streams at once: exports and imports."""

    _name = "graphql_api.stream"
    _description = "API Streams"

    @api.model
    def _get_maximum(self) -> int:
        """Return how many responses may be streamed at once; at least one."""
        # A setting of the server, the same for whoever asks, hence sudo.
        text = self.env["ir.config_parameter"].sudo().get_param(STREAMS_PARAMETER) or ""
        return max(int(text), 1) if text.strip().isdecimal() else DEFAULT_STREAMS
