"""A cluster for the tests in this folder, and what they do with it."""

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tools import api_key, database_server, lock
from tools.cluster.cluster import DATABASE, Cluster
from tools.postgres_server import OwnServer

from ..administrator import Administrator


@pytest.fixture(scope="session")
def cluster(development) -> Iterator[Cluster]:
    """Run a cluster, with two workers for each server."""
    with contextlib.ExitStack() as stack:
        with lock.exclusive("setup"):
            running = stack.enter_context(Cluster(development))
        yield running


@pytest.fixture(scope="session")
def admin_key(cluster) -> Iterator[str]:
    """Return an API key of the administrator, who may send any number of requests."""
    key = api_key.remembered(cluster.environment, DATABASE, "admin")
    with Administrator(cluster.servers[0].url, key).setting(requests_per_minute="0"):
        yield key


@pytest.fixture(scope="session")
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
    deadline = time.monotonic() + 30
    while execute(cluster.replica, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position) != [
        (True,)
    ]:
        assert time.monotonic() < deadline, "the replica does not follow"
        time.sleep(0.05)
