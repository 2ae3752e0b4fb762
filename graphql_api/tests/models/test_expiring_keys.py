"""Who has a key that ends soon is told in time, once at 14 and once at 2 days before."""

import logging
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..cases.scoped_keys import ScopedKeyCase


@tagged("post_install", "-at_install")
class TestExpiringKeys(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.clerk = new_test_user(
            self.env, "clerk", groups="base.group_user", email="clerk@example.com", tz="UTC"
        )
        self.now = fields.Datetime.now()
        self.offered = self.policy(self.grants)

    def make(self, days: int | None, login: str = "clerk", name: str = "Phone"):
        expires = days and self.now + timedelta(days=days)
        self.env["graphql_api.key"]._generate(self.user(login), self.offered, name, expires)

    def warn(self, days: float) -> list[str]:
        """Let the job run some days from now; return the subjects of its mails."""
        before = self.env["mail.mail"].search([])
        with freeze_time(self.now + timedelta(days=days)):
            self.env.ref("graphql_api.cron_warn_of_expiry").method_direct_trigger()
        mails = self.env["mail.mail"].search([]) - before
        for mail in mails:
            self.assertIn("clerk@example.com", mail.email_to)
            self.assertRegex(mail.body_html, "expires on|expire le")
        return mails.mapped("subject")

    def test_once_at_each_time(self):
        self.make(30)
        subject = "Your API key Phone expires soon"
        for days, subjects in (
            (15.5, []),
            (16.5, [subject]),
            (17.5, []),
            (27.5, []),
            (28.5, [subject]),
            (29.5, []),
            (30.5, []),
        ):
            with self.subTest(days):
                self.assertEqual(self.warn(days), subjects)

    def test_after_a_long_pause(self):
        """A job that did not run for weeks tells the later of the two alone."""
        self.make(30)
        self.assertEqual(len(self.warn(29)), 1)
        self.assertEqual(self.warn(29.5), [])

    def test_keys_that_do_not_live_long(self):
        self.make(1)
        self.assertEqual(self.warn(0.5), [])
        self.make(7)
        self.assertEqual(self.warn(0.6), [])
        self.assertEqual(len(self.warn(5.5)), 1)

    def test_nobody_to_tell(self):
        self.make(None)
        self.make(30)
        self.clerk.active = False
        self.assertEqual(self.warn(29), [])
        self.clerk.active = True
        self.clerk.email = False
        with self.assertLogs("odoo.addons.graphql_api.models.key", logging.INFO) as logged:
            self.assertEqual(self.warn(29), [])
        self.assertIn("'Phone' of clerk expires", logged.output[0])

    def test_what_is_in_a_name(self):
        self.make(30, name="<b>Ann</b>")
        self.warn(29)
        mail = self.env["mail.mail"].search([("subject", "like", "Ann")])
        self.assertIn("&lt;b&gt;Ann", mail.body_html)

    def test_in_the_language_of_the_owner(self):
        """Devices that signed in are left in peace."""
        self.clerk.lang = "fr_FR"
        self.make(30)
        self.env["ir.config_parameter"].set_param("graphql_api.sign_in", "True")
        self.env["ir.config_parameter"].set_param(
            "graphql_api.sign_in_policy", str(self.offered.id)
        )
        self.env["graphql_api.key"]._sign_in(self.clerk, "Device")
        self.assertEqual(self.warn(29), ["Votre clé API Phone expire bientôt"])
