from odoo import models

from ..schema import log_table


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _drop_column(self):
        """Log a table no more that loses a column which is logged.

        Its triggers would fail, and with them each change of the table. What else of it is to be
        followed is so again when the registry is loaded.
        """
        if not log_table.has_log(self.env):
            return super()._drop_column()
        tables = self.env["graphql_api.change.table"].sudo()
        dropped = {
            (self.env[field.model]._table, field.name)
            for field in self
            if field.store and field.model in self.env
        }
        losing = tables.search([("name", "in", [table for table, _name in dropped])]).filtered(
            lambda table: any((table.name, name) in dropped for _logged_as, name in table.columns)
        )
        if losing:
            log_table.take_turn(self.env)
        for table in losing:
            log_table.drop_triggers(self.env, table.name)
        losing.unlink()
        return super()._drop_column()
