"""``Prefer: dry-run`` on a real server: all tables are as they were, and nothing was sent.

Numbers that PostgreSQL's sequences have given out are not compared: they are given out once.
"""

import base64
import contextlib
import http.server
import json
import socketserver
import threading
from collections.abc import Iterator

import pytest
import requests
from graphql import GraphQLSchema, build_schema, get_named_type, is_composite_type
from psycopg2 import sql

from tools import api_key, database_server, databases
from tools.environment import Environment
from tools.odoo_server import HOST, OdooServer
from tools.paths import LOGS

from .action_examples import EXAMPLES
from .administrator import Administrator
from .names import camel_case, rename, snake_case

pytestmark = [pytest.mark.server, pytest.mark.pdf]

_DRY = {"Prefer": "dry-run"}
_COUNTED = {"graphql_api_rate"}
"""Tables that a request changes before it is served: it counts."""
_IMAGE = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_WITHIN = 60  # seconds


class Api:
    """A client, and what tells whether the database has changed."""

    def __init__(self, server: OdooServer, environment: Environment, key: str):
        self.url = server.url
        self._database = environment.server, server.database
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def send(self, method: str, path: str, body=None, **kwargs) -> requests.Response:
        """Send a request to a path, with a body of JSON or other arguments of requests."""
        if body is not None:
            kwargs["json"] = body
        return self._session.request(method, f"{self.url}/api/{path}", timeout=60, **kwargs)

    def try_out(self, method: str, path: str, body=None, **kwargs) -> None:
        """Send a request that is to succeed, and to be undone."""
        response = self.send(method, path, body, headers=_DRY, **kwargs)
        assert response.ok, response.text
        assert "errors" not in response.json(), response.text
        assert response.headers["Preference-Applied"] == "dry-run"

    @contextlib.contextmanager
    def unchanged(self) -> Iterator[None]:
        """Check that no table changes within the block."""
        before = self.contents()
        yield
        assert self.changed(before) == set()

    def changed(self, before: dict[str, tuple]) -> set[str]:
        """Return the names of the tables that have changed since."""
        after = self.contents()
        return {name for name in after if after[name] != before.get(name)}

    def contents(self) -> dict[str, tuple]:
        """Return for each table what changes with any of its rows."""
        server, database = self._database
        with database_server.cursor(server, database) as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = sorted(name for (name,) in cursor.fetchall() if name not in _COUNTED)
            digest = sql.SQL(
                "SELECT {} AS name, count(*), sum(hashtextextended(t::text, 0)) FROM {} AS t"
            )
            queries = [digest.format(sql.Literal(name), sql.Identifier(name)) for name in tables]
            cursor.execute(sql.SQL(" UNION ALL ").join(queries))
            return {name: tuple(rest) for name, *rest in cursor.fetchall()}


@pytest.fixture(scope="module")
def server(development: Environment, worker_id: str) -> Iterator[OdooServer]:
    """Run a server on a database of its own; jobs of Odoo would change it meanwhile."""
    name = databases.make_fresh(
        development, f"graphql_api_test_dry_run_{worker_id}", databases.APPS
    )
    log = LOGS / f"test-dry-run-{worker_id}.log"
    with OdooServer(development, name, log, "--max-cron-threads=0") as running:
        yield running
    database_server.drop(development.server, name)


@pytest.fixture(scope="module")
def key(development: Environment, server: OdooServer) -> str:
    """Return a key of the administrator."""
    return api_key.new(development, server.database, "admin")


@pytest.fixture(scope="module")
def odoo(server: OdooServer, key: str) -> Administrator:
    """Return the administrator, who makes what is tried out."""
    administrator = Administrator(server.url, key)
    values = {"key": "graphql_api.requests_per_minute", "value": "0"}
    administrator.call("ir.config_parameter", "set_param", **values)
    return administrator


@pytest.fixture(scope="module")
def api(development: Environment, server: OdooServer, key: str, odoo: Administrator) -> Api:
    """Return the client."""
    return Api(server, development, key)


@pytest.fixture(scope="module")
def schema(api: Api) -> GraphQLSchema:
    """Return the schema."""
    return build_schema(api.send("GET", "graphql/schema.graphql").text)


def test_digest_of_tables(api: Api, odoo: Administrator):
    before = api.contents()
    assert len(before) > 300
    odoo.call("res.partner.category", "create", vals_list=[{"name": "Zreal"}])
    assert api.changed(before) == {"res_partner_category"}


