from odoo.tools import SQL

DELETED_AT_ONCE = 10_000


def delete_batch(model, condition: SQL) -> tuple[int, int]:
    """Delete a batch of a model's rows, in the way of Odoo's ``@api.autovacuum`` methods.

    Rows that another transaction is using stay for the next time.

    :return: how many were removed, and 1 where more may remain (ir.autovacuum)
    """
    table = SQL.identifier(model._table)
    model.env.cr.execute(
        SQL(
            "DELETE FROM %s WHERE ctid = ANY (ARRAY("
            "SELECT ctid FROM %s WHERE %s LIMIT %s FOR UPDATE SKIP LOCKED))",
            table,
            table,
            condition,
            DELETED_AT_ONCE,
        )
    )
    removed = model.env.cr.rowcount
    return removed, int(removed == DELETED_AT_ONCE)
