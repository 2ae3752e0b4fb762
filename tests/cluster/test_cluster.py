"""Several servers, a replica and nginx: what one server alone cannot show."""

import uuid

import pytest
import requests

from tools import api_key
from tools.cluster.cluster import DATABASE

from .conftest import execute, replay_paused, wait_for_replica


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
    assert client("POST", "/api/customers", json={"name": "Somebody"}).status_code == 201


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
