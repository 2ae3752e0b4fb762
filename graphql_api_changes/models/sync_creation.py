import hashlib
from datetime import timedelta
from typing import NamedTuple

import orjson

from odoo import api, fields, models
from odoo.tools import SQL

KEPT = timedelta(days=90)
"""For longer than that a client does not wait to send a batch again."""

_DELETED_AT_ONCE = 10_000


class Creation(NamedTuple):
    """What is known of a record that a batch has created: its id, and a digest of its values."""

    record_id: int
    digest: str


class GraphqlApiSyncCreation(models.Model):
    """Records that batches have created, so that a batch that is sent again is known as such.

    An external id is gone with its record, and does not tell with which values it was created.
    """

    _name = "graphql_api.sync.creation"
    _description = "API Record Created Offline"
    _log_access = False

    name = fields.Char(required=True, help="Digest of who created what under which id.")
    digest = fields.Char(required=True, help="Digest of the values that were sent.")
    res_id = fields.Integer(required=True, help="Id of the record.")
    created_at = fields.Datetime(required=True, index=True)

    _name_unique = models.Constraint("UNIQUE(name)", "There is one row for each id of a client.")

    @api.model
    def _digest(self, *parts: object) -> str:
        """Return what stands for plain values; members of objects may come in any order."""
        text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()

    @api.model
    def _find(self, names: set[str]) -> dict[str, Creation]:
        """Return what was created under names of :meth:`_digest`."""
        if not names:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT name, res_id, digest FROM graphql_api_sync_creation WHERE name IN %s",
                tuple(names),
            )
        )
        return {name: Creation(number, digest) for name, number, digest in rows}

    @api.model
    def _keep(self, name: str, record_id: int, digest: str) -> None:
        """Note what was created under a name of :meth:`_digest`, from which values."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO graphql_api_sync_creation (name, digest, res_id, created_at) "
                "VALUES (%s, %s, %s, %s) ON CONFLICT (name) DO UPDATE "
                "SET digest = EXCLUDED.digest, res_id = EXCLUDED.res_id, "
                "created_at = EXCLUDED.created_at",
                name,
                digest,
                record_id,
                self.env.cr.now(),
            )
        )

    @api.autovacuum
    def _gc_creations(self):
        """Remove a batch of rows of clients that have heard of what they created long ago."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM graphql_api_sync_creation WHERE ctid = ANY (ARRAY("
                "SELECT ctid FROM graphql_api_sync_creation WHERE created_at < %s "
                "LIMIT %s FOR UPDATE SKIP LOCKED))",
                self.env.cr.now() - KEPT,
                _DELETED_AT_ONCE,
            )
        )
        removed = self.env.cr.rowcount
        return removed, int(removed == _DELETED_AT_ONCE)
