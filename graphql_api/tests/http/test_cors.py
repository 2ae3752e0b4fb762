"""Pages of other sites: those that are allowed read the API with a key, the others nothing."""

import functools
import inspect
import json
from pathlib import Path
from unittest.mock import patch

import werkzeug

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...http import cors
from ..cases.api import ApiCase

APP = "https://app.example.com"
OTHERS = (
    "https://other.example.com",
    "http://app.example.com",
    "https://app.example.com:8443",
    "null",
)
PATHS = ("/api", "/api/graphql", "/api/customers", "/api/customers/1", "/api/no/such/place/at/all")


@tagged("post_install", "-at_install")
class TestCors(ApiCase):
    def setUp(self):
        super().setUp()
        self.set_setting("origins", f"{APP}\ncapacitor://localhost")

    def preflight(self, path: str, origin: str = APP, method: str = "GET"):
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        return self.http("OPTIONS", path, headers=headers, login=None)

    def check_allowed(self, response, origin: str = APP):
        headers = response.headers
        self.assertEqual(headers["Access-Control-Allow-Origin"], origin)
        self.assertIn("Origin", headers["Vary"])
        self.assertNotIn("Access-Control-Allow-Credentials", headers)
        self.assertNotIn("Set-Cookie", headers)

    def check_not_allowed(self, response):
        names = [name for name in response.headers if name.startswith("Access-Control-")]
        self.assertEqual(names, [])

    def test_preflight(self):
        """Without a key, which browsers do not send with it, for any path and method."""
        for path in PATHS:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                with self.subTest(path, method=method):
                    response = self.preflight(path, method=method)
                    self.assertEqual(response.status_code, 204)
                    self.check_allowed(response)
                    allowed = response.headers["Access-Control-Allow-Methods"].split(", ")
                    self.assertIn(method, allowed)
        headers = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
        for name in (
            "authorization",
            "content-type",
            "accept-language",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "range",
            "x-odoo-companies",
            "x-timezone",
            "graphql-require-preflight",
        ):
            self.assertIn(name, headers)
        self.assertTrue(int(response.headers["Access-Control-Max-Age"]))
        self.check_allowed(self.preflight("/api", "capacitor://localhost"), "capacitor://localhost")

    def test_preflight_of_other_sites(self):
        for origin in OTHERS:
            with self.subTest(origin):
                self.check_not_allowed(self.preflight("/api/graphql", origin))
        self.set_setting("origins", False)
        self.check_not_allowed(self.preflight("/api/graphql"))

    def test_routes_of_other_addons(self):
        """Their preflights are theirs, as they are without this addon."""
        theirs = _routes_of_another_addon()
        ir_http = self.env.registry["ir.http"]
        generate = ir_http._generate_routing_rules

        def generate_more(model, modules, converters):
            yield from generate(model, modules, converters)
            yield from theirs

        self.startPatcher(patch.object(ir_http, "_generate_routing_rules", generate_more))
        self.env.registry.clear_cache("routing")
        self.addCleanup(self.env.registry.clear_cache, "routing")
        for origin in (APP, *OTHERS):
            for method in ("GET", "POST"):
                with self.subTest(origin=origin, method=method):
                    response = self.preflight("/api/ztheirs/deep/place", origin, method)
                    self.assertEqual(response.status_code, 204)
                    self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
                    self.assertEqual(response.headers["Access-Control-Allow-Methods"], "GET")
        # Without ``cors`` it is a request like others.
        response = self.preflight("/api/zclosed/deep/place")
        self.assertEqual((response.status_code, response.text), (200, "theirs"))
        self.check_not_allowed(response)
        self.check_allowed(self.preflight("/api/customers/1"))

    def test_headers_that_something_implements(self):
        """What is announced is named in the code of the API, of Odoo's server or of werkzeug."""
        sources = [
            path.read_text()
            for folder in ("controllers", "http", "models", "rest", "schema")
            for path in Path(__file__).parents[2].joinpath(folder).rglob("*.py")
            if path.name != "cors.py" and "openapi" not in path.parts
        ]
        sources.append(inspect.getsource(http))
        werkzeug_folder = Path(werkzeug.__file__).parent
        sources += [path.read_text() for path in werkzeug_folder.rglob("*.py")]
        code = "\n".join(sources).lower()
        for name in (*cors.REQUEST_HEADERS, *cors.RESPONSE_HEADERS):
            spellings = [name.lower(), name.lower().replace("-", "_")]
            quoted = [f'"{spelling}' for spelling in spellings]
            quoted += [f"'{spelling}" for spelling in spellings]
            quoted += [f'"http_{spelling}' for spelling in spellings]
            with self.subTest(name):
                self.assertTrue(any(text in code for text in quoted))

    def test_options_without_an_origin(self):
        response = self.http("OPTIONS", "/api/graphql")
        self.assertEqual(response.status_code, 204)
        self.assertIn("POST", response.headers["Allow"])

    @mute_logger("odoo.http")
    def test_answers(self):
        """Errors too: a page could not tell otherwise what is wrong."""
        graphql = json.dumps({"query": "{ me { lang } }"})
        as_json = {"Content-Type": "application/json"}
        for method, path, kwargs, status in (
            ("GET", "/api/me", {}, 200),
            ("POST", "/api/graphql", {"data": graphql, "headers": as_json}, 200),
            ("GET", "/api/me", {"login": None}, 401),
            ("POST", "/api/graphql", {"data": graphql, "headers": as_json, "login": None}, 401),
            ("GET", "/api/nothing", {}, 404),
            ("GET", "/api/no/such/place/at/all", {}, 404),
            ("DELETE", "/api/graphql", {}, 405),
            ("POST", "/api/graphql", {"data": b"x" * 17 * 2**20, "headers": as_json}, 413),
            ("POST", "/api/graphql", {"data": b"x"}, 415),
            ("POST", "/api/graphql", {"data": b"x", "headers": as_json}, 400),
        ):
            for origin in (APP, *OTHERS):
                with self.subTest(path, status=status, origin=origin):
                    headers = {"Origin": origin, **kwargs.get("headers", {})}
                    response = self.http(method, path, **{**kwargs, "headers": headers})
                    self.assertEqual(response.status_code, status)
                    if origin != APP:
                        self.check_not_allowed(response)
                        continue
                    self.check_allowed(response)
                    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
                    for name in ("ETag", "Location", "Retry-After", "RateLimit", "Server-Timing"):
                        self.assertIn(name, exposed)

    def test_caches_tell_the_origins_apart(self):
        response = self.http("GET", "/api/me")
        self.assertIn("Origin", response.headers["Vary"])
        self.check_not_allowed(response)

    def test_the_cookie_is_worth_nothing_there(self):
        self.authenticate("admin", "admin")
        for site in ("cross-site", "same-site"):
            headers = {"Origin": APP, "Sec-Fetch-Site": site}
            response = self.http("GET", "/api/me", login=None, headers=headers)
            self.assertEqual(response.status_code, 401)
        headers["Sec-Fetch-Site"] = "same-origin"
        self.assertEqual(self.http("GET", "/api/me", login=None, headers=headers).status_code, 200)


def _routes_of_another_addon():
    """Return (address, endpoint) pairs as Odoo makes them of controllers."""

    def answer(self, **_arguments):
        return http.request.make_response("theirs")

    answer.__module__ = "odoo.addons.ztheirs.controllers"
    routes = []
    for address, options in (
        ("/api/ztheirs/deep/place", {"cors": "*"}),
        ("/api/zclosed/deep/place", {}),
    ):
        routing = {"type": "http", "auth": "none", "methods": ["GET"], "readonly": False, **options}
        controller = type("Theirs", (), {"answer": http.route(address, **routing)(answer)})()
        endpoint = functools.partial(controller.answer)
        functools.update_wrapper(endpoint, controller.answer, assigned=())
        endpoint.routing = {"routes": [address], **routing}
        routes.append((address, endpoint))
    return routes
