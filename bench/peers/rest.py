"""Our REST: with nested fields, and as a client uses it that knows none of them."""

import json
from urllib.parse import urlencode

from bench.exchange import Call, Request
from bench.peers.access import Access
from bench.peers.names import COLLECTIONS, from_api, rest_name
from bench.reading import ORDER_SCREEN, Read, Selection


class RestPeer:
    """One GET for a page; several where the same list is read several times."""

    def __init__(self, access: Access):
        self._headers = {"Authorization": f"Bearer {access.key}"}

    def call(self, read: Read) -> Call:
        return Call((Request("GET", _path(read), None, self._headers),) * read.times, _reader(read))


class RestWithoutNesting:
    """The order screen by plain REST: the list of orders, then the lines of each order.

    :param order_ids: of the orders in the list, the newest first; the client of course learns
        them from the first response, but the requests are made before the clock starts
    """

    def __init__(self, access: Access, order_ids: list[int]):
        self._headers = {"Authorization": f"Bearer {access.key}"}
        self._order_ids = order_ids

    def call(self, read: Read) -> Call | None:
        if read.selection is not ORDER_SCREEN or read.order != "-id" or read.country:
            return None
        orders = {
            "fields": "id,name,date_order,state,amount_total,customer",
            "limit": read.first,
            "sort": "-id",
        }
        paths = [f"/api/sale-orders?{urlencode(orders)}"]
        for order_id in self._order_ids[: read.first]:
            lines = {
                "filter[order][id][eq]": order_id,
                "fields": "id,quantity,price_unit,product",
            }
            paths.append(f"/api/sale-order-lines?{urlencode(lines)}")
        requests = tuple(Request("GET", path, None, self._headers) for path in paths)
        return Call(requests, lambda bodies: self._decode(read, bodies))

    @staticmethod
    def _decode(read: Read, bodies: list[bytes]) -> list[dict]:
        orders, *lines = (json.loads(body)["data"] for body in bodies)
        for order, order_lines in zip(orders, lines, strict=True):
            order["order_lines"] = order_lines
        return [from_api(read.selection, order, rest_name) for order in orders]


def _path(read: Read) -> str:
    path = f"/api/{COLLECTIONS[read.model]}"
    if read.record_id:
        return f"{path}/{read.record_id}?{urlencode({'fields': _fields(read.selection)})}"
    if read.total:
        parameters = {"fields": "id", "limit": 0, "total": "true"}
    else:
        parameters = {"fields": _fields(read.selection), "limit": read.first}
        parameters["sort"] = ",".join(
            f"{'-' if descending else ''}{name}" for name, descending in read.order_terms
        )
    if read.country:
        parameters["filter[customer][country][code][eq]"] = read.country
    if read.after:
        parameters["after"] = read.after.cursor
    return f"{path}?{urlencode(parameters)}"


def _fields(selection: Selection, prefix: str = "") -> str:
    names = [f"{prefix}id"]
    for field, below in selection.items():
        name = prefix + rest_name(field)
        names.append(_fields(below, f"{name}.") if below else name)
    return ",".join(names)


def _reader(read: Read):
    def decode(bodies: list[bytes]):
        contents = [json.loads(body) for body in bodies]
        if read.total:
            return contents[0]["meta"]["total"]
        if read.record_id:
            return from_api(read.selection, contents[0]["data"], rest_name)
        lists = [
            [from_api(read.selection, record, rest_name) for record in content["data"]]
            for content in contents
        ]
        return lists if read.times > 1 else lists[0]

    return decode