def test_every_kind(api: Api, odoo: Administrator):
    (partner,) = odoo.call("res.partner", "create", vals_list=[{"name": "Zann", "ref": "Z1"}])
    record = f"customers/{partner}"
    image = base64.b64encode(_IMAGE).decode()
    with api.unchanged():
        for method, path, body in (
            ("POST", "customers", {"name": "Zbob", "image_1920": image}),
            ("POST", "customers", [{"name": "Zbob"}, {"name": "Zchris"}]),
            ("PATCH", record, {"city": "Ghent", "children": {"create": [{"name": "Zdora"}]}}),
            ("PUT", record, {"city": "Ghent"}),
            ("DELETE", record, None),
        ):
            api.try_out(method, path, body)
        form = {"data": {"name": "Zbob"}, "files": {"image_1920": ("a.gif", _IMAGE)}}
        api.try_out("PUT", f"{record}/image_1920", data=_IMAGE)
        api.try_out("POST", "customers", **form)
    with api.unchanged():
        for mutation in (
            'createCustomer(input: {name: "Zbob", children: {create: [{name: "Z"}]}}) { id }',
            'createCustomers(inputs: [{name: "Zbob"}, {name: "Zchris"}]) { id }',
            f'updateCustomer(id: "{partner}", input: {{city: "Ghent"}}) {{ id }}',
            f'updateCustomers(ids: ["{partner}"], input: {{city: "Ghent"}}) {{ id }}',
            'upsertCustomer(by: {ref: "Z1"}, input: {city: "Ghent"}) { id }',
            'upsertCustomer(by: {externalId: "z.1"}, input: {name: "Z"}) { id }',
            f'deleteCustomer(id: "{partner}")',
            f'deleteCustomers(ids: ["{partner}"])',
        ):
            api.try_out("POST", "graphql", {"query": f"mutation {{ {mutation} }}"})


@pytest.mark.pdf
def test_every_action_of_the_catalog(
    api: Api, odoo: Administrator, schema: GraphQLSchema, subtests
):
    actions = odoo.call(
        "graphql_api.resource.action",
        "search_read",
        domain=[["resource_id.active", "=", True]],
        fields=["name", "resource_id"],
    )
    resources = odoo.call(
        "graphql_api.resource", "search_read", domain=[], fields=["type_name", "collection"]
    )
    names = {row["id"]: (row["type_name"], row["collection"]) for row in resources}
    offered = {}
    for action in actions:
        type_name, collection = names[action["resource_id"][0]]
        name = camel_case(action["name"]) + type_name
        if name in schema.mutation_type.fields:  # else its app is not installed
            offered[type_name, action["name"]] = name, f"{collection}/{{}}{action['name']}"
    examples = {each: EXAMPLES[each] for each in offered if each in EXAMPLES}
    records = {each: example.make(odoo) for each, example in examples.items()}
    arguments = {
        each: example.find_arguments(odoo, records[each]) for each, example in examples.items()
    }
    # All rows are read once for all actions, as that takes longer than an action does.
    with api.unchanged():
        for each, record in records.items():
            name, path = offered[each]
            with subtests.test(name):
                body = rename(arguments[each], snake_case)
                _try_out_mutation(api, schema, name, record, arguments[each])
                api.try_out("POST", path.format(f"{record}/"), body or None)
                api.try_out("POST", path.format(""), {"ids": [record], **body})
    assert offered.keys() == EXAMPLES.keys(), "write examples in action_examples.py"


def _try_out_mutation(
    api: Api, schema: GraphQLSchema, name: str, record: int, values: dict
) -> None:
    field = schema.mutation_type.fields[name]
    variables = {"id": str(record)}
    if values:
        variables["input"] = values
    types = ", ".join(f"${argument}: {field.args[argument].type}" for argument in variables)
    arguments = ", ".join(f"{argument}: ${argument}" for argument in variables)
    selection = "{ __typename }" if is_composite_type(get_named_type(field.type)) else ""
    query = f"mutation ({types}) {{ {name}({arguments}) {selection} }}"
    api.try_out("POST", "graphql", {"query": query, "variables": variables})


class _Smtp(socketserver.StreamRequestHandler):
    """Takes each mail, and notes that somebody has come."""

    def handle(self):
        self.server.received.append("connection")
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line.strip().upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.received.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
            if command == b"QUIT":
                return


