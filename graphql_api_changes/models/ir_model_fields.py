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
        for table in tables.search([("name", "in", [table for table, _name in dropped])]):
            names = {name for _logged_as, name in table.columns}
            if any((table.name, name) in dropped for name in names):
                log_table.drop_triggers(self.env, table.name)
                table.unlink()
        return super()._drop_column()
