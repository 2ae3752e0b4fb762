import hashlib
from datetime import timedelta

import psycopg2

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..http.idempotency_key import StoredResponse
from ..schema.exposure.errors import ApiError
from .purge import DELETED_AT_ONCE, delete_batch

KEPT = timedelta(hours=24)

KEPT_AT_LEAST = timedelta(hours=1)
"""Older responses go before their time where there are too many."""

MAX_BODY_SIZE = 4 * 1024**2
"""Bytes of a body; of a response with a larger one it is stored only that there was one."""

MAX_RESPONSES_OF_USER, MAX_BYTES_OF_USER = 20_000, 100 * 1024**2
MAX_RESPONSES, MAX_BYTES = 200_000, 1024**3
"""Responses that are stored at once, and the bytes of their bodies: of one user, and in all."""

_COUNTED_EVERY, _COUNTED_BYTES = 50, 16 * 1024**2
"""Each process looks at the bounds after so many responses, or so many bytes of their bodies."""


class GraphqlApiIdempotency(models.Model):
    """Responses to requests with an ``Idempotency-Key``, for the same request sent again."""

    _name = "graphql_api.idempotency"
    _description = "API Idempotent Request"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    digest = fields.Char(required=True, help="Hash that identifies the request.")
    created_at = fields.Datetime(required=True, index=True)
    status = fields.Integer()
    headers = fields.Json()
    body = fields.Binary(attachment=False)

    _key_unique = models.Constraint("UNIQUE(user_id, key)", "A user has each key once.")

    @api.model
    def _claim(self, key: str, digest: str) -> StoredResponse | None:
        """Take a key for the request that is being served, in its own transaction.

        :return: the response if the same request was served before; None if it is for the caller
            to serve, and then to :meth:`_keep`
        :raise ApiError: CONFLICT while another request with the key runs, VALIDATION_FAILED
            where the key came with another request or the response was too large to be stored,
            RATE_LIMITED and SERVICE_UNAVAILABLE while too many responses are stored
        :raise psycopg2.errors.SerializationFailure: a request with the key ended just now; to be
            tried again, when its response can be read
        """
        if not self._try_lock(key):
            raise ApiError(
                "CONFLICT",
                "A request with this Idempotency-Key is still running. Try again in a moment.",
                retry_after=1,
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
            self._make_room()
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
                "This Idempotency-Key was used for another request. Use a new key for a new "
                "request.",
            )
        if body is None:
            raise ApiError(
                "VALIDATION_FAILED",
                "The request with this Idempotency-Key was executed already and is not executed "
                "again. Its response was too large to store: read the records that it changed.",
            )
        return StoredResponse(status, headers, bytes(body))

    @api.model
    def _keep(self, key: str, response: StoredResponse) -> None:
        """Store the response to the request that claimed the key."""
        size = len(response.body)
        self._get_written().add(size)
        self.env.cr.execute(
            SQL(
                "UPDATE graphql_api_idempotency SET status = %s, headers = %s, body = %s "
                "WHERE user_id = %s AND key = %s",
                response.status,
                fields.Json().convert_to_column(response.headers, self),
                response.body if size <= MAX_BODY_SIZE else None,
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

    @api.model
    @tools.ormcache()
    def _get_written(self) -> "_Written":
        """Return what this process has stored since it looked at the bounds."""
        return _Written()

    @api.model
    def _make_room(self) -> None:
        """Remove the oldest responses beyond the bounds, from time to time, in another transaction.

        :raise ApiError: RATE_LIMITED where the user, SERVICE_UNAVAILABLE where all together have
            more than that since :data:`KEPT_AT_LEAST`
        """
        written = self._get_written()
        if not written.is_due():
            return
        try:
            with self.env.registry.cursor() as cursor:
                store = self.with_env(self.env(cr=cursor))
                of_user = store._remove_beyond(
                    SQL("user_id = %s", self.env.uid), MAX_RESPONSES_OF_USER, MAX_BYTES_OF_USER
                )
                of_all = store._remove_beyond(SQL("TRUE"), MAX_RESPONSES, MAX_BYTES)
        except psycopg2.errors.SerializationFailure:
            return  # another process is making room
        if of_user:
            raise ApiError(
                "RATE_LIMITED",
                "Too many responses are stored for your Idempotency-Keys of the last hour: at "
                f"most {MAX_RESPONSES_OF_USER} for a user, with {MAX_BYTES_OF_USER} bytes in "
                "total.",
                retry_after=int(KEPT_AT_LEAST.total_seconds()),
            )
        if of_all:
            raise ApiError(
                "SERVICE_UNAVAILABLE",
                "Too many responses are stored for Idempotency-Keys. Try again in 60 s.",
                retry_after=60,
            )
        written.reset()

    @api.model
    def _remove_beyond(self, condition: SQL, most: int, most_bytes: int) -> bool:
        """Remove a batch of the oldest responses beyond the bounds; tell whether too many stay."""
        too_many = SQL(
            "SELECT count(*) > %s OR coalesce(sum(octet_length(body)), 0) > %s "
            "FROM graphql_api_idempotency WHERE %s",
            most,
            most_bytes,
            condition,
        )
        if not self.env.execute_query(too_many)[0][0]:
            return False
        self.env.cr.execute(
            SQL(
                "DELETE FROM graphql_api_idempotency WHERE id IN ("
                "SELECT id FROM (SELECT id, created_at, count(*) OVER newest AS place, "
                "sum(coalesce(octet_length(body), 0)) OVER newest AS size "
                "FROM graphql_api_idempotency WHERE %s "
                "WINDOW newest AS (ORDER BY created_at DESC, id DESC)) AS response "
                "WHERE (place > %s OR size > %s) AND created_at < %s LIMIT %s)",
                condition,
                most,
                most_bytes,
                self.env.cr.now() - KEPT_AT_LEAST,
                DELETED_AT_ONCE,
            )
        )
        return self.env.execute_query(too_many)[0][0]

    @api.autovacuum
    def _gc_responses(self):
        """Remove a batch of the responses that are too old to be repeated."""
        return delete_batch(self, SQL("created_at < %s", self.env.cr.now() - KEPT))


class _Written:
    """How many responses a process has stored, and the bytes of their bodies."""

    def __init__(self):
        self._responses = _COUNTED_EVERY
        self._bytes = 0

    def add(self, size: int) -> None:
        self._responses += 1
        self._bytes += min(size, MAX_BODY_SIZE)

    def is_due(self) -> bool:
        """Tell whether it is time to look at the bounds."""
        return self._responses >= _COUNTED_EVERY or self._bytes >= _COUNTED_BYTES

    def reset(self) -> None:
        self._responses = self._bytes = 0
