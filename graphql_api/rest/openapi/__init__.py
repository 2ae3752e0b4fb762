"""The REST routes of a schema as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1).

Everything is read from the executable schema, as the routes do: a field that an addon adds to a
type is in the document without more code.
"""

import hashlib
from typing import NamedTuple

import orjson

from ...schema.execution.built_schema import BuiltSchema
from ...schema.execution.weighted_cache import WeightedCache
from .document import build_document
from .usable import Usable, find_usable

MAX_KEPT = 16 * 1024 * 1024
"""Bytes of the documents of one schema; callers with the same rights share one."""


class Document(NamedTuple):
    """A document as it is served, and what changes with it."""

    body: bytes
    tag: str


class OpenApiDocuments:
    """The documents of one schema, each made once for all callers who may use the same."""

    def __init__(self, schema: BuiltSchema):
        self._schema = schema
        self._documents = WeightedCache(MAX_KEPT)

    def get(self, usable: Usable, version: str) -> Document:
        """Return the document of what a caller may use.

        :param version: that of the API, for people
        """
        key = (usable, version)
        document = self._documents.get(key)
        if document is None:
            body = orjson.dumps(build_document(self._schema.complete(), usable, version))
            document = Document(body, hashlib.sha256(body).hexdigest()[:16])
            self._documents.keep(key, document, len(body))
        return document


def get_document(schema: BuiltSchema, usable: Usable, version: str) -> Document:
    """Return the document of what a caller may use of a schema, kept with the schema.

    :param version: that of the API, for people
    """
    return schema.derive(OpenApiDocuments).get(usable, version)
