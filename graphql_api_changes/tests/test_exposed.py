"""The tests themselves, and what there is in a database with the addon."""

from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tests.loader import get_test_modules


@tagged("post_install", "-at_install")
class TestExposed(TransactionCase):
    def test_odoo_finds_every_module(self):
        files = Path(__file__).parent.glob("test_*.py")
        expected = {f"{__package__}.{file.stem}" for file in files}
        found = {module.__name__ for module in get_test_modules("graphql_api_changes")}
        self.assertEqual(expected - found, set())

    def test_the_addon_is_installed(self):
        """In the database of these tests, beside the apps; it installs itself nowhere."""
        module = self.env["ir.module.module"].search([("name", "=", "graphql_api_changes")])
        self.assertEqual(module.state, "installed")
        self.assertFalse(module.auto_install)
