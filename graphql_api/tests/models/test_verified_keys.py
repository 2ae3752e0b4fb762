"""Keys that were verified: the slow comparison is not repeated, everything else is."""

from unittest.mock import patch

from passlib.handlers import pbkdf2

from odoo.addons.base.models.res_users import KEY_CRYPT_CONTEXT
from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestVerifiedKeys(ApiCase):
    login = "demo"

    def setUp(self):
        super().setUp()
        self.key("demo")
        # To compare a key is to compute its hash.
        computed = patch.object(pbkdf2, "pbkdf2_hmac", wraps=pbkdf2.pbkdf2_hmac)
        self.computed = self.startPatcher(computed)
        self.assertEqual(self.status(), 200)
        self.row = self.env["res.users.apikeys"].search(
            [("user_id", "=", self.user("demo").id)], order="id desc", limit=1
        )

    def status(self, key=None):
        headers = {"Authorization": f"Bearer {key or self.key('demo')}"}
        return self.http("GET", "/api/me", headers=headers).status_code

    def change(self, assignment: str, *values):
        """Change the row of the key behind the ORM's back, as another server would."""
        self.env.cr.execute(
            f"UPDATE res_users_apikeys SET {assignment} WHERE id = %s", [*values, self.row.id]
        )

    def test_once(self):
        for _try in range(3):
            self.assertEqual(self.status(), 200)
        self.assertEqual(self.computed.call_count, 1)

    def test_wrong_keys(self):
        """They are compared each time, also when they begin like a right one."""
        wrong = self.key("demo")[:8] + "0" * 32
        for _try in range(2):
            self.computed.reset_mock()
            self.assertEqual(self.status(wrong), 401)
            self.assertEqual(self.computed.call_count, 1)
        self.assertEqual(self.status(), 200)

    def test_revoked(self):
        self.row.with_user(self.user("demo")).sudo()._remove()
        self.assertEqual(self.status(), 401)

    def test_expired(self):
        self.change("expiration_date = now() at time zone 'utc' - interval '1 second'")
        self.assertEqual(self.status(), 401)

    def test_archived_user(self):
        self.user("demo").active = False
        self.assertEqual(self.status(), 401)

    def test_another_scope(self):
        self.change("scope = 'other'")
        self.assertEqual(self.status(), 401)

    def test_another_hash(self):
        """A hash that was replaced is compared anew, and the old one counts no more."""
        for key, status in (("another key", 401), (self.key("demo"), 200)):
            self.change("key = %s", KEY_CRYPT_CONTEXT.hash(key))
            self.computed.reset_mock()
            self.assertEqual(self.status(), status)
            self.assertEqual(self.computed.call_count, 1)

    def test_the_key_itself_is_not_kept(self):
        """What is remembered is of no use to who sees it."""
        key = self.key("demo")
        for cache in self.env.registry._Registry__caches.values():
            self.assertNotIn(key, repr(list(cache)))
