"""A newcomer without a session: from an address of the API to the first response."""

import json
from urllib.parse import quote

from ..cases.browser import PHONE, BrowserCase
from ..cases.scoped_keys import ScopedKeyCase

QUERY = "{ countries(first: 1) { nodes { code } } }"
EDITOR = ".graphiql-query-editor .CodeMirror"
RESULT = ".result-window .CodeMirror"
SCHEMES = ("dark", "light")


class TestDoorstep(BrowserCase, ScopedKeyCase):
    suffix = ""
    """Of the names of pictures."""

    def test_sign_in_with_odoo(self):
        """From the index by the login of Odoo, back to the query of the address, and to Odoo."""
        name = self.user("demo").name
        with self.browser() as page:
            page.goto(f"{self.base_url()}/api")
            page.get_by_text("/api/me").wait_for()
            page.get_by_role("link", name="GraphiQL").click()
            page.get_by_text("curl -H").wait_for()
            self.screenshot(f"doorstep{self.suffix}")
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

    def test_by_a_key(self):
        """What is wrong with a key is said, whose a right one is, too."""
        policy = self.policy(None, name="My phone")
        key = self.scoped_key(policy, "demo")["Authorization"].split()[1]
        name = self.user("demo").name
        with self.browser(errors=1) as page:
            for path in ("/api", "/api/docs", f"/api/graphql?query={quote(QUERY)}"):
                page.goto(self.base_url() + path)
                page.get_by_text("curl -H").wait_for()
                self._assert_readable(page)
            for text in ("  ", f"{key[:20]}…"):
                page.get_by_label("API key").fill(text)
                page.get_by_role("button", name="Use this key").click()
                page.locator("#key-status.error").get_by_text("This is no API key").wait_for()
            self._enter(page, "wrong")
            page.get_by_text("The API key is unknown, expired or revoked.").wait_for()
            self._assert_readable(page)
            self.assertIsNone(page.evaluate("sessionStorage.getItem('graphql_api.key')"))
            self._enter(page, f" Authorization: Bearer {key} ")
            page.get_by_text(f"{name}, with a key of the policy My phone").wait_for()
            page.locator(EDITOR).wait_for()
            self.settle()
            self._response(page)
            self._assert_readable(page)
            self._assert_panes(page)

    def _enter(self, page, key: str) -> None:
        """Enter a key; until the server has responded, the page says that it waits for that."""
        waiting = []
        page.route("**/api/me", lambda route: waiting.append(route))
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Use this key").click()
        page.locator("#key-status.busy").get_by_text("Checking who you are").wait_for()
        while not waiting:
            page.wait_for_timeout(10)
        waiting.pop().continue_()
        page.unroute("**/api/me")

    def _response(self, page) -> dict:
        page.get_by_role("button", name="Execute query").click()
        result = page.locator(RESULT)
        result.get_by_text('"data"').wait_for()
        self.settle()
        return json.loads(result.evaluate("element => element.CodeMirror.getValue()"))

    def _assert_readable(self, page) -> None:
        """In light and in dark, for everybody; nothing is wider than the window."""
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            color = "getComputedStyle(document.body).backgroundColor.slice(4)"
            self.assertEqual(page.evaluate(f"parseInt({color}) < 64"), scheme == "dark")
            self.assert_accessible()
        excess = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        self.assertLessEqual(excess, 0)

    def _assert_panes(self, page) -> None:
        """The query and the response are side by side."""
        query = page.locator(EDITOR).bounding_box()
        response = page.locator(RESULT).bounding_box()
        self.assertGreaterEqual(response["x"], query["x"] + query["width"])


class TestDoorstepOnPhone(TestDoorstep):
    device = PHONE
    suffix = "-phone"

    def _assert_panes(self, page) -> None:
        """The response is below the query, and there is room for both."""
        query = page.locator(EDITOR).bounding_box()
        response = page.locator(".result-window").bounding_box()
        self.screenshot("graphiql-phone")
        self.assertGreaterEqual(response["y"], query["y"] + query["height"])
        for pane in (query, response):
            self.assertGreater(pane["width"], 250)
            self.assertGreater(pane["height"], 130)
