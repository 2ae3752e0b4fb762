"""When and from where a key was last used."""

import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ..cases.cursors import noted_statements
from ..cases.policies import PolicyCase
from ..cases.server import committed


@tagged("post_install", "-at_install")
class TestLastUse(PolicyCase):
    path = "/api/customers?limit=1"

    def use(self, ip: str, path=path):
        """Send a request from an address; return the key's last use and how many SQL queries."""
        headers = {**self.scoped, "X-Forwarded-For": ip, "X-Forwarded-Host": "api.example.com"}
        with (
            patch.dict(config.options, {"proxy_mode": True}),
            self.counted_queries() as counted,
        ):
            self.http("GET", path, headers=headers)
        self.record.invalidate_recordset()
        return self.record.last_used, self.record.last_ip, counted[0]

    def test_last_use(self):
        self.assertEqual((self.record.last_used, self.record.last_ip), (False, False))
        self.use("203.0.113.6")  # fills the caches
        moment, ip, stored = self.use("203.0.113.7")
        self.assertEqual(ip, "203.0.113.7")
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        self.assertLess(abs(moment - now), datetime.timedelta(minutes=1))
        self.assertFalse(self.env["graphql_api.request"].search([]))
        # Again within some minutes: nothing is stored, and no query goes to the database for it.
        self.record.last_used = self.record.last_ip = False
        *rest, spared = self.use("203.0.113.7")
        self.assertEqual(rest, [False, False])
        self.assertLess(spared, stored)
        with noted_statements("graphql_api_key") as noted:
            self.use("203.0.113.7")
        self.assertFalse([text for text in noted if text.startswith("UPDATE")])
        with noted_statements("graphql_api_key") as noted:
            self.use("203.0.113.9")
        self.assertTrue([text for text in noted if text.startswith("UPDATE")])
        # A new address is stored at once, a failed request is a use, and so is one later on.
        self.assertEqual(self.use("203.0.113.8", "/api/nothing")[1], "203.0.113.8")
        with freeze_time(datetime.timedelta(minutes=6)):
            self.assertEqual(self.use("203.0.113.7")[1], "203.0.113.7")

    def test_refused(self):
        """A key that is refused was not used."""
        self.policy.networks = "192.0.2.0/24"
        self.assertEqual(self.use("203.0.113.7")[:2], (False, False))
        self.assertEqual(self.use("192.0.2.1")[1], "192.0.2.1")

    def test_other_keys(self):
        self.http("GET", self.path)
        self.record.invalidate_recordset()
        self.assertFalse(self.record.last_used)

    def test_no_change_of_the_policy(self):
        """Storing a use clears no cache: the next request takes as many queries."""
        self.use("203.0.113.7")
        sequences = dict(self.env.registry.cache_sequences)
        self.use("203.0.113.8")
        self.assertEqual(dict(self.env.registry.cache_sequences), sequences)


@tagged("post_install", "-at_install")
class TestTransactions(BaseCase):
    """With transactions that really end."""

    def test_concurrent(self):
        """A row that another transaction holds or has changed is no reason to fail or to wait."""
        self.addCleanup(self.clear)
        with committed() as env:
            policy = env["graphql_api.policy"].create({"name": "Zreaders"})
            user = env["res.users"].search([("login", "=", "admin")])
            env["graphql_api.key"]._generate(user, policy, "Zphone", None)
        with committed() as env, committed() as other:
            mine, theirs = (
                each["graphql_api.key"].search([("name", "=", "Zphone")]) for each in (env, other)
            )
            apikey, moment = mine.apikey_id.id, datetime.datetime(2026, 1, 1)
            other.cr.execute("SELECT FROM graphql_api_key WHERE id = %s FOR UPDATE", [theirs.id])
            mine._store_use(apikey, moment, "203.0.113.1")
            theirs.last_ip = "203.0.113.2"
            other.cr.commit()
            mine._store_use(apikey, moment, "203.0.113.3")
        with committed() as env:
            key = env["graphql_api.key"].search([("name", "=", "Zphone")])
            self.assertEqual(key.last_ip, "203.0.113.2")
            key._store_use(apikey, moment, "203.0.113.4")
            key.invalidate_recordset()
            self.assertEqual((key.last_used, key.last_ip), (moment, "203.0.113.4"))

    def clear(self):
        with committed() as env:
            env["graphql_api.key"].search([("name", "=", "Zphone")]).unlink()
            env["graphql_api.policy"].search([("name", "=", "Zreaders")]).unlink()
