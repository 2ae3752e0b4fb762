import hashlib
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..schema.errors import ApiError

KEPT = timedelta(hours=24)


class Answer(NamedTuple):
    """A stored HTTP response."""

    status: int
    headers: list
    body: bytes


class GraphqlApiIdempotency(models.Model):
    """Answers of requests with an ``Idempotency-Key``, for the same request sent again."""

    _name = "graphql_api.idempotency"
    _description = "API Idempotent Request"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    digest = fields.Char(required=True, help="What tells this request from others.")
    created_at = fields.Datetime(required=True, index=True)
    status = fields.Integer()
    headers = fields.Json()
    body = fields.Binary(attachment=False)

    _key_unique = models.Constraint("UNIQUE(user_id, key)", "A user has each key once.")

    @api.model
    def _claim(self, key: str, digest: str) -> Answer | None:
        """Take a key for the request that is being served, in its own transaction.

        :return: the answer if the same request was served before; None if it is for the caller
            to serve, and then to :meth:`_keep`
        :raise ApiError: CONFLICT while another request with the key runs, VALIDATION_FAILED
            where the key came with another request
        :raise psycopg2.errors.SerializationFailure: a request with the key ended just now; to be
            tried again, when its answer can be read
        """
        if not self._try_lock(key):
            raise ApiError(
                "CONFLICT",
                "A request with this Idempotency-Key is running. Repeat it in a moment.",
                headers=[("Retry-After", "1")],
            )
        user = self.env.uid
        expired = self.env.cr.now() - KEPT
        self.env.cr.execute(
            SQL(
                "DELETE FROM graphql_api_idempotency "
                "WHERE user_id = %s AND key = %s AND created_at < %s",
                user,
                key,
                expired,
            )
        )
        # Of a row that this transaction cannot see PostgreSQL says that it must start anew.
        self.env.cr.execute(
            SQL(
                "INSERT INTO graphql_api_idempotency (user_id, key, digest, created_at) "
                "VALUES (%s, %s, %s, %s) ON CONFLICT (user_id, key) DO NOTHING",
                user,
                key,
                digest,
                self.env.cr.now(),
            ),
            log_exceptions=False,
        )
        if self.env.cr.rowcount:
            return None
        self.env.cr.execute(
            SQL(
                "SELECT digest, status, headers, body FROM graphql_api_idempotency "
                "WHERE user_id = %s AND key = %s",
                user,
                key,
            )
        )
        known, status, headers, body = self.env.cr.fetchone()
        if known != digest:
            raise ApiError(
                "VALIDATION_FAILED",
                "This Idempotency-Key came with another request. Use a new key for a new request.",
            )
        return Answer(status, headers, bytes(body))

    @api.model
    def _keep(self, key: str, answer: Answer) -> None:
        """Store the answer of the request that claimed the key."""
        self.env.cr.execute(
            SQL(
                "UPDATE graphql_api_idempotency SET status = %s, headers = %s, body = %s "
                "WHERE user_id = %s AND key = %s",
                answer.status,
                fields.Json().convert_to_column(answer.headers, self),
                answer.body,
                self.env.uid,
                key,
            )
        )

    @api.model
    def _try_lock(self, key: str) -> bool:
        """Lock the key until the transaction ends, without waiting for another one."""
        digest = hashlib.sha256(f"graphql_api.idempotency:{self.env.uid}:{key}".encode()).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s)", number))
        return self.env.cr.fetchone()[0]

    @api.autovacuum
    def _gc_answers(self):
        """Remove the answers that are too old to be repeated."""
        self.search(Domain("created_at", "<", self.env.cr.now() - KEPT)).unlink()
