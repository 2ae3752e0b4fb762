from collections.abc import Iterable

from odoo import fields, models
from odoo.tools import SQL

from ..schema.log_table import LOG, Column


class GraphqlApiChangeTable(models.Model):
    """A table whose changes are logged, since a position in the log."""

    _name = "graphql_api.change.table"
    _description = "API Followed Table"
    _order = "name"

    name = fields.Char(string="Table", required=True, readonly=True)
    columns = fields.Json(readonly=True)
    create_date = fields.Datetime(string="Since", readonly=True)
    logged_columns = fields.Char(
        compute="_compute_logged_columns",
        help="id: the records of the table. Others: the records that they refer to, whose lists "
        "change with the table.",
    )
    change_count = fields.Integer(
        string="Changes Kept",
        compute="_compute_change_count",
        help="Rows of the log about this table.",
    )

    _name_unique = models.Constraint("UNIQUE(name)", "The table is followed already.")

    def init(self):
        """Add what the ORM has no type for: the transaction from which on all is logged."""
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS since xid8 NOT NULL "
                "DEFAULT pg_current_xact_id()",
                SQL.identifier(self._table),
            )
        )

    def _pack_columns(self, columns: Iterable[Column]) -> list[list[str]]:
        return [list(column) for column in sorted(columns)]

    def _compute_logged_columns(self):
        for table in self:
            table.logged_columns = ", ".join(name for _logged_as, name in table.columns or ())

    def _compute_change_count(self):
        names = {logged_as for table in self for logged_as, _name in table.columns or ()}
        rows = self.env.execute_query(
            SQL(
                "SELECT table_name, count(*) FROM %s WHERE table_name = ANY(%s) GROUP BY 1",
                SQL.identifier(LOG),
                list(names),
            )
        )
        counts = dict(rows)
        for table in self:
            table.change_count = sum(
                counts.get(logged_as, 0) for logged_as, _name in table.columns or ()
            )
