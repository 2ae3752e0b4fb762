import hashlib
import hmac
import secrets

from odoo import api, models, tools
from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT
from odoo.exceptions import AccessDenied
from odoo.tools import SQL

_PROCESS_SECRET = secrets.token_bytes(32)
"""Keys the digests of API keys that this process remembers: they are worth nothing elsewhere."""


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    @api.model
    def _graphql_api_user(self, key: str) -> int | None:
        """Return the id of the user whose API key this is, None where it is nobody's.

        As ``_check_credentials`` of Odoo with the scope ``rpc``, which reads the row anew each
        time, so that a key that was revoked or has expired, or whose user is archived, is
        refused from the next request on. Only the slow comparison with the stored hash (PBKDF2)
        is not repeated for a key and a hash that were found to fit.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, key FROM %s INNER JOIN res_users u ON (u.id = user_id) "
                "WHERE u.active AND index = %s AND (scope IS NULL OR scope = 'rpc') "
                "AND (expiration_date IS NULL OR expiration_date >= now() at time zone 'utc')",
                SQL.identifier(self._table),
                key[:INDEX_SIZE],
            )
        )
        digest = hmac.new(_PROCESS_SECRET, key.encode(), hashlib.sha256).digest()
        for user_id, stored_hash in rows:
            try:
                self._graphql_api_verify(stored_hash, digest, key)
            except AccessDenied:
                continue
            return user_id
        return None

    @api.model
    @tools.ormcache("stored_hash", "digest")
    def _graphql_api_verify(self, stored_hash: str, digest: bytes, key: str) -> bool:
        """Return True for a key that fits the stored hash; that is what the cache keeps.

        :raise AccessDenied: it does not fit; wrong keys do not fill the cache
        """
        if not KEY_CRYPT_CONTEXT.verify(key, stored_hash):
            raise AccessDenied
        return True
