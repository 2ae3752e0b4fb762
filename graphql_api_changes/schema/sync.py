"""``sync``: what a client did while it was offline, as a batch; its types, and what one must be."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import strawberry

from odoo.addons.graphql_api.schema.extension import JSON, ApiError, Resource, parse_id

MAX_ITEMS = 500
"""Items of a batch: some seconds of work."""

FAILED_DEPENDENCY = "FAILED_DEPENDENCY"
"""The code of what was not done because of another item (RFC 4918, 11.4)."""

CLIENT_MODULE = "client"
"""The first part of the external ids that stand for client ids of one part."""

_CLIENT_ID = re.compile(r"(?![0-9]+$)[A-Za-z0-9_.\-]{1,100}", re.ASCII)
_OF_AN_APPLICATION = re.compile(r"[a-z0-9_]+\.[A-Za-z0-9_.\-]+", re.ASCII)


@strawberry.enum(description="What an item of a batch does.")
class SyncOperation(Enum):
    create = "create"
    update = "update"
    delete = "delete"


@strawberry.enum(description="What has come of an item of a batch.")
class SyncStatus(Enum):
    ok = strawberry.enum_value("ok", description="It is done, or was done before.")
    conflict = strawberry.enum_value(
        "conflict",
        description="Nothing was done: the record is not as the client knew it. `record` is what "
        "it is, null where it is gone.",
    )
    error = strawberry.enum_value("error", description="Nothing was done: see `errors`.")


@strawberry.input(description="One change that a client made of one record.")
class SyncItemInput:
    type: str = strawberry.field(description="The type of the record: Customer.")
    operation: SyncOperation
    client_id: str | None = strawberry.field(
        default=None,
        description="The client's own id of the record: letters, digits, points, - and _, no mere "
        "number. A new record needs one, it becomes its external id; others may be named by it.",
    )
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The id of the record, where the client knows it."
    )
    version: str | None = strawberry.field(
        default=None,
        description="The version of the record that was changed. Without it the last writer wins.",
    )
    input: JSON | None = strawberry.field(
        default=None,
        description="The values, as the body of REST has them. Where they take the id of another "
        "record they take its client id, too.",
    )


@strawberry.input(description="A batch of changes, made in their order.")
class SyncInput:
    items: list[SyncItemInput]
    all_or_nothing: bool | None = strawberry.field(
        default=None, description="Keep nothing where one of the items is not ok."
    )


@strawberry.type(description="What is wrong with an item of a batch.")
class SyncError:
    code: str = strawberry.field(
        description="As of other errors; FAILED_DEPENDENCY where another item is to blame."
    )
    message: str
    field: str | None = strawberry.field(
        default=None, description="The member of `input` to blame, in REST's names."
    )


@strawberry.type(description="What has come of one item.")
class SyncItemResult:
    client_id: str | None = strawberry.field(description="As it was sent.")
    id: strawberry.ID | None = strawberry.field(description="The id of the record.")
    status: SyncStatus
    record: JSON | None = strawberry.field(
        default=None,
        description="The record as it is, as far as the caller may read it, as REST shows it "
        "without `fields`.",
    )
    errors: list[SyncError] = strawberry.field(default_factory=list)


@strawberry.type(description="What has come of a batch: a result for each item, in their order.")
class SyncResult:
    items: list[SyncItemResult]
    token: str | None = strawberry.field(
        default=None,
        description="Where all items are of one type whose changes are kept: a token of before "
        "the batch, to begin to read its changes with. It does not take the place of an older one.",
    )


def external_id_of(client_id: str) -> str:
    """Return the external id that a client id is kept as; see :func:`check_items`."""
    if _OF_AN_APPLICATION.fullmatch(client_id):
        return client_id
    return f"{CLIENT_MODULE}.{client_id}"


def is_client_id(text: str) -> bool:
    """Tell whether a text may be an id that clients make."""
    return _CLIENT_ID.fullmatch(text) is not None


def check_items(items: list[SyncItemInput], resources: Mapping[str, Resource]) -> None:
    """Refuse a batch that no state of the database makes right, with all that is wrong with it.

    :param resources: those of the caller, by type name
    :raise ApiError: BAD_USER_INPUT
    """
    if len(items) > MAX_ITEMS:
        raise ApiError(
            "BAD_USER_INPUT",
            f"items may have at most {MAX_ITEMS} items; send several batches.",
            argument="items",
        )
    problems = list(_problems(items)) or list(_circles(items, resources))
    if problems:
        errors = [
            {"field": f"input.items.{index}.{member}", "message": message}
            for index, member, message in problems
        ]
        message = f"The batch has {len(errors)} problems. The first: {problems[0][2]}"
        raise ApiError(
            "BAD_USER_INPUT", problems[0][2] if len(errors) == 1 else message, errors=errors
        )


def _problems(items: list[SyncItemInput]) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with single items: index, member, message."""
    created: dict[tuple[str, str], int] = {}
    for index, item in enumerate(items):
        operation, client_id = item.operation, item.client_id
        if client_id is not None and not is_client_id(client_id):
            message = "Client ids have 1 to 100 letters, digits, points, - and _, not digits alone."
            yield index, "client_id", message
        if operation is SyncOperation.create:
            if item.id is not None:
                yield index, "id", "The server gives a new record its id; name it by client_id."
            if item.version is not None:
                yield index, "version", "A new record has no version yet."
            if client_id is None:
                yield index, "client_id", "A new record needs an id of the client."
            elif (first := created.setdefault((item.type, client_id), index)) != index:
                yield index, "client_id", f"Item {first} creates a {item.type[:80]} with this id."
        elif item.id is not None:
            try:
                parse_id(item.id)
            except ApiError as error:
                yield index, "id", error.message
        elif client_id is None:
            yield index, "id", "Name the record by its id or client_id."
        if operation is SyncOperation.delete:
            if item.input is not None:
                yield index, "input", "A deletion has no values."
        elif not isinstance(item.input, dict):
            yield index, "input", "The values must be a JSON object."


