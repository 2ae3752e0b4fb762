"""Keys and signing in where neither mail nor a second factor is installed."""

import logging
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..cases.scoped_keys import ScopedKeyCase


@tagged("post_install", "-at_install")
class TestBaseSignIn(ScopedKeyCase):
    database = "base"

    def test_sign_in(self):
        self.assertNotIn("totp_secret", self.env["res.users"]._fields)
        new_test_user(self.env, "clerk", groups="base.group_user", password="Very secret 1")
        policy = self.policy(self.grants)
        for name, value in {"sign_in": "True", "sign_in_policy": str(policy.id)}.items():
            self.env["ir.config_parameter"].set_param(f"graphql_api.{name}", value)
        self.post("token", {"login": "clerk", "password": "wrong"}, 401)
        tokens = self.post("token", {"login": "clerk", "password": "Very secret 1"})
        tokens = self.post("refresh", {"refresh_token": tokens["refresh_token"]})
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.rest("/api/countries?limit=1", headers=headers)
        self.post("revoke", {"refresh_token": tokens["refresh_token"]})
        self.rest("/api/countries?limit=1", status=401, headers=headers)

    def post(self, name: str, body: dict, status: int = 200):
        answer = self.rest(f"/api/auth/{name}", method="POST", status=status, login=None, json=body)
        return answer.get("data")

    def test_expiring_keys_are_in_the_log(self):
        self.assertNotIn("mail.mail", self.env)
        self.scoped_key(self.policy(self.grants), expires=timedelta(days=30))
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=29)),
            self.assertLogs("odoo.addons.graphql_api.models.key", logging.INFO) as logged,
        ):
            self.env["graphql_api.key"]._warn_of_expiry()
        self.assertIn("'test' of admin expires", logged.output[0])
