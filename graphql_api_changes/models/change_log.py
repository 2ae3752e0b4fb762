import logging

import psycopg2

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import mute_logger
from odoo.tools.lru import LRU

from odoo.addons.graphql_api.schema.extension import Resource

from ..schema import dependencies, followed_tables, log_table, positions
from ..schema.rights_stamp import describe, digest, read_rights_digest

_logger = logging.getLogger(__name__)

DAYS_PARAMETER = "graphql_api_changes.log_days"
DEFAULT_DAYS = 30

_MOST_READS = 2000
"""Requests of which a process knows what they read."""


class GraphqlApiChangeLog(models.AbstractModel):
    """The change log: which tables it follows, and how long it is kept.

    Its rows are in a table that the ORM does not know (see schema/log_table).
    """

    _name = "graphql_api.change.log"
    _description = "API Change Log"

    def init(self):
        log_table.create_tables(self.env)

    def _register_hook(self):
        """Follow what modules have changed; where nothing has, no table is locked."""
        super()._register_hook()
        self._check()

    @api.model
    def _check(self) -> None:
        """Have the log be that of this database, and follow what it should.

        Whatever is in the way of that is in the way of nothing else: it is left for the next time,
        and nobody gets a token meanwhile whose changes are not all logged.
        """
        if not log_table.has_log(self.env):
            return
        try:
            with (
                self.env.cr.savepoint(),
                mute_logger("odoo.sql_db"),
                followed_tables.lock_briefly(self.env),
            ):
                positions.check_cluster(self.env)
                self._follow()
        except psycopg2.extensions.TransactionRollbackError:
            # Another process has done so, as when several load a database that was just copied, and
            # this transaction does not see what it has done.
            self.env.cr.postcommit.add(self._check_again)
        except psycopg2.errors.LockNotAvailable:
            _logger.warning("Tables are in use; what the change log follows is not up to date.")
        except Exception:
            _logger.exception("What the change log follows is not up to date.")

    @api.model
    def _check_again(self) -> None:
        """Check in a transaction that sees what others have committed."""
        with self.pool.cursor() as cursor:
            self.with_env(self.env(cr=cursor))._check()

    @api.model
    def _follow(self) -> None:
        """Make triggers for the resources that are tracked, and remove those of others."""
        # Which tables are followed is configuration, the same for every caller, hence sudo.
        neutral = self.sudo().with_context(active_test=True, lang="en_US")
        resources = neutral.env["graphql_api.resource"]
        resources.flush_model()
        tracked = set(resources.search([("is_tracked", "=", True)])._ids)
        served = neutral.env["graphql_api.schema"]._compile_exposure().resources
        followed = [resource for id, resource in served.items() if id in tracked]
        needed = followed_tables.needed_columns(neutral.env, followed, neutral._get_filters())
        followed_tables.update_triggers(neutral.env, needed)

    @api.model
    def _get_filters(self) -> dict[str, list[Domain]]:
        """Return the record filters of all policies as domains, by type name."""
        filters: dict[str, list[Domain]] = {}
        rights = self.env["graphql_api.policy.right"].search([("record_filter", "!=", "[]")])
        for right in rights:
            record_filter = right._get_filter()
            if record_filter is not None:
                domain = dependencies.filter_paths(record_filter)
                filters.setdefault(right.resource_id.type_name, []).append(domain)
        return filters

    @api.model
    def _follow_later(self) -> None:
        """Follow what this transaction makes necessary, once, before it is committed.

        While modules are being installed, :meth:`_register_hook` does it at the end.
        """
        pending = self.env.cr.precommit.data
        if self.pool.ready and not pending.get("graphql_api_changes.follow"):
            pending["graphql_api_changes.follow"] = True
            self.env.cr.precommit.add(self._follow_now)

    @api.model
    def _follow_now(self) -> None:
        with followed_tables.lock_briefly(self.env):
            # Also where no trigger is to be made: another transaction might remove one just now
            # that only this one needs.
            log_table.take_turn(self.env)
            self._follow()

    @api.model
    @tools.ormcache("groups", "models")
    def _get_rights_digest(self, groups: tuple[int, ...], models: tuple[str, ...]) -> str:
        """Return what differs when access rights or record rules of some groups and models change.

        Odoo clears the cache when one of them does.
        """
        return read_rights_digest(self.env, groups, models)

    @api.model
    @tools.ormcache(
        "self.env.uid", "models", "tuple(self.env['ir.rule']._compute_domain_context_values())"
    )
    def _get_rules_digest(self, models: tuple[str, ...]) -> str:
        """Return what differs when the record rules of models mean something else for the user.

        Odoo keeps each of their domains by the same key, and forgets them with this.
        """
        rules = self.env["ir.rule"]
        return digest([repr(rules._compute_domain(name, "read")) for name in models])

    @api.model
    @tools.ormcache("start")
    def _get_system(self, start: str) -> str:
        """Return the identifier of the database server.

        :param start: when it was started; another one was not at the same microsecond
        """
        return positions.read_system(self.env)

    @api.model
    @tools.ormcache()
    def _get_kept_reads(self) -> LRU:
        """Return what requests read, as far as it is known, by their subjects (see validators)."""
        return LRU(_MOST_READS)

    @api.model
    @tools.ormcache("id(resource)")
    def _get_resource_digest(self, resource: Resource) -> tuple[Resource, str]:
        """Return a digest of a resource of a built schema, and the resource, so that it stays."""
        return resource, digest(describe(resource))

    @api.autovacuum
    def _prune(self):
        """Remove a batch of what is older than the log is kept, in the way of ir.autovacuum."""
        return positions.prune(self.env, self._get_days())

    @api.model
    def _get_days(self) -> int:
        value = self.env["ir.config_parameter"].sudo().get_param(DAYS_PARAMETER)
        return int(value) if value and value.isdecimal() else DEFAULT_DAYS
