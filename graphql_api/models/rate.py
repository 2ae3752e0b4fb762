from odoo import fields, models
from odoo.tools import SQL


class GraphqlApiRate(models.Model):
    """When the requests of each caller will be free again (http/rate_limit.py).

    The table is not logged: its rows are worth nothing after a minute, and no replica needs them.
    """

    _name = "graphql_api.rate"
    _description = "API Rate"
    _auto = False

    name = fields.Char(required=True, readonly=True)
    free_at = fields.Datetime(required=True, readonly=True)

    def init(self):
        """Create the table, which the ORM never touches."""
        self.env.cr.execute(
            SQL(
                "CREATE UNLOGGED TABLE IF NOT EXISTS %s "
                "(name varchar PRIMARY KEY, free_at timestamp NOT NULL) WITH (fillfactor = 50)",
                SQL.identifier(self._table),
            )
        )
