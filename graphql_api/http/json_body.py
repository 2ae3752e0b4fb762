"""Bodies that clients send: JSON, and what is compressed."""

import codecs
import zlib

import orjson
from werkzeug.exceptions import RequestEntityTooLarge

from odoo.http import HTTPRequest

from ..schema.exposure.errors import ApiError
from .statuses import HttpError

_GZIP = 16 + zlib.MAX_WBITS
_BOM = codecs.BOM_UTF8


def read_json(text: str | bytes, what: str):
    """Return what JSON text says; a byte order mark before it is skipped (RFC 8259, 8.1).

    :param what: how an error names the text
    :raise ApiError: BAD_USER_INPUT
    """
    text = text.removeprefix(_BOM) if isinstance(text, bytes) else text.removeprefix(_BOM.decode())
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ApiError("BAD_USER_INPUT", f"{what} is not valid JSON: {error}.") from None


def content_encoding(httprequest: HTTPRequest) -> str:
    """Return how a body is encoded, nothing where it is not."""
    encoding = httprequest.headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def decode(body: bytes, encoding: str, maximum: int) -> bytes:
    """Return a body as it was before it was encoded.

    :param encoding: of :func:`content_encoding`
    :param maximum: bytes that it may have then
    :raise ApiError: UNSUPPORTED_MEDIA_TYPE for an encoding that is not taken, BAD_USER_INPUT
    :raise RequestEntityTooLarge: it has more
    """
    if encoding not in ("gzip", "x-gzip"):
        raise HttpError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Content-Encoding {encoding[:80]!r} is not supported: send gzip, or the body "
            "uncompressed.",
            headers=[("Accept-Encoding", "gzip")],
        )
    decompressor = zlib.decompressobj(_GZIP)
    try:
        decoded = decompressor.decompress(body, maximum + 1)
    except zlib.error:
        decoded = b""
    if len(decoded) > maximum:
        raise RequestEntityTooLarge
    if not decompressor.eof or decompressor.unused_data:
        raise ApiError("BAD_USER_INPUT", "Content-Encoding says gzip, but the body is not gzip.")
    return decoded
