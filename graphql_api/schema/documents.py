"""Documents: parsed, measured and validated once for each text, then kept for some time."""

from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)

from .errors import ApiError
from .limits import MAX_DOCUMENT_LENGTH, MAX_TOKENS, check_limits

KEPT = 256
"""Documents that are kept, for each schema; the least recently used one goes first."""

MAX_KEPT_LENGTH = 20_000
"""Characters; longer documents are no screens of an application, and take memory."""

MAX_ERRORS = 20
"""Validation stops after so many errors."""

_TOO_COMPLEX = (f"more than {MAX_TOKENS} tokens", "nested too deeply")
"""In the parser's messages: the document may be correct, but it is too much."""


class Documents:
    """The documents of one schema."""

    def __init__(self, schema: GraphQLSchema):
        self._schema = schema
        self._kept = lru_cache(maxsize=KEPT)(self._validate)

    def operation(
        self, query: str, name: str | None
    ) -> tuple[DocumentNode, OperationDefinitionNode]:
        """Return a document and its operation of this name, fit to be executed.

        :raise GraphQLError: the text is not GraphQL
        :raise ApiError: QUERY_TOO_COMPLEX, or BAD_USER_INPUT where there is no such operation
        :raise Invalid: it does not fit the schema
        """
        validate_it = self._kept if len(query) <= MAX_KEPT_LENGTH else self._validate
        return validate_it(query, name)

    def _validate(self, query: str, name: str | None):
        document = parse_document(query)
        operation = find_operation(document, name)
        check_limits(document, operation)
        errors = validate(self._schema, document, specified_rules, max_errors=MAX_ERRORS)
        if errors:
            raise Invalid(errors)
        return document, operation


class Invalid(Exception):
    """A document does not fit the schema.

    :param errors: list of GraphQLError
    """

    def __init__(self, errors: list[GraphQLError]):
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def parse_document(query: str) -> DocumentNode:
    """Return a document, parsed once per text; it depends on no schema and no database.

    :raise GraphQLError: the text is not GraphQL
    :raise ApiError: QUERY_TOO_COMPLEX
    """
    if len(query) > MAX_DOCUMENT_LENGTH:
        raise ApiError(
            "QUERY_TOO_COMPLEX", f"The document is longer than {MAX_DOCUMENT_LENGTH} characters."
        )
    return _parse_kept(query) if len(query) <= MAX_KEPT_LENGTH else _parse(query)


def _parse(query: str) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=MAX_TOKENS, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        if any(text in error.message for text in _TOO_COMPLEX):
            raise ApiError("QUERY_TOO_COMPLEX", error.message) from error
        raise


_parse_kept = lru_cache(maxsize=KEPT)(_parse)


def find_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the operation to execute.

    :raise ApiError: BAD_USER_INPUT where the name does not tell which
    """
    operation = get_operation_ast(document, name)
    if operation is not None:
        return operation
    if name:
        raise ApiError("BAD_USER_INPUT", f"The document has no operation named {name[:80]!r}.")
    raise ApiError(
        "BAD_USER_INPUT", "Send one operation, or say with operationName which one to execute."
    )
