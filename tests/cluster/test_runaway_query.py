"""A statement that takes too long is ended, on the replica as on the primary."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tools.cluster.cluster import DATABASE
from tools.postgres_server import OwnServer

from ..administrator import Administrator
from .conftest import execute, locked, wait_for_replica, wait_until

_QUERY = "{ customerTags { nodes { id } } }"
_MUTATION = 'mutation { createCustomerTag(input: { name: "Runaway" }) { id } }'


@pytest.fixture(scope="module")
def one_second(cluster, admin_key) -> Iterator[None]:
    """Give requests one second."""
    with Administrator(cluster.servers[0].url, admin_key).setting(max_seconds="1"):
        wait_for_replica(cluster)
        yield
    wait_for_replica(cluster)


def running(server: OwnServer) -> int:
    """Return how many statements on the table are under way."""
    ((count,),) = execute(
        server,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state = 'active' "
        "AND query LIKE '%%res_partner_category%%' AND pid <> pg_backend_pid()",
        DATABASE,
    )
    return count


def check_ended(client, server: OwnServer, **arguments) -> None:
    """Check that the request is given up while its statement runs on this server."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client, **arguments)
        wait_until(lambda: running(server) == 1)
        answer = waiting.result()
    assert answer.status_code == 400, answer.text
    body = answer.json()
    if "errors" in body:
        (error,) = body["errors"]
        body = {"code": error["extensions"]["code"], "message": error["message"]}
    assert body["code"] == "QUERY_TOO_COMPLEX"
    assert "longer than 1 s" in body["message"]
    wait_until(lambda: running(server) == 0)


def test_on_the_replica(cluster, client, one_second):
    with locked(cluster.primary, "res_partner_category", "ACCESS EXCLUSIVE"):
        wait_for_replica(cluster)
        check_ended(client, cluster.replica, method="GET", path="/api/customer-tags")
        body = {"query": _QUERY}
        check_ended(client, cluster.replica, method="POST", path="/api/graphql", json=body)
    wait_for_replica(cluster)
    assert client("GET", "/api/customer-tags").status_code == 200


def test_on_the_primary(cluster, client, one_second):
    with locked(cluster.primary, "res_partner_category", "SHARE"):
        body = {"name": "Runaway"}
        check_ended(client, cluster.primary, method="POST", path="/api/customer-tags", json=body)
        body = {"query": _MUTATION}
        check_ended(client, cluster.primary, method="POST", path="/api/graphql", json=body)
    ((count,),) = execute(
        cluster.primary,
        "SELECT count(*) FROM res_partner_category WHERE name->>'en_US' = 'Runaway'",
    )
    assert count == 0
