"""Screens and messages in French and Dutch."""

from odoo.tests import tagged

from odoo.addons.graphql_api.tests.cases.translations import TranslationsCase


@tagged("post_install", "-at_install")
class TestTranslations(TranslationsCase):
    def test_every_text_is_translated(self):
        self.check_translations("graphql_api_changes")
