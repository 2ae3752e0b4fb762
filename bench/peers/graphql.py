"""Our GraphQL, and the same schema under graphql-core's own executor."""

import json

from bench.exchange import BadResponse, Call, Request
from bench.peers.access import Access
from bench.peers.names import (
    LIST_FIELDS,
    SINGLE_FIELDS,
    TYPES,
    from_api,
    graphql_name,
)
from bench.reading import Read, Selection


class GraphqlPeer:
    """POST of a document with variables, as an application does it.

    :param path: of the endpoint
    """

    def __init__(self, access: Access, path: str = "/api/graphql"):
        self._access = access
        self._path = path

    def call(self, read: Read) -> Call | None:
        document, variables = _document(read)
        body = json.dumps({"query": document, "variables": variables}).encode()
        request = Request("POST", self._path, body, self._access.headers)
        return Call((request,), lambda bodies: decode(read, bodies[0]))


class FilteredGraphqlPeer(GraphqlPeer):
    """The same with a key whose policy filters records: a cursor of another key is none for it."""

    def call(self, read: Read) -> Call | None:
        return None if read.after else super().call(read)


def decode(read: Read, body: bytes):
    """Return what a response in the shape of our GraphQL holds."""
    content = json.loads(body)
    if content.get("errors"):
        raise BadResponse(f"GraphQL: {content['errors'][0]}")
    values = list(content["data"].values())
    if read.total:
        return values[0]["totalCount"]
    if read.record_id:
        return from_api(read.selection, values[0], graphql_name)
    lists = [
        [from_api(read.selection, node, graphql_name) for node in value["nodes"]]
        for value in values
    ]
    return lists if read.times > 1 else lists[0]


def _document(read: Read) -> tuple[str, dict]:
    """Return the text of the request and its variables."""
    if read.record_id:
        field = SINGLE_FIELDS[read.model]
        text = f"query One($id: ID!) {{ {field}(id: $id) {_selection(read.selection)} }}"
        return text, {"id": str(read.record_id)}
    type_name, field = TYPES[read.model], LIST_FIELDS[read.model]
    arguments: dict[str, tuple[str, object]] = {}
    if read.country:
        country = {"customer": {"country": {"code": {"eq": read.country}}}}
        arguments["filter"] = (f"{type_name}Filter", country)
    if not read.total:
        order = [
            {graphql_name(name): "DESC" if descending else "ASC"}
            for name, descending in read.order_terms
        ]
        arguments["orderBy"] = (f"[{type_name}Order!]", order)
        arguments["first"] = ("Int", read.first)
    if read.after:
        arguments["after"] = ("String", read.after.cursor)
    declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in arguments.items())
    passed = ", ".join(f"{name}: ${name}" for name in arguments)
    below = "totalCount" if read.total else f"nodes {_selection(read.selection)}"
    call = f"{field}{f'({passed})' if passed else ''} {{ {below} }}"
    if read.times > 1:
        call = " ".join(f"list{number}: {call}" for number in range(read.times))
    text = f"query Page{f'({declared})' if declared else ''} {{ {call} }}"
    return text, {name: value for name, (_, value) in arguments.items()}


def _selection(selection: Selection) -> str:
    parts = ["id"]
    for field, below in selection.items():
        parts.append(graphql_name(field) + (f" {_selection(below)}" if below else ""))
    return f"{{ {' '.join(parts)} }}"
