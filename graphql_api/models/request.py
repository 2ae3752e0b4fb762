from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .purge import delete_batch


class GraphqlApiRequest(models.Model):
    """A request that was served: what tells how the API is used, and nothing of what was said.

    Rows are made after the response, in a transaction of their own
    (http/request_log.py).
    """

    _name = "graphql_api.request"
    _description = "API Request"
    _inherit = ["graphql_api.traffic"]
    _log_access = False
    _order = "id desc"
    _rec_name = "operation"

    started_at = fields.Datetime(string="Time", required=True, index=True)
    operation = fields.Char(
        required=True,
        help="The name of a GraphQL operation; without a name its first fields and the beginning "
        "of its signature. In REST the method and the route, in which <id> stands for any record.",
    )
    kind = fields.Selection(
        [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")],
        help="For a GraphQL operation.",
    )
    signature = fields.Char(
        help="Hash of the GraphQL document without its values: requests with the same hash "
        "differ only in their values."
    )
    method = fields.Char(required=True)
    user_id = fields.Many2one("res.users", index=True, ondelete="set null")
    key_id = fields.Integer(
        string="Key ID", aggregator=None, help="The API key; it may have been deleted since."
    )
    key_name = fields.Char(string="Key", help="The name of the API key at the time.")
    ip = fields.Char(string="IP Address")
    status = fields.Integer(string="HTTP Status", aggregator=None)
    error_code = fields.Char(
        help="Code of the first error. GraphQL responds with errors and HTTP status 200 if a "
        "part of the data could be read."
    )
    errors = fields.Integer(help="1 if the request ended with an error.")
    duration = fields.Float(
        string="Duration (ms)",
        digits=(16, 1),
        aggregator="p95",
        help="From the arrival of the request until its response was ready to send. For a group: "
        "the 95th percentile, that is, 95% of its requests were at least as fast.",
    )
    is_dry_run = fields.Boolean(
        string="Dry Run",
        help="The request was executed only to see what it would do; nothing of it was kept.",
    )
    queries = fields.Integer(string="SQL Queries", aggregator="avg")
    size = fields.Integer(string="Bytes Sent", help="Size of the response's body, as it was sent.")

    def _read_group_select(self, aggregate_spec, query):
        """Know ``p95``, the 95th percentile, beside the aggregates of Odoo."""
        name, _colon, aggregate = aggregate_spec.partition(":")
        if aggregate != "p95":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY %s)",
            self._field_to_sql(self._table, name, query),
        )

    @api.autovacuum
    def _gc_requests(self):
        """Remove a batch of what is older than the settings say.

        :return: how many were removed, and 1 where more may remain (ir.autovacuum)
        """
        days = self.env["graphql_api.settings"]._get_settings().log_days
        old = SQL("started_at < %s", self.env.cr.now() - timedelta(days=days))
        return delete_batch(self, old)
