from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

import psycopg2.errors
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..http.persisted_documents import hash_text
from ..schema.execution.documents import Invalid, parse_document
from ..schema.execution.signature import document_signature
from ..schema.execution.weighted_cache import WeightedCache
from ..schema.exposure.errors import ApiError
from .exposure import clear_caches
from .purge import delete_batch

MAX_STORED = 5_000
"""Documents that clients store: no more than 100 MB, of which PostgreSQL compresses most."""

MAX_STORED_OF_USER = 1_000

KEPT = timedelta(days=30)
"""How long what a client has stored is kept. The next client that uses it stores it again."""

_REMEMBERED = 4 * 1024 * 1024
"""Bytes of the documents that each process remembers."""

_MAX_NAME_LENGTH = 100


class Document(NamedTuple):
    """A document as requests need it."""

    text: str
    registered: bool


class GraphqlApiDocument(models.Model):
    """A GraphQL document that requests may name by the SHA-256 of its text.

    Clients store documents as they use them (Apollo's automatic persisted queries), within the
    bounds above. Those of the administrator are registered, and stay.
    """

    _name = "graphql_api.document"
    _description = "API Document"
    _order = "registered desc, name, id"

    name = fields.Char(
        string="Operation",
        compute="_compute_name",
        store=True,
        help="The name of the operation in the document.",
    )
    text = fields.Text(
        string="Document",
        required=True,
        help="The hash is computed from the whole text: each character counts.",
    )
    sha256 = fields.Char(string="SHA-256", compute="_compute_sha256", store=True)
    signature = fields.Char(
        compute="_compute_signature",
        store=True,
        index=True,
        help="Hash of the document without its values, as in the request log.",
    )
    registered = fields.Boolean(
        default=True,
        help="A registered document also runs where only registered documents are accepted, and "
        "is kept until you delete it. Other documents were stored by clients and are removed "
        "after 30 days.",
    )

    _sha256_unique = models.Constraint(
        "UNIQUE(sha256)", "This document is in the list already; you can register it there."
    )

    @api.depends("text")
    def _compute_name(self):
        for document in self:
            document.name = self._find_operation_names(document.text or "") or False

    @api.depends("text")
    def _compute_sha256(self):
        for document in self:
            document.sha256 = hash_text(document.text or "")

    @api.depends("text")
    def _compute_signature(self):
        limits = self.env["graphql_api.settings"]._get_settings().limits
        for document in self:
            try:
                parsed = parse_document(document.text or "", limits.max_tokens)
            except (ApiError, GraphQLError):
                document.signature = False
            else:
                document.signature = document_signature(parsed)

    @api.constrains("text", "registered")
    def _check_text(self):
        for document in self:
            problems = self._find_problems(document.text) if document.registered else ()
            if problems:
                raise ValidationError(
                    self.env._(
                        "The document cannot be registered.\n%(problems)s",
                        problems="\n".join(problems),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._forget()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if vals:
            self._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget()
        return result

    def _forget(self) -> None:
        """Make the processes look these documents up anew; without documents nothing changes."""
        if self:
            clear_caches(self.env, "default")

    @api.model
    @tools.ormcache()
    def _get_remembered(self) -> WeightedCache:
        """Return what this process knows of documents, by hash.

        The text of a hash never changes. Whether it is registered does: then all processes start
        anew, as for all of Odoo's caches.
        """
        return WeightedCache(_REMEMBERED)

    @api.model
    def _find(self, sha256: str) -> Document | None:
        """Return a document that is stored; the first time in a process it takes a query."""
        remembered = self._get_remembered()
        document = remembered.get(sha256)
        if document is None:
            rows = self.env.execute_query(
                SQL("SELECT text, registered FROM graphql_api_document WHERE sha256 = %s", sha256)
            )
            if not rows:
                return None
            document = Document(*rows[0])
            remembered.keep(sha256, document, len(sha256) + len(document.text.encode()))
        return document

    @api.model
    def _store(self, text: str, document: DocumentNode) -> None:
        """Store a document that a client will name by its hash, unless it is too much.

        :param document: the same, parsed

        It is no error, and nothing is to be tried again, where another transaction has stored
        the same one meanwhile.
        """
        query = SQL(
            "INSERT INTO graphql_api_document "
            "(sha256, signature, text, name, registered, "
            "create_uid, create_date, write_uid, write_date) "
            "SELECT %(sha256)s, %(signature)s, %(text)s, %(name)s, FALSE, "
            "%(uid)s, %(now)s, %(uid)s, %(now)s "
            "FROM graphql_api_document WHERE NOT registered HAVING count(*) < %(maximum)s "
            "AND count(*) FILTER (WHERE create_uid = %(uid)s) < %(maximum_of_user)s "
            "ON CONFLICT (sha256) DO NOTHING",
            sha256=hash_text(text),
            signature=document_signature(document),
            text=text,
            name=_operation_names(document) or None,
            uid=self.env.uid,
            now=self.env.cr.now(),
            maximum=MAX_STORED,
            maximum_of_user=MAX_STORED_OF_USER,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
        except psycopg2.errors.SerializationFailure:
            return

    @api.model
    def _register_texts(self, texts: Iterable[str]) -> int:
        """Register documents; return how many of them were not registered before.

        :raise ValidationError: one of them does not fit the schema
        """
        added = 0
        for text in dict.fromkeys(texts):
            document = self.search([("sha256", "=", hash_text(text))])
            if not document:
                self.create({"text": text})
            elif not document.registered:
                document.registered = True
            else:
                continue
            added += 1
        return added

    @api.model
    def _find_problems(self, text: str, sha256: str | None = None) -> list[str]:
        """Return what is wrong with a document, with line and column where that can be told.

        It must have one operation, and fit all that is exposed and the limits of the server.

        :param sha256: the hash that clients will name it by, if that is known
        """
        if "\x00" in text:
            return [self.env._("It has a character that cannot be stored: NUL.")]
        if sha256 not in (None, hash_text(text)):
            return [
                self.env._(
                    "%(hash)s is not the SHA-256 hash of its text. In GraphQL Code Generator, "
                    "set hashAlgorithm: 'sha256'.",
                    hash=sha256[:64],
                )
            ]
        limits = self.env["graphql_api.settings"]._get_settings().limits
        documents = self.env["graphql_api.schema"]._get_schema().documents
        try:
            documents.prepare(documents.parse(text, None, limits), limits)
        except ApiError as error:
            return [error.message]
        except GraphQLError as error:
            return [_describe(error)]
        except Invalid as invalid:
            return [_describe(error) for error in invalid.errors]
        return []

    @api.model
    def _find_operation_names(self, text: str) -> str:
        """Return the names of the operations in a document, as far as it can be read."""
        limits = self.env["graphql_api.settings"]._get_settings().limits
        try:
            return _operation_names(parse_document(text, limits.max_tokens))
        except (ApiError, GraphQLError):
            return ""

    @api.autovacuum
    def _gc_documents(self):
        """Remove a batch of what clients stored long ago.

        Processes may know its text a little longer.
        """
        old = SQL("NOT registered AND create_date < %s", self.env.cr.now() - KEPT)
        return delete_batch(self, old)


def _operation_names(document: DocumentNode) -> str:
    names = [
        definition.name.value
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode) and definition.name
    ]
    return ", ".join(names)[:_MAX_NAME_LENGTH]


def _describe(error: GraphQLError) -> str:
    places = [f"{place.line}:{place.column}: " for place in error.locations or ()]
    return f"{places[0] if places else ''}{error.message}"
