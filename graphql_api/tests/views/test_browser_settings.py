"""An administrator sets in the screens what holds for all callers."""

from ..cases.browser import BrowserCase

_SETTINGS = "/odoo/action-graphql_api.settings_action"
_INTROSPECTION = "{ __schema { __typename } }"


class TestSettingsScreen(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As on a new server, on the picture too: other tests have no limit.
        cls.set_setting("requests_per_minute", "")

    def test_turn_off_introspection(self):
        """What is set counts at the next request."""
        self.graphql(_INTROSPECTION)
        self.log_in()
        with self.browser() as page:
            self.visit(_SETTINGS)
            self.screenshot("settings", height=1420)
            page.get_by_label("Introspection").uncheck()
            page.get_by_role("button", name="Save").click()
            page.get_by_text("Unsaved changes").wait_for(state="hidden")
        self.graphql(_INTROSPECTION, errors=[("GRAPHQL_VALIDATION_FAILED", None)])

    def test_mistakes_are_refused(self):
        """The form says which setting cannot be so."""
        self.log_in()
        with self.browser() as page:
            self.visit(_SETTINGS)
            page.get_by_label("Allowed Origins").fill("https://app.example.com/shop")
            page.get_by_role("button", name="Save").click()
            self.refused("https://app.example.com/shop is not an origin")
            page.get_by_role("button", name="Discard").click()
        self.assertFalse(self.env["ir.config_parameter"].get_param("graphql_api.origins"))
