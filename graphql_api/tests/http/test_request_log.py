"""The request log: what it holds, what it never holds, and what it costs when it is off."""

import ast
import datetime
import json
import re
import socket
import uuid
from unittest.mock import patch
from urllib.parse import urlsplit

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ...models.purge import DELETED_AT_ONCE
from ..cases.api import ApiCase
from ..cases.cursors import noted_statements
from ..cases.policies import PolicyCase
from ..cases.server import ServerCase, committed
from ..cases.transactions import TransactionCase

PARAMETER = "graphql_api.log_requests"
RAISE = "DO $$ BEGIN RAISE EXCEPTION 'concurrency' USING ERRCODE = '40001'; END $$"


class LogCase(ApiCase):
    """A test with the log turned on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(PARAMETER, "True")
        cls.customer = cls.env["res.partner"].create({"name": "Zcustomer"})

    def setUp(self):
        super().setUp()
        self.env["graphql_api.request"].search([]).unlink()

    def rows(self):
        """Return what was logged since the last call, oldest first."""
        self.env.invalidate_all()
        records = self.env["graphql_api.request"].search([], order="id")
        rows = records.read()
        records.unlink()
        return rows

    def row(self):
        (row,) = self.rows()
        return row


@tagged("post_install", "-at_install")
class TestWhatIsLogged(LogCase):
    def check(self, row, **expected):
        self.assertEqual({name: row[name] for name in expected}, expected)

    def test_rest_read(self):
        before = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        headers = {"Accept-Encoding": "identity"}
        response = self.http("GET", f"/api/customers/{self.customer.id}", headers=headers)
        self.assertEqual(response.status_code, 200)
        row = self.row()
        user = self.user(self.login)
        self.check(
            row,
            operation="GET /api/customers/<id>",
            kind=False,
            method="GET",
            user_id=(user.id, user.display_name),
            key_name="test",
            ip="127.0.0.1",
            status=200,
            error_code=False,
            errors=0,
            size=len(response.content),
        )
        self.assertLess(abs(row["started_at"] - before), datetime.timedelta(minutes=1))
        self.assertGreater(row["duration"], 0)
        self.assertGreater(row["queries"], 0)
        self.assertEqual(self.env["res.users.apikeys"].browse(row["key_id"]).user_id, user)

    def test_routes(self):
        """Routes have the names of the schema, and nothing else of what stands in the path."""
        self.customer.image_1920 = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5E"
            "rkJggg=="
        )
        number = self.customer.id
        for method, path, operation, status, code in (
            ("GET", "/api", "GET /api", 200, False),
            ("GET", "/api/me", "GET /api/me", 200, False),
            ("GET", "/api/customers?q=Zsecret", "GET /api/customers", 200, False),
            ("HEAD", "/api/customers", "HEAD /api/customers", 200, False),
            ("GET", "/api/customers/0", "GET /api/customers/<id>", 404, "NOT_FOUND"),
            ("GET", "/api/customers/name", "GET /api/customers/<id>", 404, "NOT_FOUND"),
            ("GET", "/api/customers?zsecret=1", "GET /api/customers", 400, "BAD_USER_INPUT"),
            ("GET", "/api/zsecret", "GET /api/<collection>", 404, "NOT_FOUND"),
            ("GET", "/api/zsecret/5", "GET /api/<collection>/<id>", 404, "NOT_FOUND"),
            ("GET", "/api/a/b/c/zsecret", "GET /api/<path>", 404, "NOT_FOUND"),
            (
                "GET",
                f"/api/customers/{number}/image_1920",
                "GET /api/customers/<id>/image_1920",
                200,
                False,
            ),
            (
                "GET",
                f"/api/customers/{number}/zsecret",
                "GET /api/customers/<id>/<field_name>",
                404,
                "NOT_FOUND",
            ),
            ("GET", f"/api/mobile/customer/{number}", "GET /api/mobile/<name>/<id>", 200, False),
            ("DELETE", f"/api/customers/{number}", "DELETE /api/customers/<id>", 200, False),
        ):
            with self.subTest(path):
                response = self.http(method, path, headers={"Accept-Encoding": "identity"})
                self.assertEqual(response.status_code, status, response.text)
                row = self.row()
                self.check(row, operation=operation, status=status, error_code=code)
                self.check(row, errors=int(status >= 400), size=len(response.content))

    def test_not_modified(self):
        path = f"/api/customers/{self.customer.id}"
        tag = self.http("GET", path).headers["ETag"]
        self.assertEqual(self.http("GET", path, headers={"If-None-Match": tag}).status_code, 304)
        self.check(self.rows()[-1], status=304, size=0, errors=0)

    def test_graphql(self):
        for query, name, operation, kind, status, code in (
            ("query Zfield { me { lang } }", None, "Zfield", "query", 200, False),
            ("query A { me { lang } } query B { x }", "B", "B", "query", 400, "GRAPHQL_VALIDATION"),
            ("{ me { lang } }", None, "me #", "query", 200, False),
            ("{ a: me { id } b: me { id } }", None, "me, me #", "query", 400, "GRAPHQL_VAL"),
            ("{ me {", None, "POST /api/graphql", False, 400, "GRAPHQL_PARSE"),
            ("query A { me { lang } }", "B", "POST /api/graphql", False, 400, "BAD_USER_INPUT"),
            (f"query {'A' * 300} {{ me {{ lang }} }}", None, "A" * 100, "query", 200, False),
            (
                '{ customer(id: "999999999") { id } }',
                None,
                "customer #",
                "query",
                200,
                False,
            ),
            ('mutation Z { deleteCustomer(id: "999999999") }', None, "Z", "mutation", 200, "NOT_F"),
        ):
            with self.subTest(query):
                headers = {"Accept": "application/graphql-response+json"}
                response = self.graphql_response(query, operation_name=name, headers=headers)
                self.assertEqual(response.status_code, status, response.text)
                row = self.row()
                if operation.endswith("#"):
                    operation += row["signature"][:8]
                self.check(row, operation=operation, kind=kind, status=status)
                self.assertEqual(bool(row["signature"]), bool(kind))
                self.check(row, method="POST", errors=int(bool(code)))
                self.assertRegex(row["error_code"] or "", f"^{code or '$'}")

    def test_signature(self):
        """Documents that differ in values and layout have one, which tells no value."""
        query = '{ customers(filter: {id: {in: [%s]}, name: {eq: "%s"}}) { nodes { id } } }'
        for values in (("1, 2", "Ann"), ("3", "Zsecret")):
            self.graphql("# a note\n" * len(values[0]) + query % values)
        self.graphql(query.replace("eq:", "ne:") % ("1", "Ann"))
        first, second, other = (row["signature"] for row in self.rows())
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)

    def test_document(self):
        """A request leads to its document where that is registered, or was stored by the client."""
        query = (
            "query Zkept($name: String) { customers(filter: {name: {eq: $name}}) { totalCount } }"
        )
        self.graphql(query, {"name": "Ann"})
        request = self.env["graphql_api.request"].search([])
        self.assertFalse(request.document_id)
        document = self.env["graphql_api.document"].create({"text": query})
        request.invalidate_recordset()
        self.assertEqual(request.document_id, document)
        url = request.open_graphiql()["url"]
        response = self.http("GET", url, headers={"Accept": "application/json"})
        self.assertIn("customers", response.json()["data"])

    def test_graphql_by_get(self):
        self.http("GET", "/api/graphql", params={"query": "query Zread { me { lang } }"})
        self.check(self.row(), operation="Zread", kind="query", method="GET", status=200)
        response = self.http("GET", "/api/graphql", params={"query": "mutation Zwrite { x }"})
        self.assertEqual(response.status_code, 405)
        row = self.row()
        self.check(row, operation="Zwrite", kind="mutation", status=405)
        self.check(row, error_code="METHOD_NOT_ALLOWED")

    def test_bad_body(self):
        headers = {"Content-Type": "application/json"}
        self.http("POST", "/api/graphql", data=b'{"zsecret"', headers=headers)
        row = self.row()
        self.check(row, operation="POST /api/graphql", kind=False)
        self.check(row, status=400, error_code="BAD_USER_INPUT")

    def test_forbidden(self):
        """As a user without rights: the caller's own row, not the superuser's."""
        login = "zportal"
        self.env["res.users"].create(
            {
                "name": "Zportal",
                "login": login,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        body = json.dumps({"name": "Znew"}).encode()
        headers = {"Content-Type": "application/json"}
        path = "/api/customers"
        response = self.http("POST", path, login=login, data=body, headers=headers)
        self.assertEqual(response.status_code, 403)
        row = self.row()
        self.check(row, operation="POST /api/customers", status=403, error_code="FORBIDDEN")
        self.assertEqual(row["user_id"][0], self.user(login).id)

    def test_behind_a_proxy(self):
        headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "api.example.com"}
        self.http("GET", "/api/me", headers=headers)
        self.check(self.row(), ip="127.0.0.1")
        with patch.dict(config.options, {"proxy_mode": True}):
            self.http("GET", "/api/me", headers=headers)
        self.check(self.row(), ip="203.0.113.7")

    def test_error_of_the_server(self):
        def fail(records, vals):
            raise ZeroDivisionError("zsecret")

        class_ = self.env.registry["res.partner"]
        with (
            patch.object(class_, "write", fail),
            self.assertLogs("odoo.addons.graphql_api", "ERROR"),
        ):
            response = self.patch_customer()
        self.assertEqual(response.status_code, 500)
        row = self.row()
        self.check(row, operation="PATCH /api/customers/<id>", status=500, errors=1)
        self.check(row, error_code="INTERNAL_SERVER_ERROR")

    def patch_customer(self):
        return self.http(
            "PATCH",
            f"/api/customers/{self.customer.id}",
            data=b'{"city": "Ghent"}',
            headers={"Content-Type": "application/json"},
        )

    def test_retried(self):
        """A request is logged once, however often Odoo tries it."""
        write = self.env.registry["res.partner"].write
        calls = []
        for failures, status in ((1, 200), (MAX_TRIES_ON_CONCURRENCY_FAILURE, 409)):
            calls.clear()

            def fail_first(records, vals, failures=failures):
                calls.append(vals)
                if len(calls) <= failures:
                    records.env.cr.execute(RAISE, log_exceptions=False)
                return write(records, vals)

            with (
                patch("odoo.service.model.time.sleep"),
                patch.object(self.env.registry["res.partner"], "write", fail_first),
            ):
                self.assertEqual(self.patch_customer().status_code, status)
            self.assertGreater(len(calls), 1)
            row = self.row()
            self.check(row, operation="PATCH /api/customers/<id>", status=status)
            self.check(row, error_code=False if status == 200 else "CONFLICT")

    def test_never_secrets(self):
        """Nothing that a client sends is in a row but the name of a GraphQL operation."""
        secret = f"Zsecret{uuid.uuid4().hex}"
        self.graphql_response(
            "query Zread($a: String) { customers(filter: {name: {eq: $a}}) { totalCount } }",
            {"a": secret},
            headers={"X-Custom": secret, "User-Agent": secret, "Idempotency-Key": secret},
        )
        self.graphql_response(f'{{ customers(search: "{secret}") {{ {secret} }} }}')
        self.graphql_response("{ me { lang } }", operation_name=secret)
        body = json.dumps({"name": secret, secret: secret}).encode()
        headers = {"Content-Type": "application/json"}
        self.http("POST", "/api/customers", data=body, headers=headers)
        for path in (
            f"/api/customers?q={secret}",
            f"/api/customers?filter[name][eq]={secret}",
            f"/api/customers?{secret}=1",
            f"/api/customers/{secret}",
            f"/api/{secret}/5",
            f"/api/mobile/{secret}/5",
            f"/api/customers/5/{secret}",
            f"/api/a/b/c/d/{secret}",
        ):
            self.http("GET", path)
        self.http("POST", f"/api/customers/{self.customer.id}/{secret}")
        rows = self.rows()
        self.assertEqual(len(rows), 13)
        text = repr(rows)
        self.assertNotIn(secret.lower(), text.lower())
        self.assertNotIn(self.key(self.login)[:8], text)

    def test_unknown_callers(self):
        """Requests of nobody are not logged: anybody could fill the table with them."""
        self.http("GET", "/api/customers", login=None)
        self.http("GET", "/api/customers", login=None, headers={"Authorization": "Bearer nope"})
        self.http("OPTIONS", "/api/customers", login=None)
        self.http("PUT", "/api/customers", login=None)
        self.http("POST", "/api/no/such/route/at/all", login=None)
        self.assertEqual(self.rows(), [])

    def test_addresses_that_take_nothing(self):
        """Who asks is known; of the address nothing is told that a client made up."""
        self.http("PATCH", "/api/customers")
        self.http("POST", "/api/no/such/route/at/all")
        found = sorted((row["operation"], row["status"]) for row in self.rows())
        self.assertEqual(found, [("PATCH /api/<path>", 405), ("POST /api/<path>", 404)])

    def test_failure_to_log(self):
        """A log that cannot be written harms nobody."""
        self.env.cr.execute("ALTER TABLE graphql_api_request ADD CHECK (FALSE) NOT VALID")
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.graphql_api.http.request_log", "WARNING") as logs,
        ):
            self.rest("/api/me")
        self.assertIn("could not be logged", logs.output[0])
        self.assertEqual(self.rows(), [])


@tagged("post_install", "-at_install")
class TestTries(TransactionCase):
    def test_code_of_the_last_try(self):
        """What an earlier try answered does not count."""
        self.env["ir.config_parameter"].set_param(PARAMETER, "True")

        tried = []

        def fail_first(cr, number):
            if not tried:
                cr.precommit.add(lambda: raise_once(cr))
                raise UserError(self.env._("refused"))

        def raise_once(cr):
            if not tried:
                tried.append("once")
                cr.execute(RAISE, log_exceptions=False)

        with self.computing(fail_first):
            self.assertEqual(self.ask("graphql")[:2], (200, None))
        self.assertEqual(tried, ["once"])
        row = self.env["graphql_api.request"].search([]).ensure_one()
        self.assertEqual((row.status, row.error_code), (200, False))


@tagged("post_install", "-at_install")
class TestOnServer(ServerCase):
    """With transactions that really end."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.clear)
        with committed() as env:
            env["ir.config_parameter"].set_param(PARAMETER, "True")
            env["graphql_api.request"].search([]).unlink()

    def clear(self):
        with committed() as env:
            env["ir.config_parameter"].set_param(PARAMETER, False)
            env["graphql_api.request"].search([]).unlink()
            env["res.partner.category"].search([("name", "=like", "Z%")]).unlink()

    def send(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Send a request and wait until the server is done with it: it closes the connection."""
        address = urlsplit(self.server.url)
        head = (
            f"{method} {path} HTTP/1.0\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
            connection.sendall(head.encode() + body)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def rows(self):
        """Return operation, status and code of what was logged, and the tags that were kept."""
        with committed() as env:
            rows = env["graphql_api.request"].search([], order="id")
            tags = env["res.partner.category"].search([("name", "=like", "Z%")])
            return [(row.operation, row.status, row.error_code) for row in rows], len(tags)

    def test_read(self):
        self.assertIn(b"200 OK", self.send("GET", "/api/customers?limit=1"))
        self.send("GET", "/api/graphql?query=query%20Zread{me{lang}}")
        expected = [("GET /api/customers", 200, False), ("Zread", 200, False)]
        self.assertEqual(self.rows(), (expected, 0))

    def test_rolled_back(self):
        query = """mutation Zhalf {
          createCustomerTag(input: { name: "Zhalf" }) { id }
          deleteCustomer(id: "999999999")
        }"""
        self.send("POST", "/api/graphql", json.dumps({"query": query}).encode())
        self.send("POST", "/api/customer-tags", b'[{"name": "Zhalf"}, {"name": null}]')
        self.send("POST", "/api/customer-tags", b'{"name": "Zkept"}')
        expected = [
            ("Zhalf", 200, "NOT_FOUND"),
            ("POST /api/customer-tags", 400, "BAD_USER_INPUT"),
            ("POST /api/customer-tags", 201, False),
        ]
        self.assertEqual(self.rows(), (expected, 1))


@tagged("post_install", "-at_install")
class TestPolicy(PolicyCase):
    def logged(self):
        self.env.invalidate_all()
        return self.env["graphql_api.request"].search([], order="id")

    def test_log_of_a_policy(self):
        """A policy turns the log on for its own keys."""
        self.http("GET", "/api/me", headers=self.scoped)
        self.assertFalse(self.logged())
        self.policy.log_requests = True
        self.http("GET", "/api/me")
        self.http("GET", "/api/me", headers=self.scoped)
        row = self.logged().ensure_one()
        self.assertEqual((row.key_id, row.key_name), (self.record.apikey_id.id, "Zphone"))
        self.record.unlink()
        self.assertEqual(self.logged().key_name, "Zphone")

    def test_not_granted(self):
        self.policy.log_requests = True
        headers = {**self.scoped, "Content-Type": "application/json"}
        response = self.http("POST", "/api/customers", data=b'{"name": "Z"}', headers=headers)
        self.assertEqual(response.status_code, 403)
        row = self.logged().ensure_one()
        self.assertEqual(row.operation, "POST /api/customers")
        self.assertEqual((row.status, row.error_code), (403, "FORBIDDEN"))


@tagged("post_install", "-at_install")
class TestOff(ApiCase):
    def test_default(self):
        self.assertFalse(self.env["ir.config_parameter"].get_param(PARAMETER))
        self.rest("/api/me")
        self.graphql("{ me { lang } }")
        self.http("GET", "/api/nothing")
        self.assertFalse(self.env["graphql_api.request"].search([]))

    def test_cost(self):
        """Off, it takes no SQL query; on, none before the response."""
        path = "/api/customers?limit=1"
        self.http("GET", path)
        with noted_statements("graphql_api_request") as noted:
            self.http("GET", path)
        self.assertEqual(noted, [])
        counts = []
        for value in ("False", "True"):
            self.env["ir.config_parameter"].set_param(PARAMETER, value)
            self.http("GET", path)
            response = self.http("GET", path)
            counts.append(re.search(r"(\d+) queries", response.headers["Server-Timing"])[1])
        self.assertEqual(*counts)
        self.assertEqual(self.env["graphql_api.request"].search_count([]), 2)


@tagged("post_install", "-at_install")
class TestModel(LogCase):
    def add(self, **values):
        """Log a request that never was."""
        defaults = {
            "started_at": "2026-01-01 12:00:00",
            "operation": "Za",
            "method": "POST",
            "status": 200,
            "duration": 1.0,
        }
        return self.env["graphql_api.request"].create({**defaults, **values})

    def test_percentile(self):
        for duration in range(1, 101):
            self.add(duration=duration, errors=int(duration > 90))
        self.add(operation="Zb", duration=7.5)
        self.add(operation="Za", duration=500.0, started_at="2026-01-02 12:00:00")
        model = self.env["graphql_api.request"].with_context(tz="UTC")
        groups = model._read_group(
            [], ["started_at:day", "operation"], ["__count", "errors:sum", "duration:p95"]
        )
        rows = [(day.day, name, *rest) for day, name, *rest in groups]
        self.assertEqual(
            rows,
            [(1, "Za", 100, 10, 95.05), (1, "Zb", 1, 0, 7.5), (2, "Za", 1, 0, 500.0)],
        )
        self.assertEqual(model._read_group([("id", "=", 0)], [], ["duration:p95"]), [(False,)])

    def test_as_the_graph_asks(self):
        """The client's views group by what they find in ``fields_get``."""
        self.add(duration=10.0)
        self.add(duration=20.0)
        model = self.env["graphql_api.request"]
        fields = model.fields_get()
        measures = [
            f"{name}:{field['aggregator']}"
            for name, field in fields.items()
            if field.get("aggregator") and field["type"] in ("integer", "float")
        ]
        self.assertEqual(set(measures), {"errors:sum", "duration:p95", "queries:avg", "size:sum"})
        (group,) = model.formatted_read_group([], ["operation"], measures)
        self.assertEqual(group["duration:p95"], 19.5)
        sets = [["operation", "started_at:day"], ["operation"], []]
        for groups in model.formatted_read_grouping_sets([], sets, ["__count", *measures]):
            self.assertEqual([group["duration:p95"] for group in groups], [19.5])

    def test_views(self):
        action = self.env.ref("graphql_api.request_action")
        kinds = action.view_mode.split(",")
        model = self.env["graphql_api.request"].with_user(self.user("admin"))
        views = model.get_views([(False, kind) for kind in [*kinds, "search"]])["views"]
        self.assertEqual(set(views), {"list", "kanban", "graph", "pivot", "form", "search"})
        found = {}
        row = self.add(status=500, errors=1, started_at=self.env.cr.now())
        for node in etree.fromstring(views["search"]["arch"]).iter("filter"):
            if domain := node.get("domain"):
                found[node.get("name")] = model.search(ast.literal_eval(domain)) == row
        self.assertEqual(
            found,
            {
                "errors": True,
                "server_errors": True,
                "slow": False,
                "queries": False,
                "mutations": False,
                "rest": True,
                "dry_runs": False,
                "not_dry_runs": True,
                "today": True,
                "last_week": True,
            },
        )

    def test_access(self):
        row = self.add()
        for login, may_read in (("admin", True), ("demo", False)):
            record = row.with_user(self.user(login))
            self.assertEqual(record.has_access("read"), may_read)
            for operation in ("create", "write", "unlink"):
                self.assertFalse(record.has_access(operation), operation)
        with self.assertRaises(AccessError):
            row.with_user(self.user("demo")).read(["operation"])

    def test_vacuum(self):
        now = self.env.cr.now()
        model = self.env["graphql_api.request"]
        for days in (40, 29, 8, 6):
            self.add(started_at=now - datetime.timedelta(days=days), status=days)
        self.assertEqual(model._gc_requests(), (1, 0))
        self.assertEqual(model.search([]).mapped("status"), [6, 8, 29])
        for days in ("week", "7"):
            self.assertEqual(model._gc_requests(), (0, 0))
            self.env["ir.config_parameter"].set_param("graphql_api.log_days", days)
        self.env.cr.execute(
            """INSERT INTO graphql_api_request (started_at, operation, method, status)
            SELECT %s, 'Z', 'GET', 20 FROM generate_series(1, %s)""",
            [now - datetime.timedelta(days=20), DELETED_AT_ONCE],
        )
        self.assertEqual(model._gc_requests(), (DELETED_AT_ONCE, 1))
        self.assertEqual(model._gc_requests(), (2, 0))
        self.assertEqual(model._gc_requests(), (0, 0))
        self.assertEqual(model.search([]).mapped("status"), [6])

    def test_deleted_user(self):
        user = self.env["res.users"].create({"name": "Zuser", "login": "zuser"})
        row = self.add(user_id=user.id, key_name="Zkey", key_id=5)
        user.unlink()
        row.invalidate_recordset()
        self.assertEqual((row.user_id.id, row.key_name), (False, "Zkey"))
