"""Requests per minute: one count for all processes, per key, and what a caller is told."""

import os
import sqlite3
import stat
import tempfile
import time
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import config, mute_logger

from ..controllers import rate
from .common import ApiCase
from .server import Server, ServerCase, database, setting, together

PATH = "/api/me"


@tagged("post_install", "-at_install")
class TestRatesOfProcesses(ServerCase):
    """Two server processes on one database, as workers are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = Server()
        cls.other.__enter__()
        cls.addClassCleanup(cls.other.__exit__)

    def burst(self, key: str, count: int) -> list:
        """Send requests at once, to both servers in turn; return the responses."""
        servers = [self.server, self.other]

        def send(number):
            with servers[number % 2].client(key) as client:
                return client.send_request("GET", PATH)

        return together([lambda number=number: send(number) for number in range(count)])

    def test_one_count(self):
        key = self.scoped_key(requests_per_minute=4)
        responses = self.burst(key, 10)
        statuses = [response.status_code for response in responses]
        self.assertEqual(sorted(statuses), [200] * 4 + [429] * 6)
        remaining = sorted(
            response.headers["RateLimit"].split(";")[1]
            for response in responses
            if response.status_code == 200
        )
        self.assertEqual(remaining, ["r=0", "r=1", "r=2", "r=3"])
        with self.other.client(key) as client:
            self.assertEqual(client.send_request("GET", PATH).status_code, 429)

    def test_each_key_has_its_own(self):
        first, second = (self.scoped_key(requests_per_minute=2) for _key in range(2))
        statuses = [response.status_code for response in self.burst(first, 4)]
        self.assertEqual(sorted(statuses), [200, 200, 429, 429])
        statuses = [response.status_code for response in self.burst(second, 2)]
        self.assertEqual(statuses, [200, 200])

    def test_retry_after(self):
        """Who waits as told is served again, and no sooner."""
        key = self.scoped_key(requests_per_minute=30)
        client = self.client(key)
        responses = [client.send_request("GET", PATH) for _number in range(30)]
        self.assertEqual({response.status_code for response in responses}, {200})
        refused = next(
            response
            for response in iter(lambda: client.send_request("GET", PATH), None)
            if response.status_code == 429
        )
        wait = int(refused.headers["Retry-After"])
        self.assertIn(wait, (1, 2))
        self.assertEqual(refused.headers["RateLimit-Policy"], '"default";q=30;w=60')
        body = refused.json()
        self.assertEqual((body["status"], body["code"]), ("error", "RATE_LIMITED"))
        time.sleep(wait)
        self.assertEqual(client.send_request("GET", PATH).status_code, 200)

    def test_the_server_limits_keys_without_a_policy(self):
        """A change counts in running processes; 0 is no limit."""
        with setting("requests_per_minute", 2):
            statuses = [response.status_code for response in self.burst(self.key, 4)]
            self.assertEqual(sorted(statuses), [200, 200, 429, 429])
        with setting("requests_per_minute", 0):
            responses = self.burst(self.key, 6)
        self.assertEqual({response.status_code for response in responses}, {200})
        self.assertNotIn("RateLimit", responses[0].headers)


@tagged("post_install", "-at_install")
class TestRates(ApiCase):
    def setUp(self):
        super().setUp()
        self.set_setting("requests_per_minute", 3)

    def test_headers(self):
        """On errors as well; a refusal of GraphQL is in its own shape."""
        response = self.http("GET", PATH)
        self.assertEqual(response.headers["RateLimit-Policy"], '"default";q=3;w=60')
        self.assertEqual(response.headers["RateLimit"], '"default";r=2;t=20')
        response = self.http("GET", "/api/customers/0")
        self.assertEqual(response.status_code, 404)
        self.assertTrue(response.headers["RateLimit"].startswith('"default";r=1;t='))
        self.graphql("{ me { lang } }")
        response = self.graphql_response("{ me { lang } }")
        self.assertEqual(response.status_code, 429)
        error = response.json()["errors"][0]
        self.assertEqual(error["extensions"]["code"], "RATE_LIMITED")
        self.assertIn("3 requests per minute", error["message"])
        self.assertIn(int(response.headers["Retry-After"]), range(1, 21))
        self.assertTrue(response.headers["RateLimit"].startswith('"default";r=0;t='))

    def test_sessions_count_per_user(self):
        headers = {"Sec-Fetch-Site": "same-origin"}
        for login, expected in (("admin", [200, 200, 200, 429]), ("demo", [200])):
            self.authenticate(login, login)
            statuses = [
                self.http("GET", PATH, login=None, headers=headers).status_code for _n in expected
            ]
            self.assertEqual(statuses, expected)

    def test_a_refused_request_does_nothing(self):
        for _number in range(3):
            self.rest(PATH)
        self.rest("/api/customers", method="POST", status=429, json={"name": "Zrate"})
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Zrate")]))

    def test_wrong_keys(self):
        """From one address; right keys are served all the same."""
        wrong = {"Authorization": "Bearer 0123456789abcdef"}
        name = rate.address_name("127.0.0.1")
        self.forget(name)
        self.addCleanup(self.forget, name)
        with patch.object(rate, "MAX_WRONG_KEYS", 3):
            statuses = [self.http("GET", PATH, headers=wrong).status_code for _n in range(5)]
            self.assertEqual(statuses, [401, 401, 401, 429, 429])
            response = self.http("GET", PATH, headers=wrong)
            self.assertIn(int(response.headers["Retry-After"]), range(1, 21))
            self.rest(PATH)
            self.assertEqual(self.http("GET", PATH, login=None).status_code, 401)

    def forget(self, name: str) -> None:
        """Forget what was counted for a caller."""
        with sqlite3.connect(rate.path(database())) as connection:
            connection.execute("DELETE FROM rate WHERE name = ?", [name])


class TestCounter(BaseCase):
    """The file by itself."""

    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(patch.dict(config.options, {"data_dir": folder}))
        self.path = rate.path("db")
        self.now = 1_000_000_000
        self.enterContext(patch.object(rate.time, "time_ns", lambda: self.now * 10**9))

    def count(self, limit: int, name: str = "a") -> rate.Rate:
        return rate.count("db", name, limit)

    def test_it_fills_up_again(self):
        for remaining in (2, 1, 0):
            self.assertEqual(self.count(3)[1:], (remaining, 20 * (3 - remaining), 0))
        self.assertEqual(self.count(3)[1:], (0, 60, 20))
        self.now += 19
        self.assertEqual(self.count(3).retry_after, 1)
        self.now += 1
        self.assertEqual(self.count(3).retry_after, 0)
        self.assertEqual(self.count(3).retry_after, 20)
        self.now += 3600
        self.assertEqual(self.count(3)[1:], (2, 20, 0))

    def test_any_limit_is_exact(self):
        for limit in (1, 7, 60, 601, 7777):
            with self.subTest(limit):
                found = [self.count(limit, str(limit)).retry_after for _number in range(limit + 2)]
                self.assertEqual([bool(wait) for wait in found], [False] * limit + [True] * 2)

    def test_a_clock_that_was_set_back(self):
        self.count(1)
        self.now -= 7200
        self.assertEqual(self.count(1).retry_after, 0)
        self.assertEqual(self.count(1).retry_after, 60)

    def test_another_limit_counts_from_now_on(self):
        """Half a minute's requests are half a minute's, whatever the limit is."""
        for _number in range(5):
            self.count(10)
        self.assertEqual(self.count(2)[1:], (0, 60, 0))
        self.assertEqual(self.count(2).retry_after, 30)
        self.assertEqual(self.count(60).retry_after, 1)

    def test_what_is_over_is_forgotten(self):
        self.count(10, "old")
        self.now += 3600
        with patch.object(rate, "_PURGED_AFTER", 1):
            self.count(10, "new")
        with sqlite3.connect(self.path) as connection:
            self.assertEqual(connection.execute("SELECT name FROM rate").fetchall(), [("new",)])

    def test_nobody_else_reads_it(self):
        self.count(1)
        self.assertEqual(stat.S_IMODE(self.path.parent.stat().st_mode), 0o700)

    def test_without_the_file_requests_are_served(self):
        self.path.parent.write_text("not a folder")
        with self.assertLogs(rate.__name__, "WARNING") as logs:
            self.assertIsNone(self.count(1))
            self.assertIsNone(self.count(1))
        self.assertEqual(len(logs.output), 1)

    def test_a_damaged_file_is_made_anew(self):
        self.path.parent.mkdir()
        self.path.write_bytes(b"not a database " * 100)
        with mute_logger(rate.__name__):
            self.assertIsNone(self.count(1))
        with patch.object(rate, "_TRIED_AGAIN_AFTER", 0):
            self.assertEqual([self.count(1).retry_after, self.count(1).retry_after], [0, 60])

    def test_a_process_that_was_forked(self):
        """The child opens the file for itself; both count together."""
        self.count(3)
        child = os.fork()
        if not child:
            try:
                os._exit(self.count(3).remaining)
            except BaseException:
                os._exit(99)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 1)
        self.assertEqual(self.count(3).remaining, 0)

    def test_addresses(self):
        name = rate.address_name
        self.assertEqual(name("192.0.2.1"), name("192.0.2.1"))
        self.assertNotEqual(name("192.0.2.1"), name("192.0.2.2"))
        self.assertEqual(name("2001:db8::1"), name("2001:db8::ffff:1"))
        self.assertNotEqual(name("2001:db8::1"), name("2001:db8:0:1::1"))
        self.assertNotEqual(name("::ffff:192.0.2.1"), name("::ffff:192.0.2.2"))
        self.assertEqual(name(None), name("nonsense"))
