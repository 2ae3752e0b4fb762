"""Documents: parsed, measured and validated once for each text, then kept for some time."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    recommended_rules,
    specified_rules,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule

from .cost import Cost
from .errors import ApiError
from .limits import MAX_DOCUMENT_LENGTH, Limits, Measures, measure
from .resource import Resource

KEPT = 256
"""Documents that are kept, for each schema; the least recently used one goes first."""

MAX_KEPT_LENGTH = 20_000
"""Characters; longer documents are no screens of an application, and take memory."""

MAX_ERRORS = 20
"""Validation stops after so many errors."""

_RULES = (*specified_rules, *recommended_rules)
_RULES_WITHOUT_INTROSPECTION = (*specified_rules, NoSchemaIntrospectionCustomRule)


class Prepared(NamedTuple):
    """A document that fits the schema, with the operation that is to be executed.

    ``before``: it was prepared for an earlier request.
    """

    document: DocumentNode
    operation: OperationDefinitionNode
    cost: Cost
    before: bool = False


@dataclass(slots=True)
class _Measured:
    """An operation that need not fit the schema; ``prepared`` is by whether introspection may."""

    document: DocumentNode
    operation: OperationDefinitionNode
    measures: Measures
    prepared: dict[bool, Prepared] = field(default_factory=dict)


class Documents:
    """The documents of one schema.

    :param resources: type name -> :class:`Resource`
    """

    def __init__(self, schema: GraphQLSchema, resources: dict[str, Resource]):
        self._schema = schema
        self._resources = resources
        self._kept = lru_cache(maxsize=KEPT)(self._measure)

    def prepare(
        self, query: str, name: str | None, limits: Limits, introspection: bool = True
    ) -> Prepared:
        """Return a document and its operation of this name, fit to be executed.

        :param introspection: whether the document may ask for the schema; else errors do not
            suggest names either
        :raise GraphQLError: the text is not GraphQL
        :raise ApiError: QUERY_TOO_COMPLEX, or BAD_USER_INPUT where there is no such operation
        :raise Invalid: it does not fit the schema
        """
        measure_it = self._kept if len(query) <= MAX_KEPT_LENGTH else self._measure
        measured = measure_it(query, name, limits.max_tokens)
        measured.measures.check(limits)
        prepared = measured.prepared.get(introspection)
        if prepared is None:
            prepared = self._validate(measured, introspection)
            measured.prepared[introspection] = prepared._replace(before=True)
        return prepared

    def _measure(self, query: str, name: str | None, max_tokens: int) -> _Measured:
        document = parse_document(query, max_tokens)
        operation = find_operation(document, name)
        return _Measured(document, operation, measure(document, operation))

    def _validate(self, measured: _Measured, introspection: bool) -> Prepared:
        document, operation = measured.document, measured.operation
        errors = validate(
            self._schema,
            document,
            _RULES if introspection else _RULES_WITHOUT_INTROSPECTION,
            max_errors=MAX_ERRORS,
            hide_suggestions=not introspection,
        )
        if errors:
            raise Invalid(errors)
        return Prepared(
            document, operation, Cost(self._schema, self._resources, document, operation)
        )


class Invalid(Exception):
    """A document does not fit the schema.

    :param errors: list of GraphQLError
    """

    def __init__(self, errors: list[GraphQLError]):
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def parse_document(query: str, max_tokens: int) -> DocumentNode:
    """Return a document, parsed once per text; it depends on no schema and no database.

    :raise GraphQLError: the text is not GraphQL
    :raise ApiError: QUERY_TOO_COMPLEX
    """
    if len(query) > MAX_DOCUMENT_LENGTH:
        raise ApiError(
            "QUERY_TOO_COMPLEX", f"The document is longer than {MAX_DOCUMENT_LENGTH} characters."
        )
    parse_it = _parse_kept if len(query) <= MAX_KEPT_LENGTH else _parse
    return parse_it(query, max_tokens)


def _parse(query: str, max_tokens: int) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=max_tokens, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        # The document may be correct, but it is too much.
        too_complex = (f"more than {max_tokens} tokens", "nested too deeply")
        if any(text in error.message for text in too_complex):
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
