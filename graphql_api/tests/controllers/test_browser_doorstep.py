"""A newcomer without a session: from an address of the API to the first response."""

import json
from urllib.parse import quote

from ..cases.browser import BrowserCase
from ..cases.scoped_keys import ScopedKeyCase

QUERY = "{ countries(first: 1) { nodes { code } } }"
EDITOR = ".graphiql-query-editor .CodeMirror"
PHONE = {"width": 390, "height": 844}


class TestDoorstep(BrowserCase, ScopedKeyCase):
    def _response(self, page) -> dict:
        page.get_by_role("button", name="Execute query").click()
        result = page.locator(".result-window .CodeMirror")
        result.get_by_text('"data"').wait_for()
        self.settle()
        return json.loads(result.evaluate("element => element.CodeMirror.getValue()"))

    def _assert_fits(self, page) -> None:
        """Nothing is wider than the window."""
        excess = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        self.assertLessEqual(excess, 0)

    def test_sign_in_with_odoo(self):
        """From the index by the login of Odoo, back to the query of the address, and to Odoo."""
        name = self.user("demo").name
        with self.browser() as page:
            page.goto(f"{self.base_url()}/api")
            page.get_by_text("/api/me").wait_for()
            page.get_by_role("link", name="GraphiQL").click()
            page.get_by_text("curl -H").wait_for()
            self.screenshot("doorstep")
            page.goto(f"{self.base_url()}/api/graphql?query={quote(QUERY)}")
            page.get_by_role("link", name="Sign in with Odoo").click()
            page.locator("#login").fill("demo")
            page.locator("#password").fill("demo")
            page.get_by_role("button", name="Log in", exact=True).click()
            page.get_by_text(f"{name}, with your session of Odoo").wait_for()
            page.locator(EDITOR).wait_for()
            self.settle()
            self.assertEqual(len(self._response(page)["data"]["countries"]["nodes"]), 1)
            back = page.get_by_role("link", name="Back to Odoo")
            self.assertEqual(back.get_attribute("href"), "/odoo")
            # Whoever has a session may enter a key, or not.
            page.get_by_role("button", name="Use a key").click()
            page.locator(EDITOR).wait_for(state="hidden")
            page.get_by_role("button", name="Cancel").click()
            page.locator(EDITOR).wait_for()
            page.get_by_text(f"{name}, with your session of Odoo").wait_for()

    def test_a_key_on_a_phone(self):
        """What is wrong with a key is said, whose a right one is, too; the panes are stacked."""
        policy = self.policy(None, name="My phone")
        key = self.scoped_key(policy, "demo")["Authorization"].split()[1]
        name = self.user("demo").name
        with self.browser(errors=1) as page:
            page.set_viewport_size(PHONE)
            page.emulate_media(color_scheme="dark")
            for path in ("/api", "/api/docs", f"/api/graphql?query={quote(QUERY)}"):
                page.goto(self.base_url() + path)
                page.get_by_text("curl -H").wait_for()
                self._assert_fits(page)
            red = page.evaluate(
                "parseInt(getComputedStyle(document.body).backgroundColor.slice(4))"
            )
            self.assertLess(red, 64)
            page.get_by_label("API key").fill("wrong")
            page.get_by_role("button", name="Use this key").click()
            page.get_by_text("The API key is unknown, expired or revoked.").wait_for()
            self.assertIsNone(page.evaluate("sessionStorage.getItem('graphql_api.key')"))
            page.get_by_label("API key").fill(key)
            page.get_by_role("button", name="Use this key").click()
            page.get_by_text(f"{name}, with a key of the policy My phone").wait_for()
            page.locator(EDITOR).wait_for()
            self.settle()
            self._response(page)
            query = page.locator(EDITOR).bounding_box()
            response = page.locator(".result-window").bounding_box()
            self._assert_fits(page)
            self.screenshot("graphiql-phone")
        self.assertGreaterEqual(response["y"], query["y"] + query["height"])
        for pane in (query, response):
            self.assertGreater(pane["width"], 250)
            self.assertGreater(pane["height"], 130)
