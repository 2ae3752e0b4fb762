"""Whatever a client sends: an answer in the contract's shape, and nothing for the log."""

import json
import logging
import socket
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import new_test_user, tagged

from ...schema.exposure.errors import STATUS
from ..cases.api import ApiCase, without_cost

JSON = {"Content-Type": "application/json"}
GRAPHQL_TYPE = "application/graphql-response+json"
FUZZ = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


class BadInputCase(ApiCase):
    login = "clerk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(cls.env, "clerk", groups="base.group_user", lang="en_US")
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner"})

    @contextmanager
    def quiet(self):
        """Nothing in the block is logged above WARNING; the server runs in this process."""
        records = []
        handler = logging.Handler(logging.ERROR)
        handler.emit = records.append
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
        self.assertEqual([record.getMessage()[:500] for record in records], [])

    def check_rest(self, response, *statuses):
        """Check that a response is an error of REST, with one of the statuses or any 4xx."""
        self.assertIn(response.status_code, statuses or range(400, 500), response.text[:500])
        self.assertTrue(response.headers["Content-Type"].startswith("application/json"))
        body = response.json()
        self.assertLessEqual({"status", "code", "message"}, set(body))
        self.assertLessEqual(set(body), {"status", "code", "message", "errors"})
        self.assertEqual(body["status"], "error")
        self.assertEqual(STATUS[body["code"]], response.status_code)
        self.assert_clean(response)
        return body

    def check_graphql(self, response, *codes, status=None):
        """Check that a response is a refused request of GraphQL, with one of the codes."""
        self.assertLess(response.status_code, 500, response.text[:500])
        if status is not None:
            self.assertEqual(response.status_code, status, response.text[:500])
        body = response.json()
        self.assertEqual(set(without_cost(body)), {"errors"}, response.text[:500])
        self.assertTrue(body["errors"])
        for error in body["errors"]:
            self.assertLessEqual(set(error), {"message", "locations", "path", "extensions"})
            self.assertIn(error["extensions"]["code"], codes or STATUS)
        self.assert_clean(response)
        return body

    def assert_clean(self, response):
        self.assertLess(len(response.content), 20_000)
        for internal in ("Traceback", "psycopg2", "SELECT ", 'File \\"', "odoo."):
            self.assertNotIn(internal, response.text)

    def post(self, body, headers=None, **kwargs):
        """POST bytes, or anything as JSON, to GraphQL."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self.quiet():
            return self.http("POST", "/api/graphql", data=data, headers=headers or JSON, **kwargs)

    def get(self, path, **kwargs):
        with self.quiet():
            return self.http("GET", path, **kwargs)

    def raw(self, request_line: bytes, headers=(), body=b""):
        """Send bytes that an HTTP library would refuse to send; return status and body."""
        self.env.flush_all()
        address = urlsplit(self.base_url())
        lines = [
            request_line + b" HTTP/1.0",
            b"Host: localhost",
            f"Cookie: {'; '.join(f'{c.name}={c.value}' for c in self.opener.cookies)}".encode(),
            f"Authorization: Bearer {self.key(self.login)}".encode(),
            *headers,
        ]
        # The test's own cookie lets the server take the request.
        self.http("HEAD", "/api/me")
        with (
            self.quiet(),
            self.allow_requests(all_requests=True),
            socket.create_connection((address.hostname, address.port), timeout=20) as connection,
        ):
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content


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

    @FUZZ
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["query", "variables", "operationName", "extensions"])
                    | st.text(max_size=5),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=10,
        )
    )
    def test_any_json(self, body):
        response = self.post(json.dumps(body).encode())
        self.check_graphql(response)

    @FUZZ
    @given(st.binary(max_size=50))
    def test_any_bytes(self, body):
        self.check_graphql(self.post(body), "BAD_USER_INPUT", status=400)


@tagged("post_install", "-at_install")
class TestGraphqlDocument(BadInputCase):
    """The document itself."""

    def ask(self, query, variables=None, operation_name=None):
        with self.quiet():
            return self.graphql_response(query, variables, operation_name)

    def refused(self, query, *codes, **kwargs):
        return self.check_graphql(self.ask(query, **kwargs), *codes)

    def field_error(self, query, variables=None, code="BAD_USER_INPUT"):
        """The request is executed; its one field is refused."""
        response = self.ask(query, variables)
        self.assertEqual(response.status_code, 200)
        body = response.json()
        self.assertEqual({error["extensions"]["code"] for error in body["errors"]}, {code})
        self.assertEqual(set(body["data"].values()), {None})
        self.assert_clean(response)

    def test_syntax(self):
        for query in (
            "{",
            "}",
            "{ me { lang }",
            "{ }",
            "query",
            "#",
            " ",
            ",",
            "{ me { lang } } }",
            "{ me(a: ) { lang } }",
            '{ me(a: ") { lang } }',
            '{ me(a: """) { lang } }',
            "{ me { lang } } \x00",
            "{ me\x00 { lang } }",
            '{ customers(search: "\\ud800") { totalCount } }',
            '{ customers(search: "\\u{110000}") { totalCount } }',
            "{ m\u00e9 }",
            "{ ...on }",
            "\U0001f600",
            "{ a: }",
            "query ($a: Int = $b) { me { lang } }",
        ):
            with self.subTest(query):
                self.refused(query, "GRAPHQL_PARSE_FAILED")

    def test_validation(self):
        for query in (
            "{ nonsense }",
            "{ me }",
            "{ me { lang { a } } }",
            "{ me { nonsense } }",
            "{ me(a: 1) { lang } }",
            "{ customer { id } }",
            "{ customer(id: null) { id } }",
            '{ customer(id: "1", id: "2") { id } }',
            "{ customer(id: 1.5) { id } }",
            "{ customer(id: [1]) { id } }",
            "{ customer(id: {a: 1}) { id } }",
            "query ($a: Nonsense) { me { lang } }",
            "query ($a: Int) { me { lang } }",
            "query ($a: Int) { customer(id: $a) { id } }",
            "{ customer(id: $a) { id } }",
            '{ customers(first: "1") { totalCount } }',
            "{ customers(first: 99999999999) { totalCount } }",
            "{ customers(first: 1.5) { totalCount } }",
            "{ customers(filter: {nonsense: {eq: 1}}) { totalCount } }",
            "{ customers(filter: {name: {nonsense: 1}}) { totalCount } }",
            '{ customers(filter: {name: "a"}) { totalCount } }',
            '{ customers(filter: {isCompany: {eq: "true"}}) { totalCount } }',
            '{ customers(filter: {createDate: {gt: "yesterday"}}) { totalCount } }',
            '{ saleOrders(filter: {dateOrder: {gt: "yesterday"}}) { totalCount } }',
            "{ saleOrders(filter: {dateOrder: {gt: 5}}) { totalCount } }",
            "{ saleOrders(filter: {state: {eq: nonsense}}) { totalCount } }",
            '{ saleOrders(filter: {state: {eq: "sale"}}) { totalCount } }',
            "{ customers(orderBy: [{name: UP}]) { totalCount } }",
            '{ customers(orderBy: "name") { totalCount } }',
            "{ me { lang } } fragment A on Me { lang }",
            "{ me { ...A } }",
            "{ me { ... on Customer { id } } }",
            "{ me { ... on Nonsense { id } } }",
            "{ me @nonsense { lang } }",
            "{ me @include { lang } }",
            "{ me @include(if: 1) { lang } }",
            "subscription { me { lang } }",
            "subscription { nonsense }",
            "type A { b: Int } { me { lang } }",
        ):
            with self.subTest(query):
                self.refused(query, "GRAPHQL_VALIDATION_FAILED")

    def test_operations(self):
        two = "query A { me { lang } } query B { me { lang } }"
        self.refused(two, "BAD_USER_INPUT")
        self.refused(two, "BAD_USER_INPUT", operation_name="C")
        self.refused("{ me { lang } }", "BAD_USER_INPUT", operation_name="A" * 100_000)
        self.refused("{ me { lang } }", "BAD_USER_INPUT", operation_name="\x00")
        self.refused("fragment A on Me { lang }", "BAD_USER_INPUT")
        self.refused("type A { b: Int }", "BAD_USER_INPUT")
        response = self.ask(two, operation_name="B")
        self.assertEqual(without_cost(response.json()), {"data": {"me": {"lang": "en_US"}}})

    def test_variables(self):
        query = """query ($id: ID!, $first: Int, $filter: CustomerFilter, $text: String) {
          customer(id: $id) { id }
          customers(first: $first, filter: $filter, search: $text) { totalCount } }"""
        for variables in (
            {},
            {"id": None},
            {"id": []},
            {"id": {}},
            {"id": True},
            {"id": 1.5},
            {"id": "1", "first": "1"},
            {"id": "1", "first": 1.5},
            {"id": "1", "first": 2**31},
            {"id": "1", "first": 1e300},
            {"id": "1", "first": True},
            {"id": "1", "text": 5},
            {"id": "1", "filter": "a"},
            {"id": "1", "filter": {"nonsense": 1}},
            {"id": "1", "filter": {"name": {"eq": 5}}},
            {"id": "1", "filter": {"isCompany": {"eq": 1}}},
            {"id": "1", "filter": {"and": {"and": {"or": [5]}}}},
        ):
            with self.subTest(variables):
                self.refused(query, "BAD_USER_INPUT", variables=variables)

    def test_ids(self):
        query = "query ($id: ID!) { customer(id: $id) { id } }"
        for record_id in (
            "",
            "abc",
            "-1",
            "0",
            "99999999999999999999",
            "2147483648",
            "5.0",
            " 5",
            "5 ",
            "0x5",
            "1e1",
            "+5",
            "1_0",
            "\u0665",
            "\u00b2",
            "\uff15",
            "5\x00",
            "\x00",
            "5;",
            "' OR 1=1 --",
            -5,
            2**62,
            "9" * 100_000,
        ):
            with self.subTest(str(record_id)[:40]):
                self.field_error(query, {"id": record_id})
        data = self.ask(query, {"id": "2147483647"}).json()
        self.assertEqual(without_cost(data), {"data": {"customer": None}})

    def test_pages(self):
        for arguments in (
            "first: -1",
            "first: 1001",
            "first: 2147483647",
            "last: -1",
            "last: 1001",
            "first: 1, last: 1",
            "offset: -1",
            "offset: -2147483648",
            'offset: 1, after: "a"',
            'after: "nonsense"',
            'after: "\\u0000"',
            'after: "\u00e9"',
            'after: "w6nDqcOpw6nDqcOpw6nDqVtd"',
            'after: "AAAAAAAAAAAAAAAAAAAAAAAA"',
            f'after: "{"A" * 50_000}"',
            'before: "====="',
            'search: "\\u0000"',
            'search: "\x00"',
            "orderBy: [{name: ASC, id: ASC}]",
            "orderBy: [{}]",
            "filter: {partnerLatitude: {gt: 1e308}}",
            "filter: {partnerLatitude: {in: [-1e308]}}",
        ):
            with self.subTest(arguments[:40]):
                self.field_error(f"{{ customers({arguments}) {{ nodes {{ id }} }} }}")
        response = self.ask("{ customers(offset: 2147483647) { nodes { id } } }")
        self.assertEqual(without_cost(response.json()), {"data": {"customers": {"nodes": []}}})
        query = "query ($id: ID!) { customer(id: $id) { children(%s) { id } } }"
        for arguments in ("first: -1", "first: 1001", "offset: -1"):
            body = self.ask(query % arguments, {"id": self.partner.id}).json()
            self.assertEqual(body["data"], {"customer": {"children": None}})
            self.assertEqual(body["errors"][0]["extensions"], {"code": "BAD_USER_INPUT"})

    def test_filters(self):
        for condition in (
            '{name: {eq: "\\u0000"}}',
            '{name: {contains: "\\u0000"}}',
            '{name: {in: ["a", "\\u0000"]}}',
            '{parent: {name: {startsWith: "\\u0000"}}}',
            '{id: {eq: "abc"}}',
            '{id: {in: ["1", "-1"]}}',
            "{id: {in: null}}",
            "{id: null}",
            "{name: null}",
            "{name: {in: null}}",
            "{name: {contains: null}}",
            "{name: {isNull: null}}",
            "{parent: null}",
            "{parent: {isNull: null}}",
            "{children: null}",
            "{children: {some: null}}",
            "{and: null}",
            "{or: [null]}",
            "{not: null}",
            "{partnerLatitude: {gt: null}}",
        ):
            with self.subTest(condition):
                response = self.ask(f"{{ customers(filter: {condition}) {{ totalCount }} }}")
                self.assertEqual(response.status_code, 200)
                codes = {e["extensions"]["code"] for e in response.json()["errors"]}
                self.assertLessEqual(codes, {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"})
                self.assert_clean(response)

    def test_filters_that_are_odd(self):
        """These mean something, or nothing; they are no error of the server."""
        for condition in (
            "{}",
            "{and: []}",
            "{or: []}",
            "{not: {}}",
            "{name: {}}",
            "{name: {in: []}}",
            "{name: {notIn: []}}",
            "{children: {}}",
            "{children: {none: {}}}",
            "{parent: {}}",
            '{name: {contains: ""}}',
            '{name: {contains: "%_\\\\"}}',
            '{name: {startsWith: "\\\\"}}',
            '{name: {endsWith: "\'; DROP TABLE res_partner; --"}}',
            '{name: {eq: "\U0001f600"}}',
            "{partnerLatitude: {gt: 1e100}}",
            "{partnerLatitude: {lt: -1e99}}",
            "{partnerLatitude: {eq: 1e-320}}",
            f"{{id: {{in: [{', '.join(map(str, range(1, 2000)))}]}}}}",
        ):
            with self.subTest(condition[:50]):
                response = self.ask(f"{{ customers(filter: {condition}) {{ totalCount }} }}")
                self.assertNotIn("errors", response.json(), response.text[:300])
        for condition in (
            "{colorIndex: {eq: 2147483647}}",
            "{sequence: {gt: -2147483648}}",
            "{sequence: {in: [2147483647, -2147483648]}}",
        ):
            response = self.ask(f"{{ companies(filter: {condition}) {{ totalCount }} }}")
            self.assertLess(response.status_code, 500)
        for value in ('"0001-01-01"', '"9999-12-31"'):
            condition = f"{{invoiceDate: {{gt: {value}}}}}"
            response = self.ask(f"{{ invoices(filter: {condition}) {{ totalCount }} }}")
            self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)
        for value in (
            '"0001-01-01T00:00:00+23:59"',
            '"9999-12-31T23:59:59-23:59"',
            '"0001-01-01T00:00:00Z"',
        ):
            condition = f"{{dateOrder: {{gt: {value}}}}}"
            response = self.ask(f"{{ saleOrders(filter: {condition}) {{ totalCount }} }}")
            self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)

    def test_too_much(self):
        """A document that costs too much is refused before it costs anything.

        Executed, some would take longer than a request may (see ``http``).
        """
        name = "a" * 50
        spreads = " ".join(f"...F{i}" for i in range(3))
        for label, query in {
            "text": "{ me { lang } } #" + "x" * 10_000_000,
            "aliases": "{" + " ".join(f"a{i}: me {{ lang }}" for i in range(10_000)) + "}",
            "root fields": "{" + " ".join(f"a{i}: me {{ lang }}" for i in range(200)) + "}",
            "repeated fields": "{ me {" + " lang" * 9_000 + "} }",
            "depth": "{ me " * 10_000,
            "some depth": "{ customers { nodes " + "{ parent " * 20 + "{ id }" + "}" * 22,
            "depth of lists": "{ a(b: " + "[" * 10_000,
            "depth of objects": "{ customers(filter: " + "{not: " * 3000 + "1" + "}" * 3000 + ")}",
            "depth of types": "query ($a: " + "[" * 3000 + "Int" + "]" * 3000 + ") { me { lang } }",
            "inline fragments": "{ me " + "{ ... " * 3000 + "{ lang }" + "}" * 3001,
            "fragments that multiply": "{ me { ...F0 } }"
            + "".join(
                f" fragment F{i} on Me {{ a{i}: lang ...F{i + 1} ...F{i + 1} }}" for i in range(40)
            )
            + " fragment F40 on Me { lang }",
            "fragments without fields that multiply": "{ me { ...F0 } }"
            + "".join(f" fragment F{i} on Me {{ ...F{i + 1} ...F{i + 1} }}" for i in range(40))
            + " fragment F40 on Me { ...F0 }",
            "fragments in circles that multiply": "{ me { ...F0 } }"
            + "".join(
                f" fragment F{i} on Me {{ " + " ".join(f"...F{j}" for j in range(30)) + " }"
                for i in range(30)
            ),
            "fragments in a chain": "{ me { ...F0 } }"
            + "".join(f" fragment F{i} on Me {{ ...F{i + 1} }}" for i in range(1200))
            + " fragment F1200 on Me { lang }",
            "directives": "{ me " + "@include(if: true) " * 5_000 + "{ lang } }",
            "variables": "query ("
            + " ".join(f"${name}{i}: Int" for i in range(5_000))
            + ") { me { lang } }",
            "operations": " ".join(f"query Q{i} {{ me {{ lang }} }}" for i in range(5_000)),
            "spreads": "{ me { " + spreads * 3_000 + " } }",
        }.items():
            with self.subTest(label):
                self.refused(query)

    def test_circles(self):
        for query in (
            "{ me { ...A } } fragment A on Me { ...A }",
            "{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }",
            "{ customers { nodes { ...A } } } fragment A on Customer { parent { ...A } }",
        ):
            self.refused(query, "GRAPHQL_VALIDATION_FAILED")

    def test_repeated_fields_are_merged_in_time(self):
        """Comparing every field with every other one would take a minute."""
        fields = " ".join(f"f{i % 7}: name" for i in range(2_400))
        response = self.ask(f"{{ customers(first: 1) {{ nodes {{ {fields} }} }} }}")
        self.assertLess(response.status_code, 500)

    def test_deep_filters(self):
        """The depth of a filter is limited, in the document and in variables."""
        for depth in (30, 100, 250, 900):
            nested: dict = {"name": {"eq": "a"}}
            text = '{name: {eq: "a"}}'
            for _level in range(depth):
                nested, text = {"not": nested}, f"{{not: {text}}}"
            query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
            with self.subTest(depth):
                for response in (
                    self.ask(query, {"filter": nested}),
                    self.ask(f"{{ customers(filter: {text}) {{ totalCount }} }}"),
                ):
                    self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)
                    codes = [e["extensions"]["code"] for e in response.json().get("errors", ())]
                    self.assertEqual(codes, [] if depth == 30 else ["QUERY_TOO_COMPLEX"])
        relations: dict = {"name": {"eq": "a"}}
        for _level in range(100):
            relations = {"parent": relations}
        query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
        self.refused(query, "QUERY_TOO_COMPLEX", variables={"filter": relations})

    def test_wide_filters(self):
        """Long lists are no error of the server, and take no minute."""
        query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
        for wide in (
            {"id": {"in": list(range(1, 50_000))}},
            {"name": {"in": [f"name {i}" for i in range(50_000)]}},
            {"or": [{"name": {"contains": f"name {i}"}} for i in range(20_000)]},
            {"and": [{"name": {"ne": f"name {i}"}} for i in range(20_000)]},
            {"or": [{"parent": {"name": {"eq": f"{i}"}}} for i in range(20_000)]},
        ):
            with self.subTest(list(wide)):
                response = self.ask(query, {"filter": wide})
                self.assertLess(response.status_code, 500, response.text[:300])
                self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)


