"""What has changed of a list since a token: a root field of each resource that is tracked.

A client learns of records that it sees, and of those that it says to hold. Whatever happens to
others changes neither what a response has nor where its pages end.
"""

from enum import Enum
from typing import Any, NamedTuple

import strawberry
from strawberry.types.field import StrawberryField

from odoo.fields import Domain
from odoo.models import BaseModel

from odoo.addons.graphql_api.schema.extension import (
    ApiError,
    Context,
    Resource,
    TypeOf,
    check_size,
    given,
    parse_id,
    search,
    selected_columns,
    selected_paths,
    to_domain,
)

from . import positions
from .change_log import find_changes
from .tokens import Snapshot, make_token, read_token

FEATURE = "changes"
"""The name of the feature of resources, and of its address below a collection."""

MAX_KNOWN = 10_000
"""Ids that a client may say to hold in one request; of more it sends some with each."""

_SEARCHED = 10_000
"""Changed records of which one search finds those that the caller sees.

Of fewer changes a delta takes the same queries however many of them are hidden.
"""

_RECORDS = ("changed", "nodes")


class CopiedList(NamedTuple):
    """The list that a client keeps a copy of.

    :param filter_value: what the client sent to choose records, as JSON
    :param domain: what it means
    :param archived: whether archived records are in the list
    """

    context: Context
    resource: Resource
    filter_value: Any
    domain: Domain
    archived: bool

    def token(self, page: Snapshot | None = None) -> str:
        """Return a token for the position of this transaction, or for the rest of a delta.

        :raise ApiError: of :func:`make_token`
        """
        return make_token(*self, page=page)

    def search(self, domain: Domain, columns: set[str], limit: int | None = None) -> BaseModel:
        """Return the records of the list that the caller sees, by their ids."""
        return search(
            self.context,
            self.resource,
            self.domain & domain,
            columns,
            archived=self.archived,
            limit=limit,
        )


class Delta:
    """What has changed of a list since a position.

    :param records: those that the client has to put into its copy, as far as the page goes
    :param removed: ids of those that the client holds and that are not in the list, likewise
    :param token: where the client goes on
    :param has_more: whether it goes on with changes that are there already
    """

    def __init__(self, records: BaseModel, removed: list[int], token: str, has_more: bool):
        self.records = records
        self.removed = removed
        self.token = token
        self.has_more = has_more


def begin(copied: CopiedList) -> Delta:
    """Return the empty delta of a client that has no copy yet, with the token to begin with.

    :raise ApiError: of :func:`make_token`
    """
    return Delta(copied.context.model(copied.resource), [], copied.token(), False)


def read_delta(
    copied: CopiedList,
    token: str,
    known: set[int],
    size: int,
    columns: set[str],
    paths: set[str],
) -> Delta:
    """Return what has changed since a token.

    What is not in the list any more is told of ``known`` alone, and whether or not it has changed:
    otherwise a client could ask whether a record has that it never saw.

    :param known: ids of the records that the client holds
    :param size: how many records
    :param columns: Odoo fields of the records to be fetched
    :param paths: Odoo fields whose changes count, see :func:`find_changes`
    :raise ApiError: of :func:`read_token` and :func:`find_changes`
    """
    context, resource, filter_value, domain, archived = copied
    snapshot = read_token(context, resource, token, filter_value, domain, archived)
    now = positions.now(context.env).snapshot
    until = snapshot.until or now
    place = snapshot
    records = context.model(resource)
    while True:
        changes = find_changes(
            context, resource, place, paths, _SEARCHED, domain, archived, until=until
        )
        # A search of no ids would take no query, and tell that nothing has changed at all.
        among = Domain("id", "in", changes.ids or [0])
        records += copied.search(among, columns, size + 1 - len(records))
        if len(records) > size or changes.page is None:
            break
        place = changes.page
    has_more = len(records) > size
    records = records.browse(records.ids[:size])
    # The pages of a delta share the ids out among them.
    in_page = {number for number in known if number > snapshot.after}
    page = Snapshot(until)
    if has_more:
        last = records.ids[-1]
        in_page = {number for number in in_page if number <= last}
        page = Snapshot(snapshot.since, until, last)
    held = copied.search(Domain("id", "in", list(in_page)), set()) if known else records.browse()
    removed = sorted(in_page.difference(held._ids))
    return Delta(records, removed, copied.token(page), has_more)


