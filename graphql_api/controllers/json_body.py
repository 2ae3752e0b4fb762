"""JSON that clients send."""

import orjson

from ..schema.errors import ApiError


def read_json(text: str | bytes, what: str):
    """Return what JSON text says.

    :param what: how an error names the text
    :raise ApiError: BAD_USER_INPUT
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ApiError("BAD_USER_INPUT", f"{what} is not valid JSON: {error}.") from None
