"""A key that could not be checked is no wrong key: the answer is 503, and a client waits."""

import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import psycopg2
from psycopg2.pool import PoolError

from odoo.modules.registry import Registry
from odoo.service import security
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..cases.api import ApiCase
from ..cases.cursors import failing_statements
from ..cases.server import ServerCase, committed, database, execute

QUERY = {"query": "{ me { lang } }"}
FAILURES = (
    PoolError("The Connection Pool Is Full"),
    psycopg2.OperationalError("server closed the connection unexpectedly"),
    psycopg2.InterfaceError("connection already closed"),
)


def assert_unavailable(test, response):
    """Check that a response says to come again, in the shape of its API, and no more."""
    test.assertEqual(response.status_code, 503, response.text)
    test.assertEqual(response.headers["Retry-After"], "1")
    test.assertNotIn("WWW-Authenticate", response.headers)
    body = response.json()
    code = body["errors"][0]["extensions"]["code"] if "errors" in body else body["code"]
    test.assertEqual(code, "SERVICE_UNAVAILABLE")
    test.assertNotIn("Pool", response.text)


@tagged("post_install", "-at_install")
class TestUnavailable(ApiCase):
    """Wherever in the authentication it fails, for keys and for sessions."""

    def assert_all_unavailable(self, **kwargs):
        with mute_logger("odoo.addons.graphql_api.schema.exposure.errors"):
            assert_unavailable(self, self.http("GET", "/api/me", **kwargs))
            assert_unavailable(self, self.http("POST", "/api/graphql", json=QUERY, **kwargs))
            assert_unavailable(self, self.http("DELETE", "/api/customers/1", **kwargs))

    def test_of_a_key(self):
        self.http("GET", "/api/me")  # makes the key
        for failure in FAILURES:
            with self.subTest(failure), failing_statements("res_users_apikeys", failure):
                self.assert_all_unavailable()

    def test_of_a_policy(self):
        policy = self.env["graphql_api.policy"].create({"name": "Test"})
        key = self.env["graphql_api.key"]._generate(self.user("admin"), policy, "test", None)
        headers = {"Authorization": f"Bearer {key}"}
        self.assertEqual(self.http("GET", "/api/me", headers=headers).status_code, 200)
        for failure in FAILURES:
            with self.subTest(failure), failing_statements("graphql_api_policy", failure):
                self.assert_all_unavailable(headers=headers)

    def test_of_a_session(self):
        self.authenticate("admin", "admin")
        for failure in FAILURES:
            with (
                self.subTest(failure),
                patch.object(security, "check_session", side_effect=failure),
            ):
                self.assert_all_unavailable(login=None, headers={"Sec-Fetch-Site": "same-origin"})

    @mute_logger("odoo.http")
    def test_what_is_wrong_with_a_key_stays_so(self):
        wrong = {"Authorization": "Bearer 0123456789"}
        self.assertEqual(self.http("GET", "/api/me", headers=wrong).status_code, 401)
        self.http("GET", "/api/me")  # makes the key
        with failing_statements("res_users_apikeys", ValueError()):
            self.assertEqual(self.http("GET", "/api/me").status_code, 401)


CONNECTIONS = 4


@tagged("post_install", "-at_install")
class TestFullPool(ServerCase):
    """A server with a replica, whose connections to the primary all wait for a lock."""

    @classmethod
    def setUpClass(cls):
        replica = [f"--db_replica_{name}={config['db_' + name]}" for name in ("host", "port")]
        cls.server_options = (f"--db_maxconn={CONNECTIONS}", *replica)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        with committed() as env:
            self.tag_id = env["res.partner.category"].create({"name": "Zlocked"}).id
        self.addCleanup(self.remove)

    def remove(self):
        with committed() as env:
            env["res.partner.category"].search([("name", "=", "Zlocked")]).unlink()

    def send_change(self):
        with self.server.client(self.key) as client:
            client.headers["X-Odoo-Database"] = database()
            path = f"/api/customer-tags/{self.tag_id}"
            return client.send_request("PATCH", path, json={"color": 1}).status_code

    def waiting(self) -> int:
        """Return how many of the server's transactions wait for the lock."""
        ((count,),) = execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return count

    def test_reads(self):
        client = self.client()
        # Else Odoo itself asks the primary first which databases there are.
        client.headers["X-Odoo-Database"] = database()
        self.assertEqual(client.send_request("GET", "/api/me").status_code, 200)
        with Registry(database()).cursor() as cursor, ThreadPoolExecutor(CONNECTIONS) as pool:
            cursor.execute(
                "SELECT FROM res_partner_category WHERE id = %s FOR UPDATE", [self.tag_id]
            )
            writers = [pool.submit(self.send_change) for _number in range(CONNECTIONS)]
            try:
                deadline = time.monotonic() + 25
                while self.waiting() < CONNECTIONS and time.monotonic() < deadline:
                    time.sleep(0.05)
                read = client.send_request("GET", "/api/me")
                query = client.send_request("POST", "/api/graphql", json=QUERY)
            finally:
                cursor.rollback()
            for writer in writers:
                writer.result(60)
        assert_unavailable(self, read)
        assert_unavailable(self, query)
        self.assertEqual(client.send_request("GET", "/api/me").status_code, 200)
