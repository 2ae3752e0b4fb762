import logging
from datetime import datetime, timedelta

import psycopg2.errors
from markupsafe import Markup

from odoo import api, fields, models
from odoo.addons.base.models.res_users import INDEX_SIZE, check_identity
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..schema.exposure.log_lines import INDENTATION
from .apikeys import ODOO_SCOPE, SCOPE

_logger = logging.getLogger(__name__)
_logger.addFilter(INDENTATION)

WARNED_DAYS = (2, 14)
"""Days before a key expires at which its owner is told."""


class GraphqlApiKey(models.Model):
    """A key that is made for this API: an Odoo API key that works here alone, under a policy.

    The secret is Odoo's: its hash is stored in ``res.users.apikeys``, and it is shown once.
    A device that signed in has one, too: see :mod:`.sign_in`.
    """

    _name = "graphql_api.key"
    _description = "API Key"
    _order = "create_date desc, id desc"

    name = fields.Char(required=True, readonly=True, help="Where the key is used: Ann's phone.")
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        "graphql_api.policy",
        required=True,
        index=True,
        ondelete="restrict",
        groups="base.group_system",
    )
    policy_name = fields.Char(related="policy_id.name", string="Allowed")
    apikey_id = fields.Many2one(
        "res.users.apikeys",
        required=True,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Odoo's own API key that belongs to this key.",
    )
    expiration_date = fields.Datetime(
        string="Expires", readonly=True, help="Empty: the key does not expire."
    )
    last_used = fields.Datetime(readonly=True, help="Exact to a few minutes.")
    last_ip = fields.Char(string="Last Address", readonly=True)
    warned_days = fields.Integer(
        groups=fields.NO_ACCESS,
        help="How many days before the end the owner was told; 0 if not yet.",
    )

    _apikey_unique = models.Constraint("UNIQUE(apikey_id)", "The key exists already.")

    def init(self):
        """Let a key end with its row in Odoo's table, of which the ORM keeps no reference."""
        self._reference_apikeys("apikey_id", "CASCADE")

    def _reference_apikeys(self, column: str, on_delete: str):
        """Add a foreign key to Odoo's API keys, unless there is one."""
        name = f"{self._table}_{column}_apikeys_fkey"
        self.env.cr.execute("SELECT FROM pg_constraint WHERE conname = %s", [name])
        if not self.env.cr.rowcount:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s ON DELETE %s",
                    SQL.identifier(self._table),
                    SQL.identifier(name),
                    SQL.identifier(column),
                    SQL.identifier(self.env["res.users.apikeys"]._table),
                    SQL(on_delete),
                )
            )

    @api.model
    def _generate(self, user, policy, name: str, expiration_date: datetime | None, **values) -> str:
        """Make a key of a user under a policy; return the key, which nobody can read again.

        The caller has checked that the key may be made.

        :param values: of other fields of the record
        """
        key, apikey_id = self._generate_apikey(user, SCOPE, name, expiration_date)
        self.sudo().create(
            {
                "name": name,
                "user_id": user.id,
                "policy_id": policy.id,
                "apikey_id": apikey_id,
                "expiration_date": expiration_date,
                **values,
            }
        )
        return key

    @api.model
    def _generate_apikey(self, user, scope: str, name: str, expiration_date) -> tuple[str, int]:
        """Return a new key of Odoo and the id of its row."""
        apikeys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = apikeys._generate(scope, name, expiration_date)
        ((apikey_id,),) = self.env.execute_query(
            SQL(
                "SELECT max(id) FROM %s WHERE user_id = %s AND index = %s",
                SQL.identifier(apikeys._table),
                user.id,
                key[:INDEX_SIZE],
            )
        )
        return key, apikey_id

    @api.model
    def _store_use(self, apikey_id: int, used_at: datetime, ip: str | None) -> None:
        """Store when and from where a key was used, unless another process is just doing it.

        :param apikey_id: id of the row of ``res.users.apikeys``
        """
        query = SQL(
            "UPDATE graphql_api_key SET last_used = %s, last_ip = %s WHERE id IN "
            "(SELECT id FROM graphql_api_key WHERE apikey_id = %s "
            "FOR NO KEY UPDATE SKIP LOCKED)",
            used_at,
            ip,
            apikey_id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
        except psycopg2.errors.SerializationFailure:
            return

    def unlink(self):
        """Revoke the keys: Odoo's rows go, and these with them."""
        apikeys = self.sudo()._get_apikeys()
        result = super().unlink()
        apikeys._remove()
        return result

    def _get_apikeys(self):
        """Return the rows of Odoo's that belong to the keys."""
        return self.apikey_id

    @check_identity
    def revoke(self):
        """End the keys at once: users their own, administrators everybody's.

        :return: the action that closes a dialog, as of Odoo's own keys
        :raise AccessError: another user's key
        """
        if not self.env.is_system() and self.sudo().user_id - self.env.user:
            raise AccessError(self.env._("You can only revoke your own keys."))
        self.sudo().unlink()
        return {"type": "ir.actions.client", "tag": "reload"}

    @api.model
    def _get_domain_to_warn(self) -> Domain:
        """Return the keys whose owners have to renew them by themselves."""
        return Domain("user_id.active", "=", True)

    @api.model
    def _search_ending(self, days: int, domain: Domain):
        """Return the keys of a domain that end within some days.

        A key that was made to live no longer is not worth a warning.
        """
        now, limit = fields.Datetime.now(), timedelta(days=days)
        ending = Domain("expiration_date", ">", now) & Domain("expiration_date", "<=", now + limit)
        return self.search(ending & domain).filtered(
            lambda key: key.create_date + limit < key.expiration_date
        )

    @api.model
    def _warn_of_expiry(self):
        """Tell the owners of keys that end soon, once at each of :data:`WARNED_DAYS`."""
        for days in WARNED_DAYS:
            unwarned = Domain("warned_days", "=", 0) | Domain("warned_days", ">", days)
            for key in self.sudo()._search_ending(days, self._get_domain_to_warn() & unwarned):
                key._warn_owner()
                key.warned_days = days

    def _warn_owner(self):
        """Mail the owner, where Odoo can and knows the address; else the log has to do."""
        self.ensure_one()
        user = self.user_id
        _logger.info(
            "The API key %r of %s expires at %s UTC.", self.name, user.login, self.expiration_date
        )
        if "mail.mail" not in self.env or not user.email:
            return
        env = self.with_context(lang=user.lang).env
        local = fields.Datetime.context_timestamp(
            self.with_context(tz=user.tz), self.expiration_date
        )
        text = env._(
            "Your API key %(name)s expires on %(date)s. Apps that use it stop working then. Make "
            "a new key in your preferences, or ask your administrator for one, and replace the "
            "old key with it.",
            name=self.name,
            date=local.strftime("%Y-%m-%d %H:%M %Z"),
        )
        self.env["mail.mail"].create(
            {
                "subject": env._("Your API key %(name)s expires soon", name=self.name),
                "body_html": Markup("<p>%s</p>") % text,
                "email_to": user.email_formatted,
                "auto_delete": True,
            }
        )

    @api.model
    def _get_plain_key_domain(self) -> Domain:
        """Return which of Odoo's own keys work, for the API as far as the settings allow it."""
        return (
            Domain("scope", "in", [False, ODOO_SCOPE])
            & Domain("user_id.active", "=", True)
            & (Domain("expiration_date", "=", False) | Domain("expiration_date", ">", "now"))
        )

    @api.model
    def get_empty_list_help(self, help_message):
        """Tell administrators of keys without a policy, where there are no others."""
        message = super().get_empty_list_help(help_message)
        if (
            not self.env.is_system()
            or not self.env["graphql_api.settings"]._get_settings().plain_keys
        ):
            return message
        count = self.env["res.users.apikeys"].search_count(self._get_plain_key_domain())
        if not count:
            return message
        link = Markup('<a type="action" href="#" name="graphql_api.action_plain_keys">%s</a>') % (
            self.env._("Keys without a policy: %s", count)
        )
        text = self.env._(
            "They are Odoo's own API keys: they reach everything that is exposed "
            "and that their user may access."
        )
        return Markup("%s<p>%s. %s</p>") % (Markup(message or ""), link, text)

    def _open(self) -> dict:
        """Return the action that shows these keys."""
        action = self.env["ir.actions.act_window"]._for_xml_id("graphql_api.action_keys")
        return {**action, "domain": [("id", "in", self.ids)]}

    def open_plain_keys(self):
        """Show Odoo's own keys, which reach the API unless the settings say otherwise."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("graphql_api.action_plain_keys")
        if not self.env["graphql_api.settings"]._get_settings().plain_keys:
            action["name"] = self.env._("Keys without a Policy: refused, by the settings")
        return {**action, "domain": list(self._get_plain_key_domain())}
