"""``Prefer: dry-run``: a request that changes records is executed and answered, and undone."""

from collections.abc import Callable
from typing import NoReturn

from werkzeug.http import parse_list_header

from odoo.http import HTTPRequest, Response
from odoo.sql_db import BaseCursor

from ..schema.exposure.errors import ApiError
from .responses import RolledBack
from .sandbox import sandbox

PREFERENCE = "dry-run"
"""The preference of the ``Prefer`` header, and the value of :data:`APPLIED_HEADER` (RFC 7240)."""

APPLIED_HEADER = "Preference-Applied"
"""A header of the response to what was executed and undone."""

_ABOUT_WHAT_IS_KEPT = ("ETag", "Location")


def prefers_dry_run(httprequest: HTTPRequest) -> bool:
    """Tell whether a client wants to see what a request would do; other preferences are ignored.

    :raise ApiError: BAD_USER_INPUT where the preference has a value. To ignore it, as RFC 7240
        says, would change what the client meant to leave as it is.
    """
    for preference in parse_list_header(httprequest.headers.get("Prefer", "")):
        name, has_value, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() != PREFERENCE:
            continue
        if has_value and value.strip() not in ("", '""'):
            raise ApiError(
                "BAD_USER_INPUT", f"Send Prefer: {PREFERENCE} without a value.", argument="Prefer"
            )
        return True
    return False


def run_dry(cursor: BaseCursor, serve: Callable[[], Response], seconds: int) -> NoReturn:
    """Serve a request as far as it can be without an effect that lasts.

    :param cursor: that of the request
    :param seconds: how long the request may take
    :raise RolledBack: with the response; it names no record and version that were made, as they
        are gone
    :raise psycopg2.Error, ApiError, ...: of ``serve``, or what a commit would have raised
    """
    with sandbox(cursor, seconds):
        response = serve()
        cursor.flush()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE", log_exceptions=False)
        for name in _ABOUT_WHAT_IS_KEPT:
            response.headers.pop(name, None)
        raise RolledBack(response)
