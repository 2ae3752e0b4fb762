from odoo import api, models
from odoo.exceptions import UserError

SCHEMA_CACHE = "routing"
"""The registry's cache that holds the built schema.

It is cleared when modules change and by us, seldom otherwise, and Odoo signals its
clearing to all other processes (odoo/orm/registry.py, ``_CACHES_BY_KEY``).
"""

POLICY_CACHE = "default"
"""The registry's cache that holds policies as plain values, which a query or two make again."""


class GraphqlApiExposure(models.AbstractModel):
    """Records that say what is exposed: a change is live in every process."""

    _name = "graphql_api.exposure"
    _description = "API Exposure"

    _cleared_caches = (SCHEMA_CACHE, POLICY_CACHE)
    """What holds values made of these records."""

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache(*self._cleared_caches)
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache(*self._cleared_caches)
        return result

    def unlink(self):
        self.env.registry.clear_cache(*self._cleared_caches)
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        """Refuse to delete what an addon ships: the next upgrade would expose it again."""
        external_ids = self._get_external_ids()
        for record in self:
            if any(not name.startswith("__") for name in external_ids[record.id]):
                raise UserError(
                    self.env._(
                        "%(name)s is shipped by an addon, whose next upgrade would bring it "
                        "back. Archive it instead.",
                        name=record.display_name,
                    )
                )

    def _is_installing(self) -> bool:
        """Tell whether values come from the data of an addon (odoo/tools/convert.py)."""
        return bool(self.env.context.get("install_mode"))
