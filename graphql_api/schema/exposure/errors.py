"""The one table of errors: what went wrong -> code and message for the client."""

import errno
import logging
import uuid
from functools import singledispatch

import psycopg2
import psycopg2.errors
from psycopg2.pool import PoolError

from odoo.exceptions import (
    AccessDenied,
    AccessError,
    ConcurrencyError,
    LockError,
    MissingError,
    RedirectWarning,
    UserError,
)

from .log_lines import INDENTATION
from .names import camel_case
from .odoo_messages import replaced_message

_logger = logging.getLogger(__name__)
_logger.addFilter(INDENTATION)

CODES = (
    "UNAUTHENTICATED",
    "TOTP_REQUIRED",
    "FORBIDDEN",
    "NOT_FOUND",
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "VALIDATION_FAILED",
    "CONFLICT",
    "PRECONDITION_FAILED",
    "QUERY_TOO_COMPLEX",
    "PERSISTED_QUERY_NOT_FOUND",
    "RATE_LIMITED",
    "SERVICE_UNAVAILABLE",
    "INTERNAL_SERVER_ERROR",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "PAYLOAD_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "RANGE_NOT_SATISFIABLE",
)
"""What ``extensions.code`` of GraphQL and ``code`` of REST may be."""


class OutOfTime(Exception):
    """A request that takes longer than it may is given up, whatever of it is there already."""

    loglevel = logging.DEBUG


class ResponseTooLarge(Exception):
    """A request whose response grows beyond what it may be is given up.

    :param maximum: bytes
    """

    loglevel = logging.DEBUG

    def __init__(self, maximum: int):
        super().__init__(maximum)
        self.maximum = maximum


class SandboxViolation(ConnectionRefusedError, RuntimeError):
    """What is only tried may reach no other system, and start no thread.

    Code that is ready for a system that cannot be reached, or for a machine that has no room for
    another thread, goes on.
    """


RETRIED = (psycopg2.Error, ConcurrencyError, OutOfTime, ResponseTooLarge)
"""What no resolver may keep. The first two are for Odoo's ``retrying`` to see
(odoo/service/model.py): the transaction is broken."""

REFUSED = (
    psycopg2.IntegrityError,
    psycopg2.DataError,
    # A text that is too long for an index, of which psycopg2 makes an OperationalError.
    psycopg2.errors.ProgramLimitExceeded,
)
"""Those of them that are about what a client sent: another try would end the same."""


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

OTHER_COMPANIES = (
    "in the companies that X-Odoo-Companies names. Other companies of yours allow it: name "
    "them, or leave the header out."
)
"""Ends a refusal that another choice among the caller's companies would change."""


class ApiError(Exception):
    """An error that a client may read.

    :param code: one of :data:`CODES`
    :param message: says what was wrong and what would be right
    :param errors: the values to blame, as ``{"field", "message"}``; ``field`` is a path in REST
        names, with points between them
    :param retry_after: seconds after which the same may succeed
    :param hint: names of the schema that would be right, for callers who may ask for them
    :param argument: the name of the argument to blame, or of another part of the request; over REST
        the message and ``errors`` name what it is there
    """

    loglevel = logging.DEBUG
    """The level at which Odoo logs it (odoo/http.py, ``Application.__call__``)."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        errors=(),
        retry_after: int | None = None,
        hint: str = "",
        argument: str = "",
    ):
        super().__init__(message)
        self.code = code
        self.message = message
        self.errors = list(errors)
        self.retry_after = retry_after
        self.hint = hint
        self.argument = argument

    def with_hint(self) -> "ApiError":
        """Return the error with its hint in the message, also where a value has the message."""
        message = f"{self.message} {self.hint}".strip()
        errors = [
            {**error, "message": message} if error["message"] == self.message else error
            for error in self.errors
        ]
        return ApiError(self.code, message, errors=errors, argument=self.argument)

    @property
    def extensions(self) -> dict:
        """For GraphQL's errors: what the executor reports beside the message."""
        if not self.errors:
            return {"code": self.code}
        errors = [
            {**error, "field": getattr(error["field"], "in_graphql", None) or _path(error["field"])}
            for error in self.errors
        ]
        return {"code": self.code, "errors": errors}


def _path(field: str) -> str:
    """Return a path in GraphQL's names."""
    return ".".join(map(camel_case, field.split(".")))


