"""``/api/customers/changes``: parameters, or a body, become arguments of ``customersChanges``."""

from typing import Any

from graphql import OperationType

from odoo.http import request

from odoo.addons.graphql_api.rest.extension import (
    Call,
    FilterReader,
    RootField,
    Selected,
    bad_parameter,
    check_parameters,
    check_repeated,
    read_boolean,
    read_integer,
    read_text,
    select,
)
from odoo.addons.graphql_api.schema.extension import ApiError

from ..schema.deltas import FEATURE

_PARAMETERS = frozenset(["since", "fields", "limit", "include_archived"])
"""The parameters beside filters."""

_MEMBERS: dict[str, tuple[type, str]] = {
    "since": (str, "a text"),
    "known": (list, "a list of ids"),
    "filter": (dict, "an object"),
    "fields": (str, "a text"),
    "limit": (int, "an integer"),
    "include_archived": (bool, "true or false"),
}
"""Members of a body: their types in JSON, and what these are called."""


def read_query(collection: str) -> tuple[list[dict], dict]:
    """Return the changed records that the query string asks for, and ``meta``.

    :raise ApiError: BAD_USER_INPUT for a parameter, FORBIDDEN for a field; of ``customersChanges``
    """
    call = Call(collection, FEATURE)
    parameters = request.httprequest.args
    check_repeated(parameters, _PARAMETERS)
    conditions = FilterReader(call.schema, call.input_type("Filter"), _PARAMETERS)
    return _read(
        call,
        parameters.get("fields"),
        {
            "since": read_text(parameters, "since"),
            "filter": conditions.parse(parameters),
            "first": read_integer(parameters, "limit"),
            "includeArchived": read_boolean(parameters, "include_archived"),
        },
    )


def read_body(collection: str) -> tuple[list[dict], dict]:
    """Return the same for a request with a body, which has ``known`` too.

    :raise ApiError: of :func:`read_query`; UNSUPPORTED_MEDIA_TYPE
    """
    call = Call(collection, FEATURE)
    check_parameters(())
    body = _read_members()
    known = body.get("known")
    conditions = FilterReader(call.schema, call.input_type("Filter"))
    return _read(
        call,
        body.get("fields"),
        {
            "since": body.get("since"),
            "known": known and [_id_text(item) for item in known],
            "filter": conditions.parse_json(body["filter"]) if "filter" in body else None,
            "first": body.get("limit"),
            "includeArchived": body.get("include_archived", False),
        },
    )


def _read(call: Call, fields: str | None, variables: dict[str, Any]) -> tuple[list[dict], dict]:
    shown = Selected("nodes", "nodes", call.projection(fields))
    below = (Selected("changed", "changed", (shown,)), *select("removed", "token", "hasMore"))
    name = f"{call.resource.list_name}Changes"
    delta = call.run(RootField(OperationType.QUERY, name, tuple(variables), below), variables)
    meta = {
        "removed": [int(number) for number in delta["removed"]],
        "token": delta["token"],
        "has_more": delta["hasMore"],
    }
    return delta["changed"]["nodes"], meta


def _read_members() -> dict[str, Any]:
    """Return the members of the body, without those that are null."""
    if request.httprequest.mimetype != "application/json":
        message = "Send JSON (Content-Type: application/json)."
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", message)
    body = request.dispatcher.api_request.json
    if not isinstance(body, dict):
        raise ApiError("BAD_USER_INPUT", "The body must be a JSON object.")
    members = {name: value for name, value in body.items() if value is not None}
    for name, value in members.items():
        if name not in _MEMBERS:
            raise bad_parameter(
                name[:80], f"There is no {name[:80]!r} here, but {', '.join(_MEMBERS)}."
            )
        expected, called = _MEMBERS[name]
        if type(value) is not expected:
            raise bad_parameter(name, f"{name} must be {called}.")
    return members


def _id_text(item: Any) -> str:
    if isinstance(item, str) or type(item) is int:
        return str(item)
    raise bad_parameter("known", "known has something that is no id; an id is a number like 5.")
