"""Whoever has a login of any kind may call public methods of all models over Odoo's own APIs."""

import inspect
from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.exposure import SCHEMA_CACHE
from ..cases.api import ApiCase

ARGUMENTS = {"vals_list": [], "vals": {}, "values": {}, "fields": [], "fields_list": []}
"""For methods that need any: what changes nothing."""

OWN = (
    "graphql_api.resource",
    "graphql_api.resource.field",
    "graphql_api.resource.action",
    "graphql_api.policy",
    "graphql_api.policy.right",
    "graphql_api.document",
    "graphql_api.key",
    "graphql_api.idempotency",
    "graphql_api.upsert",
    "graphql_api.request",
)
"""Models whose records nobody but administrators, or the API itself, makes and changes."""


def own_methods(env):
    """Yield (model, method) for what the addon's classes define, on its own models and others."""
    for name, model in env.registry.items():
        for cls in model.__mro__:
            if not cls.__module__.startswith(("odoo.addons.graphql_api.",)):
                continue
            for method, function in vars(cls).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield name, method


@tagged("post_install", "-at_install", "generated")
class TestPublicMethods(ApiCase):
    """A portal user, with nothing in hand, calls each of them: nothing happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_portal"
        cls.portal = new_test_user(cls.env, "visitor", groups=groups, lang="en_US")

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger("odoo.http", "odoo.addons.base.models.ir_model"))

    def call(self, model: str, method: str, **arguments):
        path = f"/json/2/{model}/{method}"
        response = self.http("POST", path, json=arguments, login="visitor")
        self.assertLess(response.status_code, 600)
        return response

    def test_nobody_makes_all_processes_forget(self):
        """No cache of all processes is cleared by a call with nothing, or with what is refused."""
        found = sorted(set(own_methods(self.env)))
        self.assertIn(("graphql_api.exposure", "unlink"), found)
        self.assertIn(("graphql_api.document", "write"), found)
        inherited = [
            (name, method)
            for name, model in self.env.registry.items()
            if name.startswith("graphql_api.")
            for method in ("create", "write", "unlink", "copy", "action_archive", "web_save")
        ]
        self.call("res.users", "context_get", ids=[])  # what the first request clears
        for model, method in sorted({*found, *inherited}):
            signature = inspect.signature(getattr(self.env.registry[model], method))
            needed = {
                name: value for name, value in ARGUMENTS.items() if name in signature.parameters
            }
            for ids in ([], [1]):
                with (
                    self.subTest(model=model, method=method, ids=ids),
                    patch.object(Registry, "clear_cache") as clear,
                ):
                    self.call(model, method, ids=ids, **needed)
                    cleared = {name for call in clear.call_args_list for name in call.args}
                    # Odoo's own methods clear some of its own, whatever they are called with.
                    own = model.startswith("graphql_api.")
                    self.assertFalse(cleared if own else cleared & {SCHEMA_CACHE})

    def test_nothing_is_read_or_changed(self):
        """Of our records and settings a portal user gets no values, by whatever method."""
        self.set_setting("requests_per_minute", 7654321)
        self.env["graphql_api.document"].create({"text": "query Zsecret { me { lang } }"})
        self.env["graphql_api.policy"].create({"name": "Zsecret"})
        before = {name: self.env[name].sudo().search([]).ids for name in OWN}
        for model, method in sorted(set(own_methods(self.env))):
            signature = inspect.signature(getattr(self.env.registry[model], method))
            needed = {
                name: value for name, value in ARGUMENTS.items() if name in signature.parameters
            }
            with self.subTest(model=model, method=method):
                response = self.call(model, method, ids=[], **needed)
                self.assertNotIn("Zsecret", response.text)
                self.assertNotIn("7654321", response.text)
        self.env.invalidate_all()
        self.assertEqual(before, {name: self.env[name].sudo().search([]).ids for name in OWN})

    def test_policies_are_not_told(self):
        """Whether one may be chosen is nothing for those who read no policies."""
        for self_service in (True, False):
            self.env["graphql_api.policy"].search([]).self_service = self_service
            response = self.call("graphql_api.policy", "open_make_key", ids=[])
            self.assertEqual(response.status_code, 403, response.text)

    def test_settings(self):
        """Ours are for administrators: others neither read nor write them in Odoo's dialog."""
        self.set_setting("requests_per_minute", 7654321)
        name = "graphql_api_requests_per_minute"
        for groups in (
            "base.group_user",
            "base.group_erp_manager",
            "sales_team.group_sale_manager",
        ):
            login = f"of {groups}"
            new_test_user(self.env, login, groups=groups, lang="en_US")
            settings = self.env["res.config.settings"].with_user(self.user(login))
            with self.subTest(groups=groups):
                self.assertNotIn(name, settings.get_values())
                self.assertFalse(settings.default_get([name]).get(name))
                dialog = self.env["res.config.settings"].create({name: 1})
                dialog.with_user(self.user(login)).set_values()
                value = self.env["ir.config_parameter"].get_param("graphql_api.requests_per_minute")
                self.assertEqual(value, "7654321")
        settings = self.env["res.config.settings"].with_user(self.user("admin"))
        self.assertEqual(settings.get_values()[name], 7654321)
