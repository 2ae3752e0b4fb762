"""The API under granian beside Odoo's own server, as docs/operating.md and deploy/ have it."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest
import requests

from tools import lock
from tools.cluster.cluster import Nginx
from tools.environment import Environment
from tools.granian_server import GRANIAN, GranianServer
from tools.odoo_server import HOST, OdooServer
from tools.paths import LOGS

from .administrator import Administrator
from .cluster.conftest import wait_until

pytestmark = pytest.mark.server

QUERY = "{ customers(first: 3, orderBy: [{ id: ASC }]) { nodes { id name email } } }"
CUSTOMERS = "/api/customers?fields=id,name,email&sort=id&limit=3"
PICTURE = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\1\0\0\0\0"
    b"7n\xf9$\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def granian(
    development: Environment,
    demo_server: OdooServer,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GranianServer]:
    """Run granian on the database of the server with demo data."""
    with lock.exclusive("setup"):
        GRANIAN.ensure()
    metrics = str(tmp_path_factory.mktemp("metrics"))
    variables = {**development.variables, "PROMETHEUS_MULTIPROC_DIR": metrics}
    environment = replace(development, variables=variables)
    log = LOGS / f"test-granian-{worker_id}.log"
    with GranianServer(environment, demo_server.database, log, proxy_mode="True") as server:
        yield server


@pytest.fixture(scope="module")
def nginx(
    granian: GranianServer, demo_server: OdooServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    """Run nginx before both servers, with the files of deploy/."""
    folder = tmp_path_factory.mktemp("granian") / "nginx"
    proxy = Nginx([demo_server], folder, [granian])
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def headers(demo_key) -> dict[str, str]:
    """Return what an administrator's client sends."""
    return {"Authorization": f"Bearer {demo_key('admin')}"}


def test_both_apis_respond_as_under_odoo(granian, demo_server, headers):
    for server in (granian, demo_server):
        response = requests.post(
            f"{server.url}/api/graphql", json={"query": QUERY}, headers=headers, timeout=60
        )
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        nodes = response.json()["data"]["customers"]["nodes"]
        response = requests.get(f"{server.url}{CUSTOMERS}", headers=headers, timeout=60)
        assert response.json()["data"] == [{**node, "id": int(node["id"])} for node in nodes]
        assert len(nodes) == 3
    compressed = requests.get(f"{granian.url}/api/customers", headers=headers, timeout=60)
    assert compressed.headers["Content-Encoding"] == "gzip"
    head = requests.head(f"{granian.url}{CUSTOMERS}", headers=headers, timeout=60)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0


def test_two_requests_on_a_connection(granian, headers):
    connection = http.client.HTTPConnection(HOST, granian.port, timeout=60)
    connection.connect()
    first = connection.sock
    for _request in range(2):
        connection.request("GET", CUSTOMERS, headers=headers)
        response = connection.getresponse()
        assert (response.status, len(json.loads(response.read())["data"])) == (200, 3)
        assert connection.sock is first  # http.client drops one that the server closes
    connection.close()


def test_upload(granian, headers):
    form = {"fields": "id"}
    files = {"name": (None, "Granian"), "image_1920": ("a.png", PICTURE, "image/png")}
    response = requests.post(
        f"{granian.url}/api/customers", params=form, files=files, headers=headers, timeout=60
    )
    assert response.status_code == 201, response.text
    address = f"{granian.url}{response.headers['Location']}"
    picture = requests.get(f"{address}/image_1920", headers=headers, timeout=60)
    assert (picture.status_code, picture.content) == (200, PICTURE)
    assert requests.delete(address, headers=headers, timeout=60).status_code == 200


def test_parts_of_bodies_are_not_taken(granian, headers):
    """What a client has sent when it hangs up is not all, though it may look so."""
    body = b'{"name": "Granian, in part"}'
    lines = {**headers, "Host": HOST, "Content-Type": "application/json"}
    for sent in (
        {"Content-Length": len(body) + 1},
        {"Transfer-Encoding": "chunked"},
        {"Transfer-Encoding": "chunked", "Content-Length": len(body)},
    ):
        chunked = "Transfer-Encoding" in sent
        head = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **sent}.items())
        chunk = b"%x\r\n%b\r\n" % (len(body), body) if chunked else body
        with socket.create_connection((HOST, granian.port), timeout=60) as connection:
            connection.sendall(f"POST /api/customers HTTP/1.1\r\n{head}\r\n".encode() + chunk)
            connection.shutdown(socket.SHUT_WR)
            response = connection.makefile("rb").read()
        status = b"411" if chunked else b"400"
        assert response.split(b" ", 2)[1] == status, response
    found = {"filter[name][eq]": "Granian, in part", "fields": "id"}
    response = requests.get(
        f"{granian.url}/api/customers", params=found, headers=headers, timeout=60
    )
    assert response.json()["data"] == []


