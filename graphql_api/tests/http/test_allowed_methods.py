"""What an address takes: OPTIONS and the ``Allow`` of 405, of everything that there is."""

from odoo.tests import tagged

from ...schema.values.scalars import FILE_TYPES
from ..cases.scoped_keys import ScopedKeyCase

READ = ("GET", "HEAD")
RECORDS = {"read": ["GET", "HEAD"], "update": ["PUT", "PATCH"], "delete": ["DELETE"]}
ABSENT = 2**31 - 1


@tagged("post_install", "-at_install")
class TestAllowedMethods(ScopedKeyCase):
    def allowed(self, path: str, status: int = 204, headers=None) -> set[str]:
        response = self.http("OPTIONS", path, headers=headers)
        self.assertEqual(response.status_code, status, f"{path} {response.text[:300]}")
        return set(filter(None, response.headers.get("Allow", "").split(", ")))

    def expected(self, *methods: str) -> set[str]:
        return {*methods, "OPTIONS"} if methods else set()

    def test_resources(self):
        """Of every resource: its list, a record, its files and actions, as OpenAPI has them."""
        paths = self.http("GET", "/api/openapi.json").json()["paths"]
        schema = self.env["graphql_api.schema"]._get_schema()
        for resource in schema.by_collection.values():
            collection = f"/api/{resource.collection}"
            reads = ["GET", "HEAD"] if "read" in resource.operations else []
            creates = ["POST"] if resource.allows("create") else []
            upserts = ["PUT"] if creates and resource.allows("update") else []
            with self.subTest(collection):
                methods = self.expected(*reads, *creates, *upserts)
                self.assertEqual(self.allowed(collection), methods)
            record = self.env[resource.model].search(list(resource.domain), limit=1)
            if not record:
                continue
            path = f"{collection}/{record.id}"
            methods = [
                method
                for operation, names in RECORDS.items()
                if resource.allows(operation)
                for method in names
            ]
            with self.subTest(path):
                self.assertEqual(self.allowed(path), self.expected(*methods))
            for name in resource.actions:
                self.assertEqual(self.allowed(f"{path}/{name}"), self.expected("POST"))
            for name, field in resource.fields.items():
                if field.type in FILE_TYPES and field.readable:
                    self.assertIn("GET", self.allowed(f"{path}/{name}"))
            for documented, item in paths.items():
                if not documented.startswith(f"{collection}/") and documented != collection:
                    continue
                with self.subTest(documented):
                    found = self.allowed(documented.replace("{id}", str(record.id)))
                    operations = {name.upper() for name in item} - {"PARAMETERS"}
                    self.assertLessEqual(operations, found)

    def test_other_addresses(self):
        for path, methods in (
            ("/api", ["GET", "HEAD"]),
            ("/api/me", ["GET", "HEAD", "PATCH"]),
            ("/api/openapi.json", ["GET", "HEAD"]),
            ("/api/graphql", ["GET", "HEAD", "POST"]),
            ("/api/mobile/customer/1", ["GET", "HEAD"]),
            ("/api/customers/aggregate", ["GET", "HEAD"]),
        ):
            with self.subTest(path):
                self.assertEqual(self.allowed(path), self.expected(*methods))

    def test_nothing(self):
        for path in (
            "/api/nonsense",
            "/api/nonsense/5",
            "/api/customers/abc",
            f"/api/customers/{ABSENT}",
            f"/api/customers/{ABSENT}/image_1920",
            "/api/customers/1/nonsense",
            "/api/customers/1/name",
            "/api/customers/1/image_1920/more",
            "/api/nonsense/aggregate",
            "/api/mobile/nonsense/1",
            "/api/mobile",
        ):
            with self.subTest(path):
                self.allowed(path, 404)
                if "image" not in path:
                    for method in ("PUT", "DELETE", "PATCH"):
                        self.assertIn(self.http(method, path).status_code, (404, 415))

    def test_refused_methods(self):
        """405 tells what OPTIONS tells."""
        for path in (
            "/api",
            "/api/me",
            "/api/customers",
            "/api/countries",
            "/api/customers/1",
            "/api/countries/1",
            "/api/customers/1/image_1920",
            "/api/customers/aggregate",
            "/api/graphql",
            "/api/mobile/customer/1",
        ):
            allowed = self.allowed(path)
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
                response = self.http(method, path)
                if response.status_code == 405:
                    with self.subTest(path, method=method):
                        found = set(response.headers["Allow"].split(", "))
                        self.assertEqual(found, allowed)
                        self.assertNotIn(method, found)

    def test_narrow_policy(self):
        """The caller's schema decides, not the catalog."""
        headers = self.scoped_key(
            self.policy({"Country": ["read"], "Customer": ["read", "update"]})
        )
        self.assertEqual(self.allowed("/api/customers", headers=headers), self.expected(*READ))
        self.assertEqual(
            self.allowed("/api/customers/1", headers=headers), self.expected(*READ, "PUT", "PATCH")
        )
        self.allowed("/api/companies", 404, headers=headers)
        response = self.http("POST", "/api/countries/1", login=None, headers=headers)
        self.assertEqual(set(response.headers["Allow"].split(", ")), self.expected(*READ))

    def test_without_key(self):
        for path in ("/api/customers", "/api/nonsense"):
            for method in ("OPTIONS", "DELETE"):
                self.assertEqual(self.http(method, path, login=None).status_code, 401)
