"""The REST routes of a schema as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1).

Everything is read from the executable schema, as the routes do: a field that an addon adds to a
type is in the document without more code.
"""

import hashlib

import orjson

from ...schema.execution.built_schema import BuiltSchema
from ...schema.execution.schema_texts import CompressedText
from .document import build_document
from .usable import Usable, find_usable


def get_document(schema: BuiltSchema, usable: Usable, version: str) -> CompressedText:
    """Return the document of what a caller may use of a schema.

    It is made once for all callers who may use the same. It depends on nothing else that differs
    between requests: the server is ``/``, and descriptions are in the language of the source.

    :param version: that of the API, for people
    """
    key = ("openapi", version, _digest(usable))
    kept = schema.texts.get(key)
    if kept is None:
        document = build_document(schema.complete(), usable, version)
        kept = schema.texts.keep(key, orjson.dumps(document))
    return kept


def _digest(usable: Usable) -> bytes:
    """Return what stands for thousands of names in the key of a document."""
    parts = (
        usable.operations,
        usable.readable,
        usable.writable,
        usable.reports,
        usable.page_sizes,
    )
    return hashlib.sha256(orjson.dumps([sorted(part) for part in parts])).digest()
