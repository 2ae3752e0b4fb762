"""From the database of an older version to this one: nothing that was done there is lost.

``previous/`` holds what is upgraded from, without its tests and without what browsers load. For
a version to come, in a clone with its commit:

    git archive --format=zip -9 -o tests/previous/graphql_api-<version>.zip \\
        <commit> graphql_api ':!graphql_api/tests'
"""

import datetime
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import ANY

import pytest
import requests

from tools import database_server, databases, lock, odoo_source, packaging
from tools.environment import Environment
from tools.odoo_server import OdooServer
from tools.paths import ADDON, LOGS

pytestmark = pytest.mark.server

_PREVIOUS = Path(__file__).parent / "previous"
_CATALOG = ("graphql_api.resource", "graphql_api.resource.field", "graphql_api.resource.action")
_FOLLOWING = {
    ("graphql_api.resource.action", "lead__action_mark_lost"): {
        "method": False,
        "wizard_model": "crm.lead.lost",
        "wizard_method": "action_lost_reason_apply",
        "context": '{"default_lead_ids": "active_ids"}',
    }
}
"""Model and external id of a row that follows while nobody has changed it -> its new values."""

_PASSWORD = "admin"
_RATE, _RATE_OF_POLICY = 55, 7  # requests per minute


class Administrator:
    """Who works in Odoo's screens: sends the calls that these send."""

    def __init__(self, server: OdooServer):
        self._url = server.url
        self._session = requests.Session()
        self._session.trust_env = False
        self._post(
            "/web/session/authenticate",
            {"db": server.database, "login": "admin", "password": _PASSWORD},
        )

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a method of a model and return its result."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def find(self, model: str, **values) -> int:
        """Return the id of the one record that has these values, archived or not."""
        domain = [[name, "=", value] for name, value in values.items()]
        (record_id,) = self.call(model, "search", domain, context={"active_test": False})
        return record_id

    def make_key(self, wizard: str, **values) -> str:
        """Make a key in a dialog of Odoo, confirming the password where it is asked for."""
        record_id = self.call(wizard, "create", values)
        action = self.call(wizard, "make_key", [record_id])
        if action["res_model"] == "res.users.identitycheck":
            context = {"password": _PASSWORD}
            action = self.call(
                action["res_model"], "run_check", [action["res_id"]], context=context
            )
        return action["context"]["default_key"]

    def _post(self, path: str, params: dict):
        request = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._session.post(self._url + path, json=request, timeout=60).json()
        assert "error" not in answer, answer["error"]
        return answer["result"]


@dataclass(frozen=True)
class Catalog:
    """What is exposed: by model, the records' values by their ids."""

    rows: dict[str, dict[int, dict]]

    @classmethod
    def read(cls, administrator: Administrator) -> "Catalog":
        rows = {}
        for model in _CATALOG:
            described = administrator.call(model, "fields_get", attributes=["store", "type"])
            # A new version may add fields and actions to a resource: rows of their own.
            stored = [
                name
                for name, field in described.items()
                if field["store"] and field["type"] != "one2many"
            ]
            records = administrator.call(
                model, "search_read", [], stored, context={"active_test": False}
            )
            rows[model] = {record["id"]: record for record in records}
        return cls(rows)


@dataclass(frozen=True)
class Upgraded:
    """The database after the upgrade, what was in it, and who works with it."""

    server: OdooServer
    administrator: Administrator
    before: Catalog
    plain_key: str
    policy_key: str

    def graphql(self, query: str, key: str) -> requests.Response:
        return self._send("POST", "/api/graphql", key, json={"query": query})

    def get(self, path: str, key: str) -> requests.Response:
        return self._send("GET", path, key)

    def schema(self, key: str) -> str:
        """Return the schema in GraphQL's own language."""
        return self.get("/api/graphql/schema.graphql", key).text

    def _send(self, method: str, path: str, key: str, **kwargs) -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"}
        url = self.server.url + path
        return requests.request(method, url, headers=headers, timeout=60, **kwargs)


@pytest.fixture(scope="module", params=sorted(_PREVIOUS.glob("*.zip")), ids=lambda path: path.stem)
def upgraded(request, development: Environment, tmp_path_factory) -> Iterator[Upgraded]:
    """Install the previous version, change what can be changed, upgrade."""
    addons = tmp_path_factory.mktemp("previous")
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(addons)
    with lock.exclusive("setup"):
        name = databases.full_name(development, "graphql_api_test_upgrade")
        template = databases.ensure_template(development, databases.BASE)
        database_server.copy(development.server, template, name)
        source, _import_path = odoo_source.ensure()
    try:
        path = ",".join(map(str, [*source.addons, addons]))
        options = (f"--addons-path={path}", f"--init={ADDON.name}")
        log = LOGS / "test-previous-version.log"
        with OdooServer(development, name, log, *options) as server:
            administrator = Administrator(server)
            keys = _administrate(administrator)
            before = Catalog.read(administrator)
        log = LOGS / "test-upgrade.log"
        with OdooServer(development, name, log, f"--update={ADDON.name}") as server:
            yield Upgraded(server, Administrator(server), before, *keys)
    finally:
        database_server.drop(development.server, name)


