from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema import positions
from .change_log import DAYS_PARAMETER, DEFAULT_DAYS
from .stream import DEFAULT_STREAMS, STREAMS_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    graphql_api_changes_log_days = fields.Integer(
        string="Days in the Change Log",
        config_parameter=DAYS_PARAMETER,
        default=DEFAULT_DAYS,
    )
    graphql_api_changes_log_size = fields.Char(
        string="Size of the Change Log", compute="_compute_graphql_api_changes_log_size"
    )

    graphql_api_changes_max_streams = fields.Integer(
        string="Streams at Once", config_parameter=STREAMS_PARAMETER, default=DEFAULT_STREAMS
    )

    @api.constrains("graphql_api_changes_max_streams")
    def _check_graphql_api_changes_max_streams(self):
        for settings in self:
            if settings.graphql_api_changes_max_streams < 1:
                raise ValidationError(self.env._("At least one response has to be streamed."))

    @api.constrains("graphql_api_changes_log_days")
    def _check_graphql_api_changes_log_days(self):
        for settings in self:
            if settings.graphql_api_changes_log_days < 1:
                raise ValidationError(self.env._("The change log is kept for one day at least."))

    def _compute_graphql_api_changes_log_size(self):
        megabytes = positions.log_size(self.env) / 1024**2
        for settings in self:
            settings.graphql_api_changes_log_size = f"{megabytes:.1f} MiB"
