"""What the tests share: clients that speak HTTP, keys, and a count of SQL queries."""

import datetime
import json
import threading
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlencode

from odoo.sql_db import db_connect
from odoo.tests import HttpCase, tagged

from ...models import schema as schema_model
from ...models.exposure import SCHEMA_CACHE
from ...models.settings import PREFIX
from ...schema.builder import build
from ...schema.execution.columnar import ColumnarExecutor
from ...schema.execution.executor import Request, execute
from . import needs
from .query_counts import counted_queries
from .server import PATIENCE

_schemas: list = []
"""What schemas were built from, and the schemas: the last few."""


def build_once(*parts):
    """Return the schema of these parts; one takes seconds to build and holds no database.

    Odoo clears its caches between tests, that of the schema too.
    """
    for place, (known, schema) in enumerate(_schemas):
        if known == parts:
            _schemas.insert(0, _schemas.pop(place))
            return schema
    schema = build(*parts)
    _schemas[11:] = []
    _schemas.insert(0, (parts, schema))
    return schema


def without_cost(body: dict) -> dict:
    """Return the body of a GraphQL response but for what the request costs."""
    return {name: value for name, value in body.items() if name != "extensions"}


@tagged("post_install", "-at_install")
class ApiCase(HttpCase):
    """A test that talks to the API over HTTP as users with API keys.

    ``self.login`` is who asks by default; the keys are made as they are needed. ``database`` says
    what is in the database of the test: see :func:`needs.database`.
    """

    login = "admin"
    database: str | None = "apps"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        needs.database(cls.env, cls.database)
        # What a schema is stays as it is: only the time to make the same one again is spared.
        cls.startClassPatcher(patch.object(schema_model, "build", build_once))
        # Answers come in the user's language; the tests compare English ones.
        cls.env["res.users"].search([]).lang = "en_US"
        # Tests send more in a minute than a person does, on machines that are slow and busy; those
        # of these limits set their own.
        cls.set_setting("requests_per_minute", 0)
        cls.set_setting("max_seconds", PATIENCE)

    def setUp(self):
        super().setUp()
        self._keys = {}
        self.forget_rates()

    def forget_rates(self) -> None:
        """Forget how many requests callers have sent, also with wrong keys and passwords."""
        # They are not counted in the transaction of the request, nor in that of the test.
        with db_connect(self.env.cr.dbname).cursor() as cursor:
            cursor.execute("DELETE FROM graphql_api_rate")

    def extend_schema(self, extend):
        """Let ``extend(parts)`` add to the schema during this test, as an addon would.

        ``_collect`` is what addons override (docs/extending.md).
        """
        schema_class = self.env.registry["graphql_api.schema"]
        collect = schema_class._collect

        def collect_more(model):
            parts = collect(model)
            extend(parts)
            return parts

        self.startPatcher(patch.object(schema_class, "_collect", collect_more))
        self.env.registry.clear_cache(SCHEMA_CACHE)
        self.addCleanup(self.env.registry.clear_cache, SCHEMA_CACHE)

    @classmethod
    def set_setting(cls, name: str, value) -> None:
        """Set one of the server's settings for the rest of the test."""
        cls.env["ir.config_parameter"].set_param(PREFIX + name, str(value))

    @classmethod
    def user(cls, login: str):
        return cls.env["res.users"].search([("login", "=", login)]).ensure_one()

    def key(self, login: str) -> str:
        """Return an API key of a user, the same one for the whole test."""
        if login not in self._keys:
            expiration = datetime.datetime.now() + datetime.timedelta(days=1)
            keys = self.env["res.users.apikeys"].with_user(self.user(login)).sudo()
            self._keys[login] = keys._generate(None, "test", expiration)
        return self._keys[login]

    @contextmanager
    def allow_requests(self, browser=None, all_requests=False):
        """Also let the server end what it does after its response: it needs the cursor too."""
        with super().allow_requests(browser, all_requests):
            yield
            for thread in threading.enumerate() if browser is None else ():
                if thread.name.startswith("odoo.service.http.request."):
                    thread.join(10)

    def http(self, method: str, path: str, *, login: str | None = "", headers=None, **kwargs):
        """Send a request and return the response of ``requests``.

        :param login: whose key goes with it; None sends none
        """
        self.env.flush_all()
        headers = dict(headers or {})
        if login is not None:
            headers.setdefault("Authorization", f"Bearer {self.key(login or self.login)}")
        return self.url_open(path, method=method, headers=headers, timeout=PATIENCE, **kwargs)

    def rest(self, path: str, *, method: str = "GET", status: int = 200, **kwargs):
        """Send a REST request, check status and envelope, return the decoded body."""
        response = self.http(method, path, **kwargs)
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.assertTrue(response.headers["Content-Type"].startswith("application/json"))
        body = response.json()
        self.assertEqual(body["status"], "success" if status < 400 else "error")
        if status >= 400:
            self.assertLessEqual({"code", "message"}, set(body))
            self.assertNotIn("Traceback", response.text)
        return body

    def graphql_response(self, query: str, variables=None, operation_name=None, **kwargs):
        body = {"query": query, "variables": variables, "operationName": operation_name}
        headers = {"Content-Type": "application/json", **kwargs.pop("headers", {})}
        return self.http(
            "POST", "/api/graphql", data=json.dumps(body).encode(), headers=headers, **kwargs
        )

    def graphql(self, query: str, variables=None, *, errors=(), **kwargs):
        """Send a query and return its data.

        :param errors: the expected errors as (code, path) pairs, path None for a request error
        """
        response = self.graphql_response(query, variables, **kwargs)
        body = response.json()
        found = [
            (error["extensions"]["code"], error.get("path")) for error in body.get("errors", ())
        ]
        self.assertEqual(found, [tuple(error) for error in errors], response.text[:3000])
        self.assertNotIn("Traceback", response.text)
        return body.get("data")

    def execute(
        self,
        query: str,
        variables=None,
        *,
        login: str | None = None,
        policy=None,
        executor: type = ColumnarExecutor,
    ):
        """Execute a query in this process, as a request of the user would; return the result.

        :param policy: the record of the policy of its key, None for a key without one
        """
        user = self.user(login or self.login)
        context = {"lang": "en_US", "tz": user.tz}
        env = self.env(user=user, su=False, context=context)
        values = self.env["graphql_api.policy"]._get_policy(policy.id if policy else None)
        schema = env["graphql_api.schema"]._get_schema(values.rights)
        context = schema.context(env, policy=values)
        return execute(schema, context, Request(query, variables), executor)

    @contextmanager
    def counted_queries(self):
        """Yield a list whose one item, after the block, is the number of SQL queries in it."""
        self.env.flush_all()
        self.env.invalidate_all()
        with counted_queries(self.env.cr) as counted:
            yield counted

    def query_count(self, query: str, variables=None, **caller) -> int:
        """Return how many SQL queries a query takes, with caches that belong to no data warm.

        :param caller: see :meth:`execute`
        """
        result = self.execute(query, variables, **caller)
        self.assertFalse(result.errors)
        with self.counted_queries() as counted:
            self.execute(query, variables, **caller)
        return counted[0]


def graphql_path(query: str, **parameters) -> str:
    return "/api/graphql?" + urlencode({"query": query, **parameters})