def _circles(
    items: list[SyncItemInput], resources: Mapping[str, Resource]
) -> Iterator[tuple[int, str, str]]:
    """Yield the new records of which none can be created before the others."""
    new = {
        (item.type, item.client_id): index
        for index, item in enumerate(items)
        if item.operation is SyncOperation.create
    }
    named = {
        index: {new[key] for key in _references(items[index], resources) if key in new} - {index}
        for index in new.values()
    }
    # What is left when nothing more can be created is a circle, or needs one.
    waiting = dict(named)
    while ready := {index for index, needs in waiting.items() if not needs & waiting.keys()}:
        waiting = {index: needs for index, needs in waiting.items() if index not in ready}
    message = (
        "It refers to a record that needs this one first. Create one of them without the other, "
        "and set the reference by an update that follows."
    )
    yield from ((index, "input", message) for index in sorted(waiting))


def _references(
    item: SyncItemInput, resources: Mapping[str, Resource]
) -> Iterator[tuple[str, str]]:
    """Yield what the values of an item name: (type name, an id in whatever form)."""
    stack: list[tuple[Resource | None, Any]] = [(resources.get(item.type), item.input)]
    while stack:
        resource, value = stack.pop()
        if resource is None:
            continue
        if isinstance(value, str):
            yield resource.type_name, value
        elif isinstance(value, list):
            stack += ((resource, each) for each in value)
        elif isinstance(value, dict):
            # A record, one that is named as it is read, or what to do with records of a list.
            if isinstance(value.get("id"), str):
                yield resource.type_name, value["id"]
            for name, each in value.items():
                field = resource.input_field(name)
                if field is not None and field.relation:
                    stack.append((resources.get(field.relation), each))
                elif isinstance(each, list | dict):
                    stack.append((resource, each))
