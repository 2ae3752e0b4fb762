"""An administrator looks after documents in the screens."""

from ..cases.browser import BrowserCase
from ..cases.persisted_documents import QUERY, extensions

_DOCUMENTS = "/odoo/action-graphql_api.action_documents"


class TestDocumentScreens(BrowserCase):
    def test_register(self):
        """What a client stored is marked, what is written anew is checked."""
        body = {"query": QUERY, "extensions": extensions(QUERY)}
        self.http("POST", "/api/graphql", json=body)
        document = self.env["graphql_api.document"].search([("name", "=", "Me")])
        self.assertFalse(document.registered)
        self.log_in()
        with self.browser() as page:
            self.visit(_DOCUMENTS)
            self.row("Me").get_by_role("checkbox").last.check()
            page.get_by_role("button", name="New", exact=True).click()
            text = page.get_by_role("textbox", name="Document")
            text.fill("query Names { customers { nodes { name nope } } }")
            page.get_by_role("button", name="Save manually").click()
            self.refused("1:40: Cannot query field 'nope'")
            text.fill("query Names { customers { nodes { name } } }")
            page.get_by_role("button", name="Save manually").click()
            page.get_by_role("heading", name="Names").wait_for()
            self.visit(_DOCUMENTS)
            self.row("Names").wait_for()
        document.invalidate_recordset()
        self.assertTrue(document.registered)
