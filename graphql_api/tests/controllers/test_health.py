"""Whether the service is there, for those who send no key."""

from ..cases.api import ApiCase


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
