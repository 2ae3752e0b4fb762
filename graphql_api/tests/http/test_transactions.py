"""Transactions: what Odoo retries reaches Odoo, and what only reads runs read-only."""

from odoo.exceptions import ConcurrencyError
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tests import tagged

from ..cases.cursors import cursor_modes
from ..cases.transactions import RAISE, STATES, TransactionCase


@tagged("post_install", "-at_install")
class TestRetry(TransactionCase):
    """Concurrent transactions: try again, as Odoo does everywhere."""

    expected = (200, None, {"name": "Zpartner", "contact_address": "computed"})

    def test_second_try(self):
        for name, state in STATES.items():
            for shape in ("graphql", "rest"):
                with self.subTest(name, shape=shape):
                    self.calls.clear()

                    def fail_once(cr, number, state=state):
                        if number == 1:
                            cr.execute(RAISE % state, log_exceptions=False)

                    with self.computing(fail_once), self.assertNoLogs("odoo", "ERROR"):
                        self.assertEqual(self.ask(shape), self.expected)
                    self.assertEqual(self.calls, [1, 2])

    def test_second_try_after_a_concurrency_error_of_odoo(self):
        def fail_once(cr, number):
            if number == 1:
                raise ConcurrencyError("changed")

        for shape in ("graphql", "rest"):
            self.calls.clear()
            with self.computing(fail_once), self.assertNoLogs("odoo", "ERROR"):
                self.assertEqual(self.ask(shape), self.expected)
            self.assertEqual(self.calls, [1, 2])

    def test_the_error_behind_others(self):
        """The first error counts; those that the broken transaction causes after it do not."""

        def fail_once(cr, number):
            if number == 1:
                cr.execute(RAISE % "40001", log_exceptions=False)

        query = """query ($id: ID!) {
          customer(id: $id) { name contactAddress country { name } children { name } }
          customers(first: 1) { totalCount }
        }"""
        self.calls.clear()
        with self.computing(fail_once), self.assertNoLogs("odoo", "ERROR"):
            response = self.graphql_response(query, {"id": self.partner.id})
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("errors", response.json())

    def test_no_try_left(self):
        def fail(cr, number):
            cr.execute(RAISE % "40001", log_exceptions=False)

        for shape in ("graphql", "rest"):
            self.calls.clear()
            with self.computing(fail), self.assertNoLogs("odoo", "ERROR"):
                self.assertEqual(self.ask(shape), (409, "CONFLICT", {}))
            self.assertEqual(len(self.calls), MAX_TRIES_ON_CONCURRENCY_FAILURE)


@tagged("post_install", "-at_install")
class TestReadOnly(TransactionCase):
    """Queries run on the cursor that may be a replica's."""

    def test_reads(self):
        with self.computing(lambda cr, number: None):
            for shape in ("graphql", "rest"):
                self.ask(shape)
            self.http("GET", "/api/customers?limit=1&fields=contact_address")
            self.http(
                "GET",
                "/api/graphql",
                params={"query": "{ customers(first: 1) { nodes { contactAddress } } }"},
            )
        self.assertEqual(self.modes, [(True, "ro")] * 4)

    def test_write_in_a_read(self):
        """A computation that writes is tried again where it may."""

        def write(cr, number):
            cr.execute(
                "UPDATE res_partner SET city = 'Ghent' WHERE id = %s",
                [self.partner.id],
                log_exceptions=False,
            )

        for shape in ("graphql", "rest"):
            self.modes.clear()
            self.partner.city = "Aalst"
            self.env.cr.flush()
            with self.computing(write), self.assertLogs("odoo.http", "WARNING") as logs:
                self.assertEqual(self.ask(shape), TestRetry.expected)
            self.assertIn("retrying with a read/write cursor", logs.output[0])
            self.assertEqual(self.modes, [(True, "ro"), (False, "ro->rw")])
            self.partner.invalidate_recordset(["city"])
            self.assertEqual(self.partner.city, "Ghent")

    def test_decided_by_the_operation(self):
        """Of several operations the one to be executed counts."""
        document = "query Read { me { lang } } mutation Write { x }"
        self.assertTrue(self.is_readonly(document, "Read"))
        self.assertFalse(self.is_readonly(document, "Write"))
        self.assertTrue(self.is_readonly(document, None))
        self.assertTrue(self.is_readonly("{ nonsense", None))
        self.assertFalse(self.is_readonly("mutation { x }", None))

    def is_readonly(self, document, operation_name):
        """Return whether a request over HTTP runs on the read-only cursor."""
        with cursor_modes() as modes:
            self.graphql_response(document, operation_name=operation_name)
        (mode,) = modes
        return mode == "ro"
