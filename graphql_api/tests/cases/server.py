"""A second Odoo server on the database of the tests, with transactions that really end.

The server inside the tests' own process runs all requests in one transaction, one at a time.
What happens between transactions shows only in a server of its own.
"""

import contextlib
import datetime
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import requests

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import connection_info_for
from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ...models.settings import PREFIX
from . import needs

_HOST = "127.0.0.1"
_READY_WITHIN = 120  # seconds
_PREFLIGHT = {"Origin": "http://localhost", "Access-Control-Request-Method": "GET"}
_ENDS_WITHIN = 20  # seconds
PATIENCE = 300  # seconds that a request may take


class Server:
    """An Odoo process; use it in a ``with`` block, at whose end it is gone.

    :param options: more command line options of Odoo
    """

    def __init__(self, *options: str):
        self._options = options

    def __enter__(self) -> "Server":
        port = _free_port()
        self.url = f"http://{_HOST}:{port}"
        self._log = tempfile.NamedTemporaryFile()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "odoo"),
                f"--config={needs.variable('GRAPHQL_API_CONFIGURATION')}",
                f"--database={database()}",
                f"--db-filter=^{database()}$",
                f"--http-interface={_HOST}",
                f"--http-port={port}",
                "--workers=0",
                "--max-cron-threads=0",
                *self._options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception) -> None:
        self._process.terminate()
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_ENDS_WITHIN)
        self._log.close()

    @property
    def process_id(self) -> int:
        """The id of the process."""
        return self._process.pid

    def log(self) -> str:
        """Return what the server has logged so far."""
        return Path(self._log.name).read_text(errors="replace")

    def client(self, key: str) -> "Client":
        """Return a client that sends an API key."""
        return Client(self.url, key)

    def _wait(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        with self.client("none") as client:
            while time.monotonic() < deadline and self._process.poll() is None:
                with contextlib.suppress(requests.RequestException):
                    if client.send_request("OPTIONS", "/api", headers=_PREFLIGHT).ok:
                        return
                time.sleep(0.1)
        raise RuntimeError(f"The server does not answer. Its log:\n{self.log()[-4000:]}")


class Client(requests.Session):
    """One caller of a server with one connection; not to be shared by threads."""

    def __init__(self, url: str, key: str):
        super().__init__()
        self._url = url
        self.trust_env = False  # no proxy between
        self.headers["Authorization"] = f"Bearer {key}"
        self.headers["Accept-Language"] = "en"

    def send_request(self, method: str, path: str, **kwargs) -> requests.Response:
        """Send a request to a path of the server."""
        return self.request(method, self._url + path, timeout=PATIENCE, **kwargs)


def database() -> str:
    """Return the name of the database that the tests run on."""
    (name,) = config["db_name"]
    return name


@contextlib.contextmanager
def committed() -> Iterator[api.Environment]:
    """Yield an environment of the superuser; what is done with it is committed at the end."""
    registry = Registry(database())
    with registry.cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {})
    registry.signal_changes()


@contextlib.contextmanager
def setting(name: str, value) -> Iterator[None]:
    """Give one of the API's settings a value; it has its default again in the end."""
    with committed() as env:
        env["ir.config_parameter"].set_param(PREFIX + name, str(value))
    try:
        yield
    finally:
        with committed() as env:
            env["ir.config_parameter"].set_param(PREFIX + name, False)


@contextlib.contextmanager
def api_key(login: str) -> Iterator[str]:
    """Yield an API key of a user, which is removed in the end."""
    name = f"test {uuid.uuid4()}"
    expiration = datetime.datetime.now() + datetime.timedelta(hours=1)
    with committed() as env:
        user = env["res.users"].search([("login", "=", login)]).ensure_one()
        key = env["res.users.apikeys"].with_user(user).sudo()._generate(None, name, expiration)
    try:
        yield key
    finally:
        with committed() as env:
            env["res.users.apikeys"].search([("name", "=", name)]).unlink()


@contextlib.contextmanager
def scoped_key(login: str, **policy) -> Iterator[str]:
    """Yield a key of a user under a policy of its own, for all that is exposed.

    :param policy: values of the policy
    """
    with committed() as env:
        user = env["res.users"].search([("login", "=", login)]).ensure_one()
        values = {"name": "Test", "all_resources": True, "allow_extensions": True, **policy}
        record = env["graphql_api.policy"].create(values)
        expiration = datetime.datetime.now() + datetime.timedelta(hours=1)
        key = env["graphql_api.key"]._generate(user, record, "test", expiration)
    try:
        yield key
    finally:
        with committed() as env:

            def remove():
                env["graphql_api.key"].search([("policy_id", "=", record.id)]).unlink()
                env["graphql_api.policy"].browse(record.id).unlink()

            # A server may just be writing when the key was used.
            retrying(remove, env)


@tagged("post_install", "-at_install", "server")
class ServerCase(BaseCase):
    """A test with a server of its own, and with no transaction that would stand in its way.

    What a test commits, it removes again. ``self.key`` is an API key of the administrator.
    ``server_options`` are more options of the server's command line.
    """

    server_options: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        needs.variable("GRAPHQL_API_CONFIGURATION")
        # What the server has changed is known to the tests that come after, in this process.
        cls.addClassCleanup(lambda: Registry(database()).check_signaling())
        with contextlib.ExitStack() as stack:
            # Tests send more in a minute than a person does, on machines that are slow and busy.
            stack.enter_context(setting("requests_per_minute", 0))
            stack.enter_context(setting("max_seconds", PATIENCE))
            cls.server = stack.enter_context(Server(*cls.server_options))
            cls.key = stack.enter_context(api_key("admin"))
            cls.addClassCleanup(stack.pop_all().close)

    def client(self, key: str | None = None) -> Client:
        """Return a client, of the administrator unless the key is another's."""
        client = self.server.client(key or self.key)
        self.addCleanup(client.close)
        return client

    def scoped_key(self, **policy) -> str:
        """Return a key of the administrator under a policy with these values."""
        return self.enterContext(scoped_key("admin", **policy))


def together(jobs: Iterable[Callable[[], Any]]) -> list:
    """Call functions in threads that start at once; return what they return, in order."""
    jobs = list(jobs)
    start = threading.Barrier(len(jobs))

    def run(job):
        start.wait(60)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return probe.getsockname()[1]


def execute(statement: str, *parameters) -> list[tuple]:
    """Run a statement outside of the tests' transaction; return its rows."""
    _name, connection_parameters = connection_info_for(database())
    connection = psycopg2.connect(**connection_parameters)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
