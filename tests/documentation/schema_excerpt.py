"""Whether what a page prints of the schema is in it."""

from graphql import DefinitionNode, DocumentNode, Node, parse, print_ast


def check_excerpt(excerpt: DocumentNode, schema: str) -> None:
    """Find the definitions of an excerpt in a schema; they may be a part of what is there.

    :param schema: in GraphQL's schema definition language
    :raise AssertionError: names what is not there or is something else
    """
    there = {_key(node): node for node in parse(schema).definitions}
    for node in excerpt.definitions:
        assert _key(node) in there, f"the schema has no {node.name.value}"
        _check_parts(node, there[_key(node)])


def _key(node: DefinitionNode) -> tuple[str, str]:
    # ``extend type Query`` shows a part of ``type Query``.
    kind = node.kind.replace("_extension", "_definition")
    return kind, node.name.value if getattr(node, "name", None) else ""


def _check_parts(shown: Node, there: Node) -> None:
    for name in ("fields", "values"):
        parts = {part.name.value: part for part in getattr(there, name, None) or ()}
        for part in getattr(shown, name, None) or ():
            known = parts.get(part.name.value)
            assert known, f"{shown.name.value} has no {part.name.value}"
            for attribute in ("type", "default_value"):
                _check_same(part, known, attribute)
            arguments = {one.name.value: one for one in getattr(known, "arguments", None) or ()}
            for argument in getattr(part, "arguments", None) or ():
                same = arguments.get(argument.name.value)
                assert same, f"{part.name.value} has no argument {argument.name.value}"
                _check_same(argument, same, "type")


def _check_same(shown: Node, there: Node, attribute: str) -> None:
    pair = [getattr(node, attribute, None) for node in (shown, there)]
    texts = [print_ast(node) if node else "" for node in pair]
    assert texts[0] == texts[1], f"{attribute} of {shown.name.value} is {texts[1] or 'not there'}"
