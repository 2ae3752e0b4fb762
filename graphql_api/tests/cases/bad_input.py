"""Whatever a client sends: an answer in the contract's shape, and nothing for the log."""

import json
import logging
import socket
from contextlib import contextmanager
from urllib.parse import urlsplit

from odoo.tests import new_test_user

from ...http.statuses import STATUS
from .api import ApiCase, without_cost

JSON = {"Content-Type": "application/json"}


GRAPHQL_TYPE = "application/graphql-response+json"


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
