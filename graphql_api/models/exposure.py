from collections.abc import Callable
from typing import TypeVar

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

T = TypeVar("T")

SCHEMA_CACHE = "routing"
"""The registry's cache that holds the built schema.

It is cleared when modules change and by us, seldom otherwise, and Odoo signals its
clearing to all other processes (odoo/orm/registry.py, ``_CACHES_BY_KEY``).
"""

POLICY_CACHE = "default"
"""The registry's cache that holds policies as plain values, which a query or two make again."""

DEFINITION_CACHE = "stable"
"""The registry's cache that holds what records of resources say, by the versions of their rows.

Odoo clears it when one of its fields changes; a change of what is exposed need not clear it.
"""


def clear_caches(env, *names: str) -> None:
    """Clear caches of the registry in all processes: at once, and when the change is committed.

    Before the commit another thread may fill them with the older state again. After it, the other
    processes are told first (odoo/orm/registry.py, ``signal_changes``), since from then on
    :func:`is_current` knows of the change; then the caches of this process are cleared again.
    """
    registry = env.registry
    registry.clear_cache(*names)

    def clear_again() -> None:
        if registry.ready:
            registry.cache_invalidated.update(names)
            registry.signal_changes()
            registry.clear_cache(*names)
            registry.cache_invalidated.difference_update(names)

    # Once, however many records of a transaction change.
    pending = env.cr.postcommit.data.setdefault("graphql_api.cleared_caches", set())
    if not pending.issuperset(names):
        pending.update(names)
        env.cr.postcommit.add(clear_again)


def is_current(env, name: str) -> bool:
    """Tell whether what this transaction sees may be kept in a cache of the registry.

    A transaction that began before a change was committed sees what was before it, also when the
    cache has been cleared meanwhile.
    """
    ((sequence,),) = env.execute_query(
        SQL("SELECT max(id) FROM %s", SQL.identifier(f"orm_signaling_{name}"))
    )
    return sequence == env.registry.cache_sequences[name]


def kept(env, name: str, values: dict, key, make: Callable[[], T]) -> T:
    """Return a value that a cache of the registry keeps, made at its first use.

    :param name: of the cache
    :param values: the dict in that cache, taken before the value is made: where the cache is
        cleared meanwhile, a value made of the older state goes into a dict that nobody reads
    """
    if key in values:
        return values[key]
    value = make()
    if is_current(env, name):
        values[key] = value
    return value


class GraphqlApiExposure(models.AbstractModel):
    """Records that say what is exposed: a change is live in every process."""

    _name = "graphql_api.exposure"
    _description = "API Exposure"
    _inherit = ["graphql_api.tracked"]

    _cleared_caches = (SCHEMA_CACHE, POLICY_CACHE)
    """What holds values made of these records."""

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._clear_caches()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals:
            self._clear_caches()
        return result

    def unlink(self):
        result = super().unlink()
        self._clear_caches()
        return result

    def _clear_caches(self) -> None:
        """Make a change of these records count; without records there is none.

        Whoever calls a public method with an empty recordset must not cost all processes their
        schemas. Rights have been checked before.
        """
        if self:
            clear_caches(self.env, *self._cleared_caches)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        """Refuse to delete what an addon ships: the next upgrade would expose it again."""
        external_ids = self._get_external_ids()
        for record in self:
            if any(not name.startswith("__") for name in external_ids[record.id]):
                raise UserError(
                    self.env._(
                        "%(name)s comes with an addon: the next upgrade would restore it. "
                        "Archive it instead.",
                        name=record.display_name,
                    )
                )

    @api.model
    def _follow_catalog(self, xml_id: str, shipped: dict, values: dict) -> None:
        """Give a row that an older version shipped, and that nobody changed, the values of today.

        An upgrade writes no row of the catalog that exists. Data calls this for the few that would
        not go with the new rows beside them. Users leave their name on what they change: what they
        wrote last stays, and so does what has not the values of the older version.

        :param xml_id: complete external id of the row; nothing is done where it is not there
        :param shipped: the values of the older version
        :param values: those that it gets
        """
        row = self.env.ref(xml_id, raise_if_not_found=False)
        if (
            row
            and row.write_uid.id == SUPERUSER_ID
            and all((row[name] or False) == value for name, value in shipped.items())
        ):
            row.write(values)

    def _set_status(self, find_problem: Callable) -> None:
        """Set on each record whether the API serves what it says, and why not.

        :param find_problem: record -> why it is not served, None where it is
        """
        for record in self:
            problem = find_problem(record)
            record.status = problem or self.env._("Served")
            record.is_served = not problem
