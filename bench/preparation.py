"""What a run has to know of the database before it starts, asked of our own GraphQL."""

import json

from bench.exchange import BadResponse, Request
from bench.reading import Place
from bench.server import OdooServer
from bench.workloads import Places

_DEEP = 0.95
"""Where the deep page lies, as a part of the list: row 19,000 of 20,000."""


def user_id(server: OdooServer, key: str) -> int:
    """Return the id of the user whose key it is."""
    return int(_query(server, key, "{ me { user { id } } }")["me"]["user"]["id"])


def places(server: OdooServer, key: str, customers: int) -> Places:
    """Return the places that the workloads begin at.

    :param customers: how many were made
    """
    offset = int(customers * _DEEP)
    text = """query ($offset: Int!) {
        byName: customers(orderBy: [{ name: ASC }, { id: ASC }], first: 1, offset: $offset) {
            nodes { id name } pageInfo { endCursor } }
        byId: customers(orderBy: [{ id: DESC }], first: 1, offset: $offset) {
            nodes { id name } pageInfo { endCursor } }
        saleOrders(orderBy: [{ id: DESC }], first: 80) { nodes { id } }
    }"""
    data = _query(server, key, text, {"offset": offset - 1})
    by_name, by_id = (_place(data[name], offset) for name in ("byName", "byId"))
    order_ids = [int(node["id"]) for node in data["saleOrders"]["nodes"]]
    return Places(by_id.record_id, by_name, by_id, order_ids)


def _place(page: dict, offset: int) -> Place:
    [node] = page["nodes"]
    return Place(offset, page["pageInfo"]["endCursor"], int(node["id"]), node["name"])


def _query(server: OdooServer, key: str, text: str, variables: dict | None = None) -> dict:
    body = json.dumps({"query": text, "variables": variables}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = server.connect()
    response = connection.send(Request("POST", "/api/graphql", body, headers))
    connection.close()
    content = json.loads(response.body)
    if content.get("errors"):
        raise BadResponse(f"The preparation failed: {content['errors'][0]}")
    return content["data"]
