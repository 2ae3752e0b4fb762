"""What is done once in a request: its body is decoded, its document is parsed."""

import contextlib
import gzip
import json
import threading
from collections import Counter
from unittest.mock import patch

import orjson
import strawberry
from graphql.language.parser import Parser
from werkzeug.formparser import MultiPartParser

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.persisted_documents import digest, extensions
from ..cases.pictures import PIXEL

JSON = {"Content-Type": "application/json"}
PREFLIGHT = {"GraphQL-Require-Preflight": "1"}
CREATE = "mutation Once($name: String!) { createCustomer(input: {name: $name}) { id name } }"


class Calls:
    """How often a request called what decodes and parses in the libraries.

    ``decoded`` counts JSON texts, ``forms`` multipart bodies, ``documents`` parses by their text.
    Odoo itself decodes with the standard library, for its sessions and columns.
    """

    def __init__(self):
        self.decoded = 0
        self.forms = 0
        self.documents = Counter()

    def note(self, frame, event: str, argument) -> None:
        """Take note of a call, as a profile function (see ``sys.setprofile``)."""
        if event == "c_call" and argument is orjson.loads:
            self.decoded += 1
        elif event == "call" and frame.f_code is MultiPartParser.parse.__code__:
            self.forms += 1
        elif event == "call" and frame.f_code is Parser.parse_document.__code__:
            self.documents[frame.f_locals["self"]._lexer.source.body] += 1


@tagged("post_install", "-at_install")
class TestOnce(ApiCase):
    """Each request runs in a thread of its own, where the calls of the libraries are counted."""

    @contextlib.contextmanager
    def counted(self, *, decoded: int, documents: int | None = None, forms: int = 0):
        """Expect so many texts to be decoded and documents to be parsed in the block.

        :param documents: None for any number of different ones
        """
        calls = Calls()
        before = threading.getprofile()
        threading.setprofile(calls.note)
        try:
            yield
        finally:
            threading.setprofile(before)
        self.assertEqual(calls.decoded, decoded)
        self.assertEqual(calls.forms, forms)
        self.assertLessEqual(set(calls.documents.values()), {1}, calls.documents)
        if documents is not None:
            self.assertEqual(len(calls.documents), documents, calls.documents)

    def send(self, path: str, body: bytes, status: int = 200, **headers):
        response = self.http("POST", path, data=body, headers={**JSON, **headers})
        self.assertEqual(response.status_code, status, response.text)
        return response

    def send_graphql(self, headers=None, **members) -> dict:
        body = json.dumps(members).encode()
        return self.send("/api/graphql", body, **(headers or {})).json()

    def test_query(self):
        query = {"query": "query Once { me { lang } }"}
        with self.counted(decoded=1, documents=1):
            self.assertIn("data", self.send_graphql(**query))
        with self.counted(decoded=1, documents=0):
            self.assertIn("data", self.send_graphql(**query))

    def test_refused_query(self):
        """What does not fit the schema is not kept, and not parsed again for that."""
        with self.counted(decoded=1, documents=1):
            self.assertIn("errors", self.send_graphql(query="{ nothing }"))
        with self.counted(decoded=1, documents=1):
            self.assertIn("errors", self.send_graphql(query="query {"))

    def test_broken_body(self):
        with self.counted(decoded=1, documents=0):
            self.send("/api/graphql", b"{", 400)

    def test_query_by_get(self):
        parameters = {"query": "query Once { me { tz } }", "variables": "{}"}
        with self.counted(decoded=1, documents=1):
            self.assertTrue(self.http("GET", "/api/graphql", params=parameters).ok)

    def test_compressed_query(self):
        body = gzip.compress(b'{"query": "query Once { me { lang tz } }"}')
        with self.counted(decoded=1, documents=1):
            self.send("/api/graphql", body, **{"Content-Encoding": "gzip"})

    def test_mutation(self):
        for key in ({}, {"Idempotency-Key": "once"}):
            with self.subTest(key), self.counted(decoded=1, documents=0 if key else 1):
                members = {"query": CREATE, "variables": {"name": "Zonce"}}
                self.assertIn("data", self.send_graphql(key, **members))

    def test_persisted_document(self):
        """Storing it does not parse it again."""
        query = "query Once { me { user { id } } }"
        with self.counted(decoded=1, documents=1):
            self.send_graphql(query=query, extensions=extensions(query))
        stored = self.env["graphql_api.document"].search([("sha256", "=", digest(query))])
        self.assertEqual(stored.name, "Once")
        with self.counted(decoded=1, documents=0):
            self.assertIn("data", self.send_graphql(extensions=extensions(query)))

    def test_upload(self):
        """A multipart request has the operations and the map as JSON."""
        query = (
            'mutation Once($file: Upload!) { createCustomer(input: {name: "Z", image1920: $file}) '
            "{ id } }"
        )
        operations = json.dumps({"query": query, "variables": {"file": None}})
        parts = {
            "operations": (None, operations),
            "map": (None, '{"0": ["variables.file"]}'),
            "0": ("pixel.png", PIXEL),
        }
        with self.counted(decoded=2, documents=1, forms=1):
            response = self.http("POST", "/api/graphql", files=parts, headers=PREFLIGHT)
        self.assertIn("data", response.json(), response.text)
        customer = response.json()["data"]["createCustomer"]["id"]
        with self.counted(decoded=0):
            response = self.http("PUT", f"/api/customers/{customer}/image_1920", data=PIXEL)
        self.assertEqual(response.status_code, 200, response.text)

    def test_rest_read(self):
        with self.counted(decoded=0):
            self.rest("/api/customers?limit=2&filter[name][ne]=Z")

    def test_rest_write(self):
        for key in ({}, {"Idempotency-Key": "once"}):
            with self.subTest(key), self.counted(decoded=1):
                self.send("/api/customers", b'{"name": "Zonce"}', 201, **key)
            with self.subTest("list", key=key), self.counted(decoded=1):
                key = {name: f"{value}-list" for name, value in key.items()}
                self.send("/api/customers", b'[{"name": "Zonce"}, {"name": "Ztwice"}]', 201, **key)
        with self.counted(decoded=0, forms=1):
            response = self.http("POST", "/api/customers", files={"name": (None, "Zonce")})
        self.assertEqual(response.status_code, 201, response.text)


@tagged("post_install", "-at_install")
class TestAgain(ApiCase):
    def test_another_attempt(self):
        """It gets what was sent, whatever the first one has done with that."""
        seen = []

        @strawberry.type
        class Consume:
            @strawberry.mutation
            def consume(self, items: strawberry.scalars.JSON) -> int:
                seen.append([*items])
                items.clear()
                if len(seen) == 1:
                    raise ConcurrencyError("again")
                return len(seen)

        self.extend_schema(lambda parts: parts.mutations.append(Consume))
        self.startPatcher(patch("odoo.service.model.time.sleep"))
        query = "mutation ($items: JSON!) { consume(items: $items) }"
        data = self.graphql(query, {"items": [1, 2]})
        self.assertEqual(data, {"consume": 2})
        self.assertEqual(seen, [[1, 2], [1, 2]])
