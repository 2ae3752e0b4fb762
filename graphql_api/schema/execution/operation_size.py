"""The size of an operation and of its inputs, before anything else is done with them.

It is measured in the document alone, which need not fit the schema; what the operation leads to
is weighed in :mod:`.cost`.
"""

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

from ..exposure.errors import ApiError
from ..exposure.limits import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_FRAGMENT_DEPTH,
    MAX_INPUT_DEPTH,
    MAX_INPUT_OBJECTS,
    MAX_INPUT_VALUES,
    MAX_ROOT_FIELDS,
    Limits,
)


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
    """Counts what an operation selects.

    :param fragments: of its document, by name
    """

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