def test_nginx_passes_the_api_to_granian(nginx, granian, demo_server, headers):
    """All below /api, and nothing else; also bodies in chunks, which it sends with their length."""
    upstream = {}

    def lines() -> list[str]:
        return nginx.access_log.read_text().splitlines()

    def ask(method, path, **arguments):
        url = nginx.url + path
        sent = {**headers, "Content-Type": "application/json"}
        before = len(lines())
        response = requests.request(
            method, url, verify=str(nginx.certificate), headers=sent, timeout=60, **arguments
        )
        # nginx writes the line when it has sent the response.
        wait_until(lambda: len(lines()) > before)
        line = lines()[-1]
        assert f'"{method} {path.partition("?")[0]}"' in line
        upstream[path] = line.split('"')[3]
        return response

    assert len(ask("GET", CUSTOMERS).json()["data"]) == 3
    assert "errors" not in ask("POST", "/api/graphql", json={"query": QUERY}).json()
    assert ask("POST", "/api/graphql", data=iter([b'{"query": "{ me { lang } }"}'])).ok
    assert ask("GET", "/api/nothing").json()["code"] == "NOT_FOUND"
    assert ask("GET", "/web/login").ok
    assert ask("GET", "/graphql_api/static/description/icon.png").ok
    expected = {path: granian if path.startswith("/api") else demo_server for path in upstream}
    assert upstream == {path: f"{HOST}:{server.port}" for path, server in expected.items()}


def test_nginx_keeps_connections_to_granian(nginx, granian, headers):
    """A connection for each request would cost most of the gain."""
    process = psutil.Process(nginx.process_id)

    def connections() -> set[int]:
        """Return our ends of the connections to granian."""
        found = [each for child in process.children() for each in child.net_connections("tcp")]
        return {
            each.laddr.port
            for each in found
            if each.raddr and each.raddr.port == granian.port and each.status == "ESTABLISHED"
        }

    session = requests.Session()
    session.trust_env = False
    session.verify = str(nginx.certificate)
    seen = []
    for _request in range(5):
        assert session.get(nginx.url + CUSTOMERS, headers=headers, timeout=60).ok
        seen.append(connections())
    # One client on one connection: one worker of nginx.
    assert set.intersection(*seen), seen


def test_too_large(granian, headers):
    headers = {**headers, "Content-Type": "application/json", "Content-Length": str(2**24 + 1)}
    connection = http.client.HTTPConnection(HOST, granian.port, timeout=60)
    connection.request("POST", "/api/graphql", b"{", headers)
    response = connection.getresponse()
    error = json.loads(response.read())["errors"][0]
    assert (response.status, error["extensions"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    connection.close()


def test_errors(granian, headers):
    response = requests.get(f"{granian.url}/api/customers/999999999", headers=headers, timeout=60)
    assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")
    query = {"query": "{ nonsense }"}
    response = requests.post(f"{granian.url}/api/graphql", json=query, headers=headers, timeout=60)
    assert response.status_code == 200
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    response = requests.get(f"{granian.url}/api/customers", timeout=60)
    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")


def test_what_odoo_changes_counts_here(
    granian: GranianServer, administrator: Administrator, headers
):
    """Settings reach it; the log has its requests, with the address that the proxy names."""
    started = time.time()
    forwarded = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "odoo.example.com"}
    with administrator.setting(log_requests="True", max_page_size="2"):
        response = requests.get(
            f"{granian.url}{CUSTOMERS}", headers={**headers, **forwarded}, timeout=60
        )
    assert response.status_code == 400, response.text
    entries = administrator.call(
        "graphql_api.request",
        "search_read",
        domain=[["ip", "=", "192.0.2.7"]],
        fields=["started_at", "duration", "status"],
    )
    assert [entry["status"] for entry in entries] == [400]
    assert 0 < entries[0]["duration"] < (time.time() - started) * 1000


def test_metrics(granian: GranianServer, administrator: Administrator, headers):
    with administrator.setting(metrics_networks="127.0.0.0/8"):
        url = f"{granian.url}/api/metrics"
        before = _count(requests.get(url, timeout=60).text)
        requests.get(f"{granian.url}{CUSTOMERS}", headers=headers, timeout=60)
        assert _count(requests.get(url, timeout=60).text) == before + 1


def _count(metrics: str) -> float:
    """Return how many reads by REST there were."""
    return sum(
        float(line.rsplit(" ", 1)[1])
        for line in metrics.splitlines()
        if line.startswith("graphql_api_requests_total") and 'operation="rest_read"' in line
    )
