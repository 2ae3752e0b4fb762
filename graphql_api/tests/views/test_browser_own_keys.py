"""A user makes a key in his preferences, under a policy that he may choose, and revokes it."""

from ..cases.browser import BrowserCase
from ..cases.scoped_keys import ScopedKeyCase

_PREFERENCES = "/odoo/action-base.action_res_users_my"


class TestOwnKeysScreen(BrowserCase, ScopedKeyCase):
    login = "demo"

    def setUp(self):
        super().setUp()
        self.policy(self.grants, name="My phone", self_service=True)
        self.policy(self.grants, name="My tablet", self_service=True)
        self.policy(self.grants, name="Not offered")
        self.user_id = self.user("demo").id
        self.log_in()

    def test_make_and_revoke(self):
        with self.browser() as page:
            self.open_preferences(page)
            page.get_by_role("button", name="Add Key", exact=True).click()
            page.get_by_placeholder("Enter your password").fill("demo")
            page.get_by_role("button", name="Confirm Password").click()
            dialog = page.locator(".modal:has([name=policy])")
            dialog.wait_for()
            self.assertFalse(dialog.locator("[name=user_id]").count())
            dialog.get_by_role("textbox", name="Description").fill("Marc's phone")
            dialog.locator("[name=policy] input").click()
            self.settle()
            self.assertEqual(page.get_by_role("menuitem", name="Not offered").count(), 0)
            page.get_by_role("menuitem", name="My phone").click()
            dialog.get_by_role("button", name="Make Key").click()
            shown = page.locator(".modal [name=key]")
            shown.wait_for()
            key = shown.locator("span, input").first.inner_text()
            page.get_by_role("button", name="Done").click()
            shown.wait_for(state="detached")
        headers = {"Authorization": f"Bearer {key}"}
        self.rest("/api/countries?limit=1", login=None, headers=headers)

        with self.browser() as page:
            self.open_preferences(page)
            card = page.locator("[name=graphql_api_key_ids] .o_kanban_record").filter(
                has_text="Marc's phone"
            )
            card.get_by_text("My phone").wait_for()
            self.screenshot("preferences")
            card.get_by_role("button", name="Revoke").click()
            page.get_by_role("button", name="Ok", exact=True).click()
            card.wait_for(state="detached")
        self.rest("/api/countries?limit=1", login=None, headers=headers, status=401)

    def open_preferences(self, page):
        page.goto(f"{self.base_url()}{_PREFERENCES}/{self.user_id}")
        page.get_by_role("tab", name="Security").click()
        self.settle()
