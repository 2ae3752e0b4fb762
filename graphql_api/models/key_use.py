from datetime import datetime

import psycopg2.errors

from odoo import api, models
from odoo.tools import SQL


class GraphqlApiKey(models.Model):
    _inherit = "graphql_api.key"

    @api.model
    def _store_use(self, apikey_id: int, moment: datetime, ip: str | None) -> None:
        """Store when and from where a key was used, unless another process is just doing it.

        :param apikey_id: id of the row of ``res.users.apikeys``
        """
        query = SQL(
            "UPDATE graphql_api_key SET last_used = %s, last_ip = %s WHERE id IN "
            "(SELECT id FROM graphql_api_key WHERE apikey_id = %s "
            "FOR NO KEY UPDATE SKIP LOCKED)",
            moment,
            ip,
            apikey_id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
        except psycopg2.errors.SerializationFailure:
            return
