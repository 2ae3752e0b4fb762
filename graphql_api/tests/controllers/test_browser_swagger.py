"""A developer tries REST in Swagger UI, without internet access."""

import json

from ..cases.browser import PHONE, BrowserCase

PATH = "/api/docs"


class SwaggerCase(BrowserCase):
    def _open(self, page):
        page.goto(self.base_url() + PATH)

    def _enter_key(self, page, key: str):
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Use this key").click()
        page.locator(".opblock-tag").first.wait_for()
        self.settle()

    def _call(self, page, tag: str, operation: str, **parameters) -> dict:
        """Open an operation, send it with parameters, return the body of the answer."""
        block = page.locator(f"#operations-{tag}-{operation}")
        if not block.count():
            page.locator(f"#operations-tag-{tag}").click()
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
        for name, value in parameters.items():
            row = block.locator(f'tr[data-param-name="{name}"]')
            row.locator("input, textarea").first.fill(value)
        block.get_by_role("button", name="Execute").click()
        answer = block.locator(".live-responses-table .response").first
        answer.wait_for()
        self.settle()
        self.assertEqual(answer.locator(".response-col_status").inner_text().split()[0], "200")
        return json.loads(answer.locator(".response-col_description code").first.inner_text())

    def _assert_accessible(self, page):
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            self.assert_accessible()


class TestSwagger(SwaggerCase):
    def test_with_a_key(self):
        """A list and a record with what the form has by itself, then with a condition."""
        key = self.key("demo")
        with self.browser() as page:
            self._open(page)
            self._enter_key(page, key)
            self.screenshot("swagger-ui")
            # What nobody has opened is not there yet: hundreds of operations take seconds.
            self.assertEqual(page.locator(".opblock").count(), 0)
            tags, elements = page.locator(".opblock-tag").count(), page.locator("#page *").count()
            self.assertLess(elements, 40 * tags)
            body = self._call(page, "Customer", "listCustomers", limit="3")
            self.assertEqual(body["status"], "success")
            self.assertEqual(len(body["data"]), 3)
            block = page.locator("#operations-Customer-listCustomers")
            self.assertEqual(block.locator('tr[data-param-name="filter"]').count(), 1)
            self.assertLess(block.locator(".parameters-container").bounding_box()["height"], 3000)
            self._assert_accessible(page)
            record = body["data"][0]["id"]
            condition = json.dumps({"id": {"eq": body["data"][1]["id"]}})
            block.locator('tr[data-param-name="filter"]').locator("textarea").fill(condition)
            block.get_by_role("button", name="Execute").click()
            block.locator(".request-url").get_by_text("eq").first.wait_for()
            self.settle()
            shown = block.locator(".live-responses-table .response-col_description code").first
            self.assertEqual(json.loads(shown.inner_text())["data"], body["data"][1:2])
            body = self._call(page, "Customer", "readCustomer", id=str(record), fields="id,name")
            self.assertEqual(set(body["data"]), {"id", "name"})
            block.get_by_role("link", name="Filters").click()
            operators = page.locator("#page").get_by_role("cell", name="starts_with", exact=True)
            page.wait_for_function("Math.abs(filters.getBoundingClientRect().top) < 100")
            self.assertTrue(operators.is_visible())
            self.assertNotIn(key, page.evaluate("JSON.stringify({...localStorage})"))

    def test_authorize(self):
        """Another key is entered under Authorize, and kept for the tab."""
        key = self.key("demo")
        name = self.user("demo").name
        self.log_in()
        with self.browser() as page:
            self._open(page)
            page.locator(".opblock-tag").first.wait_for()
            self.settle()
            admin = self._call(page, "API", "readMe")
            page.get_by_role("button", name="Authorize", exact=True).click()
            dialog = page.locator(".dialog-ux")
            self._assert_accessible(page)
            dialog.get_by_role("textbox").fill(key)
            dialog.get_by_role("button", name="Apply credentials").click()
            dialog.get_by_role("button", name="Close").last.click()
            page.locator("#operations-API-readMe").get_by_role("button", name="Execute").click()
            page.locator(".live-responses-table").get_by_text(name).first.wait_for()
            self.settle()
            self.assertEqual(page.evaluate("sessionStorage.getItem('graphql_api.key')"), key)
        self.assertEqual(admin["data"]["user"]["name"], self.user("admin").name)


class TestSwaggerOnPhone(SwaggerCase):
    device = PHONE

    def test_with_a_key(self):
        """One sees all of what one fills in and gets, without moving it sideways."""
        key = self.key("demo")
        with self.browser() as page:
            self._open(page)
            self._enter_key(page, key)
            self.assertEqual(
                len(self._call(page, "Customer", "listCustomers", limit="3")["data"]), 3
            )
            page.locator(
                "#operations-Customer-listCustomers .live-responses-table"
            ).scroll_into_view_if_needed()
            excess = page.evaluate(
                "document.getElementById('page').scrollWidth - window.innerWidth"
            )
            self.assertLessEqual(excess, 0)
            self._assert_accessible(page)
            self.screenshot("swagger-ui-phone")
