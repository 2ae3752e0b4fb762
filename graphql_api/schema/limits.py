"""What a request may cost before it is refused: length, tokens, depth, aliases."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
)

from .errors import ApiError

MAX_DOCUMENT_LENGTH = 100_000
"""Characters of a document."""

MAX_TOKENS = 10_000
MAX_DEPTH = 15
"""Levels of fields, introspection (which needs 13) included."""

MAX_FIELDS = 5_000
"""Fields and fragments, after fragments are spread: what aliases and fragments multiply to."""

MAX_FRAGMENT_DEPTH = 100
"""Fragments within fragments."""

MAX_ROOT_FIELDS = 100
"""Root fields, aliases included: each is at least one query to the database."""

MAX_INPUT_DEPTH = 50
"""Objects and lists within each other in an argument or a variable: a filter, say."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an administrator may set, for the server and for each policy.

    ``requests_per_minute`` of one key, 0 for any number; ``max_cost`` in estimated records;
    ``max_page_size`` in records; ``max_body_size`` in bytes; ``max_seconds`` of one SQL query.
    """

    max_depth: int = MAX_DEPTH
    max_aliases: int = MAX_ROOT_FIELDS
    max_tokens: int = MAX_TOKENS
    max_cost: int = 50_000
    max_page_size: int = 1000
    max_body_size: int = 16 * 1024 * 1024
    max_seconds: int = 15
    requests_per_minute: int = 600


def check_limits(document: DocumentNode, operation: OperationDefinitionNode) -> None:
    """Refuse an operation that is too deep or too large, before it is validated.

    :raise ApiError: QUERY_TOO_COMPLEX
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    counter = _Counter(fragments)
    counter.visit(operation.selection_set.selections, 1, ())
    if counter.root_fields > MAX_ROOT_FIELDS:
        raise ApiError(
            "QUERY_TOO_COMPLEX",
            f"The operation has {counter.root_fields} root fields; at most {MAX_ROOT_FIELDS} "
            "are allowed. Send several requests.",
        )
    for definition in operation.variable_definitions or ():
        check_input_depth(definition.default_value)


def check_input_depth(value: Any) -> None:
    """Refuse a value, of a variable or in the document, that is nested too deeply.

    :raise ApiError: QUERY_TOO_COMPLEX
    """
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_INPUT_DEPTH:
            raise ApiError(
                "QUERY_TOO_COMPLEX",
                f"An argument or variable is nested deeper than {MAX_INPUT_DEPTH} levels.",
            )
        below: list = []
        for item in level:
            match item:
                case dict():
                    below += item.values()
                case list():
                    below += item
                case ListValueNode():
                    below += item.values
                case ObjectValueNode():
                    below += [field.value for field in item.fields]
        level = below


class _Counter:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]):
        self._fragments = fragments
        self.fields = 0
        self.root_fields = 0

    def visit(self, selections: tuple[SelectionNode, ...], depth: int, spread: tuple) -> None:
        if depth > MAX_DEPTH:
            raise ApiError("QUERY_TOO_COMPLEX", f"The operation is deeper than {MAX_DEPTH} levels.")
        if len(spread) > MAX_FRAGMENT_DEPTH:
            raise ApiError(
                "QUERY_TOO_COMPLEX",
                f"Fragments are nested deeper than {MAX_FRAGMENT_DEPTH} levels.",
            )
        for node in selections:
            self.fields += 1
            if self.fields > MAX_FIELDS:
                raise ApiError(
                    "QUERY_TOO_COMPLEX", f"The operation selects more than {MAX_FIELDS} fields."
                )
            if isinstance(node, FieldNode):
                self.root_fields += depth == 1
                for argument in node.arguments or ():
                    check_input_depth(argument.value)
                if node.selection_set:
                    self.visit(node.selection_set.selections, depth + 1, spread)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                fragment = self._fragments.get(name)
                # Unknown fragments and circles are for validation to report.
                if fragment is not None and name not in spread:
                    self.visit(fragment.selection_set.selections, depth, (*spread, name))
            else:
                self.visit(node.selection_set.selections, depth, spread)
