"""Requests that are no GraphQL: an error in the shape of the contract, and nothing for the log."""

from urllib.parse import quote

from odoo.tests import tagged

from ..cases.api import without_cost
from ..cases.bad_input import GRAPHQL_TYPE, JSON, BadInputCase


@tagged("post_install", "-at_install")
class TestGraphqlRequest(BadInputCase):
    """The body of POST /api/graphql, and the parameters of GET."""

    def test_malformed_json(self):
        for body in (
            b"",
            b"{",
            b"nonsense",
            b"{'query': '{ me { lang } }'}",
            b'{"query": "{ me { lang } }"',
            b'{"query": "{ me { lang } }",}',
            b'{"query": "{ me { lang } }"} {}',
            b'{"query": "\x00"}',
            b'{"query": "\xff\xfe"}',
            b'\xff\xfe{\x00"\x00',
            b'{"query": "{ me { lang } }", "variables": {"a": NaN}}',
            b'{"query": "{ me { lang } }", "variables": {"a": Infinity}}',
            b'{"query": "{ me { lang } }", "variables": {"a": 1e999}}',
            b'{"query": "\\ud800"}',
            b'{"query": "{ me { lang } }", "variables": {"\\udc00": 1}}',
            b"[" * 100_000,
            b'{"variables":' + b"[" * 5000 + b"]" * 5000 + b"}",
        ):
            with self.subTest(body[:60]):
                self.check_graphql(self.post(body), "BAD_USER_INPUT", status=400)

    def test_json_of_other_types(self):
        for body in (None, True, 1, 1.5, "{ me { lang } }", [], [{"query": "{ me { lang } }"}]):
            with self.subTest(body):
                self.check_graphql(self.post(body), "BAD_USER_INPUT", status=400)

    def test_members_of_other_types(self):
        query = "{ me { lang } }"
        for body in (
            {},
            {"query": ""},
            {"query": None},
            {"query": 1},
            {"query": [query]},
            {"query": {"a": query}},
            {"Query": query},
            {"variables": {}},
            {"query": query, "variables": []},
            {"query": query, "variables": "{}"},
            {"query": query, "variables": 1},
            {"query": query, "variables": True},
            {"query": query, "operationName": 1},
            {"query": query, "operationName": ["a"]},
            {"query": query, "operationName": {}},
            {"query": query, "extensions": "a"},
            {"query": query, "extensions": [1]},
        ):
            with self.subTest(body):
                self.check_graphql(self.post(body), "BAD_USER_INPUT", status=400)

    def test_members_that_may_be_missing(self):
        query = "{ me { lang } }"
        for more in (
            {"variables": None, "operationName": None, "extensions": None},
            {"variables": {}, "operationName": "", "extensions": {}},
            {"variables": {"unused": 1}, "id": "x"},
        ):
            response = self.post({"query": query} | more)
            self.assertEqual(without_cost(response.json()), {"data": {"me": {"lang": "en_US"}}})

    def test_parameters_of_get(self):
        query = "{ me { lang } }"
        for parameters in (
            {},
            {"query": ""},
            {"query": query, "variables": "nonsense"},
            {"query": query, "variables": "[]"},
            {"query": query, "variables": "NaN"},
            {"query": query, "extensions": "1"},
        ):
            with self.subTest(parameters):
                response = self.get("/api/graphql", params=parameters)
                self.check_graphql(response, "BAD_USER_INPUT", status=400)
        response = self.get("/api/graphql?query=%ff%fe")
        self.check_graphql(response, "GRAPHQL_PARSE_FAILED")
        response = self.get(f"/api/graphql?query={quote(query)}&query=other")
        self.check_graphql(response, "BAD_USER_INPUT", status=400)

    def test_content_types(self):
        body = b'{"query": "{ me { lang } }"}'
        for content_type in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=a",
            "application/xml",
            "application/jsonp",
            "application/graphql",
            "json",
            "nonsense/",
            "",
        ):
            with self.subTest(content_type):
                response = self.post(body, {"Content-Type": content_type})
                self.check_graphql(response, "UNSUPPORTED_MEDIA_TYPE", status=415)
        for content_type in ("application/json", "application/json; charset=utf-8"):
            response = self.post(body, {"Content-Type": content_type})
            self.assertEqual(without_cost(response.json()), {"data": {"me": {"lang": "en_US"}}})

    def test_accept(self):
        """An answer is JSON, whatever a client would rather have."""
        for accept in (
            "text/plain",
            "image/png",
            "nonsense",
            ";;;",
            "",
            "*/*",
            "application/json;q=abc",
            "a" * 3000,
        ):
            with self.subTest(accept[:20]):
                response = self.post({"query": "{ me { lang } }"}, JSON | {"Accept": accept})
                self.assertIn(response.status_code, (200, 406))
                self.assertIn("json", response.headers["Content-Type"])

    def test_statuses(self):
        """Request errors are 4xx in GraphQL's media type and 200 in plain JSON."""
        for query, code in (
            ("{ me { lang }", "GRAPHQL_PARSE_FAILED"),
            ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
            ("query A { me { lang } } query B { me { lang } }", "BAD_USER_INPUT"),
            ("query ($id: ID!) { customer(id: $id) { id } }", "BAD_USER_INPUT"),
        ):
            for accept, status in ((GRAPHQL_TYPE, 400), ("application/json", 200)):
                response = self.post({"query": query}, JSON | {"Accept": accept})
                self.check_graphql(response, code, status=status)
                self.assertTrue(response.headers["Content-Type"].startswith(accept))

    def test_mutation_by_get(self):
        for method in ("GET", "HEAD"):
            with self.quiet():
                response = self.http(
                    method, "/api/graphql", params={"query": "mutation { deleteCustomer }"}
                )
            self.assertEqual(response.status_code, 405)
            self.assertEqual(response.headers["Allow"], "POST")
        parameters = {"query": "query A { me { lang } } mutation B { x }", "operationName": "B"}
        self.assertEqual(self.get("/api/graphql", params=parameters).status_code, 405)

    def test_methods(self):
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            with self.subTest(method), self.quiet():
                response = self.http(method, "/api/graphql", data=b"{}", headers=JSON)
                self.check_graphql(response, "METHOD_NOT_ALLOWED", status=405)
                self.assertIn("POST", response.headers["Allow"])
        with self.quiet():
            response = self.http("OPTIONS", "/api/graphql")
        self.assertEqual(response.status_code, 204)
        self.assertIn("POST", response.headers["Allow"])

    def test_large_body(self):
        """What is too large is refused before it is read."""
        response = self.post(b'{"query": "' + b" " * (17 * 2**20) + b'{ me { lang } }"}')
        self.check_graphql(response, "PAYLOAD_TOO_LARGE", status=413)
        response = self.post(b'{"a": "' + b"x" * (10 * 2**20) + b'"}')
        self.check_graphql(response, "BAD_USER_INPUT", status=400)
        response = self.post({"query": "{ me { lang } }" + " " * (10 * 2**20)})
        self.check_graphql(response, "QUERY_TOO_COMPLEX", status=400)
