"""A developer explores the API in GraphiQL, without internet access."""

import json

from ..cases.browser import BrowserCase

PATH = "/api/graphql"


class TestGraphiql(BrowserCase):
    def _open(self, page, parameters: str = ""):
        page.goto(self.base_url() + PATH + parameters)

    def _enter_key(self, page, key: str):
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Use this key").click()

    def _run(self, page) -> dict:
        page.get_by_role("button", name="Execute query").click()
        result = page.locator(".result-window .CodeMirror")
        result.get_by_text('"data"').wait_for()
        self.settle()
        return json.loads(result.evaluate("element => element.CodeMirror.getValue()"))

    def test_with_a_key(self):
        """A key opens the examples of what its user may read; it stays in this tab."""
        key = self.key("demo")
        with self.browser() as page:
            self._open(page)
            self._enter_key(page, key)
            page.locator(".graphiql-query-editor .CodeMirror").wait_for()
            self.settle()
            (customers,) = self._run(page)["data"].values()
            self.screenshot("graphiql")
            self.assertGreater(customers["totalCount"], 5)
            self.assertEqual(len(customers["nodes"]), 5)
            self.assertIn("name", customers["nodes"][0])
            stored = page.evaluate("JSON.stringify({...localStorage}) + document.cookie")
            self.assertNotIn(key, stored)
            page.reload()
            page.locator(".graphiql-query-editor .CodeMirror").wait_for()
            self.settle()
            page.get_by_role("button", name="Forget the key").click()
            page.get_by_label("API key").wait_for()
            self.assertIsNone(page.evaluate("sessionStorage.getItem('graphql_api.key')"))

    def test_documentation_explorer_and_completion(self):
        """The documentation leads to a field; the explorer and the editor complete it."""
        key = self.key("admin")
        with self.browser() as page:
            self._open(page, "?query=%7B%20customers%20%7B%20nodes%20%7B%20i%20%7D%20%7D%20%7D")
            self._enter_key(page, key)
            editor = page.locator(".graphiql-query-editor .CodeMirror")
            editor.wait_for()
            self.settle()
            # The query of the address is there and was not run.
            source = editor.evaluate("element => element.CodeMirror.getValue()")
            self.assertEqual(source, "{ customers { nodes { i } } }")
            page.get_by_role("button", name="Show Documentation Explorer").click()
            page.locator(".graphiql-doc-explorer").get_by_text("Query", exact=True).click()
            customer = page.locator(".graphiql-doc-explorer a", has_text="CustomerConnection")
            customer.first.click()
            page.get_by_text("The number of records in the whole list.").wait_for()
            editor.evaluate("element => element.CodeMirror.setCursor(0, 23)")
            editor.evaluate("element => element.CodeMirror.focus()")
            page.keyboard.press("Control+Space")
            hints = page.locator(".CodeMirror-hints li")
            hints.get_by_text("id", exact=True).first.wait_for()
            hints.get_by_text("id", exact=True).first.click()
            source = editor.evaluate("element => element.CodeMirror.getValue()")
            self.assertEqual(source, "{ customers { nodes { id } } }")
            self.assertIn("id", self._run(page)["data"]["customers"]["nodes"][0])
            page.get_by_role("button", name="Show GraphiQL Explorer").click()
            explorer = page.locator(".graphiql-explorer-root, .docExplorerWrap").first
            explorer.get_by_text("customers", exact=True).first.wait_for()
            page.get_by_role("button", name="Show History").click()
            page.locator(".graphiql-history-item").first.wait_for()
            page.get_by_role("button", name="Headers").click()
            page.get_by_role("button", name="Open settings dialog").click()
            page.get_by_text("Theme", exact=True).wait_for()
            page.get_by_role("button", name="Close dialog").click()

    def test_with_the_session(self):
        """A user of Odoo needs no key."""
        self.log_in()
        name = self.user("admin").name
        with self.browser() as page:
            self._open(page)
            page.get_by_text(f"{name}, with your session of Odoo").wait_for()
            page.locator(".graphiql-query-editor .CodeMirror").wait_for()
            self.settle()
            self.assertIn("data", self._run(page))
