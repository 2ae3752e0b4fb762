"""``/api/me``: who is asking, and what users change of themselves."""

from graphql import OperationType

from odoo.http import request

from ..schema.exposure.errors import ApiError
from .body import BodyReader
from .calls import run
from .documents import RootField, Selected, select
from .writes import mutate


def read_me() -> dict:
    """Return the caller's user, companies, language and time zone, its policy and what it may do.

    :raise ApiError: of :func:`.calls.run`
    """
    schema = request.dispatcher.schema()
    fields = schema.graphql_schema.type_map["Me"].fields
    records = [
        Selected(name, name, select("id", "name"))
        for name in ("user", "company", "companies")
        if name in fields
    ]
    resources = Selected(
        "resources", "resources", select("type", "collection", "operations", "actions")
    )
    shown = (*records, *select("lang", "tz", "policy"), resources)
    root = RootField(OperationType.QUERY, "me", (), shown)
    return run(schema, request.dispatcher.context(schema), root, {})


def update_me() -> dict:
    """Change preferences of the caller's user as the body says; return some of its values.

    :raise ApiError: BAD_USER_INPUT and others of the mutation; FORBIDDEN where there is none for
        the caller
    """
    schema = request.dispatcher.schema()
    context = request.dispatcher.context(schema)
    mutation = schema.graphql_schema.mutation_type
    if mutation is None or "updateMe" not in mutation.fields:
        raise ApiError("FORBIDDEN", "This key cannot change the user's preferences.")
    body = BodyReader(schema, context.introspection)
    values = body.parse(schema.graphql_schema.type_map["MeUpdateInput"])
    if isinstance(values, list):
        raise ApiError("BAD_USER_INPUT", "The body must be one JSON object.")
    shown = [
        field.graphql_name
        for field in schema.resources["User"].fields.values()
        if field.name in ("name", "lang", "tz")
    ]
    root = RootField(OperationType.MUTATION, "updateMe", ("input",), select("id", *shown))
    return mutate(schema, context, root, {"input": values}, body.problems)
