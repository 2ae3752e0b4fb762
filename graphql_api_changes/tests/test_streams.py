"""Streams of a server whose transactions end: places, rights that are taken away, broken lines."""

import json
import socket
import time
from urllib.parse import urlsplit

from odoo.tests import tagged

from odoo.addons.graphql_api.tests.cases.server import (
    ServerCase,
    api_key,
    committed,
    execute,
)

NDJSON = "application/x-ndjson"
END = "@end"
FILTER = "filter[ref][starts_with]=ZS"
COUNT = 30_000
PLACES = 2
_WITHIN = 120  # seconds


@tagged("post_install", "-at_install", "server")
class TestStreams(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with committed() as env:
            env["res.partner"].create({"name": "Zs", "ref": "ZS0", "comment": "x" * 2000})
        cls.addClassCleanup(execute, "DELETE FROM res_partner WHERE ref ~ '^(ZS|YSI)'")
        ((columns,),) = execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = 'res_partner' AND column_name NOT IN ('id', 'ref')"
        )
        execute(
            f"INSERT INTO res_partner (ref, {columns}) SELECT 'ZS' || n, {columns} "
            "FROM res_partner, generate_series(1, %s) AS n WHERE ref = 'ZS0'",
            COUNT - 1,
        )
        cls.set_places(PLACES)
        cls.addClassCleanup(cls.set_places, False)

    @classmethod
    def set_places(cls, number):
        """Set how many streams there may be at once."""
        with committed() as env:
            env["ir.config_parameter"].set_param("graphql_api_changes.max_streams", number)

    def open(self, parameters="fields=id,comment", key=None, accept=NDJSON):
        """Return the response to an export, of which nothing is read yet."""
        path = f"/api/customers?{FILTER}&{parameters}"
        return self.client(key).send_request("GET", path, headers={"Accept": accept}, stream=True)

    def taken(self):
        """Return how many places of streams are taken."""
        ((number,),) = execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND classid = %s::bigint",
            0x6773746D,
        )
        return number

    def wait_for(self, number):
        """Wait until so many places are taken."""
        deadline = time.monotonic() + _WITHIN
        while self.taken() != number:
            self.assertLess(time.monotonic(), deadline, f"{self.taken()} places are taken")
            time.sleep(0.05)

    def test_all_of_a_large_table(self):
        response = self.open("fields=id")
        *rows, end = map(json.loads, response.iter_lines())
        self.assertEqual(end[END]["rows"], COUNT)
        self.assertEqual(len({row["id"] for row in rows}), COUNT)
        self.wait_for(0)

    def test_places(self):
        """Others wait; who hangs up frees its place, and so does who has read all."""
        streams = [self.open() for _place in range(PLACES)]
        for stream in streams:
            self.assertEqual(stream.status_code, 200)
        self.assertEqual(self.taken(), PLACES)
        refused = self.open(accept="text/csv")
        self.assertEqual(refused.status_code, 503)
        self.assertEqual(refused.json()["code"], "SERVICE_UNAVAILABLE")
        self.assertGreater(int(refused.headers["Retry-After"]), 0)
        body = b'{"id": 1, "name": "x"}'
        headers = {"Content-Type": NDJSON}
        imported = self.client().send_request(
            "POST", "/api/customers/import", data=body, headers=headers
        )
        self.assertEqual(imported.status_code, 503)
        # A list is no stream.
        self.assertEqual(self.open("fields=id", accept="application/json").status_code, 200)
        next(streams[0].iter_lines())
        streams[0].close()
        self.wait_for(PLACES - 1)
        again = self.open("fields=id&filter[ref][eq]=ZS1")
        self.assertEqual(len(again.text.splitlines()), 2)
        self.wait_for(PLACES - 1)
        *_rows, end = streams[1].iter_lines()
        self.assertEqual(json.loads(end)[END]["rows"], COUNT)
        self.wait_for(0)

    def test_a_client_that_breaks_off_while_it_is_sent_to(self):
        address = urlsplit(self.server.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            request = (
                f"GET /api/customers?{FILTER} HTTP/1.1\r\nHost: {address.netloc}\r\n"
                f"Authorization: Bearer {self.key}\r\nAccept: {NDJSON}\r\n\r\n"
            )
            connection.sendall(request.encode())
            self.assertTrue(connection.recv(10))
            self.wait_for(1)
        self.wait_for(0)

    def test_a_key_that_is_revoked_ends_its_streams(self):
        for accept in (NDJSON, "text/csv"):
            with self.subTest(accept):
                with api_key("demo") as key:
                    stream = self.open(key=key, accept=accept)
                    lines = stream.iter_lines()
                    next(lines)
                *rows, last = lines
                self.assertLess(len(rows), COUNT - 1)
                if accept == NDJSON:
                    end = json.loads(last)[END]
                    self.assertEqual((end["status"], end["code"]), ("error", "UNAUTHENTICATED"))
                    self.assertEqual(end["rows"], len(rows) + 1)
                    rest = self.open(f"fields=id&after={end['next']}")
                    *more, _end = rest.iter_lines()
                    self.assertEqual(len(more), COUNT - end["rows"])
                else:
                    self.assertTrue(last.startswith(b"@error,UNAUTHENTICATED,"))
                    self.assertGreater(last.count(b","), 1)

    def test_a_field_that_is_not_exposed_any_more_ends_a_stream(self):
        stream = self.open("fields=id,comment")
        lines = stream.iter_lines()
        next(lines)
        with committed() as env:
            field = env.ref("graphql_api.customer").field_ids.filtered(
                lambda field: field.field_name == "comment"
            )
            field.active = False
        try:
            *_rows, last = lines
        finally:
            with committed() as env:
                field.with_env(env).active = True
        end = json.loads(last)[END]
        self.assertEqual((end["status"], end["code"]), ("error", "BAD_USER_INPUT"))

    def test_an_import_is_written_batch_by_batch(self):
        """What was answered is committed; what follows goes on from the line that is told."""
        rows = [{"ref": f"YSI{number}", "name": f"Zsi {number}"} for number in range(1500)]
        body = "".join(json.dumps(row) + "\n" for row in rows).encode()

        def send(parameters="", key=None):
            return self.client(key).send_request(
                "POST",
                f"/api/customers/import?by=ref{parameters}",
                data=body,
                headers={"Content-Type": NDJSON},
                stream=True,
            )

        with api_key("admin") as key:
            lines = send(key=key).iter_lines()
            self.assertEqual(json.loads(next(lines))["status"], "success")
        ((written,),) = execute("SELECT count(*) FROM res_partner WHERE ref LIKE 'YSI%%'")
        self.assertGreater(written, 0)
        *answers, last = lines
        end = json.loads(last)[END]
        self.assertEqual((end["status"], end["code"]), ("error", "UNAUTHENTICATED"))
        self.assertEqual(end["from_line"], len(answers) + 2)
        *answers, last = map(json.loads, send(f"&from_line={end['from_line']}").iter_lines())
        self.assertEqual(answers[0]["line"], end["from_line"])
        self.assertEqual(last[END]["errors"], 0)
        ((written,),) = execute("SELECT count(*) FROM res_partner WHERE ref LIKE 'YSI%%'")
        self.assertEqual(written, 1500)