class _Http(http.server.BaseHTTPRequestHandler):
    """Takes each request, and notes its body."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(body.decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments):
        """Print nothing."""


@contextlib.contextmanager
def _listening(handler: type) -> Iterator[socketserver.BaseServer]:
    """Run a server of another system, with a list ``received``."""
    with socketserver.ThreadingTCPServer((HOST, 0), handler) as server:
        server.daemon_threads = True
        server.received = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(_WITHIN)


@pytest.fixture
def smtp(odoo: Administrator) -> Iterator[socketserver.BaseServer]:
    """Run a server to which Odoo sends its mail."""
    with _listening(_Smtp) as server:
        values = {"name": "Z", "smtp_host": HOST, "smtp_port": server.server_address[1]}
        ids = odoo.call("ir.mail_server", "create", vals_list=[{**values, "sequence": 1}])
        yield server
        odoo.call("ir.mail_server", "unlink", ids=ids)


@pytest.fixture(scope="module")
def code(odoo: Administrator) -> str:
    """Expose the running of code that an administrator writes in Odoo; return the collection."""
    action = {"name": "run", "method": "run"}
    fields = [[0, 0, {"field_name": "name"}]]
    values = {"model": "ir.actions.server", "type_name": "ZCode", "collection": "z-codes"}
    odoo.call(
        "graphql_api.resource",
        "create",
        vals_list=[{**values, "field_ids": fields, "action_ids": [[0, 0, action]]}],
    )
    return "z-codes"


def _write_code(odoo: Administrator, code: str) -> int:
    (model,) = odoo.call("ir.model", "search", domain=[["model", "=", "res.partner"]])
    values = {"name": "Zcode", "model_id": model, "state": "code", "code": code}
    (action,) = odoo.call("ir.actions.server", "create", vals_list=[values])
    return action


def test_mail_after_the_commit(api: Api, odoo: Administrator, smtp):
    """Somebody is told that a lead is assigned to him, when it is."""
    (user,) = odoo.call("res.users", "search", domain=[["login", "=", "demo"]])
    (lead,) = odoo.call("crm.lead", "create", vals_list=[{"name": "Zlead", "user_id": False}])
    request = "PATCH", f"leads/{lead}?fields=id", {"user": user}
    with api.unchanged():
        api.try_out(*request)
    assert smtp.received == []
    assert api.send(*request).ok
    assert "Zlead" in smtp.received[-1]


def test_mail_at_once(api: Api, odoo: Administrator, smtp, code: str):
    """Odoo takes it for a server that cannot be reached, and goes on."""
    values = "{'subject': 'Zmail', 'email_to': 'z@example.com', 'body_html': 'Z'}"
    action = _write_code(odoo, f"env['mail.mail'].create({values}).send()")
    with api.unchanged():
        api.try_out("POST", f"{code}/{action}/run")
    assert smtp.received == []
    assert api.send("POST", f"{code}/{action}/run").ok
    assert "Zmail" in smtp.received[-1]


def test_webhook(api: Api, odoo: Administrator, code: str):
    with _listening(_Http) as server:
        hook = _write_code(odoo, "pass")
        url = f"http://{HOST}:{server.server_address[1]}/"
        odoo.call(
            "ir.actions.server", "write", ids=[hook], vals={"webhook_url": url, "state": "webhook"}
        )
        context = "active_model='res.partner', active_id=env.user.partner_id.id"
        run = f"env['ir.actions.server'].browse({hook}).with_context({context}).run()"
        action = _write_code(odoo, run)
        with api.unchanged():
            api.try_out("POST", f"{code}/{action}/run")
        assert server.received == []
        assert api.send("POST", f"{code}/{action}/run").ok
        assert json.loads(server.received[-1])["_model"] == "res.partner"


def test_commits_of_business_code(api: Api, odoo: Administrator, code: str):
    """Its own commit, and another cursor's."""
    action = _write_code(
        odoo,
        "env['res.partner'].create({'name': 'Zcode'})\n"
        "env.cr.commit()\n"
        "log('Zlogged')\n"
        "env['res.partner'].create({'name': 'Zcode'})\n"
        "env.cr.rollback()",
    )
    with api.unchanged():
        api.try_out("POST", f"{code}/{action}/run")
    before = api.contents()
    assert api.send("POST", f"{code}/{action}/run").ok
    assert {"res_partner", "ir_logging"} <= api.changed(before)
    partners = odoo.call("res.partner", "search_count", domain=[["name", "=", "Zcode"]])
    assert partners == 1
