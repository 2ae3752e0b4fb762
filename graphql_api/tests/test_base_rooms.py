"""The tests themselves: all are found where ``odoo --test-enable`` looks for them."""

from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tests.loader import get_test_modules

from .cases import needs


@tagged("post_install", "-at_install")
class TestRooms(BaseCase):
    def test_odoo_finds_every_module(self):
        """Each room imports its modules, and no two rooms have one of the same name."""
        needs.variable("GRAPHQL_API_CONFIGURATION")  # else packages may be missing
        folder = Path(__file__).parent
        files = [path.relative_to(folder).with_suffix("") for path in folder.rglob("test_*.py")]
        expected = {".".join([__package__, *file.parts]) for file in files}
        self.assertGreater(len(expected), 80)
        found = {module.__name__ for module in get_test_modules("graphql_api")}
        self.assertEqual(expected - found, set(), "are not imported in the __init__.py of the room")
