"""What is known of Odoo's models by name is true of the Odoo that runs."""

import inspect
import linecache
import sys

from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tests import TransactionCase, tagged

from ...schema.access import odoo_models
from ..cases import needs


@tagged("post_install", "-at_install")
class TestTables(TransactionCase):
    """Each name exists; where Odoo renames a model, a field or a method, it fails here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        needs.database(cls.env, "apps")

    def assert_path(self, model_name: str, path: str):
        """Assert that names of fields with points between them lead from field to field."""
        model = self.env[model_name]
        for name in path.split("."):
            self.assertIn(name, model._fields, f"{model_name}: {path}")
            field = model._fields[name]
            model = self.env[field.comodel_name] if field.relational else None

    def assert_own(self, model_name: str, *methods: str):
        """Assert that a model has its own way of one of these methods."""
        model = self.env.registry[model_name]
        self.assertTrue(
            any(getattr(model, name) is not getattr(BaseModel, name) for name in methods),
            f"{model_name} has no {' or '.join(methods)} of its own",
        )

    def test_models(self):
        for name in (odoo_models.ATTACHMENT, odoo_models.COMPANY, odoo_models.USER):
            self.assertIn(name, self.env)

    def test_owners(self):
        for model_name, (owner_model, owner_id) in odoo_models.OWNERS.items():
            field = self.env[model_name]._fields[owner_id]
            self.assertEqual((field.type, field.model_field), ("many2one_reference", owner_model))
            self.assertTrue(field.store)

    def test_names_of_owners(self):
        for model_name, name in odoo_models.OWNER_NAMES.items():
            self.assertIn(model_name, odoo_models.OWNERS)
            self.assertEqual(self.env[model_name]._fields[name].type, "char")

    def test_searches_that_filter_after_the_limit(self):
        for model_name in odoo_models.FILTERED_AFTER_LIMIT:
            self.assert_own(model_name, "_search")

    def test_display_names(self):
        for model_name, paths in odoo_models.DISPLAY_NAMES.items():
            with self.subTest(model_name):
                self.assert_own(model_name, "_compute_display_name")
                for path in paths:
                    self.assert_path(model_name, path)

    def test_searches(self):
        for model_name, paths in odoo_models.ALSO_SEARCHED.items():
            with self.subTest(model_name):
                self.assert_own(model_name, "_search_display_name", "name_search")
                for path in paths:
                    self.assert_path(model_name, path)
        for model_name, names in odoo_models.SEARCHED_FIRST.items():
            for name in names:
                self.assert_path(model_name, name)
        for model_name, name in odoo_models.SEARCHED_IN_BRACKETS.items():
            self.assert_path(model_name, name)

    def test_documents(self):
        for model_name, document in odoo_models.DOCUMENTS.items():
            with self.subTest(model_name):
                self.assert_path(model_name, document.field)
                documents = self.env[model_name][document.field]
                Domain(list(document.open)).validate(documents)

    def test_needed_lists(self):
        for model_name, names in odoo_models.NEEDED_LISTS.items():
            for name in names:
                self.assert_path(model_name, name)
                self.assertIn(self.env[model_name]._fields[name].type, ("one2many", "many2many"))

    def test_columns_that_are_filled_from_fields(self):
        models = {model._table: model for model in self.env.registry.values()}
        for model_name, columns in odoo_models.FILLED_FROM.items():
            for (table, column), name in columns.items():
                self.assert_path(model_name, name)
                self.assertTrue(models[table]._fields[column].required, f"{table}.{column}")

    def test_dialogs(self):
        for model_name, context in odoo_models.SKIPPED_DIALOGS.items():
            with self.subTest(model_name):
                self.assertTrue(self.env[model_name].is_transient())
                sources = self.sources(model_name)
                self.assertTrue(sources, "no model asks with this dialog")
                for key in context or ():
                    self.assertTrue(any(f"'{key}'" in source for source in sources))

    def sources(self, dialog: str) -> list[str]:
        """Return the source of each class of a model that names a dialog."""
        classes = {
            cls
            for model in self.env.registry.values()
            for cls in model.__mro__
            if cls.__module__.startswith("odoo.addons.")
            and getattr(cls, "_name", None) != dialog
            and "_module" in vars(cls)
        }
        found = []
        for cls in classes:
            # To find a class in its file Python parses the file: only where that is worth it.
            file = sys.modules[cls.__module__].__file__
            if f"'{dialog}'" in "".join(linecache.getlines(file)):
                source = inspect.getsource(cls)
                if f"'{dialog}'" in source:
                    found.append(source)
        return found
