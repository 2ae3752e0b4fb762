import re
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

from odoo import api, models, tools

from ..schema.exposure.limits import Limits
from ..schema.exposure.policy import Networks, parse_networks
from .exposure import clear_caches, kept

PREFIX = "graphql_api."
"""Before the names of settings, as system parameters."""

ORIGIN = re.compile(
    r"[a-z][a-z0-9+.-]*://[a-z0-9._-]+(:[0-9]{1,5})?|[a-z]+://\[[0-9a-f:.]+\](:[0-9]+)?"
)
"""What browsers send as ``Origin`` (RFC 6454, 6.2), but ``null``; also that of an app's pages."""

SETTINGS_CACHE = "stable"
"""The registry's cache that Odoo clears when a system parameter changes."""

UNLIMITED = frozenset(["requests_per_minute"])
"""Limits that 0 switches off; the others are positive."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator sets for the whole server.

    ``plain_keys``: Odoo's own API keys work here too. ``log_days``: how long rows of the request
    log are kept. ``introspection``: clients may ask for the schema. ``graphiql``: a browser that
    opens the address gets an editor. ``registered_documents``: of GraphQL only documents run that
    are registered. ``origins``: the pages of other sites that may call the API
    from a browser. ``metrics_networks``: from there anybody reads the server's metrics, without a
    key. ``limits``: those of callers whose policy says nothing else.

    ``sign_in``: apps get keys for login and password, under the policy with the id
    ``sign_in_policy``; such a key lives for ``sign_in_minutes``, and a device that does not renew
    it for ``sign_in_days`` is signed out.
    """

    plain_keys: bool = True
    sign_in: bool = False
    sign_in_policy: int = 0
    sign_in_minutes: int = 60
    sign_in_days: int = 30
    log_requests: bool = False
    log_days: int = 30
    introspection: bool = True
    graphiql: bool = True
    registered_documents: bool = False
    origins: tuple[str, ...] = ()
    metrics_networks: Networks = ()
    limits: Limits = field(default_factory=Limits)


class GraphqlApiSettings(models.AbstractModel):
    """The server's settings, kept as system parameters named ``graphql_api.<setting>``."""

    _name = "graphql_api.settings"
    _description = "API Settings"

    @api.model
    def _get_settings(self) -> Settings:
        """Return the settings; a parameter that is missing or unreadable has its default.

        Kept until a system parameter changes, in any process
        (odoo/addons/base/models/ir_config_parameter.py).
        """
        return kept(self.env, SETTINGS_CACHE, self._get_kept(), None, self._read_settings)

    @api.model
    @tools.ormcache(cache=SETTINGS_CACHE)
    def _get_kept(self) -> dict[None, Settings]:
        """Return the settings that this process knows, or nothing."""
        return {}

    @api.model
    def _read_settings(self) -> Settings:
        # Not by get_param, of which an older transaction may have filled Odoo's cache again.
        domain = [("key", "=like", f"{PREFIX}%")]
        parameters = self.env["ir.config_parameter"].sudo().search(domain)
        texts = {parameter.key: parameter.value for parameter in parameters}

        def read(cls) -> dict:
            values: dict[str, Any] = {}
            for setting in fields(cls):
                text = (texts.get(PREFIX + setting.name) or "").strip()
                if not text:
                    continue
                if setting.type is bool:
                    values[setting.name] = text.lower() in ("1", "true", "yes")
                elif setting.type is int and text.isdecimal():
                    if int(text) or setting.name in UNLIMITED:
                        values[setting.name] = int(text)
                elif setting.name == "origins":
                    values["origins"] = tuple(filter(ORIGIN.fullmatch, split_origins(text)))
                elif setting.name == "metrics_networks":
                    with suppress(ValueError):
                        values["metrics_networks"] = parse_networks(text)
            return values

        return Settings(**read(Settings), limits=Limits(**read(Limits)))


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        if parameters._have_graphql_api_settings():
            clear_caches(self.env, SETTINGS_CACHE)
        return parameters

    def write(self, vals):
        had = self._have_graphql_api_settings()
        result = super().write(vals)
        if had or self._have_graphql_api_settings():
            clear_caches(self.env, SETTINGS_CACHE)
        return result

    def unlink(self):
        had = self._have_graphql_api_settings()
        result = super().unlink()
        if had:
            clear_caches(self.env, SETTINGS_CACHE)
        return result

    def _have_graphql_api_settings(self) -> bool:
        """Tell whether a setting of ours is among the parameters."""
        return any((name or "").startswith(PREFIX) for name in self.mapped("key"))


def split_origins(text: str) -> list[str]:
    """Return the origins of a text, with spaces, commas or lines between them."""
    return list(dict.fromkeys(re.split(r"[\s,]+", text.strip().lower()))) if text.strip() else []
