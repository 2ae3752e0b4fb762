"""What is exposed, and what is known of documents, changes in every process at once."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import config

from ..cases.persisted_documents import PERSISTED_QUERY_NOT_FOUND, digest, extensions
from ..cases.server import (
    Server,
    ServerCase,
    committed,
    database,
    setting,
    together,
)

QUERY = "{ industries(first: 1) { nodes { id name } } }"
DOCUMENT = "query Zshared { me { lang } }"


@tagged("post_install", "-at_install")
class TestTwoProcesses(ServerCase):
    """An administrator uses one server, clients the other one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_server = cls.enterClassContext(Server())

    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove)
        self.administrator = self.client()
        self.readers = [self.client(), self.other_server.client(self.key)]
        self.addCleanup(self.readers[1].close)
        # Both have built their schema before anything changes.
        self.assert_statuses("/api/countries?limit=1", 200)

    def remove(self):
        with committed() as env:
            resources = env["graphql_api.resource"].with_context(active_test=False)
            resources.search([("collection", "=", "industries")]).unlink()
            env["graphql_api.document"].search([]).unlink()

    def call(self, model: str, method: str, **arguments):
        """Call a method of Odoo, as its own web client would."""
        path = f"/json/2/{model}/{method}"
        response = self.administrator.send_request("POST", path, json=arguments)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def assert_statuses(self, path: str, status: int):
        for reader in self.readers:
            response = reader.send_request("GET", path)
            self.assertEqual(response.status_code, status, response.text)

    def assert_query_fails(self, fails: bool):
        for reader in self.readers:
            response = reader.send_request("POST", "/api/graphql", json={"query": QUERY})
            self.assertEqual("errors" in response.json(), fails, response.text)

    def test_changes(self):
        path = "/api/industries?fields=name&limit=1"
        self.assert_statuses(path, 404)
        self.assert_query_fails(True)
        (resource,) = self.call(
            "graphql_api.resource",
            "create",
            vals_list=[
                {
                    "type_name": "Industry",
                    "collection": "industries",
                    "model": "res.partner.industry",
                    "field_ids": [[0, 0, {"field_name": "name"}]],
                }
            ],
        )
        self.assert_statuses(path, 200)
        self.assert_query_fails(False)

        (line,) = self.call(
            "graphql_api.resource.field", "search", domain=[["resource_id", "=", resource]]
        )
        self.call("graphql_api.resource.field", "write", ids=[line], vals={"active": False})
        self.assert_statuses(path, 400)
        self.assert_query_fails(True)
        self.call("graphql_api.resource.field", "write", ids=[line], vals={"active": True})
        self.assert_statuses(path, 200)

        self.call("graphql_api.resource", "write", ids=[resource], vals={"active": False})
        self.assert_statuses(path, 404)
        self.assert_query_fails(True)
        self.call("graphql_api.resource", "action_unarchive", ids=[resource])
        self.assert_query_fails(False)
        self.call("graphql_api.resource", "unlink", ids=[resource])
        self.assert_statuses(path, 404)
        self.assert_query_fails(True)

    def test_the_wizard(self):
        (model,) = self.call("ir.model", "search", domain=[["model", "=", "res.partner.industry"]])
        (expose,) = self.call(
            "graphql_api.expose",
            "create",
            vals_list=[{"model_id": model, "type_name": "Industry", "collection": "industries"}],
        )
        action = self.call("graphql_api.expose", "action_expose", ids=[expose])
        self.assertEqual(action["res_model"], "graphql_api.resource")
        self.assert_statuses("/api/industries?fields=name&limit=1", 200)
        self.assert_query_fails(False)

    def send(self, client, text=DOCUMENT, query=False):
        """Name a document by its hash, and send its text, too, with ``query``."""
        body = {"extensions": extensions(text), **({"query": text} if query else {})}
        return client.send_request("POST", "/api/graphql", json=body)

    def assert_document(self, status: int):
        for reader in self.readers:
            response = self.send(reader)
            self.assertEqual(response.status_code, status, response.text)
            self.assertEqual("data" in response.json(), status == 200, response.text)

    def test_shared_documents(self):
        """What one process stores, the other knows; what all store at once is there once."""
        for reader in self.readers:
            self.assertEqual(self.send(reader).json(), {"errors": [PERSISTED_QUERY_NOT_FOUND]})
        servers = [self.server, self.other_server] * 4
        clients = [server.client(self.key) for server in servers]
        for client in clients:
            self.addCleanup(client.close)
        jobs = [lambda client=client: self.send(client, query=True) for client in clients]
        for response in together(jobs):
            self.assertIn("data", response.json(), response.text)
        self.assert_document(200)
        for server in servers[:2]:
            self.assertNotIn("SERIALIZATION", server.log().upper())
        with committed() as env:
            self.assertEqual(env["graphql_api.document"].search([]).mapped("text"), [DOCUMENT])

    def test_registered_documents(self):
        """What the command registers runs in each process, until it is un-registered."""
        self.enterContext(setting("registered_documents", True))
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.assert_document(403)
        manifest = json.dumps({digest(DOCUMENT): DOCUMENT})
        Path(folder, "persisted-documents.json").write_text(manifest)
        completed = self.register(folder)
        self.assertEqual(completed.returncode, 0, completed.stderr)
        self.assertIn("in the folder: 1, new among them: 1.", completed.stdout)
        self.assert_document(200)
        ids = self.call("graphql_api.document", "search", domain=[])
        self.call("graphql_api.document", "write", ids=ids, vals={"registered": False})
        self.assert_document(403)

    def register(self, folder: str) -> subprocess.CompletedProcess:
        """Run the command as an administrator does."""
        return subprocess.run(
            [sys.executable, "-m", "odoo", "graphql_documents", "-d", database(), folder],
            env={**os.environ, "ODOO_RC": config["config"]},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
