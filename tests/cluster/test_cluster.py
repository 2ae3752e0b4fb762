"""Several servers, a replica and nginx: what one server alone cannot show."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tools import api_key
from tools.cluster.cluster import DATABASE
from tools.postgres_server import OwnServer

from ..administrator import Administrator
from .conftest import execute, locked, replay_paused, wait_for_replica, wait_until

pytestmark = pytest.mark.cluster


def test_nginx_serves_over_tls_alone(cluster, client):
    assert client("GET", "/api/customers?limit=1").status_code == 200
    plain = requests.get(f"http://127.0.0.1:{cluster.nginx.http_port}/api", allow_redirects=False)
    assert plain.status_code == 308
    assert plain.headers["Location"].startswith("https://")


def test_both_servers_share_what_is_written(cluster, client):
    first, second = cluster.servers
    name = f"Shared {uuid.uuid4()}"
    written = client("POST", "/api/customers", server=first, json={"name": name})
    assert written.status_code == 201
    token = written.headers["Consistency-Token"]
    path = f"/api/customers?fields=name&filter[name][eq]={name}"
    seen = client("GET", path, server=second, headers={"Consistency-Token": token})
    assert [row["name"] for row in seen.json()["data"]] == [name]


class TestReplicaThatIsHeldBack:
    def test_read_with_the_token_sees_the_write(self, cluster, client):
        name = f"Token {uuid.uuid4()}"
        path = f"/api/customers?fields=name&filter[name][eq]={name}"
        query = f'{{ customers(filter: {{ name: {{ eq: "{name}" }} }}) {{ nodes {{ name }} }} }}'
        wait_for_replica(cluster)
        with replay_paused(cluster.replica):
            text = f'mutation {{ createCustomer(input: {{ name: "{name}" }}) {{ id }} }}'
            written = client("POST", "/api/graphql", json={"query": text})
            assert "errors" not in written.json()
            token = {"Consistency-Token": written.headers["Consistency-Token"]}

            # Without the token the replica answers, which does not have it yet.
            assert client("GET", path).json()["data"] == []
            answer = client("POST", "/api/graphql", json={"query": query}).json()
            assert answer["data"]["customers"]["nodes"] == []

            assert client("GET", path, headers=token).json()["data"] == [{"name": name}]
            answer = client("POST", "/api/graphql", json={"query": query}, headers=token).json()
            assert answer["data"]["customers"]["nodes"] == [{"name": name}]
        wait_for_replica(cluster)
        assert client("GET", path, headers=token).json()["data"] == [{"name": name}]

    def test_pages_of_a_copy_are_of_no_time_before_its_token(self, cluster, client):
        name = f"Copied {uuid.uuid4()}"
        path = f"/api/customers?fields=name&filter[name][eq]={name}"
        query = {"query": "{ customersChanges { token } }"}
        wait_for_replica(cluster)
        with replay_paused(cluster.replica):
            written = client("POST", "/api/customers", json={"name": name})
            assert client("GET", path).json()["data"] == []
            headers = {"Consistency-Token": written.headers["Consistency-Token"]}
            for begun in (
                client("GET", "/api/customers/changes", headers=headers),
                client("POST", "/api/graphql", json=query, headers=headers),
            ):
                sent = {"Consistency-Token": begun.headers["Consistency-Token"]}
                assert client("GET", path, headers=sent).json()["data"] == [{"name": name}]
        wait_for_replica(cluster)
        assert "Consistency-Token" in client("GET", "/api/customers/changes").headers
        assert "Consistency-Token" not in client("GET", path).headers

    def test_key_that_is_revoked_opens_nothing(self, cluster, client):
        key = api_key.new(cluster.environment, DATABASE, "demo")
        headers = {"Authorization": f"Bearer {key}"}
        wait_for_replica(cluster)
        for server in cluster.servers:
            assert client("GET", "/api/me", server=server, headers=headers).status_code == 200
        with replay_paused(cluster.replica):
            execute(cluster.primary, "DELETE FROM res_users_apikeys WHERE index = %s", key[:8])
            for server in cluster.servers:
                answer = client("GET", "/api/me", server=server, headers=headers)
                assert answer.status_code == 401

    @pytest.mark.parametrize("token", ["nonsense", "0/", "1/2/3", "0/1; SELECT 1", ""])
    def test_token_that_is_none(self, client, token):
        answer = client("GET", "/api/customers", headers={"Consistency-Token": token})
        assert answer.status_code == 400
        assert answer.json()["code"] == "BAD_USER_INPUT"


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
    if "code" not in body:
        (error,) = body["errors"]
        body = {"code": error["extensions"]["code"], "message": error["message"]}
    assert body["code"] == "QUERY_TOO_COMPLEX"
    assert "longer than 1 s" in body["message"]
    wait_until(lambda: running(server) == 0)


class TestRunawayQuery:
    """A statement that takes too long is ended, on the replica as on the primary."""

    def test_on_the_replica(self, cluster, client, one_second):
        with locked(cluster.primary, "res_partner_category", "ACCESS EXCLUSIVE"):
            wait_for_replica(cluster)
            check_ended(client, cluster.replica, method="GET", path="/api/customer-tags")
            body = {"query": "{ customerTags { nodes { id } } }"}
            check_ended(client, cluster.replica, method="POST", path="/api/graphql", json=body)
        wait_for_replica(cluster)
        assert client("GET", "/api/customer-tags").status_code == 200

    def test_on_the_primary(self, cluster, client, one_second):
        with locked(cluster.primary, "res_partner_category", "SHARE"):
            body = {"name": "Runaway"}
            check_ended(
                client, cluster.primary, method="POST", path="/api/customer-tags", json=body
            )
            body = {"query": 'mutation { createCustomerTag(input: { name: "Runaway" }) { id } }'}
            check_ended(client, cluster.primary, method="POST", path="/api/graphql", json=body)
        ((count,),) = execute(
            cluster.primary,
            "SELECT count(*) FROM res_partner_category WHERE name->>'en_US' = 'Runaway'",
        )
        assert count == 0


def test_reads_go_on_without_the_primary(cluster, client):
    cluster.primary.stop()
    try:
        assert client("GET", "/api/customers?limit=1").status_code == 200
        answer = client("POST", "/api/customers", json={"name": "Nobody"})
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
    finally:
        cluster.primary.start()
    # Requests have a second here, and the first ones also wait for new connections.
    body = {"name": "Somebody"}
    wait_until(lambda: client("POST", "/api/customers", json=body).status_code == 201)


def test_reads_go_on_without_the_replica(cluster, client):
    cluster.replica.stop("immediate")
    try:
        for _ in range(4):
            assert client("GET", "/api/customers?limit=1").status_code == 200
    finally:
        cluster.replica.start()


def test_without_a_database(cluster, client):
    """Every answer has the contract's shape, and those who watch learn what is the matter."""
    cluster.replica.stop()
    cluster.primary.stop()
    try:
        for server in cluster.servers:
            assert client("GET", "/api/health", server=server).json() == {"status": "alive"}
            for method, path in (
                ("GET", "/api/ready"),
                ("GET", "/api"),
                ("PATCH", "/api/customers/1"),
                ("POST", "/api/auth/token"),
            ):
                answer = client(method, path, server=server)
                assert answer.status_code == 503, (method, path)
                assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
            answer = client(
                "POST", "/api/graphql", server=server, json={"query": "{ me { lang } }"}
            )
            (error,) = answer.json()["errors"]
            assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    finally:
        cluster.primary.start()
        cluster.replica.start()
    for server in cluster.servers:
        assert client("GET", "/api/ready", server=server).json() == {"status": "ready"}
