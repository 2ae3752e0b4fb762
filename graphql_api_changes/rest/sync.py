"""``sync`` in both APIs: a mutation, and the route that executes it."""

from typing import Any

import strawberry
from graphql import OperationType

from odoo.http import request

from odoo.addons.graphql_api.rest.extension import (
    BodyReader,
    RootField,
    Selected,
    mutate,
    select,
)
from odoo.addons.graphql_api.schema.extension import ApiError, Context

from ..schema.deltas import FEATURE as CHANGES
from ..schema.sync import SyncInput, SyncResult, check_items
from ..schema.tokens import make_token
from .sync_batch import SyncBatch

_SHOWN = (
    Selected(
        "items",
        "items",
        (
            Selected("client_id", "clientId"),
            *select("id", "status", "record"),
            Selected("errors", "errors", select("code", "message", "field")),
        ),
    ),
    Selected("token", "token"),
)


@strawberry.type
class SyncMutation:
    @strawberry.mutation(
        description="Make the changes of a batch that a client made while it was offline, each by "
        "itself. A batch that is sent again creates nothing twice."
    )
    def sync(self, info: strawberry.Info, input: SyncInput) -> SyncResult:
        schema, context = request.dispatcher.schema(), info.context
        check_items(input.items, schema.resources)
        token = _token_of(schema, context, {item.type for item in input.items})
        batch = SyncBatch(schema, context, input.items)
        return SyncResult(items=batch.run(bool(input.all_or_nothing)), token=token)


def _token_of(schema: Any, context: Context, type_names: set[str]) -> str | None:
    """Return a token for the changes of the one type of a batch, None where there is none."""
    resource = schema.resources.get(next(iter(type_names), ""))
    if resource is None or len(type_names) > 1 or not schema.has_feature(resource, CHANGES):
        return None
    try:
        return make_token(context, resource)
    except ApiError:
        # Its changes are not kept, or the caller may not read them.
        return None


def sync() -> dict:
    """Make the changes of the batch in the body; return what has come of them.

    :raise ApiError: BAD_USER_INPUT and others of the mutation; FORBIDDEN where there is none for
        the caller
    """
    schema = request.dispatcher.schema()
    mutation = schema.graphql_schema.mutation_type
    if mutation is None or "sync" not in mutation.fields:
        raise ApiError("FORBIDDEN", "With this key, nothing can be changed.")
    context = request.dispatcher.context(schema)
    body = BodyReader(schema, context.introspection)
    values = body.parse_object(schema.graphql_schema.type_map["SyncInput"])
    if body.problems:
        message = body.problems[0]["message"]
        raise ApiError("BAD_USER_INPUT", message, errors=body.problems)
    root = RootField(OperationType.MUTATION, "sync", ("input",), _SHOWN)
    return mutate(schema, context, root, {"input": values}, [])
