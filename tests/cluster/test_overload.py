"""More clients than the workers can serve, and clients that are slow or give up."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.adapters import HTTPAdapter

from .conftest import execute, locked, wait_until

pytestmark = pytest.mark.cluster

_CLIENTS = 100
_TAKEN = 32  # max_conns of both servers in deploy/nginx/nginx.conf
_TABLE = "res_partner_category"


class _FromAddress(HTTPAdapter):
    """Connects from an address of this machine, so that nginx takes clients for different ones."""

    def __init__(self, address: str):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs, source_address=(self._address, 0))


class Crowd:
    """Clients at many addresses, each of which wants to create one tag.

    Every other one uses GraphQL. One that is refused comes again when it is told to.
    """

    def __init__(self, cluster, key: str):
        self._cluster = cluster
        self._key = key
        self._name = f"Crowd {uuid.uuid4().hex[:8]}"
        self.refusals: list[requests.Response] = []
        """In the order in which they came."""
        self.served: list[requests.Response] = []
        self.gone = 0
        """Clients that did not wait for the answer."""

    def session(self, address: str) -> requests.Session:
        """Return the session of a client at an address of this machine."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self._cluster.nginx.certificate)
        session.headers["Authorization"] = f"Bearer {self._key}"
        session.mount("https://", _FromAddress(address))
        return session

    def create(self, number: int) -> None:
        """Be one of the clients, until it is served."""
        with self.session(self._address(number)) as session:
            while True:
                answer = self._send(session, number, timeout=60)
                if answer.ok:
                    self.served.append(answer)
                    return
                self.refusals.append(answer)
                time.sleep(int(answer.headers["Retry-After"]))

    def give_up(self, number: int) -> None:
        """Be a client that hangs up before it has an answer."""
        with self.session(self._address(number)) as session, contextlib.suppress(requests.Timeout):
            self._send(session, number, timeout=(5, 1))
            return
        self.gone += 1

    def tags(self) -> int:
        """Return how many tags there are."""
        ((count,),) = execute(
            self._cluster.primary,
            f"SELECT count(*) FROM {_TABLE} WHERE name->>'en_US' LIKE %s",
            f"{self._name}%",
        )
        return count

    def remove_tags(self) -> None:
        """Leave nothing behind."""
        execute(
            self._cluster.primary,
            f"DELETE FROM {_TABLE} WHERE name->>'en_US' LIKE %s",
            f"{self._name}%",
        )

    @staticmethod
    def _address(number: int) -> str:
        # Ten share one: alone each would have more than an address may send.
        return f"127.0.1.{number // 10 + 1}"

    def _send(self, session, number, timeout) -> requests.Response:
        name = f"{self._name} {number}"
        address = f"https://127.0.0.1:{self._cluster.nginx.port}"
        if number % 2:
            query = f'mutation {{ createCustomerTag(input: {{ name: "{name}" }}) {{ id }} }}'
            return session.post(f"{address}/api/graphql", json={"query": query}, timeout=timeout)
        return session.post(f"{address}/api/customer-tags", json={"name": name}, timeout=timeout)


@pytest.fixture
def crowd(cluster, admin_key) -> Iterator[Crowd]:
    crowd = Crowd(cluster, admin_key)
    yield crowd
    crowd.remove_tags()


def waiting_in_odoo(cluster) -> list[int]:
    """Return how many connections each server has that no worker has taken yet."""
    queues = {}
    with open("/proc/net/tcp") as file:
        for line in file:
            _number, local, _remote, state, sizes, *_rest = line.split()
            if state == "0A":  # listening; what it has to read are connections
                queues[int(local.partition(":")[2], 16)] = int(sizes.partition(":")[2], 16)
    return [queues[server.port] for server in cluster.servers]


def check_refusal(answer: requests.Response) -> None:
    """Check that the answer is in the API's shape, and says when to come again."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Content-Type"] == "application/json"
    if answer.url.endswith("/api/graphql"):
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    else:
        assert answer.json()["status"] == "error"
        assert answer.json()["code"] == "SERVICE_UNAVAILABLE"


def test_what_is_too_much_is_refused_at_once(cluster, crowd):
    """No worker gets on; those that nginx took are served when they do, and all others later."""
    refused_at_first = _CLIENTS - _TAKEN
    with ThreadPoolExecutor(_CLIENTS) as pool:
        with locked(cluster.primary, _TABLE, "SHARE"):
            clients = [pool.submit(crowd.create, number) for number in range(_CLIENTS)]
            wait_until(lambda: len(crowd.refusals) >= refused_at_first)
            refusals = crowd.refusals[:]
            assert crowd.served == []
            wait_until(lambda: waiting_in_odoo(cluster) == 2 * [_TAKEN // 2 - 2])
        for client in clients:
            client.result(60)
    assert {answer.url.endswith("/api/graphql") for answer in refusals} == {True, False}
    for answer in crowd.refusals:
        check_refusal(answer)
    assert {answer.status_code for answer in crowd.served} <= {200, 201}
    assert crowd.tags() == len(crowd.served) == _CLIENTS


def test_clients_that_give_up_still_count(cluster, crowd):
    """Odoo works for them all the same: nginx sends it no others before it is through."""
    with ThreadPoolExecutor(_CLIENTS) as pool:
        with locked(cluster.primary, _TABLE, "SHARE"):
            list(pool.map(crowd.give_up, range(_TAKEN)))
            assert crowd.gone == _TAKEN
            others = [pool.submit(crowd.create, number) for number in range(_TAKEN, _CLIENTS)]
            wait_until(lambda: len(crowd.refusals) >= len(others))
            wait_until(lambda: waiting_in_odoo(cluster) == 2 * [_TAKEN // 2 - 2])
        for other in others:
            other.result(60)
    for answer in crowd.refusals:
        check_refusal(answer)
    assert crowd.tags() == _CLIENTS


def test_one_address_that_sends_too_much(cluster, crowd):
    """It is told so in the shape of what it asks, and others are served meanwhile."""
    refusals = {}

    def ask(path: str) -> None:
        with crowd.session("127.0.2.1") as session:
            for _ in range(200):
                answer = session.get(cluster.nginx.url + path, timeout=60)
                if answer.status_code == 429:
                    refusals[path] = answer
                    return

    paths = ("/api/health", "/api/graphql")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, paths * 4))
        with crowd.session("127.0.2.2") as session:
            assert session.get(f"{cluster.nginx.url}/api/health", timeout=60).status_code == 200
    for path in paths:
        assert refusals[path].headers["Retry-After"] == "1"
    assert refusals["/api/health"].json()["code"] == "RATE_LIMITED"
    (error,) = refusals["/api/graphql"].json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