def _administrate(administrator: Administrator) -> tuple[str, str]:
    """Change what an administrator can change; return a key of Odoo's and one under a policy."""
    call, find = administrator.call, administrator.find
    customer = find("graphql_api.resource", type_name="Customer")
    values = {
        "description": "Who buys from us.",
        "default_page_size": 5,
        "max_page_size": 50,
        "allow_delete": False,
    }
    call("graphql_api.resource", "write", [customer], values)
    for field, values in {"email": {"active": False}, "phone": {"api_name": "telephone"}}.items():
        line = find("graphql_api.resource.field", resource_id=customer, field_name=field)
        call("graphql_api.resource.field", "write", [line], values)
    state = find("graphql_api.resource", type_name="State")
    call("graphql_api.resource", "write", [state], {"active": False})

    lines = [[0, 0, {"field_name": name}] for name in ("name", "bic")]
    values = {"type_name": "Bank", "collection": "banks", "model": "res.bank", "field_ids": lines}
    call("graphql_api.resource", "create", values)
    call("res.bank", "create", {"name": "Bank of Ghent", "bic": "GHENBE22"})

    policy = call(
        "graphql_api.policy",
        "create",
        {
            "name": "Shop",
            "right_ids": [[0, 0, {"resource_id": customer}]],
            "requests_per_minute": _RATE_OF_POLICY,
        },
    )
    settings = {
        "graphql_api_requests_per_minute": _RATE,
        "graphql_api_origins": "https://app.example.com",
    }
    call("res.config.settings", "execute", [call("res.config.settings", "create", settings)])

    tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
    description = {"name": "Phone", "duration": "-1", "expiration_date": f"{tomorrow} 12:00:00"}
    return (
        administrator.make_key("res.users.apikeys.description", **description),
        administrator.make_key("graphql_api.make_key", policy=str(policy), **description),
    )


def test_the_new_version_is_installed(upgraded):
    module = upgraded.administrator.find("ir.module.module", name=ADDON.name)
    fields = ["state", "latest_version"]
    (values,) = upgraded.administrator.call("ir.module.module", "read", [module], fields)
    version = packaging.manifest()["version"]
    assert values == {"id": module, "state": "installed", "latest_version": version}
    lines = upgraded.server.log.read_text().splitlines()
    assert not [line for line in lines if re.search(r" (WARNING|ERROR|CRITICAL) ", line)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_name LIKE 'graphql_api%'",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid::regclass::text LIKE 'graphql_api%'",
        "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'graphql_api%'",
        "SELECT model, name, noupdate FROM ir_model_data WHERE module = 'graphql_api'",
    ],
    ids=["columns", "constraints", "indexes", "records"],
)
def test_the_database_is_like_a_new_one(upgraded, development, query):
    """It has the tables, the fields, the screens and the catalog of a new installation."""
    with lock.exclusive("setup"):
        new = databases.ensure_installed(development, databases.BASE)
        expected = _rows(development, new, query)
    found = _rows(development, upgraded.server.database, query)
    assert found == expected
    assert found


def test_rows_of_the_catalog_stay(upgraded):
    """Those that the administrator changed, and those that he did not touch but for a few."""
    after = Catalog.read(upgraded.administrator)
    following = {}
    for (model, name), values in _FOLLOWING.items():
        shipped = {"module": "graphql_api", "name": name}
        data = upgraded.administrator.find("ir.model.data", **shipped)
        (row,) = upgraded.administrator.call("ir.model.data", "read", [data], ["res_id"])
        following[model, row["res_id"]] = {**values, "write_date": ANY}
    for model, rows in upgraded.before.rows.items():
        for record_id, values in rows.items():
            found = {name: after.rows[model][record_id].get(name) for name in values}
            new = following.get((model, record_id), {})
            expected = {**values, **{name: new[name] for name in new if name in values}}
            assert found == expected
    for (model, record_id), values in following.items():
        row = after.rows[model][record_id]
        assert {name: row[name] for name in values} == values


def test_what_was_changed_of_a_resource_counts(upgraded):
    schema = upgraded.schema(upgraded.plain_key)
    description, customer = re.search(
        r'"""([^"]+)"""\ntype Customer .*?\{(.*?)^\}', schema, re.DOTALL | re.MULTILINE
    ).groups()
    assert description.strip() == "Who buys from us."
    assert "  telephone: String" in customer
    assert "  phone:" not in customer
    assert "  email:" not in customer
    assert "deleteCustomer(" not in schema
    assert "updateCustomer(" in schema
    assert "type State " not in schema

    first = "{ customers { nodes { telephone } } }"
    nodes = upgraded.graphql(first, upgraded.plain_key).json()["data"]["customers"]["nodes"]
    assert len(nodes) == 5
    too_many = "{ customers(first: 51) { nodes { telephone } } }"
    answer = upgraded.graphql(too_many, upgraded.plain_key).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_resource_of_the_administrator_is_served(upgraded):
    answer = upgraded.get("/api/banks?fields=name,bic&bic=GHENBE22", upgraded.plain_key)
    assert answer.json()["data"] == [{"name": "Bank of Ghent", "bic": "GHENBE22"}]


def test_keys_policies_and_rates_are_kept(upgraded):
    query = "{ customers(first: 1) { nodes { id telephone } } }"
    rates = {upgraded.plain_key: _RATE, upgraded.policy_key: _RATE_OF_POLICY}
    for key, rate in rates.items():
        answer = upgraded.graphql(query, key)
        assert len(answer.json()["data"]["customers"]["nodes"]) == 1
        assert f";q={rate};" in answer.headers["RateLimit-Policy"]
    assert upgraded.get("/api/banks", upgraded.policy_key).status_code == 404
    schema = upgraded.schema(upgraded.policy_key)
    assert "type Customer " in schema
    assert "updateCustomer(" not in schema


def test_settings_are_kept(upgraded):
    answer = requests.options(
        f"{upgraded.server.url}/api/customers",
        headers={"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"},
        timeout=60,
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"


def _rows(environment: Environment, database: str, query: str) -> list[tuple]:
    with database_server.cursor(environment.server, database) as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall())
