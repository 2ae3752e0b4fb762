"""Documents that a request names by their hash, and those that may run at all.

Apollo's automatic persisted queries: a client sends the hash of a document as
``extensions.persistedQuery``, and only where the server does not know it also the text, which is
stored. Apollo Client (``createPersistedQueryLink``) and urql (``persistedExchange``) speak it.
"""

import hashlib
import re

from odoo.http import request

from ..schema.exposure.errors import ApiError

PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"

MAX_LENGTH = 20_000
"""Bytes of a document that clients store; registered ones have the limit of any document."""

_HASH = re.compile(r"[0-9a-f]{64}")


def read_hash(extensions: dict | None) -> str | None:
    """Return the hash that a request names its document by, None where it does not.

    :raise ApiError: BAD_USER_INPUT
    """
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict):
        raise ApiError("BAD_USER_INPUT", "extensions.persistedQuery must be a JSON object.")
    version, sha256 = persisted.get("version"), persisted.get("sha256Hash")
    if version != 1 or type(version) is not int:
        raise ApiError("BAD_USER_INPUT", "extensions.persistedQuery.version must be 1.")
    if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
        raise ApiError(
            "BAD_USER_INPUT",
            "extensions.persistedQuery.sha256Hash must be 64 hexadecimal digits in lower case.",
        )
    return sha256


def find_text(query: str, sha256: str | None) -> str:
    """Return the document that a request is about, if it may run.

    :param query: the text, empty where there is the hash alone
    :raise ApiError: PERSISTED_QUERY_NOT_FOUND, FORBIDDEN for what is not registered where only
        that may run, BAD_USER_INPUT where the hash is that of another text
    """
    if query and sha256 and hash_text(query) != sha256:
        raise ApiError(
            "BAD_USER_INPUT",
            "extensions.persistedQuery.sha256Hash is not the SHA-256 of query, in UTF-8.",
        )
    registered_only = request.dispatcher.registered_documents
    if query and not registered_only:
        return query
    document = request.env["graphql_api.document"]._find(sha256 or hash_text(query))
    if not query:
        lookup = ("persisted_document", document is not None)
        request.dispatcher.log_entry.lookups.append(lookup)
    if registered_only and not (document and document.registered):
        raise ApiError(
            "FORBIDDEN",
            "Only registered documents run here, and this document is not registered. The "
            "administrator registers it in Odoo (API > Documents) or with odoo graphql_documents.",
        )
    if document is None:
        raise ApiError(PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
    return document.text


def is_to_store(query: str, sha256: str | None) -> bool:
    """Tell whether a client asks to keep a document that is not stored yet.

    :param query: the document, empty where there is the hash alone
    :param sha256: its hash, None where the client does not ask
    """
    return (
        bool(query)
        and sha256 is not None
        and not request.dispatcher.registered_documents
        and len(query.encode()) <= MAX_LENGTH
        and "\x00" not in query
        and request.env["graphql_api.document"]._find(sha256) is None
    )


def hash_text(text: str) -> str:
    """Return the SHA-256 of a document, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
