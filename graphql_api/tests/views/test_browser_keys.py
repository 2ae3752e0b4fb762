"""An administrator exposes a model to a key that opens little, and sees what is done with it."""

from ..cases.browser import PHONE, BrowserCase

_RESOURCES = "/odoo/action-graphql_api.resource_action"
_POLICIES = "/odoo/action-graphql_api.action_policies"
_KEYS = "/odoo/action-graphql_api.action_keys"
_LOG = "/odoo/action-graphql_api.request_action"


class TestKeyScreens(BrowserCase):
    def setUp(self):
        super().setUp()
        self.log_in()

    def test_from_model_to_log(self):
        """A key for a model is made under a policy, shown once, tried, used, logged and revoked."""
        self.expose()
        self.make_policy()
        key = self.make_key()
        self.try_policy()
        headers = {"Authorization": f"Bearer {key}"}

        self.rest("/api/customers?limit=1", login=None, headers=headers)
        self.rest("/api/jobs?limit=1", login=None, headers=headers)
        self.rest("/api/countries?limit=1", login=None, headers=headers, status=404)
        self.rest(
            "/api/customers",
            method="POST",
            json={"name": "Eve"},
            login=None,
            headers=headers,
            status=403,
        )

        self.archive_policy()
        with self.browser() as page:
            self.visit(_LOG)
            for cell in ("Ann's phone", "Marc Demo", "200"):
                self.row("GET /api/customers").get_by_role("cell", name=cell, exact=True).wait_for()
            self.row("POST /api/customers").get_by_role("cell", name="FORBIDDEN").wait_for()
            self.visit(_KEYS)
            self.assertNotIn(key, page.content())
            self.screenshot("keys", height=240)
            self.row("Ann's phone").get_by_role("button", name="Revoke").click()
            page.locator(".modal").get_by_role("button", name="Ok").click()
            self.row("Ann's phone").wait_for(state="detached")
        self.rest("/api/customers?limit=1", login=None, headers=headers, status=401)

    def archive_policy(self):
        """Begin to archive the policy, see how many keys would stop, and keep it."""
        with self.browser() as page:
            self.visit(_POLICIES)
            self.row("Sales app").get_by_role("cell", name="Sales app").click()
            page.get_by_role("button", name="New Key").wait_for()
            page.locator(".o_cp_action_menus .dropdown-toggle").first.click()
            page.locator(".o-dropdown--menu").get_by_text("Archive", exact=True).click()
            dialog = page.locator(".modal")
            dialog.get_by_text("Keys that stop working at once: 1.").wait_for()
            dialog.get_by_role("button", name="Cancel").click()
            dialog.wait_for(state="detached")

    def expose(self):
        with self.browser() as page:
            self.visit(_RESOURCES)
            page.get_by_role("button", name="Expose a Model").last.click()
            wizard = page.locator(".modal")
            wizard.get_by_role("combobox", name="Model").fill("Job Pos")
            wizard.get_by_role("option", name="Job Position hr.job").click()
            wizard.get_by_role("textbox", name="Collection").fill("jobs")
            wizard.get_by_role("textbox", name="Type").fill("Job")
            wizard.get_by_role("button", name="Expose", exact=True).click()
            wizard.wait_for(state="detached")

    def make_policy(self):
        with self.browser() as page:
            self.visit(_POLICIES)
            page.get_by_role("button", name="New", exact=True).click()
            page.get_by_role("textbox", name="Name").fill("Sales app")
            page.get_by_label("Log Requests").check()
            for name, model in (("Customer", "res.partner"), ("Job", "hr.job")):
                page.get_by_role("button", name="Add a line").click()
                page.get_by_role("combobox").last.fill(name)
                page.get_by_role("option", name=f"{name} {model}").click()
            page.get_by_role("button", name="Save manually").click()
            page.get_by_role("button", name="New Key").wait_for()
            self.settle()
            self.screenshot("policy")

    def make_key(self) -> str:
        """Make a key of the salesman under the policy that is open; return what is shown."""
        with self.browser() as page:
            page.get_by_role("button", name="New Key").click()
            dialog = page.locator(".modal")
            dialog.get_by_role("combobox", name="User").fill("Marc Demo")
            dialog.get_by_role("option", name="Marc Demo").first.click()
            dialog.get_by_role("textbox", name="Description").fill("Ann's phone")
            self.settle()
            self.screenshot("key")
            dialog.get_by_role("button", name="Make Key").click()
            # Odoo wants to know that it is still the administrator who sits there.
            page.get_by_placeholder("Enter your password").fill("admin")
            page.get_by_role("button", name="Confirm Password").click()
            shown = page.locator(".modal [name=key]")
            shown.wait_for()
            self.settle()
            self.screenshot("key-shown")
            key = shown.locator("span, input").first.inner_text()
            page.get_by_role("button", name="Done").click()
            shown.wait_for(state="detached")
        self.assertRegex(key, "^[0-9a-f]{40}$")
        return key

    def try_policy(self):
        """See what the salesman reaches under the policy that is open."""
        with self.browser() as page:
            page.get_by_role("button", name="Try As").click()
            dialog = page.locator(".modal")
            dialog.get_by_role("combobox", name="User").fill("Marc Demo")
            dialog.get_by_role("option", name="Marc Demo").first.click()
            self.row("Job", dialog).get_by_text("Read").first.wait_for()
            dialog.get_by_role("button", name="Close").first.click()
            dialog.wait_for(state="detached")


