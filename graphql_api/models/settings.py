import re
from contextlib import suppress
from dataclasses import dataclass, field, fields

from odoo import api, models, tools

from ..schema.limits import Limits
from ..schema.policy import Networks, parse_networks

PREFIX = "graphql_api."
"""Before the names of settings, as system parameters."""

ORIGIN = re.compile(
    r"[a-z][a-z0-9+.-]*://[a-z0-9._-]+(:[0-9]{1,5})?|[a-z]+://\[[0-9a-f:.]+\](:[0-9]+)?"
)
"""What browsers send as ``Origin`` (RFC 6454, 6.2), but ``null``; also that of an app's pages."""

UNLIMITED = frozenset(["requests_per_minute"])
"""Limits that 0 switches off; the others are positive."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator sets for the whole server.

    ``plain_keys``: Odoo's own API keys work here too. ``log_days``: how long rows of the request
    log are kept. ``introspection``: clients may ask for the schema. ``graphiql``: a browser that
    opens the address gets an editor. ``registered_documents``: of GraphQL only documents run that
    are registered. ``origins``: the pages of other sites that may call the API
    from a browser. ``metrics_networks``: from there anybody reads the server's figures, without a
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
    @tools.ormcache(cache="stable")
    def _get_settings(self) -> Settings:
        """Return the settings; a parameter that is missing or unreadable has its default.

        Kept until a system parameter changes, in any process
        (odoo/addons/base/models/ir_config_parameter.py).
        """
        parameters = self.env["ir.config_parameter"].sudo()

        def read(cls) -> dict:
            values = {}
            for setting in fields(cls):
                text = (parameters.get_param(PREFIX + setting.name) or "").strip()
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


def split_origins(text: str) -> list[str]:
    """Return the origins of a text, with spaces, commas or lines between them."""
    return list(dict.fromkeys(re.split(r"[\s,]+", text.strip().lower()))) if text.strip() else []
