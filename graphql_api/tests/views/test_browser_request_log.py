"""An administrator sees in the request log what clients asked for."""

import datetime
import random

from odoo import fields

from ..cases.browser import BrowserCase

_LOG = "/odoo/action-graphql_api.request_action"
_WEEK = (  # operation, kind, HTTP method, usual duration in milliseconds
    ("OpenOrders", "query", "POST", 90),
    ("CreateLead", "mutation", "POST", 60),
    ("GET /api/products", None, "GET", 25),
    ("PATCH /api/customers/<id>", None, "PATCH", 45),
)
_DRAWN = 1_500  # milliseconds, after which the columns of a chart have grown


class TestRequestLogScreens(BrowserCase):
    def setUp(self):
        super().setUp()
        self.env["graphql_api.request"].search([]).unlink()
        self.log_week()
        self.env["ir.config_parameter"].set_param("graphql_api.log_requests", "True")
        self.graphql("query CustomersOfTheDay { customers(first: 3) { nodes { name } } }")
        self.graphql("query CustomersOfTheDay { customers(first: 5) { nodes { name } } }")
        self.rest("/api/customers/999999999", status=404)
        self.rest("/api/countries?limit=2")
        self.log_in()

    def log_week(self):
        """Fill the log with a week, the same one in every run."""
        dice = random.Random(19)
        user = self.user("demo")
        now = fields.Datetime.now()
        rows = []
        for operation, kind, method, duration in _WEEK:
            for day in range(1, 8):
                for _request in range(dice.randint(3, 12)):
                    failed = dice.random() < 0.1
                    age = datetime.timedelta(days=day, minutes=dice.randint(-200, 200))
                    rows.append(
                        {
                            "started_at": now - age,
                            "operation": operation,
                            "kind": kind,
                            "method": method,
                            "user_id": user.id,
                            "key_name": "Sales app",
                            "ip": "192.0.2.7",
                            "status": 422 if failed else 200,
                            "error_code": "VALIDATION_FAILED" if failed else False,
                            "errors": int(failed),
                            "duration": duration * dice.uniform(0.6, 2.5),
                            "queries": dice.randint(3, 9),
                            "size": dice.randint(200, 9000),
                        }
                    )
        self.env["graphql_api.request"].create(sorted(rows, key=lambda row: row["started_at"]))

    def test_list(self):
        with self.browser() as page:
            self.visit(_LOG)
            self.row("GET /api/customers/<id>").get_by_role("cell", name="NOT_FOUND").wait_for()
            self.screenshot("request-log")
            self.row("GET /api/countries").get_by_role("cell").nth(2).click()
            page.locator(".o_form_view").get_by_text("Response").first.wait_for()
            page.get_by_role("button", name="Similar Requests").click()
            page.locator(".o_list_view").wait_for()
            self.row("GET /api/countries").wait_for()
            self.assertEqual(page.locator("tr.o_data_row").count(), 1)

    def test_empty(self):
        """Where the log is off and empty, a button turns it on."""
        self.env["graphql_api.request"].search([]).unlink()
        self.env["ir.config_parameter"].set_param("graphql_api.log_requests", "False")
        with self.browser() as page:
            self.visit(_LOG)
            page.get_by_text("Log All Requests").click()
            page.get_by_text("Log All Requests").wait_for(state="detached")
            self.settle()
        self.assertTrue(self.env["graphql_api.settings"]._get_settings().log_requests)

    def test_graph_and_pivot(self):
        """Requests, errors and the 95th percentile by day and operation."""
        logged = self.env["graphql_api.request"].search(
            [("operation", "=", "CustomersOfTheDay")], order="id"
        )
        for request, duration in zip(logged, (100.0, 200.0), strict=True):
            request.duration = duration
        with self.browser() as page:
            self.visit(_LOG)
            page.get_by_role("button", name="Graph").click()
            page.locator(".o_graph_view canvas").wait_for()
            self.settle()
            page.get_by_role("button", name="Measures").click()
            page.get_by_role("menuitem", name="Duration, p95 (ms)").click()
            page.keyboard.press("Escape")
            self.settle()
            page.wait_for_timeout(_DRAWN)
            self.screenshot("request-log-graph")
            page.get_by_role("button", name="Pivot").click()
            page.locator("div.o_pivot table").wait_for()
            self.settle()
            text = page.locator("div.o_pivot").inner_text()
        self.assertIn("CustomersOfTheDay", text)
        self.assertIn("195.0", text)
