"""An administrator reads about the addon in Odoo's list of apps."""

from ..cases.browser import BrowserCase


class TestAppsScreen(BrowserCase):
    def test_the_description_is_shown(self):
        """With its pictures, in the form of the module."""
        module = self.env.ref("base.module_graphql_api")
        self.log_in()
        with self.browser() as page:
            self.visit(f"/odoo/action-base.open_module_tree/{module.id}")
            description = page.locator("[name=description_html]")
            description.get_by_role("heading", name="GraphQL and REST API").wait_for()
            pictures = description.get_by_role("img")
            widths = pictures.evaluate_all("images => images.map(image => image.naturalWidth)")
            self.assertEqual(widths, [1200] * 5)
            self.screenshot("apps")
