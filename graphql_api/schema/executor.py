"""One document in, one result out: parse, limit, validate, execute.

This module alone touches graphql-core's executor and Strawberry's execution context.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.execution import execute_sync
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from .builder import BuiltSchema
from .errors import (
    REFUSED,
    RETRIED,
    ApiError,
    constraint_message,
    from_database,
    to_api_error,
)
from .limits import MAX_DOCUMENT_LENGTH, MAX_TOKENS, check_limits

MAX_ERRORS = 20
"""Validation stops after so many errors."""


_TOO_COMPLEX = (f"more than {MAX_TOKENS} tokens", "nested too deeply")
"""In the parser's messages: the document may be correct, but it is too much."""


@dataclass(slots=True)
class Request:
    """A GraphQL request as the GraphQL over HTTP specification names its parts."""

    query: str
    variables: dict | None = None
    operation_name: str | None = None


@dataclass(slots=True)
class Result:
    """What an execution gave.

    ``errors`` are ready for the response, ``causes`` the exceptions behind those that were
    raised in the execution. ``started`` is False where the request was refused before its
    execution; then the response has no ``data``.
    """

    data: dict | None = None
    errors: list[dict] = field(default_factory=list)
    causes: list[Exception | None] = field(default_factory=list)
    started: bool = False

    @property
    def code(self) -> str | None:
        """The code of the first error."""
        return self.errors[0]["extensions"]["code"] if self.errors else None


def operation_type(request: Request) -> OperationType | None:
    """Return what kind of operation a request is, None where that cannot be told."""
    try:
        operation = _operation(parse_document(request.query), request.operation_name)
    except (ApiError, GraphQLError):
        return None
    return operation.operation


class _Executor(StrawberryGraphQLCoreExecutionContext):
    """Stops at the first error after which the transaction cannot go on.

    In a mutation that is any error, also in a field that may be null: what an operation keeps,
    it keeps as a whole.
    """

    def handle_field_error(self, raw_error, return_type, field_details_list, path):
        if self.operation.operation == OperationType.MUTATION:
            if isinstance(raw_error, REFUSED):
                raw_error = from_database(
                    raw_error, constraint_message(raw_error, self.context_value.env)
                )
            # Nothing is null instead of an error.
            return_type = GraphQLNonNull(get_nullable_type(return_type))
        if isinstance(raw_error, RETRIED):
            raise raw_error
        super().handle_field_error(raw_error, return_type, field_details_list, path)


def execute(schema: BuiltSchema, context, request: Request) -> Result:
    """Execute a request in the caller's environment.

    :param context: of :meth:`BuiltSchema.context`
    :raise psycopg2.Error, ConcurrencyError: as they came from a resolver, for Odoo's
        ``retrying`` to see; graphql-core would have kept them
    """
    try:
        document = parse_document(request.query)
        operation = _operation(document, request.operation_name)
        check_limits(document, operation, request.variables)
    except ApiError as error:
        return Result(errors=[format_error(GraphQLError(error.message, original_error=error))])
    except GraphQLError as error:
        return Result(errors=[format_error(error, "GRAPHQL_PARSE_FAILED")])
    errors = validate(schema.graphql_schema, document, specified_rules, max_errors=MAX_ERRORS)
    if errors:
        return Result(errors=[format_error(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
    result = execute_sync(
        schema.graphql_schema,
        document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
        executor_class=_Executor,
    )
    errors = result.errors or []
    # Without a path nothing was executed: the variables did not fit.
    started = result.data is not None or any(error.path for error in errors)
    if operation.operation == OperationType.MUTATION and not errors:
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


@lru_cache(maxsize=256)
def parse_document(query: str) -> DocumentNode:
    """Return a document, parsed once per text; it depends on no schema and no database.

    :raise GraphQLError: the text is not GraphQL
    :raise ApiError: QUERY_TOO_COMPLEX
    """
    if len(query) > MAX_DOCUMENT_LENGTH:
        raise ApiError(
            "QUERY_TOO_COMPLEX", f"The document is longer than {MAX_DOCUMENT_LENGTH} characters."
        )
    try:
        return parse(query, max_lexical_tokens=MAX_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        if any(text in error.message for text in _TOO_COMPLEX):
            raise ApiError("QUERY_TOO_COMPLEX", error.message) from error
        raise


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is not None:
        return operation
    if name:
        raise ApiError("BAD_USER_INPUT", f"The document has no operation named {name[:80]!r}.")
    raise ApiError(
        "BAD_USER_INPUT", "Send one operation, or say with operationName which one to execute."
    )


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