class TestKeysOnPhone(BrowserCase):
    """What is urgent away from the desk: to let an app in, to see what it does, to shut it out."""

    device = PHONE

    def setUp(self):
        super().setUp()
        self.log_in()

    def test_from_model_to_log(self):
        """A key for a model is made under a policy, tried, used, seen in the log and revoked."""
        with self.browser() as page:
            self.expose(page)
            self.make_policy(page)
            key = self.make_key(page)
            self.try_policy(page)
        headers = {"Authorization": f"Bearer {key}"}
        self.rest("/api/jobs?limit=1", login=None, headers=headers)
        self.rest("/api/countries?limit=1", login=None, headers=headers, status=404)
        with self.browser() as page:
            self.visit("/odoo/action-graphql_api.action_overview")
            page.get_by_role("heading", name="Requests").wait_for()
            page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
            self.screenshot("overview-phone")
            self.visit(_LOG)
            self.card("GET /api/jobs").get_by_text("200").wait_for()
            self.card("NOT_FOUND").wait_for()
            self.screenshot("request-log-phone")
            self.visit(_KEYS)
            self.card("Ann's phone").get_by_text("Marc Demo").wait_for()
            self.screenshot("keys-phone")
            self.card("Ann's phone").get_by_role("button", name="Revoke").click()
            page.locator(".modal").get_by_role("button", name="Ok").click()
            self.card("Ann's phone").wait_for(state="detached")
        self.rest("/api/jobs?limit=1", login=None, headers=headers, status=401)

    def expose(self, page):
        self.visit(_RESOURCES)
        page.get_by_role("button", name="Expose a Model").last.click()
        self.choose("model_id", "hr.job", "Job Position")
        wizard = page.locator(".modal")
        wizard.get_by_role("textbox", name="Collection").fill("jobs")
        wizard.get_by_role("textbox", name="Type").fill("Job")
        wizard.get_by_role("button", name="Expose", exact=True).click()
        wizard.wait_for(state="detached")

    def make_policy(self, page):
        self.visit(_POLICIES)
        page.get_by_role("button", name="New", exact=True).click()
        page.get_by_role("textbox", name="Name").fill("Phone app")
        page.get_by_label("Log Requests").check()
        page.get_by_role("button", name="Add a line").click()
        self.choose("resource_id", "Job", "Job")
        page.get_by_role("button", name="Save manually").click()
        page.get_by_role("button", name="New Key").wait_for()
        self.settle()
        self.assert_accessible()

    def make_key(self, page) -> str:
        page.get_by_role("button", name="New Key").click()
        self.choose("user_id", "Marc Demo", "Marc Demo")
        dialog = page.locator(".modal")
        dialog.get_by_role("textbox", name="Description").fill("Ann's phone")
        dialog.get_by_role("button", name="Make Key").click()
        page.get_by_placeholder("Enter your password").fill("admin")
        page.get_by_role("button", name="Confirm Password").click()
        shown = page.locator(".modal [name=key]")
        shown.wait_for()
        self.settle()
        self.assert_accessible()
        key = shown.locator("span, input").first.inner_text()
        page.get_by_role("button", name="Done").click()
        shown.wait_for(state="detached")
        return key

    def try_policy(self, page):
        page.locator(".o_statusbar_buttons .dropdown-toggle").click()
        page.get_by_role("menuitem", name="Try As").click()
        dialog = page.locator(".modal:has([name=line_ids])")
        self.row("Job", dialog).get_by_text("Read").first.wait_for()
        self.settle()
        self.assert_accessible()
        dialog.get_by_role("button", name="Close").first.click()
        dialog.wait_for(state="detached")

    def choose(self, field: str, search: str, name: str):
        """Choose a record for a relation: on a phone Odoo opens its list for that."""
        page = self._page
        self.settle()
        page.mouse.move(0, 0)  # off a question mark, whose text would cover the field
        page.locator(f"[name={field}] input").last.click()
        dialog = page.locator(".modal").last
        dialog.get_by_text("Search: ").wait_for()
        self.settle()
        dialog.locator("button:has(.fa-search)").click()
        dialog.get_by_role("searchbox").fill(search)
        page.keyboard.press("Enter")
        record = dialog.locator(".o_kanban_record").filter(has_text=name).last
        record.wait_for()
        self.settle()
        record.click()
        self.settle()

    def card(self, text: str):
        """Return the card of a record."""
        return self._page.locator(".o_kanban_record").filter(has_text=text)
