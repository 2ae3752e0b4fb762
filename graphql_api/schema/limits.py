"""What a document may cost before it is refused: length, tokens, depth, aliases."""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
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
"""Fields after fragments are spread: what aliases and fragments multiply to."""

MAX_ROOT_FIELDS = 100
"""Root fields, aliases included: each is at least one query to the database."""


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


class _Counter:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]):
        self._fragments = fragments
        self.fields = 0
        self.root_fields = 0

    def visit(self, selections: tuple[SelectionNode, ...], depth: int, spread: tuple) -> None:
        if depth > MAX_DEPTH:
            raise ApiError("QUERY_TOO_COMPLEX", f"The operation is deeper than {MAX_DEPTH} levels.")
        for node in selections:
            if isinstance(node, FieldNode):
                self.fields += 1
                self.root_fields += depth == 1
                if self.fields > MAX_FIELDS:
                    raise ApiError(
                        "QUERY_TOO_COMPLEX",
                        f"The operation selects more than {MAX_FIELDS} fields.",
                    )
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