@singledispatch
def to_api_error(error: BaseException, max_seconds: int | None = None) -> ApiError:
    """Return what the client may know of any exception.

    :param max_seconds: how long the request was allowed to take

    Access errors lose Odoo's message, which names models and records, and so do some others (see
    :mod:`.odoo_messages`). The unexpected gets an id, which stands in the log with the traceback;
    the client learns the id alone.
    """
    match error:
        case ApiError():
            return error
        case _ if _left_sandbox(error):
            return ApiError(
                "VALIDATION_FAILED",
                "This request needs another system, which a dry run cannot reach. Nothing was "
                "changed. To see what the request does, send it without Prefer: dry-run.",
            )
        case AccessDenied():
            return ApiError("UNAUTHENTICATED", "Sign in, or send a valid API key.")
        case AccessError() if getattr(error, "other_companies", False):
            return ApiError("FORBIDDEN", f"You are not allowed to do this {OTHER_COMPANIES}")
        case AccessError():
            return ApiError("FORBIDDEN", "You are not allowed to do this.")
        case MissingError():
            return ApiError("NOT_FOUND", "The record does not exist or has been deleted.")
        case LockError() | ConcurrencyError() | psycopg2.errors.TransactionRollbackError():
            return _conflict()
        case psycopg2.errors.LockNotAvailable():
            return _conflict()
        case OutOfTime() | psycopg2.errors.QueryCanceled():
            return _too_slow(max_seconds)
        case ResponseTooLarge():
            return ApiError(
                "QUERY_TOO_COMPLEX",
                f"The response would be larger than {error.maximum} bytes. Ask for less: fewer "
                "records, or long texts once, of fewer records.",
            )
        case _ if isinstance(error, REFUSED):
            return from_database(error)
        case psycopg2.OperationalError() | psycopg2.InterfaceError() | PoolError():
            return _unavailable("The database does not do its work", error)
        case OSError() if error.errno in _NO_ROOM:
            return _unavailable("A file cannot be written", error)
        case UserError() if isinstance(error.__cause__, psycopg2.IntegrityError):
            return from_database(error.__cause__, _message(error))
        case UserError() | RedirectWarning() if message := replaced_message(error):
            return ApiError("VALIDATION_FAILED", message)
        case UserError() | RedirectWarning():
            return ApiError("VALIDATION_FAILED", _message(error))
    return internal_error(error)


def _left_sandbox(error: BaseException | None) -> bool:
    """Tell whether an error comes of one that a dry run made."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        if isinstance(error, SandboxViolation):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__
    return False


def from_database(error: psycopg2.Error, message: str | None = None, errors=()) -> ApiError:
    """Return what the client may know of a value that PostgreSQL refused.

    :param error: one of :data:`REFUSED`
    :param message: what Odoo says about the constraint to users
    :param errors: the values to blame where one is missing or breaks a rule
    """
    match error:
        case psycopg2.errors.UniqueViolation():
            return ApiError("CONFLICT", message or "Another record has the same value already.")
        # PostgreSQL 18 has an error of its own for what ON DELETE RESTRICT refuses.
        case psycopg2.errors.ForeignKeyViolation() | psycopg2.errors.RestrictViolation():
            return ApiError(
                "CONFLICT", "Other records need this one, so it cannot be deleted; archive it."
            )
        case psycopg2.errors.NotNullViolation():
            return ApiError("VALIDATION_FAILED", "A required value is missing.", errors=errors)
        case psycopg2.IntegrityError():
            return ApiError(
                "VALIDATION_FAILED",
                message or "The values violate a rule of the database.",
                errors=errors,
            )
    return ApiError("BAD_USER_INPUT", "A value is too large, or cannot be stored as it is.")


def constraint_message(error: psycopg2.Error, env) -> str | None:
    """Return the message that a model declares for its constraint, None where it has none.

    It takes no query: the transaction is broken.
    """
    for model in env.registry.values():
        if model._table == error.diag.table_name:
            constraint = model._table_objects.get(error.diag.constraint_name)
            return constraint and constraint.get_error_message(env[model._name], error.diag)
    return None


def _conflict() -> ApiError:
    return ApiError("CONFLICT", "Another request is changing the same records. Try again.")


def _too_slow(max_seconds: int | None) -> ApiError:
    limit = "it may" if max_seconds is None else f"{max_seconds} s"
    return ApiError(
        "QUERY_TOO_COMPLEX",
        f"The request took longer than {limit}. Ask for less: fewer records, simpler filters.",
    )


def _unavailable(what: str, error: BaseException) -> ApiError:
    """Return the error for a database that is down or restarts, or a disk without room."""
    _logger.error("%s: %s", what, str(error).strip())
    return ApiError(
        "SERVICE_UNAVAILABLE",
        "The service is not available at the moment. Try again in 1 s.",
        retry_after=1,
    )


def _message(error: Exception) -> str:
    return str(error.args[0]) if error.args else str(error)


def internal_error(error: BaseException) -> ApiError:
    """Return the error for the unexpected, with the id that the log has of it."""
    error_id = uuid.uuid4().hex[:12]
    _logger.error("Internal error %s", error_id, exc_info=error)
    return ApiError(
        "INTERNAL_SERVER_ERROR",
        f"Something went wrong on the server. The administrator can find it in the log as "
        f"{error_id}.",
    )
