import hashlib
from collections.abc import Iterable
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .purge import delete_batch

KEPT = timedelta(days=1)


class GraphqlApiUpsert(models.Model):
    """Rows that requests lock while they decide which record a key matches."""

    _name = "graphql_api.upsert"
    _description = "API Upsert Lock"
    _log_access = False

    name = fields.Char(required=True, help="Digest of the key.")
    locked_at = fields.Datetime(required=True, index=True)

    _name_unique = models.Constraint("UNIQUE(name)", "There is one row for each key.")

    @api.model
    def _lock(self, keys: Iterable[str]) -> None:
        """Let no other transaction go beyond this point with one of the keys until ours ends.

        Who waited for another transaction, or began before another one ended, has read the
        database as it was before that: PostgreSQL makes it fail here, and Odoo tries it again
        (odoo/service/model.py, ``retrying``). An advisory lock would let it pass.

        :raise psycopg2.errors.SerializationFailure: another request was first
        """
        # In one order for all requests: they wait for each other, and never in a circle.
        names = sorted({hashlib.sha256(key.encode()).hexdigest() for key in keys})
        if not names:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO graphql_api_upsert (name, locked_at) VALUES %s "
                "ON CONFLICT (name) DO UPDATE SET locked_at = EXCLUDED.locked_at",
                SQL(", ").join(SQL("(%s, %s)", name, self.env.cr.now()) for name in names),
            ),
            log_exceptions=False,
        )

    @api.autovacuum
    def _gc_locks(self):
        """Remove a batch of the rows of keys that nobody used lately.

        A lock is needed for seconds.
        """
        return delete_batch(self, SQL("locked_at < %s", self.env.cr.now() - KEPT))