def changed_type(resource: Resource, type_of: TypeOf) -> type:
    """Make the type of the records that have changed."""
    node = type_of("")

    class Changed:
        @strawberry.field(description="The records, as they are now.")
        def nodes(self: Any) -> list[node]:
            return self.records

    Changed.__name__ = f"{resource.type_name}Changed"
    return strawberry.type(
        Changed, description=f"{resource.type_name} records that have changed, or are new."
    )


def delta_type(resource: Resource, type_of: TypeOf) -> type:
    """Make the type of what has changed of a list."""
    changed_records = type_of("Changed")

    class DeltaType:
        @strawberry.field(description="What to put into the copy.")
        def changed(self: Any) -> changed_records:
            return self

        @strawberry.field(
            description="Those of the ids in `known` whose records are not in the list any more."
        )
        def removed(self: Any) -> list[strawberry.ID]:
            return [strawberry.ID(str(number)) for number in self.removed]

        @strawberry.field(description="For `since` of the next request.")
        def token(self: Any) -> str:
            return self.token

        @strawberry.field(description="Whether there are more changes already.")
        def has_more(self: Any) -> bool:
            return self.has_more

    DeltaType.__name__ = f"{resource.type_name}Delta"
    return strawberry.type(
        DeltaType, description=f"What has changed of a list of {resource.type_name} records."
    )


def delta_field(resource: Resource, type_of: TypeOf) -> StrawberryField:
    """Make the root field that reads what has changed of a list."""
    filter_type = type_of("Filter")

    def resolve(
        info: strawberry.Info,
        since: str | None = None,
        known: list[strawberry.ID] | None = None,
        filter: filter_type | None = None,
        first: int | None = resource.default_page_size,
        include_archived: bool = False,
    ):
        context: Context = info.context
        context.model(resource)
        size = _page_size(context, resource, first)
        ids = _known_ids(known)
        copied = CopiedList(
            context, resource, _to_json(filter), to_domain(context, filter), include_archived
        )
        if since is None:
            if ids:
                message = "known goes with since: without it there is nothing to compare."
                raise ApiError("BAD_USER_INPUT", message, argument="known")
            return begin(copied)
        return read_delta(
            copied,
            since,
            ids,
            size,
            selected_columns(context, info, resource, _RECORDS),
            selected_paths(context, info, resource, *_RECORDS),
        )

    resolve.__annotations__["return"] = type_of("Delta") | None
    return strawberry.field(
        resolve,
        description=f"What has changed of a list of {resource.type_name} records since a token; "
        "without `since`, a token to begin with.",
    )


def _page_size(context: Context, resource: Resource, first: int | None) -> int:
    size = check_size(context, resource, "first", first, resource.default_page_size)
    if not size:
        raise ApiError("BAD_USER_INPUT", "first must be at least 1.", argument="first")
    return size


def _known_ids(known: list[strawberry.ID] | None) -> set[int]:
    if known and len(known) > MAX_KNOWN:
        raise ApiError(
            "BAD_USER_INPUT",
            f"known has more than {MAX_KNOWN} ids. Send several requests, each with some of them.",
            argument="known",
        )
    try:
        return {parse_id(text) for text in known or ()}
    except ApiError as error:
        message = f"known: {error.message}"
        raise ApiError("BAD_USER_INPUT", message, argument="known") from None


def _to_json(value: Any) -> Any:
    """Return what a client gave for an input, as JSON."""
    if isinstance(value, list):
        return [_to_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "__strawberry_definition__"):
        return {name: _to_json(item) for name, item in given(value)}
    return value
