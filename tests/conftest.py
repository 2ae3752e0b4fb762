"""What the tests of the project share: a real server with demo data, and keys for it."""

from collections.abc import Callable, Iterator

import pytest

from tools import api_key, database_server, databases, environment, lock
from tools.environment import CONFIGURATION, Environment
from tools.odoo_server import OdooServer
from tools.paths import LOGS

from .administrator import Administrator

_OF_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS", "PORT", "LOGIN"}
"""What the make that runs the tests would tell another one."""


@pytest.fixture(scope="session", autouse=True)
def load_registry() -> None:
    """Load no database in this process, as pytest-odoo does for the tests of addons."""


@pytest.fixture(scope="session", autouse=True)
def load_http() -> None:
    """Start no server in this process, as pytest-odoo does for the tests of addons."""


@pytest.fixture(scope="session")
def development() -> Environment:
    """Return the environment that Odoo runs in."""
    with lock.exclusive("setup"):
        return environment.ensure()


@pytest.fixture(scope="session")
def demo_server(development: Environment, worker_id: str) -> Iterator[OdooServer]:
    """Run a server on a database with all apps and demo data, as ``make run`` has it."""
    name = databases.make_fresh(
        development, f"graphql_api_test_project_{worker_id}", databases.CHANGES
    )
    with OdooServer(development, name, LOGS / f"test-project-server-{worker_id}.log") as server:
        yield server
    database_server.drop(development.server, name)


@pytest.fixture(scope="session")
def demo_key(development: Environment, demo_server: OdooServer) -> Callable[[str], str]:
    """Return a function from a login to an Odoo API key of that user."""
    return lambda login: api_key.remembered(development, demo_server.database, login)


@pytest.fixture(scope="session")
def administrator(demo_server: OdooServer, demo_key: Callable[[str], str]) -> Administrator:
    """Return the administrator of the demo data."""
    return Administrator(demo_server.url, demo_key("admin"))


@pytest.fixture(scope="session")
def terminal(development: Environment) -> dict[str, str]:
    """Return the environment variables of somebody who types commands."""
    # With those of the server commands would take it for one of the user's own.
    left_out = _OF_MAKE | development.server.environment.keys()
    return {key: value for key, value in development.variables.items() if key not in left_out}


@pytest.fixture(scope="session")
def reader(
    development: Environment, demo_server: OdooServer, terminal: dict[str, str]
) -> dict[str, str]:
    """Return the environment variables of somebody whose demo database is the server's."""
    database = demo_server.database
    # So that commands take it as it is.
    database_server.set_origin(development.server, database, databases.addons_hash())
    server = development.server.environment
    return {**terminal, **server, "DB": database, "ODOO_RC": str(CONFIGURATION)}
