"""Documents: parsed, measured and validated once, then kept for some time."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
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

from ..execution.operation_size import OperationSize, operation_size
from ..exposure.errors import ApiError
from ..exposure.limits import MAX_DOCUMENT_LENGTH, Limits
from ..exposure.resource import Resource
from .cost import Cost
from .introspection import is_introspection
from .uses import DocumentUsage
from .weighted_cache import WeightedCache

MAX_KEPT = 16 * 1024 * 1024
"""Bytes of memory for the documents of each schema; a screen of an application takes some 50 kB."""

TOKEN_WEIGHT = 600
"""Bytes of memory that a token takes in a parsed document, with what is made of it."""

_CHARACTER_WEIGHT = 8
"""Bytes of memory for a character: in the text, and once more in a value or comment."""

MAX_ERRORS = 20
"""Validation stops after so many errors."""

_RULES = (*specified_rules, *recommended_rules)
_RULES_WITHOUT_INTROSPECTION = (*specified_rules, NoSchemaIntrospectionCustomRule)


class Prepared(NamedTuple):
    """A document that fits the schema, with the operation that is to be executed.

    ``before``: it was prepared for an earlier request. ``is_constant``: the result depends on
    nothing but the schema.
    """

    document: DocumentNode
    operation: OperationDefinitionNode
    cost: Cost
    is_constant: bool = False
    before: bool = False


@dataclass(slots=True)
class ParsedDocument:
    """A document with an operation, which need not fit the schema.

    :param key: what it is kept by: equal ones make the same document
    :param weight: bytes of memory, about

    ``prepared`` is by whether introspection may, ``usage`` is what :mod:`.usage` makes of it.
    """

    key: Hashable
    weight: int
    document: DocumentNode
    operation: OperationDefinitionNode
    size: OperationSize | None = None
    prepared: dict[bool, Prepared] = field(default_factory=dict)
    usage: DocumentUsage | None = None


class Documents:
    """The documents of one schema.

    :param resources: type name -> :class:`Resource`
    :param list_sizes: returns what :func:`.introspection.list_sizes` does
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        resources: dict[str, Resource],
        list_sizes: Callable[[], dict[tuple[str, str], int]],
    ):
        self._schema = schema
        self._resources = resources
        self._list_sizes = list_sizes
        self._kept = WeightedCache(MAX_KEPT)

    def parse(self, query: str, name: str | None, limits: Limits) -> ParsedDocument:
        """Return a document and its operation of this name; they may not fit the schema.

        :raise GraphQLError: the text is not GraphQL
        :raise ApiError: QUERY_TOO_COMPLEX, or BAD_USER_INPUT where there is no such operation
        """
        key = (query, name, limits.max_tokens)
        known = self.find(key)
        if known is not None:
            return known
        document = parse_document(query, limits.max_tokens)
        operation = find_operation(document, name)
        length = len(query) + len(name or "")
        weight = TOKEN_WEIGHT * document.token_count + _CHARACTER_WEIGHT * length
        return ParsedDocument(key, weight, document, operation)

    def find(self, key: Hashable) -> ParsedDocument | None:
        """Return the document that is kept by a key, None where there is none."""
        return self._kept.get(key)

    def prepare(
        self, parsed: ParsedDocument, limits: Limits, introspection: bool = True
    ) -> Prepared:
        """Return a document and its operation, fit to be executed; it is kept then.

        :param introspection: whether the document may ask for the schema; else errors do not
            suggest names either
        :raise ApiError: QUERY_TOO_COMPLEX
        :raise Invalid: it does not fit the schema
        """
        if parsed.size is None:
            parsed.size = operation_size(parsed.document, parsed.operation)
        parsed.size.check(limits)
        prepared = parsed.prepared.get(introspection)
        if prepared is None:
            prepared = self._validate(parsed, introspection)
            parsed.prepared[introspection] = prepared._replace(before=True)
            self._kept.keep(parsed.key, parsed, parsed.weight)
        return prepared

    def _validate(self, parsed: ParsedDocument, introspection: bool) -> Prepared:
        document, operation = parsed.document, parsed.operation
        errors = validate(
            self._schema,
            document,
            _RULES if introspection else _RULES_WITHOUT_INTROSPECTION,
            max_errors=MAX_ERRORS,
            hide_suggestions=not introspection,
        )
        if errors:
            raise Invalid(errors)
        cost = Cost(self._schema, self._resources, document, operation, self._list_sizes)
        return Prepared(document, operation, cost, is_introspection(document, operation))


class Invalid(Exception):
    """A document does not fit the schema.

    :param errors: list of GraphQLError
    """

    def __init__(self, errors: list[GraphQLError]):
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def parse_document(query: str, max_tokens: int) -> DocumentNode:
    """Return a document; it depends on no schema and no database.

    :raise GraphQLError: the text is not GraphQL
    :raise ApiError: QUERY_TOO_COMPLEX
    """
    if len(query) > MAX_DOCUMENT_LENGTH:
        raise ApiError(
            "QUERY_TOO_COMPLEX", f"The document is longer than {MAX_DOCUMENT_LENGTH} characters."
        )
    try:
        return parse(query, max_lexical_tokens=max_tokens, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        # The document may be correct, but it is too much.
        too_complex = (f"more than {max_tokens} tokens", "nested too deeply")
        if any(text in error.message for text in too_complex):
            raise ApiError("QUERY_TOO_COMPLEX", error.message) from error
        raise


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
