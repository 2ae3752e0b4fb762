"""Requests per minute: one count for all processes, per key, and what a caller is told."""

import os
import time
import traceback
import uuid
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo.sql_db import connection_info_for
from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ...http import rate_limit
from ..cases.api import ApiCase
from ..cases.server import (
    Server,
    ServerCase,
    database,
    execute,
    setting,
    together,
)

PATH = "/api/me"


def _real_time() -> float:
    """Return seconds that pass where ``freeze_time`` has stopped the clock."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


@tagged("post_install", "-at_install")
class TestRatesOfProcesses(ServerCase):
    """Two server processes on one database, as workers are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = Server()
        cls.other.__enter__()
        cls.addClassCleanup(cls.other.__exit__)

    def build_schemas(self) -> None:
        """Have both servers build the schema, which takes time in which requests come back."""
        responses = self.burst(self.scoped_key(), 2)
        self.assertEqual([response.status_code for response in responses], [200, 200])

    def burst(self, key: str, count: int) -> list:
        """Send requests at once, to both servers in turn; return the responses."""
        servers = [self.server, self.other]

        def send(number):
            with servers[number % 2].client(key) as client:
                return client.send_request("GET", PATH)

        return together([lambda number=number: send(number) for number in range(count)])

    def test_one_count(self):
        key = self.scoped_key(requests_per_minute=4)
        self.build_schemas()
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
        self.build_schemas()
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
        begin = time.monotonic()
        tried = 0
        while (response := self.http("GET", PATH, headers=wrong)).status_code == 401:
            tried += 1
            self.assertLess(tried, 1000)
        # While they are counted, some come back.
        came_back = int((time.monotonic() - begin) / 2) + 1
        self.assertIn(tried, range(30, 30 + came_back + 1))
        self.assertEqual(response.status_code, 429)
        self.assertIn(int(response.headers["Retry-After"]), (1, 2))
        self.rest(PATH)
        self.assertEqual(self.http("GET", PATH, login=None).status_code, 401)


