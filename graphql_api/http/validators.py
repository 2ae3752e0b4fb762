"""Entity tags that tell, before the work, that a response has not changed (RFC 9110, 8.8.3).

The tag of a response to GET is a digest of what it shows, which takes the work. An addon that knows
what has changed since may add a validator to it, after a tilde: where that holds, the response is a
304 at once. Where it does not, the digest decides, as it does without the addon.
"""

import hashlib
import json
from collections.abc import Iterable

from graphql import GraphQLError

from odoo.http import Response, request

from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.documents import Invalid
from ..schema.execution.executor import Request
from ..schema.execution.usage import complete_uses
from ..schema.exposure.errors import ApiError

_SEPARATOR = "~"
"""Between a digest and a validator; in neither of them."""

_PREFERENCES = ("Accept", "Accept-Language", "X-Odoo-Companies", "X-Timezone")
"""Headers of a request that its response depends on, beside those that say who asks."""


def digest_of(tag: str | None) -> str:
    """Return the digest in an entity tag, or in one of those of a condition."""
    return (tag or "").partition(_SEPARATOR)[0]


def find_kept(tag: str) -> str | None:
    """Return the client's entity tag of a response with this one, None where it has no such.

    :param tag: without a validator
    """
    for kept in request.httprequest.if_none_match.as_set(include_weak=True):
        if digest_of(kept) == tag:
            return kept
    return None


def add_validator(tag: str) -> str:
    """Return the entity tag of this request's response, with its validator if there is one."""
    validator = request.dispatcher.validator
    return f"{tag}{_SEPARATOR}{validator}" if validator else tag


def find_unchanged(schema: BuiltSchema, context: Context, executed: Request) -> Response | None:
    """Return the 304 to a request of which nothing has changed since the client's response.

    Else the validator of the response that is to be made is kept with the dispatcher. A request
    that is to be refused is left to the execution, which says why.
    """
    model = request.env["graphql_api.schema"]
    if not model._knows_changes or request.httprequest.method not in ("GET", "HEAD"):
        return None
    try:
        parsed = executed.parse(schema.documents, context.limits)
        schema.documents.prepare(parsed, context.limits, context.introspection)
    except (ApiError, GraphQLError, Invalid):
        return None
    uses = complete_uses(schema, parsed, executed.variables or {})
    if uses is None:
        return None
    validators = model._validators(context, uses, _scope())
    if validators is None:
        return None
    for kept in request.httprequest.if_none_match.as_set(include_weak=True):
        _digest, _separator, validator = (kept or "").partition(_SEPARATOR)
        if validator and validators.holds(validator):
            request.dispatcher.log_entry.note_uses(*uses)
            request.dispatcher.validator = validator
            response = Response(status=304)
            response.set_etag(kept)
            return response
    request.dispatcher.validator = validators.make()
    return None


def _scope() -> str:
    """Return a digest of what the request asks for, whoever asks."""
    httprequest = request.httprequest
    preferences: Iterable = (httprequest.headers.get(name, "") for name in _PREFERENCES)
    text = json.dumps([httprequest.full_path, *preferences])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
