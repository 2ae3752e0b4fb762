"""A cluster for the tests in this folder, and what they do with it."""

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tools import api_key, database_server, databases
from tools.cluster.cluster import DATABASE, Cluster
from tools.postgres_server import OwnServer

from ..administrator import Administrator


@pytest.fixture(scope="package")
def cluster(development) -> Iterator[Cluster]:
    """Run a cluster, with two workers for each server."""
    source = databases.ensure_installed(development, databases.CHANGES)
    with Cluster(development, source=source) as running:
        yield running


@pytest.fixture(scope="package")
def admin_key(cluster) -> Iterator[str]:
    """Return an API key of the administrator, who may send any number of requests."""
    key = api_key.remembered(cluster.environment, DATABASE, "admin")
    with Administrator(cluster.servers[0].url, key).setting(requests_per_minute="0"):
        yield key


@pytest.fixture(scope="package")
def client(cluster, admin_key) -> Callable[..., requests.Response]:
    """Return a function that sends a request as the administrator, by default through nginx."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(cluster.nginx.certificate)

    def send(method, path, *, server=None, **arguments):
        headers = {"Authorization": f"Bearer {admin_key}", **arguments.pop("headers", {})}
        address = server.url if server else cluster.nginx.url
        return session.request(method, address + path, headers=headers, timeout=60, **arguments)

    return send


def execute(server: OwnServer, statement: str, *parameters) -> list[tuple]:
    """Return the rows of a statement."""
    with database_server.cursor(server.login, DATABASE) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; fail when it is not within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


@contextlib.contextmanager
def locked(primary: OwnServer, table: str, mode: str) -> Iterator[None]:
    """Hold a lock on a table: what needs it waits as long.

    :param mode: SHARE lets it be read, ACCESS EXCLUSIVE does not, on the replica neither
    """
    with database_server.cursor(primary.login, DATABASE) as cursor:
        cursor.execute(f"BEGIN; LOCK TABLE {table} IN {mode} MODE")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextlib.contextmanager
def replay_paused(replica: OwnServer) -> Iterator[None]:
    """Hold the replica back: what the primary commits does not show there."""
    execute(replica, "SELECT pg_wal_replay_pause()")
    while execute(replica, "SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
        time.sleep(0.05)
    try:
        yield
    finally:
        execute(replica, "SELECT pg_wal_replay_resume()")


def wait_for_replica(cluster: Cluster) -> None:
    """Wait until the replica has all that the primary has committed so far."""
    ((position,),) = execute(cluster.primary, "SELECT pg_current_wal_insert_lsn()")
    statement = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
    wait_until(lambda: execute(cluster.replica, statement, position) == [(True,)])
