"""An administrator sees in the request log what clients asked for."""

import datetime

from .browser import BrowserCase

_LOG = "/odoo/action-graphql_api.request_action"


class TestRequestLogScreens(BrowserCase):
    def setUp(self):
        super().setUp()
        self.env["graphql_api.request"].search([]).unlink()
        self.env["ir.config_parameter"].set_param("graphql_api.log_requests", "True")
        self.graphql("query CustomersOfTheDay { customers(first: 3) { nodes { name } } }")
        self.graphql("query CustomersOfTheDay { customers(first: 5) { nodes { name } } }")
        self.rest("/api/customers/999999999", status=404)
        self.rest("/api/countries?limit=2")
        self.log_in()

    def test_list(self):
        with self.browser() as page:
            self.visit(_LOG)
            self.row("GET /api/customers/<id>").get_by_role("cell", name="NOT_FOUND").wait_for()
            self.screenshot("request-log")
            self.row("GET /api/countries").get_by_role("cell").nth(2).click()
            page.locator(".o_form_view").get_by_text("Response").first.wait_for()

    def test_graph_and_pivot(self):
        """Requests, errors and the 95th percentile by day and operation."""
        rows = self.env["graphql_api.request"].search([], order="id")
        for row, duration in zip(rows, (100.0, 200.0, 10.0, 30.0), strict=True):
            row.duration = duration
            row.started_at -= datetime.timedelta(minutes=1)
        with self.browser() as page:
            self.visit(_LOG)
            page.get_by_role("button", name="Graph").click()
            page.locator(".o_graph_view canvas").wait_for()
            self.settle()
            page.get_by_role("button", name="Measures").click()
            page.get_by_role("menuitem", name="Duration, p95 (ms)").click()
            self.settle()
            self.screenshot("request-log-graph")
            page.get_by_role("button", name="Pivot").click()
            page.locator("div.o_pivot table").wait_for()
            self.settle()
            text = page.locator("div.o_pivot").inner_text()
            self.screenshot("request-log-pivot")
        self.assertIn("CustomersOfTheDay", text)
        self.assertIn("195.0", text)
