"""Whether the service is there, for those who send no key."""

from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.server import ServerCase


class TestHealth(ApiCase):
    def test_without_a_key(self):
        for name, status in (("health", "alive"), ("ready", "ready")):
            response = self.http("GET", f"/api/{name}", login=None)
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.json(), {"status": status})
            self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_nothing_else_is_open(self):
        for path in ("/api", "/api/nothing", "/api/health/nothing"):
            self.assertEqual(self.http("GET", path, login=None).status_code, 401)
        response = self.http("POST", "/api/health", json={})
        self.assertEqual(response.status_code, 405)


@tagged("post_install", "-at_install")
class TestWithoutDatabase(ServerCase):
    """A server that has loaded the addon for the time when no database is there."""

    server_options = ("--load=base,rpc,web,graphql_api",)

    def test_all_routes(self):
        client = self.client()
        headers = {"X-Odoo-Database": "nothing"}
        response = client.send_request("GET", "/api/health", headers=headers)
        self.assertEqual(response.json(), {"status": "alive"})
        for method, path in (
            ("GET", "/api/ready"),
            ("GET", "/api"),
            ("PATCH", "/api/customers/1"),
            ("POST", "/api/graphql"),
        ):
            with self.subTest(path):
                response = client.send_request(method, path, headers=headers)
                self.assertEqual(response.status_code, 503)
                self.assertEqual(response.headers["Retry-After"], "1")
                self.assertEqual(response.headers["Cache-Control"], "no-store")
                body = response.json()
                code = body["errors"][0]["extensions"]["code"] if "errors" in body else body["code"]
                self.assertEqual(code, "SERVICE_UNAVAILABLE")
