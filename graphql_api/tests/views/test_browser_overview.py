"""An administrator opens the API and sees how it does."""

from datetime import timedelta

from odoo import fields

from ..cases.browser import BrowserCase


class TestOverviewScreen(BrowserCase):
    def setUp(self):
        super().setUp()
        self.env["graphql_api.key"].search([]).unlink()
        self.env["graphql_api.policy"].search([]).unlink()
        requests = self.env["graphql_api.request"]
        requests.search([]).unlink()
        for number in range(6):
            requests.create(
                {
                    "started_at": fields.Datetime.now() - timedelta(hours=20 * number + 1),
                    "operation": "OpenOrders" if number % 2 else "GET /api/products",
                    "method": "GET",
                    "key_name": "Ann's phone" if number else False,
                    "status": 200 if number % 3 else 422,
                    "errors": 0 if number % 3 else 1,
                    "duration": 20.0 + number,
                }
            )
        self.log_in()

    def test_overview(self):
        """It comes first, leads to what it tells, turns the log on, and its first steps close."""
        with self.browser() as page:
            self.visit(f"/odoo?menu_id={self.env.ref('graphql_api.menu_root').id}")
            traffic = page.locator("section[name=traffic]")
            traffic.get_by_text("21 ms").first.wait_for()
            page.get_by_role("heading", name="First steps").wait_for()
            self.screenshot("overview", height=1000)
            traffic.get_by_role("button", name="Log for 24 Hours").click()
            traffic.get_by_text("All requests are logged until").wait_for()
            page.get_by_role("button", name="Close").click()
            page.get_by_role("heading", name="First steps").wait_for(state="detached")
            traffic.get_by_role("button", name="Last 7 Days").click()
            self.row("OpenOrders").get_by_role("cell", name="3", exact=True).wait_for()
            self.row("OpenOrders").get_by_role("link").click()
            page.locator("tr.o_data_row").first.wait_for()
            self.assertEqual(page.locator("tr.o_data_row").count(), 3)
            page.locator(".breadcrumb").get_by_text("Overview").click()
            page.locator("section[name=exposed]").get_by_role("link", name="Policies").click()
            page.locator(".o_list_view, .o_view_nocontent").first.wait_for()
