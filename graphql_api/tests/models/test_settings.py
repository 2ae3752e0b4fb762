"""The screen of the server's settings, and what the settings do."""

import re

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ...models.settings import Settings
from ...schema.exposure.limits import Limits
from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestSettings(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].search([("key", "=like", "graphql_api.%")]).unlink()

    def form(self):
        return Form(self.env["res.config.settings"])

    def settings(self) -> Settings:
        return self.env["graphql_api.settings"]._get_settings()

    def save(self, **values):
        """Save the screen with these values, as its button does."""
        with self.form() as form:
            for name, value in values.items():
                form[f"graphql_api_{name}"] = value
        form.record.execute()

    def assert_refused(self, message: str, **values):
        """Check that these values cannot be saved, without the screen, which takes its time."""
        values = {f"graphql_api_{name}": value for name, value in values.items()}
        with self.subTest(values), self.assertRaisesRegex(ValidationError, message):
            self.env["res.config.settings"].create(values).execute()

    def test_it_shows_the_defaults(self):
        form = self.form()
        self.assertEqual(form.graphql_api_max_cost, Limits().max_cost)
        self.assertTrue(form.graphql_api_introspection)
        self.assertTrue(form.graphql_api_plain_keys)
        self.assertFalse(form.graphql_api_log_requests)
        self.assertFalse(form.graphql_api_origins)
        view = self.env.ref("graphql_api.res_config_settings_view_form").arch
        for name in Limits.__dataclass_fields__:
            help_of_field = re.search(rf'help="([^"]*)">\s*<field name="graphql_api_{name}"', view)
            self.assertIn(f"Default: {getattr(Limits(), name):,}", help_of_field[1])

    def test_what_is_saved_counts(self):
        policy = self.env["graphql_api.policy"].create({"name": "Apps"})
        self.save(
            plain_keys=False,
            sign_in=True,
            sign_in_policy=policy,
            sign_in_minutes=5,
            sign_in_days=6,
            log_requests=True,
            log_days=7,
            introspection=False,
            graphiql=False,
            registered_documents=True,
            origins="https://app.example.com, http://localhost:3000\ncapacitor://localhost",
            requests_per_minute=0,
            max_cost=10,
            max_page_size=9,
            max_seconds=8,
            max_body_size=7,
            max_response_size=3,
            max_depth=6,
            max_aliases=5,
            max_tokens=4,
        )
        self.assertEqual(
            self.settings(),
            Settings(
                plain_keys=False,
                sign_in=True,
                sign_in_policy=policy.id,
                sign_in_minutes=5,
                sign_in_days=6,
                log_requests=True,
                log_days=7,
                introspection=False,
                graphiql=False,
                registered_documents=True,
                origins=(
                    "https://app.example.com",
                    "http://localhost:3000",
                    "capacitor://localhost",
                ),
                limits=Limits(
                    requests_per_minute=0,
                    max_cost=10,
                    max_page_size=9,
                    max_seconds=8,
                    max_body_size=7,
                    max_response_size=3,
                    max_depth=6,
                    max_aliases=5,
                    max_tokens=4,
                ),
            ),
        )
        form = self.form()
        self.assertEqual(form.graphql_api_sign_in_policy, policy)
        self.assertEqual(form.graphql_api_requests_per_minute, 0)
        self.assertFalse(form.graphql_api_introspection)
        self.assertEqual(len(form.graphql_api_origins.splitlines()), 3)

    def test_what_is_as_by_default_is_not_kept(self):
        self.save(max_cost=10, introspection=False)
        self.save(max_cost=Limits().max_cost, introspection=True)
        self.assertEqual(self.settings(), Settings())
        found = self.env["ir.config_parameter"].search([("key", "=like", "graphql_api.%")])
        self.assertFalse(found)

    def test_what_cannot_be_is_refused(self):
        numbers = {*Limits.__dataclass_fields__, "log_days", "sign_in_minutes", "sign_in_days"}
        policy = self.env["graphql_api.policy"].create({"name": "Apps"})
        sign_in = {"sign_in": True, "sign_in_policy": policy.id}
        for name in numbers:
            self.assert_refused("negative", **sign_in, **{name: -1})
        for name in numbers - {"requests_per_minute"}:
            self.assert_refused("at least 1", **sign_in, **{name: 0})
        for origins in (
            "*",
            "https://*.example.com",
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/path",
            "https://user@app.example.com",
            "null",
            "https://good.example.com https://bad.example.com/x",
        ):
            self.assert_refused("is not an origin", origins=origins)
        with self.assertRaisesRegex((ValidationError, AssertionError), "policy"):
            self.save(sign_in=True)
        self.assert_refused("day", max_seconds=24 * 60 * 60 + 1)
        self.assertEqual(self.settings(), Settings())

    def test_the_menu_opens_it(self):
        menu = self.env.ref("graphql_api.settings_menu")
        self.assertEqual(menu.action.res_model, "res.config.settings")
        self.assertEqual(menu.parent_id, self.env.ref("graphql_api.menu_configuration"))


