from dataclasses import fields as dataclass_fields

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.limits import MAX_SECONDS, Limits
from .settings import (
    ORIGIN,
    PREFIX,
    UNLIMITED,
    Settings,
    split_origins,
)

FIELD_PREFIX = "graphql_api_"
LIMITS = tuple(limit.name for limit in dataclass_fields(Limits))
NUMBERS = (*LIMITS, "log_days", "sign_in_minutes", "sign_in_days")


def _defaults() -> dict:
    """Return the defaults of all settings, those of limits too, by their names."""
    settings = Settings()
    names = {setting.name for setting in dataclass_fields(Settings)} - {"limits"}
    values = {name: getattr(settings, name) for name in names}
    return values | {name: getattr(settings.limits, name) for name in LIMITS}


class ResConfigSettings(models.TransientModel):
    """The server's settings of the API.

    Not by ``config_parameter``: it would drop what is switched off, or is 0, and so give it its
    default again (odoo/addons/base/models/res_config.py, ``set_values``).

    Those methods are public, and anybody who has the right to a dialog may call them: what
    belongs to the API is for administrators alone.
    """

    _inherit = "res.config.settings"

    graphql_api_plain_keys = fields.Boolean(string="Odoo's Own API Keys")
    graphql_api_sign_in = fields.Boolean(string="Signing In from Apps")
    graphql_api_sign_in_policy = fields.Many2one("graphql_api.policy", string="Policy of Apps")
    graphql_api_sign_in_minutes = fields.Integer(string="Minutes until an App's Key Expires")
    graphql_api_sign_in_days = fields.Integer(string="Days until a Device Is Signed Out")
    graphql_api_log_requests = fields.Boolean(string="Log All Requests")
    graphql_api_log_days = fields.Integer(string="Days in the Request Log")
    graphql_api_introspection = fields.Boolean(string="Introspection")
    graphql_api_graphiql = fields.Boolean(string="GraphiQL and Swagger UI")
    graphql_api_registered_documents = fields.Boolean(string="Registered Documents Only")
    graphql_api_origins = fields.Text(string="Allowed Origins")
    graphql_api_metrics_networks = fields.Char(string="Networks That Read Metrics")
    graphql_api_requests_per_minute = fields.Integer(string="Requests per Minute")
    graphql_api_max_cost = fields.Integer(string="Cost")
    graphql_api_max_page_size = fields.Integer(string="Page Size")
    graphql_api_max_seconds = fields.Integer(string="Seconds")
    graphql_api_max_body_size = fields.Integer(string="Body Size")
    graphql_api_max_response_size = fields.Integer(string="Response Size")
    graphql_api_max_depth = fields.Integer(string="Depth")
    graphql_api_max_aliases = fields.Integer(string="Aliases")
    graphql_api_max_tokens = fields.Integer(string="Tokens")

    @api.model
    def get_values(self):
        values = super().get_values()
        if not self.env.is_system():
            return values
        settings = self.env["graphql_api.settings"]._get_settings()
        for name in _defaults():
            source = settings.limits if name in LIMITS else settings
            values[FIELD_PREFIX + name] = getattr(source, name)
        values[FIELD_PREFIX + "origins"] = "\n".join(settings.origins)
        values[FIELD_PREFIX + "metrics_networks"] = ", ".join(map(str, settings.metrics_networks))
        policy = self.env["graphql_api.policy"].browse(settings.sign_in_policy).exists()
        values[FIELD_PREFIX + "sign_in_policy"] = policy.id
        return values

    def set_values(self):
        result = super().set_values()
        if not self or not self.env.is_system():
            return result
        parameters = self.env["ir.config_parameter"].sudo()
        for name, default in _defaults().items():
            value = self[FIELD_PREFIX + name]
            if name == "origins":
                value = "\n".join(split_origins(value or ""))
            elif name == "metrics_networks":
                value = value or ""
            elif name == "sign_in_policy":
                value = value.id or 0
            # What is as it is by default follows the default of the next version.
            parameters.set_param(PREFIX + name, False if value in (default, "") else str(value))
        return result

    @api.constrains(*(FIELD_PREFIX + name for name in NUMBERS))
    def _check_graphql_api_numbers(self):
        for settings in self:
            for name in NUMBERS:
                label = self._fields[FIELD_PREFIX + name]._description_string(self.env)
                value = settings[FIELD_PREFIX + name]
                if value < 0:
                    raise ValidationError(
                        self.env._("%(setting)s must not be negative.", setting=label)
                    )
                if not value and name not in UNLIMITED:
                    raise ValidationError(
                        self.env._("%(setting)s must be at least 1.", setting=label)
                    )
            if settings.graphql_api_max_seconds > MAX_SECONDS:
                raise ValidationError(self.env._("A request cannot take longer than a day."))

    @api.constrains(FIELD_PREFIX + "sign_in", FIELD_PREFIX + "sign_in_policy")
    def _check_graphql_api_sign_in(self):
        for settings in self:
            if settings.graphql_api_sign_in and not settings.graphql_api_sign_in_policy:
                raise ValidationError(
                    self.env._("Choose the policy of the keys that apps get by signing in.")
                )

    @api.constrains(FIELD_PREFIX + "origins")
    def _check_graphql_api_origins(self):
        for settings in self:
            for origin in split_origins(settings.graphql_api_origins or ""):
                if not ORIGIN.fullmatch(origin):
                    raise ValidationError(
                        self.env._(
                            "%(origin)s is not an origin. Write scheme and host of each site, "
                            "like https://app.example.com, without a path. You cannot allow all "
                            "sites with *.",
                            origin=origin,
                        )
                    )

    @api.constrains(FIELD_PREFIX + "metrics_networks")
    def _check_graphql_api_metrics_networks(self):
        for settings in self:
            networks = settings.graphql_api_metrics_networks or ""
            self.env["graphql_api.policy"]._parse_networks(networks)
