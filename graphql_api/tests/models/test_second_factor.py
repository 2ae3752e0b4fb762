"""Signing in with a second factor, and how long it takes to be refused."""

import base64
import re
import time
from unittest.mock import patch

from passlib.handlers import pbkdf2

from odoo.addons.auth_totp.models.totp import TIMESTEP, hotp
from odoo.tests import new_test_user, tagged

from ..cases.sign_in import SignInCase

ROUTES = ("/api/auth/token", "/api/auth/refresh", "/api/auth/revoke")


@tagged("post_install", "-at_install")
class TestSecondFactor(SignInCase):
    """Users of auth_totp, which Odoo installs with its web client."""

    def setUp(self):
        super().setUp()
        self.assertIn("totp_secret", self.clerk._fields)
        self.secret = base64.b32encode(b"12345678901234567890").decode()
        self.clerk.totp_secret = self.secret
        self.env.flush_all()

    def code(self, offset: int = 0) -> str:
        """Return the code of the app, some 30 seconds before or after now."""
        counter = int(time.time() / TIMESTEP) + offset
        return f"{hotp(base64.b32decode(self.secret), counter):06}"

    def test_code(self):
        body = self.sign_in(status=401)
        self.assertEqual(body["code"], "TOTP_REQUIRED")
        self.assertFalse(self.keys())
        self.assert_works(self.sign_in(totp=self.code()))

    def test_with_spaces(self):
        code = self.code()
        self.assert_works(self.sign_in(totp=f"{code[:3]} {code[3:]}"))

    def test_wrong_code(self):
        wrong = f"{(int(self.code()) + 1) % 1_000_000:06}"
        for code in (wrong, "12345", "1234567", "abcdef", "٠١٢٣٤٥"):
            with self.subTest(code):
                body = self.sign_in(totp=code, status=401)
                self.assertEqual(body["code"], "TOTP_REQUIRED")
        self.assertFalse(self.keys())

    def test_a_code_counts_once(self):
        code = self.code()
        self.sign_in(totp=code)
        self.assertEqual(self.sign_in(totp=code, status=401)["code"], "TOTP_REQUIRED")

    def test_a_wrong_password_tells_nothing(self):
        for members in ({}, {"totp": self.code()}, {"totp": "000000"}):
            body = self.sign_in(password="wrong", status=401, **members)
            self.assertEqual(body["code"], "UNAUTHENTICATED")

    def test_odoos_limit_of_tries(self):
        """It is kept, although the requests fail."""
        wrong = f"{(int(self.code()) + 1) % 1_000_000:06}"
        messages = [self.sign_in(totp=wrong, status=401)["message"] for _try in range(6)]
        self.assertEqual(len(set(messages[:5])), 1)
        self.assertTrue(re.search("limit", messages[5]), messages)
        self.assertEqual(self.sign_in(totp=self.code(), status=401)["code"], "TOTP_REQUIRED")

    def test_turned_on_later(self):
        self.clerk.totp_secret = False
        self.env.flush_all()
        tokens = self.sign_in()
        self.assert_works(tokens)
        self.clerk.totp_secret = self.secret
        self.env.registry.clear_cache()
        self.assert_works(tokens, 401)
        self.refresh(tokens, 401)

    def test_another_second_factor(self):
        """What can only be checked in a browser is refused."""
        self.assertIn("mail", self.env.registry._init_modules)
        self.clerk.totp_secret = False
        self.env["ir.config_parameter"].set_param("auth_totp.policy", "all_required")
        self.assertEqual(self.clerk._mfa_type(), "totp_mail")
        body = self.sign_in(status=403)
        self.assertEqual(body["code"], "FORBIDDEN")
        self.assertEqual(self.sign_in(password="wrong", status=401)["code"], "UNAUTHENTICATED")
        self.assertFalse(self.keys())


@tagged("post_install", "-at_install")
class TestEqualWork(SignInCase):
    """Who has a login cannot be learned from how much is computed."""

    def test_one_hash_each(self):
        self.user("demo").active = False
        new_test_user(self.env, "guest", groups="base.group_portal")
        self.env.cr.execute("UPDATE res_users SET password = NULL WHERE login = 'guest'")
        for login in ("clerk", "nobody", "demo", "guest"):
            with patch.object(pbkdf2, "pbkdf2_hmac", wraps=pbkdf2.pbkdf2_hmac) as computed:
                self.sign_in(login, "wrong", status=401)
            self.assertEqual(computed.call_count, 1, login)

    def test_none_during_the_cooldown(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", "1")
        self.sign_in("nobody", "wrong", status=401)
        for login in ("clerk", "nobody"):
            with patch.object(pbkdf2, "pbkdf2_hmac", wraps=pbkdf2.pbkdf2_hmac) as computed:
                self.sign_in(login, "wrong", status=401)
            self.assertEqual(computed.call_count, 0, login)
