from odoo import fields, models

from ..schema import positions
from .change_log import DAYS_PARAMETER, DEFAULT_DAYS


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

    def _compute_graphql_api_changes_log_size(self):
        megabytes = positions.log_size(self.env) / 1024**2
        for settings in self:
            settings.graphql_api_changes_log_size = f"{megabytes:.1f} MiB"