@tagged("post_install", "-at_install")
class TestRest(BadInputCase):
    """Paths, parameters and methods of REST."""

    def test_unknown_routes(self):
        record = f"/api/customers/{self.partner.id}"
        for path in (
            "/api/nonsense",
            "/api/nonsense/1",
            "/api/nonsense/1/image",
            "/api/x/y/z/w",
            f"{record}/image_1920/x",
            "/api/%0a",
            "/api/%0d%0aSet-Cookie:%20a=b",
            "/api/%00",
            "/api/customers/%00",
            "/api/%ff",
            "/api/%ff%fe/1",
            "/api/%F0%9F%98%80",
            "/api/%2e%2e/%2e%2e/etc/passwd",
            "/api/Customers",
            "/api/res.partner",
            "/api/customer",
            "/api/graphql/nonsense",
            "/api/mobile",
            "/api/mobile/customer",
            "/api/mobile/nonsense/1",
            "/api/mobile/customer/1/2",
            "/api/" + "x" * 5000,
            "/api/" + "x/" * 1000,
        ):
            with self.subTest(path[:60]):
                response = self.get(path, allow_redirects=False)
                body = self.check_rest(response, 404)
                self.assertEqual(body["code"], "NOT_FOUND")
                self.assertNotIn("Set-Cookie", response.headers)

    def test_slash_at_the_end(self):
        """It makes no difference."""
        for path in ("/api", "/api/me", "/api/customers", f"/api/customers/{self.partner.id}"):
            expected, found = self.get(path), self.get(f"{path}/", allow_redirects=False)
            self.assertEqual(found.json(), expected.json())
        response = self.get("/api/graphql/", allow_redirects=False)
        self.check_graphql(response, "BAD_USER_INPUT", status=400)

    def test_ids(self):
        for record_id in (
            "abc",
            "-1",
            "0",
            "99999999999999999999",
            "2147483648",
            "5.0",
            "%205",
            "5%20",
            "+5",
            "%D9%A5",
            "%EF%BC%95",
            "5%00",
            "%00",
            "5%0a",
            "5'",
            "%ff",
            "9" * 3000,
            "2000000000",
        ):
            for path in ("/api/customers/{}", "/api/mobile/customer/{}", "/api/customers/{}/image"):
                with self.subTest(path.format(record_id)[:50]):
                    self.check_rest(self.get(path.format(record_id)), 404)

    def test_parameters_of_lists(self):
        for parameters in (
            "nonsense=1",
            "Limit=1",
            "=1",
            "&&=&",
            "%00=1",
            "%ff=1",
            "limit=",
            "limit=abc",
            "limit=-1",
            "limit=1001",
            "limit=1.5",
            "limit=1e2",
            "limit=%D9%A5",
            "limit=%201",
            "limit=99999999999999999999",
            "limit=NaN",
            "limit=1&limit=2",
            "offset=-1",
            "offset=abc",
            "offset=9999999999",
            "offset=1&offset=1",
            "offset=1&after=x",
            "total=maybe",
            "total=",
            "total=true&total=false",
            "include_archived=2",
            "after=nonsense",
            "after=%00",
            "after=%C3%A9",
            "after=w6nDqcOpw6nDqcOpw6nDqVtd",
            "after=" + "A" * 5000,
            "q=%00",
            "q=a&q=b",
            "fields=",
            "fields=,",
            "fields=nonsense",
            "fields=name,nonsense",
            "fields=name.x",
            "fields=parent.nonsense",
            "fields=parent.",
            "fields=.name",
            "fields=__class__",
            "fields=name;id",
            "fields=name%20id",
            "fields={name}",
            "fields=name%00",
            "fields=%ff",
            "fields=name&fields=id",
            "fields=" + "parent." * 50 + "name",
            "sort=nonsense",
            "sort=--name",
            "sort=-",
            "sort=name%20desc",
            "sort=children",
            "sort=parent.name",
            "sort=name%00",
            "sort=name&sort=id",
        ):
            with self.subTest(parameters[:40]):
                body = self.check_rest(self.get(f"/api/customers?{parameters}"), 400)
                self.assertEqual(body["code"], "BAD_USER_INPUT")

    def test_filters(self):
        for parameters in (
            "filter=1",
            "filter[]=1",
            "filter[name]=1",
            "filter[name][]=1",
            "filter[name][eq]=1&filter[name][eq]=2",
            "filter[name][eq=1",
            "filter[name]]eq]=1",
            "filter[[name]][eq]=1",
            "filter[name][eq]x=1",
            "xfilter[name][eq]=1",
            "filter[name][nonsense]=1",
            "filter[nonsense][eq]=1",
            "filter[%00][eq]=1",
            "filter[name][eq]=%00",
            "filter[name][contains]=a%00b",
            "filter[name][in]=a,%00",
            "filter[name][eq][eq]=1",
            "filter[name]=1&filter[name][eq]=1",
            "filter[name][eq]=1&filter[name]=1",
            "filter[id][eq]=abc",
            "filter[id][eq]=-1",
            "filter[id][eq]=99999999999999999999",
            "filter[id][in]=1,x",
            "filter[id][in][]=",
            "filter[is_company][eq]=maybe",
            "filter[is_company][eq]=",
            "filter[partner_latitude][gt]=abc",
            "filter[partner_latitude][gt]=nan",
            "filter[partner_latitude][gt]=inf",
            "filter[partner_latitude][gt]=1e999",
            "filter[partner_latitude][gt]=%D9%A5",
            "filter[partner_latitude][gt]=1_0",
            "filter[partner_latitude][gt]=%201",
            "filter[parent]=1",
            "filter[parent][eq]=1",
            "filter[parent][isNull]=maybe",
            "filter[children][name][eq]=1",
            "filter[children][some]=1",
            "filter[and]=1",
            "filter[and][name][eq]=1",
            "filter[not]=1",
            "filter[type][eq]=nonsense",
            "filter" + "[not]" * 100 + "[name][eq]=1",
            "name=a&name=b",
            "name=%00",
            "parent=1",
            "children=1",
            "is_company=x",
            "id=abc",
        ):
            with self.subTest(parameters[:60]):
                body = self.check_rest(self.get(f"/api/customers?{parameters}"), 400)
                self.assertEqual(body["code"], "BAD_USER_INPUT")
        for parameters in (
            "filter[sequence][eq]=%D9%A5",
            "filter[sequence][eq]=1_0",
            "filter[sequence][eq]=%201",
            "filter[sequence][eq]=1.0",
            "filter[sequence][eq]=99999999999999999999",
            "filter[sequence][eq]=" + "9" * 5000,
        ):
            with self.subTest(parameters[:60]):
                self.check_rest(self.get(f"/api/companies?{parameters}"), 400)

    def test_parameters_of_records(self):
        path = f"/api/customers/{self.partner.id}"
        for parameters in (
            "nonsense=1",
            "limit=1",
            "filter[name][eq]=1",
            "fields=",
            "fields=nonsense",
            "fields=name&fields=id",
            "%00=",
        ):
            with self.subTest(parameters):
                self.check_rest(self.get(f"{path}?{parameters}"), 400)
        for other in ("/api", "/api/me", f"/api/mobile/customer/{self.partner.id}"):
            self.check_rest(self.get(f"{other}?nonsense=1"), 400)

    def test_methods(self):
        """405 says what is allowed."""
        for path in ("/api", "/api/me", f"/api/mobile/customer/{self.partner.id}"):
            for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
                with self.subTest(path, method=method), self.quiet():
                    response = self.http(method, path)
                    self.check_rest(response, 405)
                    self.assertIn("GET", response.headers["Allow"])
        for path in ("/api/customers", f"/api/customers/{self.partner.id}"):
            with self.quiet():
                response = self.http("PROPFIND", path)
            self.check_rest(response, 405)
            self.assertIn("GET", response.headers["Allow"])
        for method in ("POST", "PUT", "DELETE"):
            with self.quiet():
                response = self.http(method, "/api/x/y/z/w")
            self.check_rest(response, 404, 405)

    def test_head(self):
        for path, status in (
            ("/api", 200),
            ("/api/customers?limit=1", 200),
            (f"/api/customers/{self.partner.id}", 200),
            ("/api/nonsense", 404),
            ("/api/customers?limit=x", 400),
        ):
            with self.quiet():
                response = self.http("HEAD", path)
            self.assertEqual(response.status_code, status)
            self.assertEqual(response.content, b"")
            self.assertTrue(response.headers["Content-Type"].startswith("application/json"))

    def test_options(self):
        for path in ("/api", "/api/customers", f"/api/customers/{self.partner.id}", "/api/graphql"):
            with self.quiet():
                response = self.http("OPTIONS", path)
            self.assertEqual(response.status_code, 204)
            self.assertIn("GET", response.headers["Allow"])
            self.assertEqual(response.content, b"")

    def test_bytes_that_no_library_sends(self):
        for line in (
            b"GET /api/customers?q=\xff\xfe",
            b"GET /api/\xff",
            b"GET /api/customers/\x80",
            b"GET /api/customers?fields=\xc3",
        ):
            with self.subTest(line):
                status, body = self.raw(line)
                self.assertLess(status, 500)
                self.assertIn("status", json.loads(body))
        for header in (b"Accept-Language: \xff\x80", b"X-Timezone: \xff", b"Accept: \xff"):
            status, body = self.raw(b"GET /api/me", [header])
            self.assertLess(status, 500)
            self.assertIn("status", json.loads(body))
        status, body = self.raw(b"GET /api/me", [b"Authorization: Bearer \x00\x01"])
        self.assertLess(status, 500)
        for length in (b"-1", b"abc", b"99999999999"):
            status, body = self.raw(
                b"POST /api/graphql",
                [b"Content-Type: application/json", b"Content-Length: " + length],
            )
            self.assertIn(status, range(400, 500), length)

    @FUZZ
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(
                    ["fields", "sort", "limit", "offset", "after", "total", "q", "name", "id"]
                )
                | st.builds(
                    lambda path: "filter" + "".join(f"[{part}]" for part in path),
                    st.lists(
                        st.sampled_from(
                            ["name", "parent", "children", "and", "0", "not", "some", "eq", "in"]
                        )
                        | st.text(max_size=3),
                        max_size=4,
                    ),
                )
                | st.text(max_size=10),
                st.sampled_from(["name", "-name", "1", "true", "parent.name", "Z", "abc"])
                | st.text(max_size=10),
            ),
            max_size=4,
        )
    )
    def test_any_parameters(self, parameters):
        response = self.get("/api/customers", params=parameters)
        if response.status_code == 200:
            self.assertEqual(response.json()["status"], "success")
        else:
            self.check_rest(response, 400)

    @FUZZ
    @given(st.text(max_size=20), st.booleans())
    def test_any_path(self, path, below):
        prefix = "/api/customers/" if below else "/api/"
        response = self.get(prefix + quote(path, safe=""), allow_redirects=False)
        # Odoo's website modules, where installed, redirect paths with an empty segment.
        if response.status_code != 200 and not (response.status_code == 301 and "/" in path):
            self.check_rest(response, 404)
