"""Bodies of requests in both APIs: how large they may be, compressed ones, and byte order marks."""

import codecs
import contextlib
import gzip
import json
import zlib

from odoo.tests import tagged

from ..cases.scoped_keys import ScopedKeyCase

JSON = {"Content-Type": "application/json"}
GZIP = {"Content-Encoding": "gzip"}
MUTATION = "mutation ($i: CustomerCreateInput!) { createCustomer(input: $i) { name } }"


@tagged("post_install", "-at_install")
class TestBodies(ScopedKeyCase):
    """Each case is sent to both APIs, as a query and as a change."""

    def setUp(self):
        super().setUp()
        # One database transaction for all requests of a test: warnings would tell of more.
        self.name = f"Zbody {self.id()}"

    def bodies(self, padding: int = 0):
        """Return method, path and body of requests, and how to see that one was served."""
        comment = "x" * padding
        graphql = {"query": MUTATION, "variables": {"i": {"name": self.name, "comment": comment}}}
        query = {"query": "{ me { lang } } #", "variables": {"comment": comment}}
        partner = self.env["res.partner"].create({"name": "Zbody"})
        return [
            ("POST", "/api/graphql", graphql, {"createCustomer": {"name": self.name}}),
            ("POST", "/api/graphql", query, {"me": {"lang": "en_US"}}),
            ("POST", "/api/customers?fields=name", {"name": self.name, "comment": comment}, None),
            (
                "PATCH",
                f"/api/customers/{partner.id}",
                {"name": self.name, "comment": comment},
                None,
            ),
        ]

    def send(self, method: str, path: str, body: bytes, **headers):
        return self.http(method, path, data=body, headers={**JSON, **headers})

    def check_served(self, response, expected):
        self.assertIn(response.status_code, (200, 201), response.text[:500])
        data = response.json()["data"]
        if expected is None:
            self.assertEqual(data["name"], self.name)
        else:
            self.assertEqual(data, expected)

    def check_refused(self, response, status: int, code: str):
        self.assertEqual(response.status_code, status, response.text[:500])
        body = response.json()
        self.assertEqual(body.get("code") or body["errors"][0]["extensions"]["code"], code)

    def test_limit_of_the_policy(self):
        """A policy's limit holds in both APIs, larger or smaller than the server's."""
        larger = self.scoped_key(self.policy(None, max_body_size=600_000))
        smaller = self.scoped_key(self.policy(None, max_body_size=20_000))
        self.set_setting("max_body_size", 50_000)
        for method, path, body, expected in self.bodies(padding=500_000):
            with self.subTest(method=method, path=path), contextlib.ExitStack() as stack:
                stack.enter_context(self.assertNoLogs("odoo.http", "WARNING"))
                sent = json.dumps(body).encode()
                self.check_served(self.send(method, path, sent, **larger), expected)
                self.check_refused(self.send(method, path, sent), 413, "PAYLOAD_TOO_LARGE")
        for method, path, body, expected in self.bodies(padding=30_000):
            with self.subTest(method=method, path=path):
                sent = json.dumps(body).encode()
                self.check_served(self.send(method, path, sent), expected)
                response = self.send(method, path, sent, **smaller)
                self.check_refused(response, 413, "PAYLOAD_TOO_LARGE")

    def test_chunks(self):
        """Without a length that is known in advance."""
        for method, path, body, expected in self.bodies():
            with self.subTest(method=method, path=path):
                sent = json.dumps(body).encode()
                response = self.send(method, path, iter([sent[:20], sent[20:]]))
                self.check_served(response, expected)
        self.set_setting("max_body_size", 2_000)
        for method, path, body, expected in self.bodies():
            sent = json.dumps(body).encode().ljust(2_000)
            with self.subTest("as large as it may be", method=method, path=path):
                self.check_served(self.send(method, path, iter([sent])), expected)
            with self.subTest("larger", method=method, path=path):
                response = self.send(method, path, iter([sent, b" "]))
                self.check_refused(response, 413, "PAYLOAD_TOO_LARGE")
                response = self.send(method, path, iter([gzip.compress(sent + b" ")]), **GZIP)
                self.check_refused(response, 413, "PAYLOAD_TOO_LARGE")

    def test_compressed(self):
        for method, path, body, expected in self.bodies(padding=10_000):
            plain = json.dumps(body).encode()
            packed = gzip.compress(plain)
            for encoding, sent in {
                "gzip": packed,
                "GZip": packed,
                "x-gzip": packed,
                "identity": plain,
                "": plain,
            }.items():
                with self.subTest(encoding, method=method, path=path):
                    headers = {"Content-Encoding": encoding}
                    self.check_served(self.send(method, path, sent, **headers), expected)

    def test_compressed_file(self):
        partner = self.env["res.partner"].create({"name": "Zbody"})
        attachment = self.env["ir.attachment"].create(
            {"name": "Zfile", "res_model": "res.partner", "res_id": partner.id}
        )
        path = f"/api/attachments/{attachment.id}/content"
        self.rest(path, method="PUT", data=gzip.compress(b"file" * 100), headers=GZIP)
        self.assertEqual(attachment.raw, b"file" * 100)

    def test_compressed_too_much(self):
        """The decoded size counts, and no more than the limit is ever decoded."""
        self.set_setting("max_body_size", 50_000)
        larger = self.scoped_key(self.policy(None, max_body_size=600_000))
        for method, path, body, expected in self.bodies(padding=500_000):
            sent = gzip.compress(json.dumps(body).encode())
            self.assertLess(len(sent), 50_000)
            with self.subTest(method=method, path=path):
                response = self.send(method, path, sent, **GZIP)
                self.check_refused(response, 413, "PAYLOAD_TOO_LARGE")
                self.check_served(self.send(method, path, sent, **GZIP, **larger), expected)

    def test_not_what_it_says(self):
        for method, path, body, _expected in self.bodies(padding=1000):
            plain = json.dumps(body).encode()
            packed = gzip.compress(plain)
            for name, sent in {
                "plain": plain,
                "cut": packed[:-20],
                "more": packed + b"more",
                "wrong": packed[:40] + bytes(20) + packed[60:],
                "zlib": zlib.compress(plain),
            }.items():
                with self.subTest(name, method=method, path=path):
                    self.check_refused(self.send(method, path, sent, **GZIP), 400, "BAD_USER_INPUT")

    def test_other_encodings(self):
        for method, path, body, _expected in self.bodies():
            sent = json.dumps(body).encode()
            for encoding in ("br", "deflate", "zstd", "gzip, gzip", "nonsense"):
                with self.subTest(encoding, method=method, path=path):
                    response = self.send(method, path, sent, **{"Content-Encoding": encoding})
                    self.check_refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")
                    self.assertEqual(response.headers["Accept-Encoding"], "gzip")

    def test_compressed_form(self):
        """Forms are taken as they are: files are compressed already, mostly."""
        for path in ("/api/customers", "/api/graphql"):
            response = self.http(
                "POST", path, files={"image_1920": b"x"}, data={"name": "Z"}, headers=GZIP
            )
            self.check_refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")

    def test_no_body(self):
        """The header of a request without a body says nothing."""
        self.rest("/api/customers?limit=1", headers=GZIP)

    def test_byte_order_mark(self):
        for method, path, body, expected in self.bodies():
            sent = codecs.BOM_UTF8 + json.dumps(body).encode()
            with self.subTest(method=method, path=path):
                self.check_served(self.send(method, path, sent), expected)
                packed = gzip.compress(sent)
                self.check_served(self.send(method, path, packed, **GZIP), expected)

    def test_same_answer_for_the_same_request(self):
        """An idempotency key belongs to what is sent, however it is encoded."""
        for _method, path, body, expected in self.bodies()[::2]:
            headers = {"Idempotency-Key": f"{self.name.replace(' ', '-')}-{path[5]}"}
            sent = json.dumps(body).encode()
            first = self.send("POST", path, gzip.compress(sent), **GZIP, **headers)
            self.check_served(first, expected)
            again = self.send("POST", path, sent, **headers)
            self.assertEqual(again.content, first.content)
            self.assertEqual(again.headers["Idempotency-Replayed"], "true")