@tagged("post_install", "-at_install")
class TestCounter(BaseCase):
    """The counting by itself."""

    def setUp(self):
        super().setUp()
        self.prefix = uuid.uuid4().hex
        self.reading: psycopg2.extensions.connection | None = None
        self.addCleanup(execute, "DELETE FROM graphql_api_rate WHERE name ^@ %s", self.prefix)

    def count(self, limit: int, name: str = "a") -> rate_limit.RateLimitStatus:
        return rate_limit.count(database(), f"{self.prefix} {name}", limit)

    def wait(self, seconds: int) -> None:
        """Let time pass: what was counted is so much longer ago."""
        execute(
            "UPDATE graphql_api_rate SET free_at = free_at - %s * interval '1 second' "
            "WHERE name ^@ %s",
            seconds,
            self.prefix,
        )

    def use_up(self) -> None:
        """Let nothing be left, and come back during a test, whatever processes do."""
        execute(
            "UPDATE graphql_api_rate SET free_at = LOCALTIMESTAMP + interval '90 seconds' "
            "WHERE name ^@ %s",
            self.prefix,
        )

    def row_version(self, name: str) -> str:
        """Return what is another one after each statement that counts a caller's request."""
        if self.reading is None:
            _name, parameters = connection_info_for(database())
            self.reading = psycopg2.connect(**parameters)
            self.reading.autocommit = True
            self.addCleanup(self.reading.close)
        with self.reading.cursor() as cursor:
            cursor.execute(
                "SELECT xmin::text FROM graphql_api_rate WHERE name = %s", [f"{self.prefix} {name}"]
            )
            return cursor.fetchone()[0]

    def test_it_fills_up_again(self):
        for remaining in (2, 1, 0):
            self.assertEqual(self.count(3)[1:], (remaining, 20 * (3 - remaining), 0))
        self.assertEqual(self.count(3)[1:], (0, 60, 20))
        self.wait(19)
        self.assertEqual(self.count(3).retry_after, 1)
        self.wait(1)
        self.assertEqual(self.count(3).retry_after, 0)
        self.assertEqual(self.count(3).retry_after, 20)
        self.wait(3600)
        self.assertEqual(self.count(3)[1:], (2, 20, 0))

    def test_any_limit_is_exact(self):
        for limit in (1, 7, 60, rate_limit.EXACT_LIMIT):
            with self.subTest(limit):
                begin = time.monotonic()
                found = [self.count(limit, str(limit)).retry_after for _number in range(limit + 2)]
                # On a slow machine some come back while they are counted.
                came_back = int((time.monotonic() - begin) * limit / 60)
                self.assertEqual(found[:limit], [0] * limit)
                self.assertGreaterEqual(sum(map(bool, found[limit:])), 2 - came_back)

    def came_back(self, limit: int, begin: float) -> int:
        """Return how many requests at most have come back since a real time."""
        return int((_real_time() - begin) * limit / 60) + 1

    @freeze_time()
    def test_a_high_limit(self):
        """While they are counted, some come back."""
        limit = 1200
        begin = _real_time()
        served = sum(not self.count(limit).retry_after for _number in range(limit + 300))
        self.assertIn(served, range(limit, limit + self.came_back(limit, begin) + 1))

    @freeze_time()
    def test_a_busy_caller_seldom_costs_a_statement(self):
        """Under a limit that is counted exactly each request costs one."""
        for limit, expected in ((6000, range(1, 10)), (rate_limit.EXACT_LIMIT, [100])):
            with self.subTest(limit):
                versions = set()
                for _number in range(100):
                    self.assertFalse(self.count(limit, str(limit)).retry_after)
                    versions.add(self.row_version(str(limit)))
                self.assertIn(len(versions), expected)

    def test_what_is_left_is_told_without_a_statement(self):
        limit = 6000
        with freeze_time() as clock:
            remaining, version = self.count(limit).remaining, self.row_version("a")
            self.assertEqual(remaining, limit - 1)
            for _number in range(100):
                before = remaining, version
                remaining, version = self.count(limit).remaining, self.row_version("a")
                if version == before[1]:
                    self.assertEqual(remaining, before[0] - 1)
                else:
                    self.assertGreaterEqual(remaining, before[0] - 1)
            clock.tick(0.5)
            self.assertEqual(self.count(limit).remaining, min(remaining - 1 + 50, limit - 1))
            self.assertEqual(self.row_version("a"), version)

    def test_requests_counted_in_advance(self):
        """They are a part of what was left, for a second, under the limit they were counted for."""
        limit = 6000
        with freeze_time() as clock:
            for _number in range(100):
                self.count(limit)
            self.use_up()
            served = 0
            while not self.count(limit).retry_after:
                served += 1
            self.assertIn(served, range(1, limit // 16 + 1))
            execute("DELETE FROM graphql_api_rate WHERE name ^@ %s", self.prefix)
            for _number in range(100):
                self.count(limit)
            self.use_up()
            self.assertTrue(self.count(limit - 1).retry_after)
            clock.tick(0.9)
            self.assertFalse(self.count(limit).retry_after)
            clock.tick(0.2)
            self.assertTrue(self.count(limit).retry_after)

    @freeze_time()
    def test_processes_share_a_high_limit(self):
        """What one of them has counted in advance, no other one serves."""
        limit = 1200
        begin = _real_time()
        readers = []
        for _process in range(3):
            reader, writer = os.pipe()
            child = os.fork()
            if not child:
                try:
                    served = 0
                    while not self.count(limit).retry_after:
                        served += 1
                    os.write(writer, str(served).encode())
                finally:
                    os._exit(0)
            os.close(writer)
            readers.append((child, reader))
        served = 0
        for child, reader in readers:
            os.waitpid(child, 0)
            with open(reader, encoding="ascii") as pipe:
                served += int(pipe.read())
        self.assertIn(served, range(limit, limit + self.came_back(limit, begin) + 1))

    def test_who_waits_for_another_is_served(self):
        """Of requests that come at once, the one that began first may be counted last."""
        _name, parameters = connection_info_for(database())
        connection = psycopg2.connect(**parameters)
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            self.assertFalse(self.count(2).retry_after)
            cursor.execute(rate_limit._COUNT, self.moved_by_one(2))
            self.assertTrue(cursor.fetchone())
            cursor.execute(rate_limit._COUNT, self.moved_by_one(2))
            self.assertFalse(cursor.fetchone())

    def moved_by_one(self, limit: int) -> dict:
        """Return the parameters of the statement that counts one request."""
        share = 60_000_000 // limit
        return {"name": f"{self.prefix} a", "share": share, "whole": share * limit}

    def test_a_clock_that_was_set_back(self):
        self.count(1)
        self.wait(-7200)
        self.assertEqual(self.count(1).retry_after, 0)
        self.assertEqual(self.count(1).retry_after, 60)

    def test_another_limit_counts_from_now_on(self):
        """Half a minute's requests are half a minute's, whatever the limit is."""
        for _number in range(5):
            self.count(10)
        self.assertEqual(self.count(2)[1:], (0, 60, 0))
        self.assertEqual(self.count(2).retry_after, 30)
        self.assertEqual(self.count(60).retry_after, 1)

    def in_child(self, function) -> None:
        """Call a function in a process that was forked; it begins with a purge."""
        child = os.fork()
        if not child:
            try:
                function()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_what_is_over_is_forgotten(self):
        self.count(10, "old")
        self.wait(3600)
        self.in_child(lambda: self.count(10, "new"))
        rows = execute("SELECT name FROM graphql_api_rate WHERE name ^@ %s", self.prefix)
        self.assertEqual(rows, [(f"{self.prefix} new",)])

    def test_a_connection_that_was_lost(self):
        """As after a restart of PostgreSQL: the next request is counted on a new one."""
        self.count(1)
        ended = execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE %s "
            "AND pid <> pg_backend_pid()",
            "%graphql_api_rate%",
        )
        self.assertIn((True,), ended)
        self.assertEqual(self.count(1).retry_after, 60)

    def test_without_the_primary_requests_are_served(self):
        """It is asked again after some seconds."""
        self.count(1)

        def count():
            with freeze_time() as clock:
                with patch.dict(config.options, {"db_port": 1, "db_host": "127.0.0.1"}):
                    with self.assertLogs(rate_limit.__name__, "WARNING") as logs:
                        self.assertIsNone(self.count(1))
                        self.assertIsNone(self.count(1))
                        clock.tick(6)
                        self.assertIsNone(self.count(1))
                    self.assertEqual(len(logs.output), 1)
                self.assertIsNone(self.count(1))
                clock.tick(6)
                self.assertEqual(self.count(1).retry_after, 60)

        # In a process that has no connection yet.
        self.in_child(count)

    def test_nobody_waits_for_a_lock(self):
        self.count(2)
        _name, parameters = connection_info_for(database())
        blocking = psycopg2.connect(**parameters)
        self.addCleanup(blocking.close)
        with blocking.cursor() as cursor:
            cursor.execute("LOCK TABLE graphql_api_rate IN ACCESS EXCLUSIVE MODE")
        with freeze_time() as clock:
            with self.assertLogs(rate_limit.__name__, "WARNING"):
                self.assertIsNone(self.count(2))
            blocking.rollback()
            clock.tick(6)
            self.assertEqual(self.count(2).remaining, 0)

    def test_a_purge_that_takes_too_long(self):
        """It ends, the count stands, and the next requests are counted, too."""
        self.count(10, "old")
        self.wait(3600)
        self.addCleanup(execute, "DROP FUNCTION test_slow_purge CASCADE")
        execute(
            """
            CREATE FUNCTION test_slow_purge() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(60); RETURN OLD; END $$;
            CREATE TRIGGER test_slow_purge BEFORE DELETE ON graphql_api_rate
                FOR EACH ROW EXECUTE FUNCTION test_slow_purge()
            """
        )

        def count():
            with self.assertLogs(rate_limit.__name__, "WARNING") as logs:
                self.assertEqual([self.count(2).remaining for _n in range(2)], [1, 0])
                self.assertTrue(self.count(2).retry_after)
            self.assertIn("could not be removed", logs.output[0])

        self.in_child(count)

    def test_purges_have_a_bound(self):
        execute(
            "INSERT INTO graphql_api_rate (name, free_at) SELECT %s || n, '2020-01-01' "
            "FROM generate_series(1, %s) AS n",
            f"{self.prefix} old",
            2 * rate_limit._PURGED_AT_ONCE,
        )
        left = 2 * rate_limit._PURGED_AT_ONCE
        for _purge in range(4):
            before = left
            self.in_child(lambda: self.count(9))
            ((left,),) = execute(
                "SELECT count(*) FROM graphql_api_rate WHERE name ^@ %s", f"{self.prefix} old"
            )
            self.assertGreaterEqual(left, before - rate_limit._PURGED_AT_ONCE)
        self.assertEqual(left, 0)

    def test_a_process_that_was_forked(self):
        """The child connects by itself; both count together."""
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
        name = rate_limit.address_name
        self.assertEqual(name("192.0.2.1"), name("192.0.2.1"))
        self.assertNotEqual(name("192.0.2.1"), name("192.0.2.2"))
        self.assertEqual(name("2001:db8::1"), name("2001:db8::ffff:1"))
        self.assertNotEqual(name("2001:db8::1"), name("2001:db8:0:1::1"))
        self.assertNotEqual(name("::ffff:192.0.2.1"), name("::ffff:192.0.2.2"))
        self.assertEqual(name(None), name("nonsense"))
