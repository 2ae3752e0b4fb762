"""What one server changes counts on every worker of the other: nothing is kept by one alone.

One test for each row of the table in docs/operating.md, "Several servers".
"""

import base64
import contextlib
import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tools import api_key
from tools.cluster.cluster import DATABASE

from ..administrator import Administrator
from .conftest import execute, wait_for_replica, wait_until

pytestmark = pytest.mark.cluster

_AT_ONCE = 3
"""Requests that a server of two workers gets together, so that each worker has one."""

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@pytest.fixture(scope="module")
def administrator(cluster, admin_key) -> Administrator:
    """Return an administrator, whose changes are made on the first server."""
    return Administrator(cluster.servers[0].url, admin_key)


@pytest.fixture(scope="module")
def policy(administrator) -> Iterator[int]:
    """Yield the id of a policy; apps that sign in get keys under it."""
    values = {"name": "State", "all_resources": True, "allow_extensions": True}
    (record,) = administrator.call("graphql_api.policy", "create", vals_list=[values])
    with administrator.setting(sign_in="1", sign_in_policy=str(record)):
        yield record


@pytest.fixture(scope="module")
def key(cluster, policy) -> str:
    """Return a key of demo under the policy, made by the first server."""
    credentials = {"login": "demo", "password": "demo"}
    address = f"{cluster.servers[0].url}/api/auth/token"
    answer = requests.post(address, json=credentials, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["access_token"]


@pytest.fixture(scope="module")
def everywhere(cluster, key) -> Callable[..., list]:
    """Return a function that asks every worker of every server; it returns what they answer."""

    def send(function: Callable[[requests.Response], object], method: str, path: str, **arguments):
        wait_for_replica(cluster)
        headers = {"Authorization": f"Bearer {key}", **arguments.pop("headers", {})}

        def ask(server) -> object:
            url = server.url + path
            # Each request has a connection of its own, which any worker may accept.
            return function(requests.request(method, url, headers=headers, timeout=60, **arguments))

        with ThreadPoolExecutor(_AT_ONCE * len(cluster.servers)) as pool:
            return list(pool.map(ask, cluster.servers * _AT_ONCE))

    return send


def status(answer: requests.Response) -> int:
    """Return the status."""
    return answer.status_code


def code(answer: requests.Response) -> str | None:
    """Return the code of the first error of GraphQL, if there is one."""
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else None


def _all(answers: list) -> object:
    """Return what all answers are."""
    assert all(answer == answers[0] for answer in answers), answers
    return answers[0]


def _find(administrator, model: str, *domain: list) -> int:
    """Return the id of the one record of a domain."""
    (record,) = administrator.call(
        model, "search", domain=list(domain), context={"active_test": False}
    )
    return record


@contextlib.contextmanager
def changed(administrator, model: str, record: int, **values) -> Iterator[None]:
    """Give a record other values than it has; it has its own again in the end."""
    (before,) = administrator.call(model, "read", ids=[record], fields=list(values))
    administrator.call(model, "write", ids=[record], vals=values)
    try:
        yield
    finally:
        before = {name: before[name] for name in values}
        administrator.call(model, "write", ids=[record], vals=before)


class TestKeys:
    def test_policy(self, everywhere, administrator, policy):
        assert _all(everywhere(status, "GET", "/api/me")) == 200
        with changed(administrator, "graphql_api.policy", policy, networks="192.0.2.0/24"):
            assert _all(everywhere(status, "GET", "/api/me")) == 403
        with changed(administrator, "graphql_api.policy", policy, all_resources=False):
            assert _all(everywhere(status, "GET", "/api/customers?limit=1")) == 404
        assert _all(everywhere(status, "GET", "/api/customers?limit=1")) == 200

    def test_user_who_is_archived(self, everywhere, administrator):
        demo = _find(administrator, "res.users", ["login", "=", "demo"])
        with changed(administrator, "res.users", demo, active=False):
            assert _all(everywhere(status, "GET", "/api/me")) == 401

    def test_key_that_is_revoked(self, cluster, everywhere):
        other = api_key.new(cluster.environment, DATABASE, "demo")
        headers = {"Authorization": f"Bearer {other}"}
        assert _all(everywhere(status, "GET", "/api/me", headers=headers)) == 200
        execute(cluster.primary, "DELETE FROM res_users_apikeys WHERE index = %s", other[:8])
        assert _all(everywhere(status, "GET", "/api/me", headers=headers)) == 401


class TestSchema:
    def test_field_that_is_exposed_no_more(self, everywhere, administrator):
        line = _find(
            administrator,
            "graphql_api.resource.field",
            ["resource_id.collection", "=", "customers"],
            ["field_name", "=", "website"],
        )
        query = {"query": "{ customers(first: 1) { nodes { website } } }"}
        path = "/api/customers?fields=website&limit=1"
        with changed(administrator, "graphql_api.resource.field", line, active=False):
            assert _all(everywhere(status, "GET", path)) == 400
            assert _all(everywhere(code, "POST", "/api/graphql", json=query)) == (
                "GRAPHQL_VALIDATION_FAILED"
            )
        assert _all(everywhere(status, "GET", path)) == 200
        assert _all(everywhere(code, "POST", "/api/graphql", json=query)) is None

    def test_resource(self, everywhere, administrator):
        resource = _find(administrator, "graphql_api.resource", ["collection", "=", "customers"])
        with changed(administrator, "graphql_api.resource", resource, active=False):
            assert _all(everywhere(status, "GET", "/api/customers?limit=1")) == 404
        assert _all(everywhere(status, "GET", "/api/customers?limit=1")) == 200

    def test_setting(self, everywhere, administrator):
        path = "/api/customers?limit=3"
        with administrator.setting(max_page_size="2"):
            assert _all(everywhere(status, "GET", path)) == 400
        assert _all(everywhere(status, "GET", path)) == 200


class TestDocuments:
    def test_registered_documents(self, everywhere, administrator, policy):
        text = f"query State{uuid.uuid4().hex[:8]} {{ me {{ lang }} }}"
        query = {"query": text}
        with changed(administrator, "graphql_api.policy", policy, registered_documents=True):
            assert _all(everywhere(status, "POST", "/api/graphql", json=query)) == 403
            values = {"text": text, "registered": True}
            (document,) = administrator.call("graphql_api.document", "create", vals_list=[values])
            assert _all(everywhere(code, "POST", "/api/graphql", json=query)) is None
            administrator.call("graphql_api.document", "unlink", ids=[document])
            assert _all(everywhere(status, "POST", "/api/graphql", json=query)) == 403

    def test_persisted_document(self, cluster, client, everywhere):
        text = f"query State{uuid.uuid4().hex[:8]} {{ me {{ lang }} }}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        hashed = {"extensions": extensions}
        assert _all(everywhere(code, "POST", "/api/graphql", json=hashed)) == (
            "PERSISTED_QUERY_NOT_FOUND"
        )
        body = {"query": text, "extensions": extensions}
        answer = client("POST", "/api/graphql", server=cluster.servers[0], json=body)
        assert "errors" not in answer.json()
        assert _all(everywhere(code, "POST", "/api/graphql", json=hashed)) is None


class TestWrites:
    def test_idempotency_key(self, cluster, client):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        body = {"name": f"Once {uuid.uuid4()}"}
        answers = [
            client("POST", "/api/customers", server=server, json=body, headers=headers)
            for server in cluster.servers * 2
        ]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["data"]["id"] for answer in answers}) == 1

    def test_version(self, cluster, client):
        first, second = cluster.servers
        created = client("POST", "/api/customers", server=first, json={"name": "State"})
        path, version = created.headers["Location"], {"If-Match": created.headers["ETag"]}
        arguments = {"json": {"name": "Changed"}, "headers": version}
        assert client("PATCH", path, server=second, **arguments).status_code == 200
        assert client("PATCH", path, server=first, **arguments).status_code == 412

    def test_file(self, cluster, client):
        first, second = cluster.servers
        created = client("POST", "/api/customers", server=first, json={"name": "State"})
        path = f"{created.headers['Location']}/image_1920"
        image = {"Content-Type": "image/png"}
        answer = client("PUT", path, server=first, data=_PIXEL, headers=image)
        assert answer.ok, answer.text
        wait_for_replica(cluster)
        answer = client("GET", path, server=second)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")


def test_rates(cluster, administrator, policy, key):
    """All servers count together: of requests at once each caller has as many as it may send."""
    headers = {"Authorization": f"Bearer {key}"}
    urls = [f"{server.url}/api/me" for server in cluster.servers * 5]

    def send(url: str) -> int:
        return requests.get(url, headers=headers, timeout=60).status_code

    with changed(administrator, "graphql_api.policy", policy, requests_per_minute=2):
        wait_for_replica(cluster)
        with ThreadPoolExecutor(len(urls)) as pool:
            assert Counter(pool.map(send, urls)) == {200: 2, 429: 8}


def test_request_log(administrator, policy, everywhere):
    """It has the requests to all servers, soon after their answers."""

    name = f"State{uuid.uuid4().hex[:8]}"
    query = {"query": f"query {name} {{ me {{ lang }} }}"}

    def count() -> int:
        domain = [["operation", "=", name]]
        return administrator.call("graphql_api.request", "search_count", domain=domain)

    with changed(administrator, "graphql_api.policy", policy, log_requests=True):
        sent = everywhere(code, "POST", "/api/graphql", json=query)
        assert _all(sent) is None
        wait_until(lambda: count() >= len(sent))
        assert count() == len(sent)
