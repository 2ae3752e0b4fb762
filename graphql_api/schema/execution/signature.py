"""The signature of a document: equal for documents that differ in values and layout alone."""

import hashlib

from graphql import Node, TokenKind

_LITERALS = frozenset([TokenKind.INT, TokenKind.FLOAT, TokenKind.STRING, TokenKind.BLOCK_STRING])


def document_signature(node: Node) -> str:
    """Return the SHA-256, in hexadecimal, of a document without its numbers, texts and comments.

    A list of numbers or texts counts as one of them. So the signature tells no value, and
    requests with the values in the document have the same one.

    :param node: any node of the document, which was parsed with locations
    """
    token = node.loc.start_token if node.loc else None
    while token and token.prev:
        token = token.prev
    words: list[str] = []
    while token:
        word = token.kind.value if token.kind in _LITERALS else token.value or token.kind.value
        is_repeated = token.kind in _LITERALS and words and words[-1] == word
        if token.kind is not TokenKind.COMMENT and not is_repeated:
            words.append(word)
        token = token.next
    return hashlib.sha256(" ".join(words).encode()).hexdigest()
