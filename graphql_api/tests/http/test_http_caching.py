"""Answers that a client has already: 304 instead of the same once more."""

import socket
from urllib.parse import urlsplit

from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from ...http.compression import MIN_SIZE
from ..cases.api import ApiCase, graphql_path

SPEC_TYPE = "application/graphql-response+json"


@tagged("post_install", "-at_install")
class TestCaching(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = [f"Zcached {number}" for number in range(40)]
        cls.partners = cls.env["res.partner"].create(
            [{"name": name, "city": "Zcity"} for name in names]
        )
        cls.screen = graphql_path(
            '{ customers(filter: { city: { eq: "Zcity" } }, first: 50) '
            "{ totalCount nodes { id name city phone email country { code } } } }"
        )
        cls.list = "/api/customers?city=Zcity&fields=id,name,city&total=true"

    def get(self, path: str, tag: str | None = None, method: str = "GET", **headers):
        """Return a response; with a tag, that of a client that has the answer."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if tag:
            headers["If-None-Match"] = tag
        return self.http(method, path, headers=headers)

    def assert_unchanged(self, path: str, tag: str, **kwargs):
        response = self.get(path, tag, **kwargs)
        self.assertEqual((response.status_code, response.content), (304, b""))
        self.assertNotIn("Content-Type", response.headers)
        self.assertEqual(response.headers["ETag"], tag)
        self.assertEqual(response.headers["Cache-Control"], "private, no-cache")
        return response

    def test_each_kind_of_answer(self):
        record = f"/api/customers/{self.partners[0].id}"
        aggregate = "/api/customers/aggregate?group_by=city&city=Zcity"
        for path in (self.screen, self.list, record, aggregate, "/api/me", "/api"):
            with self.subTest(path):
                first = self.get(path)
                self.assertEqual(first.status_code, 200)
                self.assertEqual(first.headers["Cache-Control"], "private, no-cache")
                vary = {name.strip() for name in first.headers["Vary"].split(",")}
                self.assertLessEqual(
                    {"Authorization", "Cookie", "Accept-Language", "X-Odoo-Companies"}, vary
                )
                self.assertEqual("Accept" in vary, path in (self.screen, "/api"))
                tag = first.headers["ETag"]
                again = self.assert_unchanged(path, tag)
                self.assertEqual(again.headers["Vary"], first.headers["Vary"])
                self.assertEqual(self.get(path, '"another"').content, first.content)
                self.assert_unchanged(path, tag, method="HEAD")
                head = self.get(path, method="HEAD")
                self.assertEqual((head.status_code, head.content), (200, b""))
                self.assertEqual(head.headers["ETag"], tag)

    def test_a_change(self):
        for path in (self.screen, self.list):
            tag = self.get(path).headers["ETag"]
            self.partners[0].name = f"Zchanged {len(path)}"
            response = self.get(path, tag)
            self.assertEqual(response.status_code, 200)
            self.assertIn(self.partners[0].name, response.text)
            self.assertNotEqual(response.headers["ETag"], tag)

    def test_another_user_and_language(self):
        """The tag is of what this caller gets."""
        tag = self.get("/api/me").headers["ETag"]
        response = self.http("GET", "/api/me", login="demo", headers={"If-None-Match": tag})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.get("/api/me", tag, Accept_Language="fr").status_code, 200)
        response = self.http("GET", "/api/me", login=None, headers={"If-None-Match": tag})
        self.assertEqual(response.status_code, 401)
        self.assertNotIn("ETag", response.headers)

    def test_another_media_type(self):
        """The same bytes of another type are another answer."""
        tag = self.get(self.screen, Accept="application/json").headers["ETag"]
        response = self.get(self.screen, tag, Accept=SPEC_TYPE)
        self.assertEqual(response.status_code, 200)
        self.assertNotEqual(response.headers["ETag"], tag)

    def test_errors(self):
        """They are not kept: what is wrong may be right the next time."""
        partial = graphql_path('{ me { lang } customers(after: "x") { totalCount } }')
        for path in (partial, graphql_path("{ nope }"), graphql_path("nonsense {")):
            response = self.get(path)
            self.assertIn("errors", response.json())
            self.assertNotIn("ETag", response.headers)
            self.assertEqual(response.headers["Cache-Control"], "private, no-cache")
            self.assertIn("errors", self.get(path, "*").json())
        for path in ("/api/customers?nope=1", "/api/customers/999999999"):
            response = self.get(path, "*")
            self.assertGreaterEqual(response.status_code, 400)
            self.assertNotIn("ETag", response.headers)

    def test_post(self):
        """What is sent by POST is not kept."""
        response = self.graphql_response("{ me { lang } }", headers={"If-None-Match": "*"})
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("ETag", response.headers)

    def test_compressed(self):
        """The tag of the compressed answer and of the plain one mean the same."""
        introspection = graphql_path("{ __schema { types { name fields { name } } } }")
        texts = (introspection, "/api/graphql/schema.graphql", "/api/openapi.json")
        for path in (self.screen, self.list, *texts):
            plain = self.get(path, Accept_Encoding="identity")
            self.assertGreater(len(plain.content), MIN_SIZE)
            zipped = self.get(path, Accept_Encoding="gzip")
            self.assertEqual(zipped.headers["Content-Encoding"], "gzip")
            self.assertEqual(zipped.content, plain.content)
            self.assertEqual(zipped.headers["Vary"], plain.headers["Vary"])
            self.assertEqual(zipped.headers["Vary"].count("Accept-Encoding"), 1)
            tag = zipped.headers["ETag"]
            self.assertEqual(tag, f"W/{plain.headers['ETag']}")
            again = self.assert_unchanged(path, tag, Accept_Encoding="gzip")
            self.assertNotIn("Content-Encoding", again.headers)
            self.assertEqual(again.headers["Vary"], zipped.headers["Vary"])
            self.assertIn("Accept-Encoding", again.headers["Vary"])
            strong = self.get(path, tag, Accept_Encoding="identity")
            self.assertEqual(strong.status_code, 304)
            self.assertEqual(strong.headers["ETag"], plain.headers["ETag"])

    def test_introspection(self):
        """It is a response as others: by POST without a tag, with its cost, of each media type."""
        path = graphql_path("{ __schema { types { name } } }")
        tags = set()
        for media_type in ("application/json", SPEC_TYPE):
            response = self.get(path, Accept=media_type)
            self.assertEqual(response.headers["Content-Type"], f"{media_type}; charset=utf-8")
            self.assertIn("Accept", response.headers["Vary"].split(", "))
            tags.add(response.headers["ETag"])
        self.assertEqual(len(tags), 2)
        posted = self.graphql_response("{ __schema { types { name } } }")
        self.assertEqual(posted.json(), response.json())
        self.assertEqual(list(posted.json()), ["data", "extensions"])
        self.assertNotIn("ETag", posted.headers)
        refused = self.http("GET", path, headers={"If-Match": '"another"'})
        self.assertEqual(refused.status_code, 412)

    def test_a_single_record(self):
        """A tag is good for a write whatever was shown, and for reading only the same again."""
        path = f"/api/customers/{self.partners[0].id}"
        tag = self.get(f"{path}?fields=name").headers["ETag"]
        self.assertEqual(self.get(f"{path}?fields=city", tag).status_code, 200)
        response = self.http("PATCH", path, json={"city": "Ghent"}, headers={"If-Match": tag})
        self.assertEqual(response.status_code, 200)
        response = self.http("PATCH", path, json={"city": "Aalst"}, headers={"If-Match": tag})
        self.assertEqual(response.status_code, 412)

    def size(self, path: str, tag: str = "") -> int:
        """Return how many bytes the server sends in all, headers included."""
        address = urlsplit(self.base_url())
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {address.netloc}",
            f"Authorization: Bearer {self.key('admin')}",
            f"If-None-Match: {tag}",
            "Connection: close",
        ]
        self.env.flush_all()
        received = b""
        with self.allow_requests():
            lines.append(f"Cookie: {TEST_CURSOR_COOKIE_NAME}={self.http_request_key}")
            with socket.create_connection((address.hostname, address.port)) as connection:
                connection.sendall("\r\n".join([*lines, "", ""]).encode())
                while part := connection.recv(65536):
                    received += part
        self.assertIn(b" 304 " if tag else b" 200 ", received.splitlines()[0])
        return len(received)

    def test_size_of_a_repeated_screen(self):
        """A few hundred bytes in all, with the rate's headers as on a real server."""
        self.set_setting("requests_per_minute", 600)
        for path in (self.screen, self.list):
            tag = self.get(path).headers["ETag"]
            self.assertLess(self.size(path, tag), 700)
            self.assertGreater(self.size(path), 2500)
