"""Odoo's own endpoints for its models' methods: JSON-2, JSON-RPC, XML-RPC."""

import json
import xmlrpc.client

from bench.exchange import BadResponse, Call, Request
from bench.peers.access import Access
from bench.peers.names import from_odoo
from bench.reading import Read, Selection


class _OdooMethodPeer:
    """Calls ``search_read``, ``web_search_read`` where relations are nested, ``search_count``."""

    def __init__(self, access: Access):
        self.access = access

    def call(self, read: Read) -> Call:
        method, arguments = _method(read)
        request = self.request(read.model, method, arguments)
        return Call(
            (request,) * read.times,
            lambda bodies: _decode(read, [self.result(body) for body in bodies]),
        )

    def request(self, model: str, method: str, arguments: dict) -> Request:
        """Return the request that calls a method with named arguments."""
        raise NotImplementedError

    def result(self, body: bytes):
        """Return what the method returned."""
        raise NotImplementedError


class Json2Peer(_OdooMethodPeer):
    def request(self, model: str, method: str, arguments: dict) -> Request:
        path = f"/json/2/{model}/{method}"
        return Request("POST", path, json.dumps(arguments).encode(), self.access.headers)

    def result(self, body: bytes):
        return json.loads(body)


class JsonRpcPeer(_OdooMethodPeer):
    def request(self, model: str, method: str, arguments: dict) -> Request:
        access = self.access
        call = [access.database, access.user_id, access.key, model, method, [], arguments]
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {"service": "object", "method": "execute_kw", "args": call},
        }
        headers = {"Content-Type": "application/json"}
        return Request("POST", "/jsonrpc", json.dumps(body).encode(), headers)

    def result(self, body: bytes):
        content = json.loads(body)
        if "error" in content:
            raise BadResponse(f"JSON-RPC: {content['error']['data']['message']}")
        return content["result"]


class XmlRpcPeer(_OdooMethodPeer):
    def request(self, model: str, method: str, arguments: dict) -> Request:
        access = self.access
        call = (access.database, access.user_id, access.key, model, method, [], arguments)
        body = xmlrpc.client.dumps(call, "execute_kw").encode()
        return Request("POST", "/xmlrpc/2/object", body, {"Content-Type": "text/xml"})

    def result(self, body: bytes):
        return xmlrpc.client.loads(body)[0][0]


def _method(read: Read) -> tuple[str, dict]:
    domain: list = []
    if read.country:
        domain = [("partner_id.country_id.code", "=", read.country)]
    if read.record_id:
        domain = [("id", "=", read.record_id)]
    if read.total:
        return "search_count", {"domain": domain}
    order = ", ".join(
        f"{name} {'desc' if descending else 'asc'}" for name, descending in read.order_terms
    )
    page = {
        "domain": domain,
        "offset": read.after.offset if read.after else 0,
        "limit": read.first,
        "order": order,
    }
    if _is_flat(read.selection):
        return "search_read", {"fields": list(read.selection), **page}
    # A limit of the count, so that it costs as little as telling whether a next page exists
    count = {"count_limit": page["offset"] + read.first + 1}
    return "web_search_read", {"specification": _specification(read.selection), **page, **count}


def _is_flat(selection: Selection) -> bool:
    """Tell whether ``search_read`` gives it all: of records at the other end only the name."""
    return all(not below or below == {"name": {}} for below in selection.values())


def _specification(selection: Selection) -> dict:
    return {
        field: {"fields": _specification(below)} if below else {}
        for field, below in selection.items()
    }


def _decode(read: Read, results: list):
    if read.total:
        return results[0]
    lists = []
    for result in results:
        records = result["records"] if isinstance(result, dict) else result
        lists.append([from_odoo(read.selection, record) for record in records])
    if read.record_id:
        return lists[0][0]
    return lists if read.times > 1 else lists[0]
