"""What a request may cost before it is refused: length, tokens, depth, aliases, values."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
)

from .errors import ApiError

MAX_DOCUMENT_LENGTH = 100_000
"""Characters of a document."""

MAX_DEPTH = 50
"""Levels of fields that no setting goes beyond: they are Python calls within each other."""

MAX_SECONDS = 24 * 60 * 60
"""A day, which no setting goes beyond: PostgreSQL takes no more than some of them."""

MAX_FIELDS = 5_000
"""Fields and fragments, after fragments are spread: what aliases and fragments multiply to."""

MAX_FRAGMENT_DEPTH = 100
"""Fragments within fragments."""

MAX_ROOT_FIELDS = 100
"""Root fields, aliases included: each is at least one query to the database."""

MAX_INPUT_DEPTH = 50
"""Objects and lists within each other in an argument or a variable: a filter, say."""

MAX_INPUT_VALUES = 100_000
"""Values in the variables of a request, or in one argument: 1000 records of 100 fields."""

MAX_INPUT_OBJECTS = 10_000
"""Objects among these: records that are written, conditions of a filter."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an administrator may set, for the server and for each policy.

    ``max_depth`` in levels of fields, introspection (which needs 13) included; ``max_aliases``
    under which the operation selects a field once more, after fragments are spread;
    ``max_cost`` in estimated records; ``max_page_size`` in records; ``max_body_size`` in bytes
    of a request, ``max_response_size`` in bytes of the JSON of its response, about;
    ``max_seconds`` of the execution; ``requests_per_minute`` of one key, 0 for any number.
    """

    max_depth: int = 15
    max_aliases: int = 100
    max_tokens: int = 10_000
    max_cost: int = 50_000
    max_page_size: int = 1000
    max_body_size: int = 16 * 1024 * 1024
    max_response_size: int = 32 * 1024 * 1024
    max_seconds: int = 15
    requests_per_minute: int = 600


class OperationSize(NamedTuple):
    """The size of an operation, after its fragments are spread.

    ``aliases`` are those of fields that stand beside a selection of the same field. ``schemas``
    is how often the response has the whole schema.
    """

    depth: int
    root_fields: int
    aliases: int
    schemas: int = 0

    def check(self, limits: Limits) -> None:
        """Refuse an operation that is larger than a caller's limits.

        :raise ApiError: QUERY_TOO_COMPLEX
        """
        if self.depth > limits.max_depth:
            raise _too_deep(limits.max_depth)
        if self.root_fields > MAX_ROOT_FIELDS:
            raise ApiError(
                "QUERY_TOO_COMPLEX",
                f"The operation has {self.root_fields} root fields; at most {MAX_ROOT_FIELDS} "
                "are allowed. Send several requests.",
            )
        if self.schemas > 1:
            raise ApiError("QUERY_TOO_COMPLEX", "Select __schema only once in an operation.")
        if self.aliases > limits.max_aliases:
            raise ApiError(
                "QUERY_TOO_COMPLEX",
                f"The operation selects fields again under {self.aliases} aliases; at most "
                f"{limits.max_aliases} are allowed. Read lists of records, or send several "
                "requests.",
            )


def operation_size(document: DocumentNode, operation: OperationDefinitionNode) -> OperationSize:
    """Return the size of an operation that need not be valid.

    :raise ApiError: QUERY_TOO_COMPLEX where it is larger than any setting allows
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    counter = _Counter(fragments)
    counter.visit(operation.selection_set.selections, 1, (), set())
    for definition in operation.variable_definitions or ():
        check_input_size(definition.default_value)
    return OperationSize(counter.depth, counter.root_fields, counter.aliases, len(counter.schemas))


def check_input_size(value: Any) -> None:
    """Refuse a value, of a variable or in the document, that is nested too deeply or too large.

    :raise ApiError: QUERY_TOO_COMPLEX
    """
    level, depth, values, objects = [value], 0, 0, 0
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
                    objects += 1
                    below += item.values()
                case list():
                    below += item
                case ListValueNode():
                    below += item.values
                case ObjectValueNode():
                    objects += 1
                    below += [field.value for field in item.fields]
        values += len(below)
        if values > MAX_INPUT_VALUES or objects > MAX_INPUT_OBJECTS:
            raise ApiError(
                "QUERY_TOO_COMPLEX",
                f"The variables, or an argument, have more than {MAX_INPUT_VALUES} values or "
                f"{MAX_INPUT_OBJECTS} objects. Send several requests.",
            )
        level = below


def _too_deep(maximum: int) -> ApiError:
    return ApiError("QUERY_TOO_COMPLEX", f"The operation is deeper than {maximum} levels.")


class _Counter:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]):
        self._fragments = fragments
        self.fields = 0
        self.root_fields = 0
        self.aliases = 0
        self.depth = 0
        self.schemas: set[str] = set()

    def visit(
        self, selections: tuple[SelectionNode, ...], depth: int, spread: tuple, beside: set[str]
    ) -> None:
        """Count what is selected.

        :param spread: names of the fragments around
        :param beside: names of the fields that are selected in the same place
        """
        if depth > MAX_DEPTH:
            raise _too_deep(MAX_DEPTH)
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
                self.depth = max(self.depth, depth)
                self.root_fields += depth == 1
                self.aliases += node.alias is not None and node.name.value in beside
                beside.add(node.name.value)
                if node.name.value == "__schema":
                    self.schemas.add((node.alias or node.name).value)
                for argument in node.arguments or ():
                    check_input_size(argument.value)
                if node.selection_set:
                    self.visit(node.selection_set.selections, depth + 1, spread, set())
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                fragment = self._fragments.get(name)
                # Unknown fragments and circles are for validation to report.
                if fragment is not None and name not in spread:
                    self.visit(fragment.selection_set.selections, depth, (*spread, name), beside)
            elif isinstance(node, InlineFragmentNode):
                self.visit(node.selection_set.selections, depth, spread, beside)