@tagged("post_install", "-at_install")
class TestIntrospection(ApiCase):
    """Switched off, neither a query nor a message tells what there is."""

    def setUp(self):
        super().setUp()
        self.set_setting("introspection", False)

    def messages(self, query: str, variables=None) -> str:
        body = self.graphql_response(query, variables).json()
        return " ".join(error["message"] for error in body["errors"])

    def test_queries(self):
        invalid = [("GRAPHQL_VALIDATION_FAILED", None)]
        self.graphql("{ __schema { description } }", errors=invalid)
        self.graphql('{ __type(name: "Customer") { name } }', errors=invalid)
        self.graphql(
            '{ ...F } fragment F on Query { __type(name: "Customer") { name } }', errors=invalid
        )
        self.assertEqual(self.graphql("{ __typename }"), {"__typename": "Query"})
        self.set_setting("introspection", True)
        self.graphql("{ __schema { queryType { name } } }")
        self.graphql('{ __type(name: "Customer") { name } }')

    def test_schema(self):
        path = "/api/graphql/schema.graphql"
        self.assertEqual(self.rest(path, status=403)["code"], "FORBIDDEN")
        self.set_setting("introspection", True)
        self.assertEqual(self.http("GET", path).status_code, 200)

    def test_suggestions(self):
        """Each message names something that is close, or all that is there, where it may."""
        variables = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
        queries = [
            ("{ custome { id } }", None, "customer'"),
            ('{ customer(id: "1") { emai } }', None, "email"),
            ('{ customer(id: "1", ifd: 1) { id } }', None, None),
            ("{ customers(firs: 1) { totalCount } }", None, "'first'"),
            ("{ customers(orderBy: [{ nam: ASC }]) { totalCount } }", None, "'name'"),
            ("{ customers(orderBy: [{ name: ASK }]) { totalCount } }", None, "ASC"),
            ("{ ...F } fragment F on Quer { me { lang } }", None, "'Query'"),
            (variables, {"filter": {"emai": {"eq": "x"}}}, "'email'"),
            (variables, {"filter": {"type": {"eq": "contac"}}}, "'contact'"),
        ]
        for query, values, name in queries:
            with self.subTest(query, values=values):
                message = self.messages(query, values)
                self.assertNotIn("Did you mean", message)
                if name:
                    self.assertNotIn(name, message)
                    self.set_setting("introspection", True)
                    self.assertIn(name, self.messages(query, values))
                    self.set_setting("introspection", False)

    def test_rest(self):
        customer = f"/api/customers/{self.env.user.partner_id.id}"
        order = self.env["sale.order"].search([], limit=1) if "sale.order" in self.env else None
        requests = [
            ("GET", "/api/customers?filter[city][equals]=Ghent", None, "starts_with"),
            ("GET", "/api/customers?filter[nope][eq]=Ghent", None, "city"),
            ("GET", "/api/customers?type=nope", None, "contact"),
            ("PATCH", customer, {"category_ids": {"nope": []}}, None),
            ("PATCH", customer, {"children": {"nope": []}}, "create"),
            ("PATCH", customer, {"children": 5}, "create"),
            ("PATCH", customer, {"type": "contac"}, "contact, "),
        ]
        if order:
            requests.append(("POST", f"/api/sale-orders/{order.id}/nope", None, "confirm"))
        for method, path, body, name in requests:
            with self.subTest(path, body=body):
                kwargs = {"method": method, "json": body} if body else {"method": method}
                response = self.http(path=path, **kwargs)
                self.assertIn(response.status_code, (400, 404))
                if name:
                    self.assertNotIn(name, response.text)
                    self.set_setting("introspection", True)
                    self.assertIn(name, self.http(path=path, **kwargs).text)
                    self.set_setting("introspection", False)
