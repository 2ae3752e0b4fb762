"""Requests that take longer than they may are given up, and harm nobody else."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.server import ServerCase, committed
from ..cases.transactions import RAISE, TransactionCase


def sleep(cr, number):
    """Keep the database busy for half a minute."""
    cr.execute("SELECT pg_sleep(30)")


@tagged("post_install", "-at_install")
class TestTimeLimit(TransactionCase):
    def setUp(self):
        super().setUp()
        self.set_setting("max_seconds", 1)

    def check_refused(self, action):
        """Check that a request whose computed field does this is given up, in both APIs."""
        for shape in ("graphql", "rest"):
            with self.subTest(shape), self.computing(action), mute_logger("odoo.sql_db"):
                self.calls.clear()
                with self.assertNoLogs("odoo.addons.graphql_api", "ERROR"):
                    self.assertEqual(self.ask(shape), (400, "QUERY_TOO_COMPLEX", {}))
                self.assertEqual(self.calls, [1], "it is not tried again")

    def test_a_slow_statement(self):
        self.check_refused(sleep)
        with self.computing(sleep), mute_logger("odoo.sql_db"):
            response = self.http("GET", self.path)
        self.assertIn("longer than 1 s", response.json()["message"])

    def test_many_statements(self):
        """The time of the whole request counts, not only of each statement."""

        def be_late(cr, number):
            Event().wait(1.1)  # time.sleep does nothing here: Odoo waits with it between tries

        query = """query ($id: ID!) { a: customer(id: $id) { contactAddress }
            b: customers(first: 1) { nodes { id } } }"""
        with self.computing(be_late):
            self.graphql(query, {"id": self.partner.id}, errors=[("QUERY_TOO_COMPLEX", None)])
            self.assertEqual(self.calls, [1])

    def test_what_is_in_time(self):
        with self.computing(lambda cr, number: cr.execute("SELECT pg_sleep(0.1)")):
            for shape in ("graphql", "rest"):
                self.assertEqual(self.ask(shape)[0], 200)

    def timeout(self, **kwargs) -> str:
        """Return the time limit of statements that a request runs under."""
        found = []

        def note(cr, number):
            cr.execute("SHOW statement_timeout")
            found.append(cr.fetchone()[0])
            if len(found) < kwargs.get("tries", 1):
                cr.execute(RAISE % "40001", log_exceptions=False)

        with self.computing(note):
            headers = kwargs.get("headers")
            login = kwargs.get("login", "")
            response = self.http("GET", self.path, headers=headers, login=login)
            self.assertEqual(response.status_code, 200)
        self.assertEqual(len(set(found)), 1)
        return found[0]

    def test_whose_limit_it_is(self):
        self.set_setting("max_seconds", 12)
        self.assertEqual(self.timeout(), "12s")
        policy = self.env["graphql_api.policy"].create({"name": "T", "all_resources": True})
        key = self.env["graphql_api.key"]._generate(self.user("admin"), policy, "t", None)
        headers = {"Authorization": f"Bearer {key}"}
        self.assertEqual(self.timeout(headers=headers), "12s")
        policy.max_seconds = 3
        self.assertEqual(self.timeout(headers=headers), "3s")
        policy.max_seconds = 2**31 - 1
        self.assertEqual(self.timeout(headers=headers), "1d")
        self.authenticate("admin", "admin")
        self.assertEqual(self.timeout(headers={"Sec-Fetch-Site": "same-origin"}, login=None), "12s")

    def test_it_counts_for_the_next_try(self):
        self.set_setting("max_seconds", 12)
        self.assertEqual(self.timeout(tries=2), "12s")

    def test_a_mutation_keeps_nothing(self):
        mutation = """mutation ($id: ID!) {
            updateCustomer(id: $id, input: { name: "Zother" }) { name contactAddress } }"""
        with self.computing(sleep), mute_logger("odoo.sql_db"):
            errors = [("QUERY_TOO_COMPLEX", None)]
            self.graphql(mutation, {"id": self.partner.id}, errors=errors)
        self.env.invalidate_all()
        self.assertEqual(self.partner.name, "Zpartner")


@tagged("post_install", "-at_install")
class TestOthersMeanwhile(ServerCase):
    @contextlib.contextmanager
    def blocked(self, table: str):
        """Let statements on a table wait, until the function that this yields is called."""
        with committed() as env:
            env.cr.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield env.cr.rollback

    def test_the_others_are_served(self):
        """While one waits, and with the same connection to the database afterwards."""
        slow = self.client(self.scoped_key(max_seconds=2))
        path = "/api/customer-tags?limit=1"
        # The first ones also wait for what the server makes once.
        statuses = [slow.send_request("GET", path).status_code for _number in range(5)]
        self.assertIn(200, statuses)
        with ThreadPoolExecutor(2) as pool, self.blocked("res_partner_category") as release:
            waiting = pool.submit(slow.send_request, "GET", path)
            for _number in range(5):
                response = self.client().send_request("GET", "/api/countries?limit=1")
                self.assertEqual(response.status_code, 200)
            response = waiting.result()
            self.assertEqual(response.status_code, 400)
            self.assertEqual(response.json()["code"], "QUERY_TOO_COMPLEX")
            own = pool.submit(self.client().send_request, "GET", path)
            of_odoo = pool.submit(
                self.client().send_request,
                *("POST", "/json/2/res.partner.category/search_count"),
                json={"domain": []},
            )
            # They wait longer than the key before them was allowed to.
            time.sleep(3)
            release()
            self.assertEqual(own.result().status_code, 200, own.result().text)
            self.assertEqual(of_odoo.result().status_code, 200, of_odoo.result().text)
