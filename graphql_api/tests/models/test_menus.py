"""The menus of administrators."""

from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestMenus(ApiCase):
    def shown(self) -> set[str]:
        menus = self.env["ir.ui.menu"].with_user(self.user("admin")).load_menus(False)
        return {menu.get("xmlid") for menu in menus.values()}

    def test_pages(self):
        """Each leads to a page; where the settings switch the pages off there is no menu."""
        self.authenticate("admin", "admin")
        pages = self.env.ref("graphql_api.menu_explore").child_id
        self.assertEqual(len(pages), 3)
        for menu in pages:
            response = self.url_open(menu.action.url, headers={"Accept": "text/html"})
            self.assertEqual(response.status_code, 200, menu.name)
            self.assertIn("<html", response.text)
        names = {menu.get_external_id()[menu.id] for menu in pages}
        self.assertLessEqual(names, self.shown())
        self.env["ir.config_parameter"].set_param("graphql_api.graphiql", "False")
        self.assertTrue(names.isdisjoint(self.shown()))
        self.assertIn("graphql_api.menu_overview", self.shown())
