"""What addons import for routes of their own; whatever else there is in ``rest`` may change.

Their controllers are Odoo's, with the options ``READ_ROUTE`` or ``WRITE_ROUTE``; those of a feature
of resources have its name as the option ``feature``, too. Errors are raised, as :class:`ApiError`.
"""

from ..http.caller_transactions import CallerTransactions, Served
from ..http.compression import prefers_gzip
from ..http.idempotency_key import idempotent
from ..http.responses import RolledBack, cached_response, json_response, success_response
from ..http.routes import READ_ROUTE, WRITE_ROUTE
from ..http.statuses import HttpError
from ..schema.exposure.errors import RETRIED, ResponseTooLarge, to_api_error
from ..schema.values.parsers import parse_id
from .body import BodyReader
from .calls import Call, ResourceCall, run
from .documents import RootField, Selected, select
from .filter import FilterReader
from .names import find_field
from .openapi.components import Json, nullable
from .openapi.responses import READ_ERRORS, RECORD_ERRORS, WRITE_ERRORS
from .openapi.routes import Routes
from .pages import Page, read_page
from .query import (
    LIST_PARAMETERS,
    check_parameters,
    check_repeated,
    read_boolean,
    read_integer,
    read_text,
)
from .record_writes import RecordWrites, find_writes
from .values import bad_parameter, convert_leaf
from .writes import mutate

__all__ = [
    "LIST_PARAMETERS",
    "READ_ERRORS",
    "READ_ROUTE",
    "RECORD_ERRORS",
    "RETRIED",
    "WRITE_ERRORS",
    "WRITE_ROUTE",
    "BodyReader",
    "Call",
    "CallerTransactions",
    "FilterReader",
    "HttpError",
    "Json",
    "Page",
    "RecordWrites",
    "ResourceCall",
    "ResponseTooLarge",
    "RolledBack",
    "RootField",
    "Routes",
    "Selected",
    "Served",
    "bad_parameter",
    "cached_response",
    "check_parameters",
    "check_repeated",
    "convert_leaf",
    "find_field",
    "find_writes",
    "idempotent",
    "json_response",
    "mutate",
    "nullable",
    "parse_id",
    "prefers_gzip",
    "read_boolean",
    "read_integer",
    "read_page",
    "read_text",
    "run",
    "select",
    "success_response",
    "to_api_error",
]
