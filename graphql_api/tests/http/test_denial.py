"""Requests that are meant to keep the server busy: refused at little cost, and others are served.

The cost is the processor time that the server's process spends, which other work on the machine
does not change much.
"""

import contextlib
import json
import socket
import time
from urllib.parse import urlsplit

import psutil
import requests

from odoo.tests import tagged

from ..cases.server import ServerCase

CPU_SECONDS = 1.0
WIDE = 50_000
JSON = {"Content-Type": "application/json"}


@tagged("post_install", "-at_install")
class TestDenial(ServerCase):
    def setUp(self):
        super().setUp()
        self.attacker = self.client()
        self.check_served()

    def check_served(self):
        """Check that another caller gets its answer."""
        response = self.client().send_request("GET", "/api/countries?limit=1")
        self.assertEqual(response.status_code, 200)

    @contextlib.contextmanager
    def little_work(self):
        """Check that the block costs the server less than a second."""
        process = psutil.Process(self.server.process_id)
        before = sum(process.cpu_times()[:2])
        yield
        self.assertLess(sum(process.cpu_times()[:2]) - before, CPU_SECONDS)

    def refuse(self, method: str, path: str, statuses=(400, 413), **kwargs):
        """Check that a request is refused at little cost; return the response."""
        with self.little_work():
            response = self.attacker.send_request(method, path, **kwargs)
        self.assertIn(response.status_code, statuses, response.text[:500])
        self.assertLess(len(response.content), 100_000)
        self.check_served()
        return response

    def refuse_unread(self, path: str, **kwargs):
        """Check that Odoo's HTTP server itself does not take a request."""
        with self.little_work():
            status = None
            # It may also close the connection without an answer.
            with contextlib.suppress(requests.ConnectionError):
                status = self.attacker.send_request("GET", path, **kwargs).status_code
            self.assertIn(status, (None, 400, 414, 431))
        self.check_served()

    def refuse_query(self, query: str, variables=None):
        body = json.dumps({"query": query, "variables": variables})
        headers = {**JSON, "Accept": "application/graphql-response+json"}
        return self.refuse("POST", "/api/graphql", data=body.encode(), headers=headers)

    def test_documents(self):
        nested = "{ customers { nodes " + "{ parent " * 1000 + "{ id }" + "}" * 1002
        children = "{ customers(first: 1000) { nodes " + "{ children(first: 1000) " * 10
        spreads = " ".join(f"...F{number}" for number in range(30))
        types = "fields { type { " * 6
        for name, query in {
            "deep": nested,
            "lists within lists": children + "{ id }" + "}" * 12,
            "aliases": "{" + " ".join(f"a{n}: me {{ lang }}" for n in range(4000)) + "}",
            "aliases of lists": "{"
            + " ".join(f"a{n}: customers(first: 1000) {{ nodes {{ id }} }}" for n in range(90))
            + "}",
            "aliases within records": "{ customers { nodes { "
            + " ".join(f"a{n}: country {{ name }}" for n in range(900))
            + " } } }",
            "circular fragments": "{ me { ...F0 } }"
            + "".join(f" fragment F{n} on Me {{ {spreads} }}" for n in range(30)),
            "fragments within each other": "{ me { ...F0 } }"
            + "".join(f" fragment F{n} on Me {{ lang ...F{n + 1} }}" for n in range(1500))
            + " fragment F1500 on Me { lang }",
            "fragments that double": "{ me { ...F0 } }"
            + "".join(f" fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
            + " fragment F40 on Me { lang }",
            "directives": "{ me " + "@include(if: true) " * 4000 + "{ lang } }",
            "unknown directives": "{ me " + " ".join(f"@d{n}" for n in range(4000)) + " { lang } }",
            "unknown fields": "{ me { " + " ".join(f"f{n}" for n in range(4900)) + " } }",
            "conflicts": "{ me { " + " ".join("a: lang a: tz" for _n in range(2000)) + " } }",
            "operations": " ".join(f"query Q{n} {{ me {{ lang }} }}" for n in range(5000)),
            "variables": "query ("
            + " ".join(f"$v{n}: Int" for n in range(5000))
            + ") { me { tz } }",
            "introspection": "{ __schema { types { " + types + "name" + " }" * 15,
            "list in the document": "{ customers(filter: { id: { in: ["
            + "1," * 40_000
            + "] } }) { totalCount } }",
            "long": "{ me { lang } } #" + "x" * 10_000_000,
            "a long name": "{ " + "a" * 90_000 + " }",
            "strings": '{ customers(search: "' + "\\u0041" * 16_000 + '" ',
        }.items():
            with self.subTest(name):
                self.refuse_query(query)

    def test_variables(self):
        query = "query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }"
        deep: dict = {}
        for _level in range(400):
            deep = {"not": deep}
        relations: dict = {"name": {"contains": "a"}}
        for _level in range(45):
            relations = {"parent": relations}
        condition = {"name": {"contains": "%_" * 20}}
        for name, value in {
            "many ids": {"id": {"in": list(range(1, 600_000))}},
            "many texts": {"name": {"in": ["x"] * 600_000}},
            "wide": {"or": [condition] * WIDE},
            "many names": {f"name{number}": {"eq": "x"} for number in range(WIDE)},
            "deep": deep,
        }.items():
            with self.subTest(name):
                self.refuse_query(query, {"f": value})
        inputs = [{"name": "x"}] * 300_000
        self.refuse_query(
            "mutation ($i: [CustomerCreateInput!]!) { createCustomers(inputs: $i) { id } }",
            {"i": inputs},
        )

    def test_bodies(self):
        ten_megabytes = 10 * 2**20
        for name, body in {
            "text": b'{"query": "' + b"x" * ten_megabytes + b'"}',
            "a deep list": b"[" * ten_megabytes,
            "a deep object": b'{"a":' * (ten_megabytes // 5),
            "numbers": b'{"query": "{ me { lang } }", "variables": {"a": ['
            + b"1," * (ten_megabytes // 2)
            + b"1]}}",
            "a long number": b'{"query": ' + b"9" * ten_megabytes + b"}",
            "too large": b'{"query": "' + b"x" * (17 * 2**20) + b'"}',
        }.items():
            for path in ("/api/graphql", "/api/customers"):
                with self.subTest(name, path=path):
                    self.refuse("POST", path, data=body, headers=JSON)

    def test_addresses(self):
        many = "&".join(f"filter[name][contains]={number}" for number in range(1500))
        fields = ",".join(["country.currency.name"] * 2500 + ["nope"])
        for name, path in {
            "a long path": "/api/" + "x" * 60_000,
            "segments": "/api" + "/x" * 20_000,
            "parameters": "/api/customers?" + many,
            "fields": "/api/customers?fields=" + fields,
            "depth": "/api/customers?filter" + "[parent]" * 5_000 + "[id]=1",
            "sort": "/api/customers?sort=" + "name," * 5_000 + "nope",
            "offset": "/api/customers?offset=" + "9" * 5_000,
        }.items():
            with self.subTest(name):
                self.refuse("GET", path, (400, 404))
        self.refuse_unread("/api/customers?q=" + "x" * 100_000)

    def test_headers(self):
        many = {f"X-Header-{number}": "x" for number in range(500)}
        self.refuse_unread("/api/me", headers=many)
        self.refuse_unread("/api/me", headers={"X-Long": "x" * 100_000})
        self.refuse("GET", "/api/me", (401,), headers={"Authorization": "Bearer " + "x" * 60_000})
        companies = ",".join(["1"] * 20_000)
        self.refuse("GET", "/api/me", (400, 403), headers={"X-Odoo-Companies": companies + ",0"})

    def test_what_is_served_costs_little_either(self):
        """As large as the limits allow."""
        query = "query ($f: CustomerFilter) { customers(filter: $f, first: 1) { totalCount } }"
        relations: dict = {"name": {"contains": "a"}}
        for _level in range(20):
            relations = {"parent": relations}
        for name, value in {
            "patterns": {"name": {"contains": "%_" * 5000}},
            "a long text": {"name": {"contains": "x" * 1_000_000}},
            "many ids": {"id": {"in": list(range(1, 50_000))}},
            "relations": relations,
            "wide": {"or": [{"name": {"contains": f"a{n}"}} for n in range(990)]},
            "wide relations": {
                "or": [{"parent": {"name": {"contains": f"a{n}"}}} for n in range(490)]
            },
        }.items():
            with self.subTest(name), self.little_work():
                body = json.dumps({"query": query, "variables": {"f": value}}).encode()
                response = self.attacker.send_request(
                    "POST", "/api/graphql", data=body, headers=JSON
                )
                self.assertEqual(response.status_code, 200)
        with self.little_work():
            path = "/api/customers?offset=999999999"
            self.assertEqual(self.attacker.send_request("GET", path).json()["data"], [])
        self.check_served()

    def test_slow_bodies(self):
        """Clients that send a byte now and then keep a connection, not the server."""
        address = urlsplit(self.server.url)
        head = (
            f"POST /api/graphql HTTP/1.1\r\nHost: {address.netloc}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
        with contextlib.ExitStack() as stack, self.little_work():
            slow = [
                stack.enter_context(socket.create_connection((address.hostname, address.port)))
                for _number in range(20)
            ]
            for connection in slow:
                connection.sendall(head.encode())
            for _second in range(3):
                for connection in slow:
                    connection.sendall(b" ")
                self.check_served()
                time.sleep(1)
        self.check_served()
