from contextlib import contextmanager

from odoo import fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.tools import SQL, consteq

from .apikeys import REFRESH_SCOPE, SCOPE

EQUAL_WORK = "graphql_api_equal_work"
"""In the context of a login: it takes as long for a login that nobody has."""


class ResUsers(models.Model):
    _inherit = "res.users"

    # Keys for the API have a list of their own, which tells more of them.
    api_key_ids = fields.One2many(domain=[("scope", "not in", (SCOPE, REFRESH_SCOPE))])
    graphql_api_key_ids = fields.One2many("graphql_api.key", "user_id", string="Keys for the API")

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "graphql_api_key_ids"]

    @check_identity
    def graphql_api_key_wizard(self):
        """Return the dialog that makes a key for the user who asks."""
        return self.env["graphql_api.make_key"]._get_dialog(user_id=self.env.uid)

    def _action_revoke_all_devices(self):
        """Sign out apps, too."""
        self.sudo().graphql_api_key_ids.filtered("signed_in").unlink()
        return super()._action_revoke_all_devices()

    def _deactivate_portal_user(self, **post):
        """Revoke all keys: Odoo does it with those that it lists."""
        result = super()._deactivate_portal_user(**post)
        self.sudo().graphql_api_key_ids.unlink()
        return result

    def _graphql_api_is_session(self, session_id: str, session_token: str) -> bool:
        """Tell whether something that began when the user signed in goes on.

        As ``check_session`` of Odoo (odoo/service/security.py): it ends when the password, the
        second factor or whatever else Odoo's sessions depend on changes.
        """
        expected = self._compute_session_token(session_id)
        return bool(expected) and consteq(expected, session_token)

    @contextmanager
    def _assert_can_auth(self, user=None):
        """Let a login that fails before a password was compared take the time of a comparison.

        Odoo answers at once for a login that nobody has, which tells who has one.
        """
        with super()._assert_can_auth(user=user):
            if EQUAL_WORK in self.env.context and not self._graphql_api_has_password(user):
                self._crypt_context().hash("")
            yield

    def _graphql_api_has_password(self, login: str) -> bool:
        users = self.sudo().search(
            self._get_login_domain(login), order=self._get_login_order(), limit=1
        )
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT FROM res_users WHERE id IN %s AND password != ''",
                    tuple(users.ids) or (0,),
                )
            )
        )
