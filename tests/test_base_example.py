"""The example of an extension beside a database that does not have it, in one server process."""

import pytest
import requests

from tools import api_key, database_server, databases, lock
from tools.odoo_server import OdooServer
from tools.paths import LOGS

pytestmark = pytest.mark.server


class Client:
    """Asks a server about one of its databases, as the administrator."""

    def __init__(self, url: str, database: str, key: str):
        self.url = url
        self.headers = {"Authorization": f"Bearer {key}", "X-Odoo-Database": database}

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.url}{path}", headers=self.headers, timeout=60)

    def graphql(self, query: str) -> dict:
        url = f"{self.url}/api/graphql"
        return requests.post(url, json={"query": query}, headers=self.headers, timeout=60).json()


@pytest.fixture(scope="module")
def clients(development):
    """Return clients of a database with the example and of one without it, of the same server."""
    names = {}
    with lock.exclusive("setup"):
        for name, template in (("with", databases.EXAMPLE), ("without", databases.BASE)):
            database = f"graphql_api_test_{name}_example"
            names[name] = databases.make_fresh(development, database, template)
    one_of_them = f"--db-filter=^({'|'.join(names.values())})$"
    log = LOGS / "test-example-server.log"
    with OdooServer(development, names["with"], log, one_of_them) as server:
        yield {
            name: Client(server.url, database, api_key.remembered(development, database, "admin"))
            for name, database in names.items()
        }
    for database in names.values():
        database_server.drop(development.server, database)


def test_the_example_is_in_its_database_alone(clients):
    # The one without it comes last, when all of the example is in the process.
    for name, is_there in (("with", True), ("without", False), ("with", True)):
        client = clients[name]
        sdl = client.get("/api/graphql/schema.graphql").text
        assert "type Customer " in sdl
        collections = {entry["name"] for entry in client.get("/api").json()["data"]}
        assert "customers" in collections
        document = client.get("/api/openapi.json").text
        assert "/api/customers" in document
        assert ("visits" in collections) is is_there
        for text in (sdl, document):
            assert ("visit" in text.lower()) is is_there


def test_without_the_example_nothing_tells_of_it(clients):
    for query in (
        "{ customers { nodes { visitCoun } } }",
        '{ visitSummary(start: "2026-01-01", end: "2026-01-31") { done } }',
        "mutation { logVisit(input: {}) { id } }",
    ):
        (error,) = clients["without"].graphql(query)["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert "Did you mean" not in error["message"]
    assert clients["without"].get("/api/visits").status_code == 404
    (error,) = clients["with"].graphql("{ customers { nodes { visitCoun } } }")["errors"]
    assert "visitCount" in error["message"]
