"""What is exposed changes in every process at once."""

from odoo.tests import tagged

from .server import Server, ServerCase, committed

QUERY = "{ industries(first: 1) { nodes { id name } } }"


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
