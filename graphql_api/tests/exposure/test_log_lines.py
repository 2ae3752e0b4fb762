"""The server's log: no client writes a line of its own into it."""

import logging
import re
import socket
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg2

from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.server import (
    ServerCase,
    committed,
    database,
    setting,
)

FORGED = "2026-01-01 00:00:00,000 1 INFO db odoo.forged: nothing happened"


class _Lines(logging.Handler):
    """Keeps the lines that a log file would have."""

    def __init__(self):
        super().__init__()
        self.text = ""
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record):
        self.text += self.format(record) + "\n"


@tagged("post_install", "-at_install")
class TestRecords(ApiCase):
    """What Odoo and this addon log of values and errors."""

    def logged(self, name: str) -> _Lines:
        logger, lines = logging.getLogger(name), _Lines()
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.INFO)
        logger.addHandler(lines)
        self.addCleanup(logger.removeHandler, lines)
        return lines

    def assert_no_forged_line(self, text: str):
        self.assertIn("odoo.forged", text)
        self.assertFalse(re.search(r"^\x1b|^2026-01-01", text, re.MULTILINE), text)
        self.assertNotRegex(text, r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

    def test_bad_query(self):
        lines = self.logged("odoo.sql_db")
        for separator in ("\n", "\r\n", "\r", "\x85", "\u2028", "\n\x1b[1m"):
            value = f"a{separator}{FORGED}"
            with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
                self.env.cr.execute("SELECT 1 WHERE %s::int = 1", [value])
        self.assert_no_forged_line(lines.text)

    def test_internal_error(self):
        lines = self.logged("odoo.addons.graphql_api.schema.exposure.errors")

        def fail(*_arguments, **_options):
            raise RuntimeError(f"Of a client:\n{FORGED}")

        partners = self.env.registry["res.partner"]
        with patch.object(partners, "create", fail):
            body = {"name": "Ann"}
            self.rest("/api/customers", method="POST", status=500, json=body)
        self.assert_no_forged_line(lines.text)
        self.assertIn("\n    Traceback (most recent call last):", lines.text)


@tagged("post_install", "-at_install")
class TestServerLog(ServerCase):
    """All texts of a request, on a server whose debug log of this addon is on."""

    server_options = ("--log-handler=odoo.addons.graphql_api:DEBUG",)

    def setUp(self):
        super().setUp()
        with committed() as env:
            policy = env["graphql_api.policy"].create({"name": "Phones", "all_resources": True})
            policy_id = policy.id
        self.addCleanup(self.remove, policy_id)
        self.enterContext(setting("sign_in_policy", policy_id))
        self.enterContext(setting("sign_in", True))

    def remove(self, policy_id: int):
        with committed() as env:
            env["graphql_api.policy"].browse(policy_id).unlink()

    def send_raw(self, *lines: str) -> bytes:
        address = urlsplit(self.server.url)
        received = b""
        with socket.create_connection((address.hostname, address.port), 60) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
            while part := connection.recv(65536):
                received += part
        return received

    def test_texts_of_a_request(self):
        client = self.client()
        escaped = FORGED.replace(" ", "%20")
        for separator in ("\n", "\r\n", "\x1b[1m", "\x85", "\u2028"):
            text = f"a{separator}{FORGED}"
            for body in (
                {"login": text, "password": "x"},
                {"login": "x", "password": text},
                {"login": "x", "password": "x", "device": text},
                {"login": "x", "password": "x", "totp": text},
                {text: 1},
            ):
                client.send_request("POST", "/api/auth/token", json=body)
            client.send_request("POST", "/api/auth/refresh", json={"refresh_token": text})
            client.send_request("POST", "/api/auth/revoke", json={"refresh_token": text})
            client.send_request("POST", "/api/graphql", json={"query": text})
            query = "mutation ($name: String) { createCustomer(input: { name: $name }) { id } }"
            variables = {"name": text, text: text}
            body = {"query": query, "variables": variables, "operationName": text}
            client.send_request("POST", "/api/graphql", json=body)
            client.send_request("POST", "/api/countries", json={"code": text, text: text})
        for path in (
            f"/api/a%0A{escaped}",
            f"/api/a%C2%85{escaped}",
            f"/api/customers/1%0D%0A{escaped}",
            f"/api/customers/1/a%0A{escaped}",
            f"/api/customers?a%0A{escaped}=1",
            f"/api/customers?sort=a%0A{escaped}",
            f"/api/auth/token%0A{escaped}",
            f"/api?db={database()}%0A{escaped}",
        ):
            client.send_request("GET", path)
        for name in ("User-Agent", "X-Odoo-Database", "Accept-Language", "X-Odoo-Companies"):
            # A header goes on in a line that begins with a space (RFC 9112, 5.2).
            lines = ("GET /api HTTP/1.1", "Host: localhost", "Connection: close")
            self.send_raw(*lines, f"{name}: a", f" {FORGED}")
            self.send_raw(*lines, f"{name}: a\x85{FORGED}", "Authorization: Bearer a\x85b")
        log = self.server.log()
        self.assertIn("odoo.forged", log)
        self.assertIn("Login failed for login:x", log)
        for line in re.split("[\n\r\x85\u2028]", log):
            self.assertNotRegex(line, r"^(\x1b\[[0-9;]*m)?2026-01-01")
            self.assertNotIn("\x1b[1m2026-01-01", line)
