"""Routes of the benchmark's own addons: bare SQL, and a router for OCA's ``fastapi`` addon."""

import json
from urllib.parse import urlencode

from bench.exchange import Call, Request
from bench.peers import graphql
from bench.peers.access import Access
from bench.peers.names import COLLECTIONS, from_api, rest_name
from bench.reading import DEPTHS, ORDER, ORDER_SCREEN, Read


class SqlPeer:
    """Odoo routes that run SQL and answer in the shape of our GraphQL."""

    def __init__(self, access: Access):
        self._headers = {"Authorization": f"Bearer {access.key}"}

    def call(self, read: Read) -> Call | None:
        if read.times > 1:
            return None
        path = f"/bench/sql/{COLLECTIONS[read.model]}"
        parameters = _parameters(read)
        if read.after:
            parameters |= {"after_id": read.after.record_id, "after_name": read.after.name}
        request = Request("GET", f"{path}?{urlencode(parameters)}", None, self._headers)
        return Call((request,), lambda bodies: graphql.decode(read, bodies[0]))


class FastapiPeer:
    """A hand-written FastAPI router, which reads by the ORM.

    It does so in another thread than the one whose queries Odoo counts and logs.
    """

    counts_queries = False

    def __init__(self, access: Access):
        self._headers = {"Authorization": f"Bearer {access.key}"}

    def call(self, read: Read) -> Call | None:
        if read.selection in [DEPTHS[2], DEPTHS[3], DEPTHS[4]]:
            return None
        path = f"/bench_fastapi/{COLLECTIONS[read.model]}"
        if read.record_id:
            path += f"/{read.record_id}"
        elif read.total:
            path += "-total"
        parameters = _parameters(read)
        if read.after:
            parameters["offset"] = read.after.offset
        parameters.pop("id", None)
        request = Request("GET", f"{path}?{urlencode(parameters)}", None, self._headers)
        return Call((request,) * read.times, lambda bodies: _decode(read, bodies))


def _parameters(read: Read) -> dict:
    """Return the parameters that both have: what is not said is not in them."""
    if read.total:
        return {"total": 1}
    if read.record_id:
        return {"id": read.record_id}
    parameters = {"first": read.first}
    if read.order != "-id":
        parameters["order"] = read.order
    if read.country:
        parameters["country"] = read.country
    if read.model == ORDER:
        screen = read.selection == ORDER_SCREEN
        depths = [depth for depth, selection in DEPTHS.items() if selection == read.selection]
        parameters |= {"depth": 3, "customer": 1} if screen else {"depth": depths[0]}
    return parameters


def _decode(read: Read, bodies: list[bytes]):
    contents = [json.loads(body) for body in bodies]
    if read.total:
        return contents[0]
    if read.record_id:
        return from_api(read.selection, contents[0], rest_name)
    lists = [
        [from_api(read.selection, record, rest_name) for record in content] for content in contents
    ]
    return lists if read.times > 1 else lists[0]
