from datetime import datetime

from odoo import api, fields, models
from odoo.addons.base.models.res_users import INDEX_SIZE
from odoo.tools import SQL

from .apikeys import SCOPE


class GraphqlApiKey(models.Model):
    """A key that is made for this API: an Odoo API key that works here alone, under a policy.

    The secret is Odoo's: its hash is stored in ``res.users.apikeys``, and it is shown once.
    """

    _name = "graphql_api.key"
    _description = "API Key"
    _order = "create_date desc, id desc"

    name = fields.Char(required=True, readonly=True, help="Where the key is used: Ann's phone.")
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("graphql_api.policy", required=True, ondelete="restrict")
    apikey_id = fields.Many2one("res.users.apikeys", required=True, readonly=True, index=True)
    expiration_date = fields.Datetime(readonly=True, help="Empty: the key does not expire.")
    last_used = fields.Datetime(readonly=True, help="To some minutes.")
    last_ip = fields.Char(string="Last Address", readonly=True)

    _apikey_unique = models.Constraint("UNIQUE(apikey_id)", "The key exists already.")

    def init(self):
        """Let a key end with its row in Odoo's table, which the ORM did not make."""
        self.env.cr.execute(
            "SELECT FROM pg_constraint WHERE conname = 'graphql_api_key_apikey_fkey'"
        )
        if not self.env.cr.rowcount:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ADD CONSTRAINT graphql_api_key_apikey_fkey "
                    "FOREIGN KEY (apikey_id) REFERENCES %s ON DELETE CASCADE",
                    SQL.identifier(self._table),
                    SQL.identifier(self.env["res.users.apikeys"]._table),
                )
            )

    @api.model
    def _generate(self, user, policy, name: str, expiration_date: datetime | None) -> str:
        """Make a key of a user under a policy; return the key, which nobody can read again.

        The caller has checked that the key may be made.
        """
        apikeys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = apikeys._generate(SCOPE, name, expiration_date)
        ((apikey_id,),) = self.env.execute_query(
            SQL(
                "SELECT max(id) FROM %s WHERE user_id = %s AND index = %s",
                SQL.identifier(apikeys._table),
                user.id,
                key[:INDEX_SIZE],
            )
        )
        self.sudo().create(
            {
                "name": name,
                "user_id": user.id,
                "policy_id": policy.id,
                "apikey_id": apikey_id,
                "expiration_date": expiration_date,
            }
        )
        return key

    def unlink(self):
        """Revoke the keys: Odoo's rows go, and these with them."""
        apikeys = self.sudo().apikey_id
        result = super().unlink()
        apikeys.unlink()
        return result
