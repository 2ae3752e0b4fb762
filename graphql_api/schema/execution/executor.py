"""One request in, one result out."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution import execute_sync

from ..execution.operation_size import check_input_size
from ..exposure.errors import (
    REFUSED,
    RETRIED,
    ApiError,
    ResponseTooLarge,
    constraint_message,
    from_database,
    to_api_error,
)
from ..exposure.limits import Limits
from ..exposure.timings import timed
from .built_schema import BuiltSchema
from .columnar import ColumnarExecutor
from .cost import too_costly
from .documents import (
    Documents,
    Invalid,
    ParsedDocument,
    Prepared,
)
from .schema_texts import CompressedText


@dataclass(slots=True)
class Request:
    """A document, its variables, and the name of the operation to execute."""

    query: str
    variables: dict | None = None
    operation_name: str | None = None
    _parsed: ParsedDocument | ApiError | GraphQLError | None = field(
        default=None, repr=False, compare=False
    )

    @classmethod
    def of_document(cls, document: ParsedDocument, variables: dict) -> "Request":
        """Return the request of a document that was not made of text."""
        return cls("", variables, _parsed=document)

    def parse(self, documents: Documents, limits: Limits) -> ParsedDocument:
        """Return the document, which is parsed once, whoever needs it first.

        :param documents: those of the caller's schema
        :raise GraphQLError, ApiError: of :meth:`Documents.parse`
        """
        if self._parsed is None:
            try:
                self._parsed = documents.parse(self.query, self.operation_name, limits)
            except (ApiError, GraphQLError) as error:
                self._parsed = error
        if isinstance(self._parsed, Exception):
            raise self._parsed
        return self._parsed

    @property
    def parsed(self) -> ParsedDocument | None:
        """The parsed document; None where it cannot be parsed, and before it was."""
        return self._parsed if isinstance(self._parsed, ParsedDocument) else None

    @property
    def document(self) -> DocumentNode | None:
        """The document of :attr:`parsed`."""
        return self.parsed.document if self.parsed else None

    @property
    def operation(self) -> OperationDefinitionNode | None:
        """The operation of :attr:`parsed`."""
        return self.parsed.operation if self.parsed else None


@dataclass(slots=True)
class Result:
    """What an execution gave.

    ``errors`` are ready for the response, ``causes`` the exceptions behind those that were
    raised in the execution. ``started`` is False where the request was refused before its
    execution; then the response has no ``data``. ``cost`` and ``prepared_before``, whether the
    document was known, are None where it was refused before that. ``data`` about the schema alone
    is the begin of the response as JSON, up to the end of its ``data``.
    """

    data: dict | CompressedText | None = None
    errors: list[dict] = field(default_factory=list)
    causes: list[Exception | None] = field(default_factory=list)
    started: bool = False
    cost: int | None = None
    prepared_before: bool | None = None

    @property
    def code(self) -> str | None:
        """The code of the first error."""
        return self.errors[0]["extensions"]["code"] if self.errors else None


def execute(
    schema: BuiltSchema, context, request: Request, executor_class: type = ColumnarExecutor
) -> Result:
    """Execute a request in the caller's environment.

    :param context: of :meth:`BuiltSchema.context`
    :param executor_class: how graphql-core executes it
    :raise psycopg2.Error, ConcurrencyError: as they came from a resolver, for Odoo's
        ``retrying`` to see; graphql-core would have kept them
    :raise OutOfTime, ResponseTooLarge: the request is given up
    """
    try:
        with timed(context.timings, "parse"):
            parsed = request.parse(schema.documents, context.limits)
            prepared = schema.documents.prepare(parsed, context.limits, context.introspection)
            check_input_size(request.variables or {})
            cost = prepared.cost.estimate(request.variables or {}, context.limits)
    except ApiError as error:
        return Result(errors=[format_error(GraphQLError(error.message, original_error=error))])
    except GraphQLError as error:
        return Result(errors=[format_error(error, "GRAPHQL_PARSE_FAILED")])
    except Invalid as invalid:
        return Result(
            errors=[format_error(error, "GRAPHQL_VALIDATION_FAILED") for error in invalid.errors]
        )
    if cost > context.limits.max_cost:
        refusal = too_costly(cost, context.limits)
        errors = [format_error(GraphQLError(refusal.message, original_error=refusal))]
        return Result(errors=errors, cost=cost, prepared_before=prepared.before)
    with timed(context.timings, "execute"), _in_time(context):
        if prepared.is_constant:
            result = _execute_once(schema, context, request, prepared, executor_class)
        else:
            result = _execute(schema, context, request, prepared, executor_class)
    result.cost = cost
    result.prepared_before = prepared.before
    return result


@contextmanager
def _in_time(context):
    """Look at the deadline after each statement to the database, whoever sends it.

    What a write leads to in Odoo, record by record, is then given up as a read is. Odoo has these
    hooks for its profiler (odoo/sql_db.py, ``Cursor.execute``).
    """

    def check(*_statement):
        context.check_deadline()

    hooks = threading.current_thread().__dict__.setdefault("query_hooks", [])
    hooks.append(check)
    try:
        yield
    finally:
        hooks.remove(check)


def _execute_once(schema, context, request, prepared: Prepared, executor_class) -> Result:
    """Return the result of an operation that has the same one each time."""
    key = (request.query, request.operation_name)
    text = schema.texts.get(key)
    if text is None:
        result = _execute(schema.complete(), context, request, prepared, executor_class)
        if result.errors:
            return result
        text = schema.texts.keep(key, b'{"data":' + orjson.dumps(result.data))
    if text.length > context.limits.max_response_size:
        raise ResponseTooLarge(context.limits.max_response_size)
    return Result(data=text, started=True)


def _execute(schema, context, request, prepared: Prepared, executor_class) -> Result:
    result = execute_sync(
        schema.graphql_schema,
        prepared.document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
        executor_class=executor_class,
        hide_suggestions=not context.introspection,
    )
    errors = result.errors or []
    # Without a path nothing was executed: the variables did not fit.
    started = result.data is not None or any(error.path for error in errors)
    if prepared.operation.operation == OperationType.MUTATION and not errors:
        errors = _flush(context.env)
        if errors:
            return Result(errors=[format_error(error) for error in errors], started=True)
    return Result(
        data=result.data,
        errors=[format_error(error, "BAD_USER_INPUT") for error in errors],
        causes=[error.original_error for error in errors],
        started=started,
    )


def _flush(env) -> list[GraphQLError]:
    """Send to the database what is pending at the end of a mutation; return what it refuses.

    Odoo would do it after the response was made (odoo/service/model.py, ``retrying``).
    """
    try:
        env.cr.flush()
    except REFUSED as error:
        cause = from_database(error, constraint_message(error, env))
    except RETRIED:
        raise
    except Exception as error:
        cause = to_api_error(error)
    else:
        return []
    return [GraphQLError(cause.message, original_error=cause)]


def format_error(error: GraphQLError, code: str = "INTERNAL_SERVER_ERROR") -> dict:
    """Return an error as the response shows it.

    :param code: the code of an error that graphql-core itself raised
    """
    formatted = dict(error.formatted)
    cause = error.original_error
    # Without a path the cause is ours, or that of a scalar which refused a client's value.
    executed = error.path is not None or isinstance(cause, ApiError)
    if cause is not None and executed and not isinstance(cause, GraphQLError):
        api_error = to_api_error(cause)
        formatted["message"] = api_error.message
        formatted["extensions"] = api_error.extensions
    else:
        formatted["extensions"] = {"code": code}
    return formatted
