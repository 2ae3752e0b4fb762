"""``Idempotency-Key``: a request that a client sends again is served once."""

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from odoo.http import HTTPRequest, Response, request

from ..schema.exposure.errors import ApiError
from .uploads import is_multipart

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


class StoredResponse(NamedTuple):
    """The response to a request with an ``Idempotency-Key``, as far as it is stored."""

    status: int
    headers: list
    body: bytes


def idempotent(serve: Callable[[], Response]) -> Response:
    """Return the response of ``serve``, or the stored one where the request came before.

    The response is stored in the transaction of the request: what fails stores nothing.

    :raise ApiError: BAD_USER_INPUT for a key that is none, CONFLICT while the same key is
        served, VALIDATION_FAILED where it came with another request
    """
    key = request.httprequest.headers.get("Idempotency-Key")
    if key is None:
        return serve()
    if not _KEY.fullmatch(key):
        raise ApiError(
            "BAD_USER_INPUT",
            "Idempotency-Key must have 1 to 255 visible ASCII characters, a UUID for example.",
            argument="Idempotency-Key",
        )
    if request.dispatcher.is_dry_run:
        # The key is for the request that the client sends afterwards.
        return serve()
    store = request.env["graphql_api.idempotency"]
    stored = store._claim(key, _digest(request.httprequest))
    if stored is not None:
        headers = [*stored.headers, ("Idempotency-Replayed", "true")]
        return Response(stored.body, status=stored.status, headers=headers)
    response = serve()
    headers = [(name, value) for name, value in response.headers if name in _KEPT_HEADERS]
    store._keep(key, StoredResponse(response.status_code, headers, response.get_data()))
    return response


def _digest(httprequest: HTTPRequest) -> str:
    """Return what tells a request from another one: method, address and body.

    The parts of a multipart body count, not the boundary that a client makes up each time.
    """
    # What a key under another policy was shown is not for this one.
    policy = request.dispatcher.caller.policy.id
    digest = hashlib.sha256(f"{policy} {httprequest.method} {httprequest.full_path}\n".encode())
    if not is_multipart(httprequest):
        digest.update(request.dispatcher.api_request.body)
        return digest.hexdigest()
    for name, text in httprequest.form.items(multi=True):
        digest.update(f"{name}={len(text)}:{text}\n".encode())
    for name, file in httprequest.files.items(multi=True):
        digest.update(f"{name}={file.filename}:".encode())
        digest.update(hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    return digest.hexdigest()
