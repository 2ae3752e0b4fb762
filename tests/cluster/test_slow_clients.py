"""Clients on a slow network hold nginx, and no worker of Odoo."""

import contextlib
import http.client
import json
import os
import ssl
import uuid

import pytest

from .conftest import execute

pytestmark = pytest.mark.cluster

_SENDERS, _READERS = 40, 8  # there are four workers
_SIZE = 12 * 1024**2  # bytes; more than the sockets on the way from a worker can hold


class SlowClients:
    """Connections to nginx over which nothing goes unless it is called for; a context manager."""

    def __init__(self, cluster, key: str):
        self._port = cluster.nginx.port
        self._context = ssl.create_default_context(cafile=cluster.nginx.certificate)
        self._key = key
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "SlowClients":
        return self

    def __exit__(self, *_) -> None:
        self._stack.close()

    def begin(self, method: str, path: str, size: int = 0) -> http.client.HTTPSConnection:
        """Send a request as far as its body, which will have a size."""
        connection = http.client.HTTPSConnection(
            "localhost", self._port, timeout=60, context=self._context
        )
        self._stack.callback(connection.close)
        connection.putrequest(method, path)
        connection.putheader("Authorization", f"Bearer {self._key}")
        if size:
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(size))
        connection.endheaders()
        return connection


def test_bodies_that_come_slowly(cluster, client, admin_key):
    name = f"Slow {uuid.uuid4()}"
    body = json.dumps({"name": name}).encode()
    with SlowClients(cluster, admin_key) as slow:
        connections = [
            slow.begin("POST", "/api/customers?fields=name", len(body)) for _ in range(_SENDERS)
        ]
        for byte in body[:8]:
            for connection in connections:
                connection.send(bytes([byte]))
            assert client("GET", "/api/customers?limit=1").status_code == 200
        for connection in connections:
            connection.send(body[8:])
            answer = connection.getresponse()
            assert answer.status == 201
            assert json.load(answer)["data"]["name"] == name
    execute(cluster.primary, "DELETE FROM res_partner WHERE name = %s", name)


def test_answers_that_are_read_slowly(cluster, client, admin_key):
    content = os.urandom(_SIZE)
    answer = client("POST", "/api/attachments", json={"name": "Film"})
    path = f"/api/attachments/{answer.json()['data']['id']}/content"
    assert client("PUT", path, data=content).status_code == 200
    with SlowClients(cluster, admin_key) as slow:
        connections = [slow.begin("GET", path) for _ in range(_READERS)]
        for _ in range(8):
            assert client("GET", "/api/customers?limit=1").status_code == 200
        for connection in connections:
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.read() == content
