import hashlib
import hmac
import secrets

from odoo import api, models, tools
from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT
from odoo.exceptions import AccessDenied
from odoo.tools import SQL

from ..schema.exposure.limits import MAX_SECONDS
from ..schema.exposure.policy import Caller

SCOPE = "graphql_api"
"""The scope of keys that are made for this API: they are worth nothing to the rest of Odoo."""

ODOO_SCOPE = "rpc"
"""The scope that Odoo's own methods ask keys for; a key without a scope is for all of them."""

REFRESH_SCOPE = "graphql_api.refresh"
"""The scope of refresh tokens: they are worth nothing but new tokens."""

_PROCESS_SECRET = secrets.token_bytes(32)
"""Keys the digests of API keys that this process remembers: they are worth nothing elsewhere."""


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def init(self):
        result = super().init()
        # A key is looked up by this alone, in each request; Odoo's index begins with the user.
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS %s ON %s (index)",
                SQL.identifier(f"{self._table}_graphql_api_idx"),
                SQL.identifier(self._table),
            )
        )
        return result

    @api.model
    def _graphql_api_caller(self, key: str) -> Caller | None:
        """Return whose API key this is, None where it is nobody's.

        As ``_check_credentials`` of Odoo, which reads the row anew each time, so that a key that
        was revoked or has expired, or whose user or policy is archived, is refused from the next
        request on. Only the slow comparison with the stored hash (PBKDF2) is not repeated for a
        key and a hash that were found to fit.

        From here on the transaction's statements take no longer than the key's policy allows;
        a statement of its own to say so would cost a round trip. Subqueries take PostgreSQL less
        time to plan than joins.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, key, id, scope, %s FROM %s WHERE index = %s "
                "AND (expiration_date IS NULL OR expiration_date >= now() at time zone 'utc') "
                "AND (SELECT active FROM res_users WHERE id = user_id)",
                self._graphql_api_set_timeout(),
                SQL.identifier(self._table),
                key[:INDEX_SIZE],
            )
        )
        digest = hmac.new(_PROCESS_SECRET, key.encode(), hashlib.sha256).digest()
        for user_id, stored_hash, key_id, scope, _timeout in rows:
            if scope not in (None, ODOO_SCOPE, SCOPE):
                continue
            try:
                self._graphql_api_verify(stored_hash, digest, key)
            except AccessDenied:
                continue
            if scope == SCOPE:
                return self._graphql_api_scoped_caller(user_id, key_id)
            return Caller(user_id, key_id, self.env["graphql_api.policy"]._get_policy(None))
        return None

    def _graphql_api_scoped_caller(self, user_id: int, apikey_id: int) -> Caller | None:
        """Return the caller behind a row that was made for this API, None where it is refused.

        A query of its own: as a part of the first it would cost more, and all other keys as well.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT apikey_id, policy_id, token_family, session_token, "
                "(SELECT %s FROM graphql_api_policy WHERE id = policy_id AND active) "
                "FROM graphql_api_key WHERE apikey_id = %s OR access_apikey_id = %s",
                self._graphql_api_set_timeout(SQL("max_seconds")),
                apikey_id,
                apikey_id,
            )
        )
        for key_id, policy_id, family, session_token, timeout in rows:
            if timeout is None:  # the policy is archived
                continue
            user = self.env["res.users"].browse(user_id)
            if not family or user._graphql_api_is_session(family, session_token):
                policy = self.env["graphql_api.policy"]._get_policy(policy_id)
                return Caller(user_id, key_id, policy)
        return None

    @api.model
    def _graphql_api_set_timeout(self, seconds: SQL | None = None) -> SQL:
        """Return the expression that limits the time of the transaction's statements.

        :param seconds: the policy's limit; nothing or 0 for the server's
        """
        server = self.env["graphql_api.settings"]._get_settings().limits.max_seconds
        if seconds is None:
            milliseconds = SQL("%s", str(min(server, MAX_SECONDS) * 1000))
        else:
            milliseconds = SQL(
                "(least(coalesce(nullif(%s, 0), %s), %s) * 1000)::text",
                seconds,
                server,
                MAX_SECONDS,
            )
        return SQL("set_config('statement_timeout', %s, true)", milliseconds)

    @api.model
    @tools.ormcache("stored_hash", "digest")
    def _graphql_api_verify(self, stored_hash: str, digest: bytes, key: str) -> bool:
        """Return True for a key that fits the stored hash; that is what the cache keeps.

        :raise AccessDenied: it does not fit; wrong keys do not fill the cache
        """
        if not KEY_CRYPT_CONTEXT.verify(key, stored_hash):
            raise AccessDenied
        return True
