"""Three databases of the same contents: one for each API, and one for Odoo's own methods."""

import contextlib
import functools
import json
import subprocess
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tools import api_key, database_server, databases
from tools.environment import Environment
from tools.odoo_server import OdooServer
from tools.paths import LOGS, ROOT

from ..administrator import Administrator
from .api import Api, GraphQL, Rest

APIS: dict[str, type[Api]] = {"rest": Rest, "graphql": GraphQL}


class Days:
    """Where days are done.

    :param servers: one for each API, on a database of its own
    :param database: for Odoo's own methods
    """

    def __init__(self, environment: Environment, servers: dict[str, OdooServer], database: str):
        self._environment = environment
        self._servers = servers
        self._database = database

    def app(self, api: str, login: str) -> Api:
        """Return the app of a user."""
        server = self._servers[api]
        key = api_key.remembered(self._environment, server.database, login)
        return APIS[api](server.url, key)

    def check(self, module: ModuleType, api: str, login: str = "admin", *others: str) -> None:
        """Do the day of a module by one API, and compare with Odoo's own.

        :param module: has ``day(api)``, ``in_odoo(env)`` and ``figures(env)``, and perhaps
            ``prepare(env)`` for what the administrator has made in each database before
        :param login: of the person
        :param others: logins of the people whom the person meets; ``day`` gets their apps as well
        """
        prepare = hasattr(module, "prepare")
        expected = self._figures_of_odoo(module.__name__, login, prepare)
        if prepare:
            self._call(self._servers[api].database, module.__name__, "prepare")
        module.day(*(self.app(api, each) for each in (login, *others)))
        assert self._call(self._servers[api].database, module.__name__, "figures") == expected

    @functools.cache  # noqa: B019 (there is one for all tests)
    def _figures_of_odoo(self, module: str, login: str, prepare: bool) -> Any:
        if prepare:
            self._call(self._database, module, "prepare")
        self._call(self._database, module, "in_odoo", login)
        return self._call(self._database, module, "figures")

    def _call(self, database: str, module: str, function: str, login: str = "admin") -> Any:
        environment = self._environment
        arguments = [str(environment.configuration), database, module, function, login]
        result = subprocess.run(
            [environment.python, "-m", "tests.days.odoo_process", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment.variables,
            check=False,
        )
        assert not result.returncode, f"{module}.{function}: {result.stderr}"
        return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="package")
def days(development: Environment, worker_id: str) -> Iterator[Days]:
    """Run the servers, whose users may send any number of requests."""
    names = [*APIS, "odoo"]
    made = {
        name: databases.make_fresh(
            development, f"graphql_api_test_day_{name}_{worker_id}", databases.APPS
        )
        for name in names
    }
    with contextlib.ExitStack() as stack:
        servers = {}
        for name in APIS:
            log = LOGS / f"test-day-{name}-{worker_id}.log"
            servers[name] = stack.enter_context(OdooServer(development, made[name], log))
            key = api_key.remembered(development, made[name], "admin")
            administrator = Administrator(servers[name].url, key)
            stack.enter_context(administrator.setting(requests_per_minute="0"))
        yield Days(development, servers, made["odoo"])
    for database in made.values():
        database_server.drop(development.server, database)


@pytest.fixture(params=list(APIS))
def api(request: pytest.FixtureRequest) -> str:
    """Return the name of an API."""
    return request.param
