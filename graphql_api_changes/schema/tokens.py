"""Tokens: positions in the change log for clients, opaque and signed.

A token is for one list of one user. One that the server has not signed, or that is for another list
or user, is refused; one from which the changes cannot be told any more asks for a new copy.
"""

import base64
import contextlib
from typing import Any, NamedTuple

import orjson

from odoo.fields import Domain
from odoo.tools import consteq, hmac

from odoo.addons.graphql_api.schema.extension import (
    ApiError,
    Context,
    Resource,
    restrict_domain,
)

from . import followed_tables, positions
from .dependencies import Dependency, visibility
from .rights_stamp import digest, rights_stamp

_SIGNATURE_LENGTH = 32

MAX_LENGTH = 20_000
"""Characters of a token: one has the numbers of all transactions that were open."""


class Snapshot(NamedTuple):
    """A position in the change log, and where a client stands that reads changes in pages.

    :param since: the ``pg_snapshot`` from which on changes are asked for
    :param until: that of the first page, from which the client goes on after the last one; None
        before the first page
    :param after: id of the last record of the page before
    """

    since: str
    until: str | None = None
    after: int = 0


class Visibility(NamedTuple):
    """What decides which records of a list a caller sees, and a stamp of it."""

    dependency: Dependency
    stamp: str


def make_token(
    context: Context,
    resource: Resource,
    filter_value: Any = None,
    domain: Domain = Domain.TRUE,
    archived: bool = False,
    page: Snapshot | None = None,
) -> str:
    """Return a token for the position of this transaction.

    :param filter_value: what the client sent to choose records, as JSON
    :param domain: what it means, see ``list_domain``
    :param archived: whether archived records are in the list
    :param page: the place where a client goes on with the changes since an earlier position
    :raise ApiError: FORBIDDEN where the caller may not read the resource; BAD_USER_INPUT where
        changes of the list cannot be followed
    """
    seen = find_visibility(context, resource, domain, archived)
    check_followed(context, resource, seen.dependency)
    context.has_position = True
    position = positions.now(context.env)
    page = page or Snapshot(position.snapshot)
    payload = orjson.dumps(
        [
            *page,
            _list_digest(context, resource, filter_value, archived),
            position.cluster,
            seen.stamp,
        ]
    )
    signed = _sign(context.env, payload) + payload
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def read_token(
    context: Context,
    resource: Resource,
    token: str,
    filter_value: Any = None,
    domain: Domain = Domain.TRUE,
    archived: bool = False,
) -> Snapshot:
    """Return the position of a token, for :func:`.change_log.find_changes`.

    The parameters are those of :func:`make_token`.

    :raise ApiError: BAD_USER_INPUT where it is no token of this list for this user;
        RESYNC_REQUIRED where the changes since cannot be told
    """
    *page, list_digest, cluster, stamp = _decode(context.env, token)
    if list_digest != _list_digest(context, resource, filter_value, archived):
        raise ApiError(
            "BAD_USER_INPUT",
            "since is a token of another list or user; each list has its own, for the same filter.",
            argument="since",
        )
    seen = find_visibility(context, resource, domain, archived)
    snapshot = Snapshot(*page)
    position = positions.now(context.env)
    if cluster != position.cluster:
        raise _resync("The database was restored or moved")
    if stamp != seen.stamp:
        raise _resync("What you may see, or what the API offers, has changed")
    if not followed_since(context, seen.dependency, snapshot.since, position.horizon):
        raise _resync("The token is older than the changes that are kept")
    return snapshot


def _resync(reason: str) -> ApiError:
    return ApiError(
        "RESYNC_REQUIRED",
        f"{reason}. Ask without since for a new token, then read all records again.",
        argument="since",
    )


def find_visibility(
    context: Context, resource: Resource, domain: Domain, archived: bool = False
) -> Visibility:
    """Return what decides which records of a list the caller sees.

    The stamp has the query for the records, with the values that record rules, the policy's filter
    and the domain have for the caller now: with dates in them it changes with the date.

    :raise ApiError: FORBIDDEN
    """
    model = context.model(resource)
    search = model._search(restrict_domain(context, resource, domain, archived)).select()
    stamp = digest((search.code, search.params, rights_stamp(context, [resource])))
    return Visibility(visibility(context, resource, domain, search), stamp)


def check_followed(context: Context, resource: Resource, dependency: Dependency) -> None:
    """Refuse a list whose changes are not all in the log.

    :raise ApiError: BAD_USER_INPUT
    """
    missing = followed_tables.missing_tables(context.env, dependency)
    if dependency.model._table in missing:
        raise ApiError("BAD_USER_INPUT", f"Changes of {resource.collection} are not tracked.")
    if missing:
        names = sorted(
            each.collection
            for each in context.resources.values()
            if context.env[each.model]._table in missing
        )
        raise ApiError(
            "BAD_USER_INPUT",
            f"Which {resource.collection} there are depends on records whose changes are not "
            f"tracked{': ' if names else ''}{', '.join(names)}. Leave them out of the filter.",
            argument="filter",
        )


def followed_since(context: Context, dependency: Dependency, since: str, horizon: str) -> bool:
    """Tell whether all changes that decide a list are in the log since a position."""
    env = context.env
    if followed_tables.missing_tables(env, dependency):
        return False
    return positions.is_logged_since(env, dependency.all_tables(), since, horizon)


def _list_digest(context: Context, resource: Resource, filter_value: Any, archived: bool) -> str:
    chosen = orjson.dumps(filter_value, option=orjson.OPT_SORT_KEYS, default=str)
    return digest((resource.type_name, context.env.uid, chosen, archived))[:12]


def _sign(env: Any, payload: bytes) -> bytes:
    scope = "graphql_api_changes.token"
    return hmac(env(su=True), scope, payload.decode())[:_SIGNATURE_LENGTH].encode()


def _decode(env: Any, token: str) -> list:
    """Return what a token holds.

    :raise ApiError: BAD_USER_INPUT where this server has not signed it
    """
    with contextlib.suppress(ValueError):
        if len(token) <= MAX_LENGTH:
            signed = base64.b64decode(
                token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
            signature, payload = signed[:_SIGNATURE_LENGTH], signed[_SIGNATURE_LENGTH:]
            if consteq(signature.decode("ascii"), _sign(env, payload).decode()):
                return orjson.loads(payload)
    raise ApiError(
        "BAD_USER_INPUT",
        "since is not a token of this server; take it from the response before.",
        argument="since",
    )
