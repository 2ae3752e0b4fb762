"""Pages of other sites: those that are allowed read the API with a key, the others nothing."""

import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ApiCase

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
