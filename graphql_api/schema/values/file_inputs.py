"""Files in inputs: base64, ``data:`` addresses and parts of a request, and what Odoo stores."""

import base64
import binascii
import io
import re
from typing import Any

from PIL import Image as Picture

from odoo.api import Environment
from odoo.fields import Image
from odoo.tools.image import IMAGE_MAX_RESOLUTION
from odoo.tools.mimetypes import guess_mimetype

from ..exposure.errors import ApiError

_DATA_ADDRESS = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
"""How a ``data:`` address begins (RFC 2397); the type is Odoo's to find out from the bytes."""

_NO_IMAGE = "This file could not be decoded as an image file."
_TOO_LARGE = f"Too large image (above {IMAGE_MAX_RESOLUTION / 1e6}Mpx), reduce the image size."


def parse_upload(value: Any) -> bytes:
    """Return the bytes of a file: a part of a multipart request, or base64 in a string.

    :raise ValueError: for anything else
    """
    if isinstance(value, bytes):
        return value
    try:
        if not isinstance(value, str):
            raise ValueError(value)
        if address := _DATA_ADDRESS.match(value):
            value = value[address.end() :]
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(
            "Expected a file: base64, a data: URL (data:image/png;base64,...) or a part of the "
            "request."
        ) from None


def parse_file(value: bytes, field: Any, env: Environment) -> bytes | bool:
    """Return what the ORM takes for a binary or image field.

    :raise ApiError: VALIDATION_FAILED for what Odoo would refuse, or fail at, without saying
        which field it is about
    """
    if not value:
        return False
    while field.related_field is not None:
        field = field.related_field
    _check_image(value, isinstance(field, Image))
    if (
        not field.attachment
        and value[:1] == b"<"
        and guess_mimetype(value).startswith("image/svg")
        and not env.is_system()
    ):
        raise ApiError("VALIDATION_FAILED", "Only admins can upload SVG files.")
    return base64.b64encode(value)


def _check_image(content: bytes, required: bool) -> None:
    """Refuse a broken or too large image by its first bytes, without decoding it.

    :param required: whether it has to be an image; what Odoo takes as it is counts as one
    """
    is_webp = content[:4] == b"RIFF" and content[8:15] == b"WEBPVP8"
    if content[:1] == b"<" or is_webp:  # as odoo/tools/image.py, ImageProcess
        return
    try:
        picture = Picture.open(io.BytesIO(content))
        picture.getexif()
    except Picture.DecompressionBombError:
        raise ApiError("VALIDATION_FAILED", _TOO_LARGE) from None
    except OSError:
        if required:
            raise ApiError("VALIDATION_FAILED", _NO_IMAGE) from None
    except Exception:
        # Its first bytes are those of an image; the libraries fail at the rest in many ways.
        raise ApiError("VALIDATION_FAILED", _NO_IMAGE) from None
    else:
        if required and picture.width * picture.height > IMAGE_MAX_RESOLUTION:
            raise ApiError("VALIDATION_FAILED", _TOO_LARGE)
