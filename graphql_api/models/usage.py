from collections.abc import Iterable
from datetime import date, timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

from ..schema.execution.uses import ACTION, ADDITION, READ_FIELD, REPORT, SEARCH, WRITE_FIELD, Use
from .purge import delete_batch


class GraphqlApiUsage(models.Model):
    """What keys of a policy have used of what is exposed: names, and the last day of each.

    A policy has one row for each name, however often and by however many keys it is used. Rows are
    made after the response, as those of the request log (http/request_log.py).
    """

    _name = "graphql_api.usage"
    _description = "API Usage"
    _log_access = False
    _order = "policy_id, type_name, use, name"
    _rec_name = "name"

    policy_id = fields.Many2one("graphql_api.policy", required=True, ondelete="cascade")
    type_name = fields.Char(
        string="Type", help="Type of the resource; empty for root fields that an addon adds."
    )
    use = fields.Selection(
        [
            ("read", "Read"),
            ("create", "Create"),
            ("update", "Update"),
            ("delete", "Delete"),
            (READ_FIELD, "Field Read"),
            (WRITE_FIELD, "Field Written"),
            (SEARCH, "Search by Name"),
            (ACTION, "Action"),
            (REPORT, "Report"),
            (ADDITION, "Addition by an Addon"),
        ],
        required=True,
    )
    name = fields.Char(help="Name of the field, action or report in REST.")
    last_used_on = fields.Date(string="Last Used", required=True, index=True)

    _use_unique = models.Constraint(
        "UNIQUE(policy_id, type_name, use, name)", "There is a row for this already."
    )

    @api.model
    def _store(self, policy_id: int, uses: Iterable[Use], day: date) -> bool:
        """Store what was used on a day.

        :return: whether it is stored; not where another process has just stored some of it
        """
        # In one order everywhere, so that two processes wait for each other and not in a circle.
        rows = SQL(", ").join(
            SQL("(%s, %s, %s, %s, %s)", policy_id, *use, day) for use in sorted(uses)
        )
        query = SQL(
            "INSERT INTO %(table)s AS usage (policy_id, type_name, use, name, last_used_on) "
            "VALUES %(rows)s ON CONFLICT (policy_id, type_name, use, name) "
            "DO UPDATE SET last_used_on = EXCLUDED.last_used_on "
            "WHERE usage.last_used_on < EXCLUDED.last_used_on",
            table=SQL.identifier(self._table),
            rows=rows,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
        except psycopg2.errors.SerializationFailure:
            return False
        return True

    @api.model
    def _get_uses(self, policy, since: date) -> set[Use]:
        """Return what keys of a policy have used since a day."""
        rows = self.search([("policy_id", "=", policy.id), ("last_used_on", ">=", since)])
        return {Use(row.type_name or "", row.use, row.name or "") for row in rows}

    @api.autovacuum
    def _gc_usage(self):
        """Remove a batch of what nobody has used for as long as the request log is kept.

        :return: how many were removed, and 1 where more may remain (ir.autovacuum)
        """
        days = self.env["graphql_api.settings"]._get_settings().log_days
        old = SQL("last_used_on < %s", self.env.cr.now().date() - timedelta(days=days))
        return delete_batch(self, old)
