"""Screens and messages in French and Dutch; descriptions for developers stay in English."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..cases.translations import TranslationsCase

_ADDONS = ("graphql_api", "graphql_api_mail", "graphql_api_product", "graphql_api_sale_portal")


@tagged("post_install", "-at_install")
class TestTranslations(TranslationsCase):
    def test_every_text_is_translated(self):
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        for addon in _ADDONS:
            if addon in installed.mapped("name"):
                self.check_translations(addon)

    def test_odoo_shows_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search([("name", "=", "graphql_api")])._update_translations(
            ["fr_FR"]
        )
        policies = self.env["graphql_api.policy"].with_context(lang="fr_FR")
        self.assertEqual(policies.fields_get(["read_only"])["read_only"]["string"], "Lecture seule")
        self.assertIn("Ce que les clés atteignent", policies.get_view(view_type="form")["arch"])
        with self.assertRaisesRegex(ValidationError, "séparés par des virgules"):
            policies.create({"name": "Sales app", "networks": "nowhere"})
        customer = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        for text, message in (("[", "Écrivez une liste"), ("[usr]", "Variables connues")):
            right = {"resource_id": customer.id, "record_filter": text}
            with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
                policies.create({"name": "Sales app", "right_ids": [Command.create(right)]})
