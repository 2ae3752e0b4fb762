"""A phone with the app: what it shows, one request after the other, and what it changes."""

import hashlib
import itertools
import json
import random
import ssl
import uuid
from functools import cache

import gevent
import gevent.socket
from geventhttpclient.client import HTTPClientPool
from locust import FastHttpUser

from bench.load import documents

SCREEN, REST, WRITE = "screen", "REST", "write"

FIRST_SCREENS = 4
"""Requests with which the app begins."""

_TRIED_AGAIN_AFTER = (1, 10)  # seconds: not all phones at the same moment
_numbers = itertools.count()


class AnsweredError(Exception):
    """A request was answered by an error.

    :ivar code: of the API
    """

    def __init__(self, code: str, text: str):
        super().__init__(text[:300])
        self.code = code


class Phone(FastHttpUser):
    """Asks for 70 screens by GraphQL, 20 times by REST, and writes 10 times of 100.

    It behaves as the client libraries do: documents are sent by their hash, answers may be
    compressed, one connection is kept open, what is created has an idempotency key, what is
    changed the version that was read, and the consistency token of the last change comes back
    with the next reads.

    :cvar keys: API keys, which the phones take in turn
    :cvar certificate: the file of the certificate to trust
    """

    abstract = True
    insecure = False
    keys: list[str] = []
    certificate = ""

    def __init__(self, environment):
        number = next(_numbers)
        address = f"127.1.{number // 250}.{1 + number % 250}"
        self.client_pool = _OwnAddressPool(address, self.certificate)
        super().__init__(environment)
        self._random = random.Random(number)
        self._headers = {
            "Authorization": f"Bearer {self.keys[number % len(self.keys)]}",
            "Accept-Encoding": "gzip",
        }
        self._token: dict[str, str] = {}
        self._seen: dict[str, list[str]] = {"orders": [], "customers": [], "products": []}
        self._after: dict[str, str | None] = {}
        self._own_orders: list[tuple[str, str]] = []

    def on_start(self):
        """Show what the app begins with; other screens lead on from there."""
        self.viewer()
        while not all(self._seen.values()):
            self.orders()
            self.products()
            self.customer_search()
            if not all(self._seen.values()):
                gevent.sleep(self._random.uniform(*_TRIED_AGAIN_AFTER))

    # Screens

    def orders(self):
        """The list of orders: the first page, and sometimes on from where it ended."""
        page = self._page("orders", documents.ORDERS, "saleOrders")
        self._note("orders", page)

    def order(self):
        """One order of the list, with its lines."""
        self._graphql("order", documents.ORDER, {"id": self._one("orders")})

    def customer_search(self):
        """Customers whose name has the letters typed so far."""
        first = not self._seen["customers"]
        letters = (
            "a" if first else self._random.choice(["cu", "cust", "mer 001", "12", "gem", "ann"])
        )
        data = self._graphql("customer search", documents.CUSTOMER_SEARCH, {"text": letters})
        if data:
            self._note("customers", data["customers"]["nodes"])

    def products(self):
        """The list of products."""
        self._note("products", self._page("products", documents.PRODUCTS, "products"))

    def dashboard(self):
        """What the orders come to, by state and by customer."""
        self._graphql("dashboard", documents.DASHBOARD)

    def viewer(self):
        """Who is signed in."""
        self._graphql("viewer", documents.VIEWER)

    # REST

    def rest_list(self):
        """A page of customers."""
        self._rest("customers", "/api/customers?fields=id,name,city,country.code&limit=40")

    def rest_record(self):
        """One customer."""
        self._rest("customer", f"/api/customers/{self._one('customers')}")

    def rest_filter(self):
        """Confirmed orders, the largest first."""
        self._rest(
            "orders by state",
            "/api/sale-orders?fields=id,name,amount_total,customer&filter[state][eq]=sale"
            "&sort=-amount_total&limit=20",
        )

    # Writes

    def create_customer(self):
        """A new customer."""
        number = uuid.uuid4().hex
        body = {"name": f"New {number[:8]}", "city": "Ghent", "email": f"{number}@example.com"}
        content = self._send(
            WRITE, "create customer", "POST", "/api/customers?fields=id", body, _once()
        )
        if content:
            self._note("customers", [content["data"]])

    def create_order(self):
        """A quotation with three lines."""
        lines = [
            {"product": self._one("products"), "quantity": self._random.randint(1, 9)}
            for _ in range(3)
        ]
        values = {"customer": self._one("customers"), "orderLines": {"create": lines}}
        data = self._graphql("create order", documents.CREATE_ORDER, {"input": values}, WRITE)
        if data:
            order = data["createSaleOrder"]
            self._own_orders.append((order["id"], order["version"]))

    def change_order(self):
        """A change of a quotation of one's own, in the version that was read."""
        if not self._own_orders:
            return self.create_order()
        order, version = self._own_orders.pop()
        values = {"clientOrderRef": f"Order {self._random.randint(1, 9999)}"}
        variables = {"id": order, "input": values, "version": version}
        data = self._graphql("change order", documents.CHANGE_ORDER, variables, WRITE)
        if data:
            self._own_orders.append((order, data["updateSaleOrder"]["version"]))

    def confirm_order(self):
        """Confirm a quotation of one's own."""
        if not self._own_orders:
            return self.create_order()
        order, _version = self._own_orders.pop()
        self._graphql("confirm order", documents.CONFIRM_ORDER, {"id": order}, WRITE)

    tasks = {
        orders: 20,
        order: 20,
        customer_search: 15,
        products: 7,
        dashboard: 3,
        viewer: 5,
        rest_list: 8,
        rest_record: 8,
        rest_filter: 4,
        create_customer: 2,
        create_order: 4,
        change_order: 3,
        confirm_order: 1,
    }

    def _one(self, name: str) -> str:
        """Return the id of a record that a screen has shown."""
        return self._random.choice(self._seen[name])

    def _note(self, name: str, nodes: list[dict] | None) -> None:
        """Note which records a screen shows: the next ones lead to them."""
        if nodes:
            self._seen[name] = [*self._seen[name], *(node["id"] for node in nodes)][-60:]

    def _page(self, name: str, document: str, field: str) -> list[dict] | None:
        after = self._after.get(name) if self._random.random() < 0.3 else None
        data = self._graphql(name, document, {"after": after})
        if not data:
            return None
        info = data[field]["pageInfo"]
        self._after[name] = info["endCursor"] if info["hasNextPage"] else None
        return data[field]["nodes"]

    def _graphql(
        self, name: str, document: str, variables: dict | None = None, kind: str = SCREEN
    ) -> dict | None:
        """Send a document by its hash, and in full where the server does not know it yet."""
        body = {
            "variables": variables or {},
            "extensions": {"persistedQuery": {"version": 1, "sha256Hash": _hash(document)}},
        }
        headers = _once() if kind == WRITE else {}
        content = self._send(kind, name, "POST", "/api/graphql", body, headers)
        if content is _UNKNOWN:
            body["query"] = document
            content = self._send(kind, name, "POST", "/api/graphql", body, headers)
        return content["data"] if content else None

    def _rest(self, name: str, path: str) -> None:
        self._send(REST, name, "GET", path)

    def _send(
        self,
        kind: str,
        name: str,
        method: str,
        path: str,
        body: dict | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict | None:
        """Send a request; return the content of the response, None where that is an error.

        :param kind: :data:`SCREEN`, :data:`REST` or :data:`WRITE`
        :param name: under which it is counted
        """
        sent = {**self._headers, **self._token, **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        with self.client.request(
            method,
            path,
            data=None if body is None else json.dumps(body),
            headers=sent,
            name=name,
            catch_response=True,
            context={"kind": kind},
        ) as response:
            if response.headers and (token := response.headers.get("Consistency-Token")):
                self._token = {"Consistency-Token": token}
            code, content = _read(response)
            if code == "PERSISTED_QUERY_NOT_FOUND":
                response.success()
                return _UNKNOWN
            if code or not 200 <= response.status_code < 300:
                response.failure(AnsweredError(code, response.text or ""))
                return None
            response.success()
            return content


_UNKNOWN: dict = {}
"""Stands for a response: the server does not know the hash of the document."""


def _read(response) -> tuple[str, dict | None]:
    """Return the code of an error, empty where there is none, and the body."""
    try:
        content = json.loads(response.text or "")
    except ValueError:
        return "no JSON", None
    if content.get("errors") and "code" not in content:
        return content["errors"][0].get("extensions", {}).get("code", "no code"), None
    return content.get("code", ""), content


def _once() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@cache
def _hash(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


@cache
def _trusting(certificate: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


class _OwnAddressPool(HTTPClientPool):
    """Connections from an address of this machine's own that no other phone has.

    nginx limits what comes from one address, and counts every phone in the field by its own.
    """

    def __init__(self, address: str, certificate: str):
        super().__init__(
            ssl_context_factory=lambda cafile=None: _trusting(certificate),
            insecure=False,
            concurrency=1,
            network_timeout=60,
            connection_timeout=10,
        )
        self._address = address

    def get_client(self, url):
        """Return the client for an address, whose connections are made by this pool."""
        client = super().get_client(url)
        client._connection_pool._create_tcp_socket = self._bound_socket
        return client

    def _bound_socket(self, family: int, kind: int, protocol: int) -> gevent.socket.socket:
        bound = gevent.socket.socket(family, kind, protocol)
        bound.bind((self._address, 0))
        return bound
